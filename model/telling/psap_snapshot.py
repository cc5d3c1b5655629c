"""Data that 112 received about an alert, and its later changes: compared by content, not by time. Pure."""

from __future__ import annotations

from math import hypot

import msgspec

from messages.base import Address, Position
from messages.ids import BriefingField
from model.address import HOLDS_M, is_displayed_alike, offset_m


class PsapSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Data known at one time."""

    fields: dict[BriefingField, str] = {}
    """Known fields only."""
    address: Address | None = None
    position: Position | None = None


class SnapshotChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Differences to the present data."""

    fields: dict[BriefingField, str] = {}
    """Content known to 112 by changed field; empty if none was."""
    address: bool = False
    position: bool = False

    def __bool__(self) -> bool:
        return bool(self.fields) or self.address or self.position


def changes(before: PsapSnapshot, now: PsapSnapshot) -> SnapshotChanges:
    """Return the changes of the text since then, including withdrawn fields.

    A vanished address alone is no change: the address goes with its position, and returns once the address of
    the new position is known.
    """
    fields = {
        field: before.fields.get(field, "")
        for field in (*now.fields, *(one for one in before.fields if one not in now.fields))
        if before.fields.get(field) != now.fields.get(field)
    }
    address = now.address is not None and not is_displayed_alike(before.address, now.address)
    return SnapshotChanges(fields=fields, address=address, position=_moved(before.position, now.position))


def _moved(before: Position | None, now: Position | None) -> bool:
    """Return True if help would go elsewhere, or search a wider or narrower area, beyond the error."""
    if before is None or now is None:
        return now is not before
    if (before.accuracy_m is None) != (now.accuracy_m is None):
        return True
    wider_m = abs((now.accuracy_m or 0.0) - (before.accuracy_m or 0.0))
    return wider_m > HOLDS_M or hypot(*offset_m(before.lat, before.lon, now.lat, now.lon)) > HOLDS_M
