"""What 112 was told of an alert, and what of that has changed since: by what it says, not by when. Pure."""

from __future__ import annotations

from math import hypot

import msgspec

from messages.base import Address, Position
from messages.ids import BriefingField
from model.address import HOLDS_M, metres, says_the_same


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """As it was known at one moment."""

    fields: dict[BriefingField, str] = {}
    """Only what was known."""
    address: Address | None = None
    position: Position | None = None


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What is known otherwise now."""

    fields: dict[BriefingField, str] = {}
    """By field: what 112 was told of it; empty where it was nothing."""
    address: bool = False
    position: bool = False

    def __bool__(self) -> bool:
        return bool(self.fields) or self.address or self.position


def changes(before: Told, now: Told) -> Changes:
    """What the text says otherwise now than it did then; withdrawn fields too.

    An address that is gone is no change by itself: it goes with its position, and comes back once the new
    one's is known.
    """
    fields = {
        field: before.fields.get(field, "")
        for field in (*now.fields, *(one for one in before.fields if one not in now.fields))
        if before.fields.get(field) != now.fields.get(field)
    }
    address = now.address is not None and not says_the_same(before.address, now.address)
    return Changes(fields=fields, address=address, position=_moved(before.position, now.position))


def _moved(before: Position | None, now: Position | None) -> bool:
    """Whether help would be sent elsewhere, or look around more or less: by more than a receiver errs."""
    if before is None or now is None:
        return now is not before
    if (before.accuracy_m is None) != (now.accuracy_m is None):
        return True
    wider_m = abs((now.accuracy_m or 0.0) - (before.accuracy_m or 0.0))
    return wider_m > HOLDS_M or hypot(*metres(before.lat, before.lon, now.lat, now.lon)) > HOLDS_M
