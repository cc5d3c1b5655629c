"""Facts about an alert that 112 has provably received, shown to the user at the end. Pure."""

from __future__ import annotations

from math import hypot

from messages.ids import BriefingField, Instant, PsapKnows
from model.address import HOLDS_M, offset_m
from model.alert.case import Case
from model.rules.calls.silent_and_duress import is_hushed, is_psap_informed
from model.rules.messages.announcements import CANNOT_SPEAK
from model.telling.psap_snapshot import PsapSnapshot
from model.telling.sheet import Sheet


def psap_knows(sheet: Sheet) -> tuple[PsapKnows, ...]:
    """Return the facts that 112 received: from the operator who read the text, from its page, or from the
    center's own voice. Facts stated in a conversation are unknown.
    """
    case = sheet.case
    if not is_psap_informed(case) and not _looked(sheet):
        return ()
    read = _read(sheet)
    knows = [PsapKnows.ALERT]
    if read is not None and (read.fields.get(BriefingField.WHERE) or (read.position and _there(read, case))):
        knows.append(PsapKnows.PLACE)
    heard = any(clip.startswith(f"{CANNOT_SPEAK}:") for clip in case.played)
    if is_hushed(case) and (read is not None or heard):
        knows.append(PsapKnows.SILENCE)
    return tuple(knows)


def psap_place_at(sheet: Sheet) -> Instant | None:
    """Return the time of the user's position known to 112; None if 112 has words, or no place."""
    read = _read(sheet)
    if PsapKnows.PLACE not in psap_knows(sheet) or read is None or read.position is None:
        return None
    return None if read.fields.get(BriefingField.WHERE) else read.position.at


def _looked(sheet: Sheet) -> bool:
    return sheet.page is not None and sheet.page.viewed_at is not None


def _read(sheet: Sheet) -> PsapSnapshot | None:
    """Return the data that 112 has read; its page shows the present data."""
    return sheet.told if _looked(sheet) else sheet.briefed


def _there(read: PsapSnapshot, case: Case) -> bool:
    """Return False if a newer position of the user is certainly elsewhere."""
    before, now = read.position, case.position
    if before is None or now is None:
        return before is not None
    doubt_m = HOLDS_M + (before.accuracy_m or 0.0) + (now.accuracy_m or 0.0)
    return hypot(*offset_m(before.lat, before.lon, now.lat, now.lon)) <= doubt_m
