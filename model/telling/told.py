"""What has changed since 112 was told: by what is said of it, not by when it was written again. Pure."""

from __future__ import annotations

from math import hypot

from messages.base import Position
from model.address import HOLDS_M, metres, says_the_same
from model.alert.case import Case
from model.alert.told import Changes, Told


def told(case: Case) -> Told:
    """What the text for 112 says at this moment."""
    fields = {field: filled.text for field, filled in case.briefing.items()}
    return Told(fields=fields, address=case.address, position=case.position)


def changes(before: Told, case: Case) -> Changes:
    """What the text says otherwise now than it did then; withdrawn fields too.

    An address that is gone is no change by itself: it goes with its position, and comes back once the new
    one's is known.
    """
    now = told(case)
    fields = {
        field: before.fields.get(field, "")
        for field in (*now.fields, *(one for one in before.fields if one not in now.fields))
        if before.fields.get(field) != now.fields.get(field)
    }
    address = now.address is not None and not says_the_same(before.address, now.address)
    return Changes(fields=fields, address=address, position=_moved(before.position, now.position))


def since_read(case: Case) -> Changes | None:
    """What has changed since an operator last said that 112 was read the text; None before one has."""
    return None if case.briefed is None else changes(case.briefed, case)


def _moved(before: Position | None, now: Position | None) -> bool:
    """Whether help would be sent elsewhere, or look around more or less: by more than a receiver errs."""
    if before is None or now is None:
        return now is not before
    if (before.accuracy_m is None) != (now.accuracy_m is None):
        return True
    wider_m = abs((now.accuracy_m or 0.0) - (before.accuracy_m or 0.0))
    return wider_m > HOLDS_M or hypot(*metres(before.lat, before.lon, now.lat, now.lon)) > HOLDS_M
