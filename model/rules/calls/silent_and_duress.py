"""Whether the user's phone may be made to ring at all, and whether anybody has spoken to the user. Pure.

A phone that rings tells whoever is beside the user of the alert: under duress (case 19), and where the user
has asked for silence (case 21), it stays still. A call of the user's own is answered as ever.
"""

from __future__ import annotations

from typing import Final

from messages.ids import SECOND, Instant, Party
from model.alert.case import Case
from model.alert.leg import Leg
from model.orders.refusals import Refusal
from model.settings import Settings
from model.settings.alerts import Duress

NO_SOUND_FROM_THE_FIRST_US: Final = Instant(6 * SECOND)
"""A loss of sound told so soon after the answer, by 3 s of silence, is of a line that never gave any."""
SPOKEN: Final = frozenset({"answer", "voice", "digit", "operator"})
"""Words for being reached that are of the user's own voice or hand; the app's word is of the phone."""


def in_duress(case: Case, settings: Settings) -> bool:
    """Whether 112 comes first, and the user is not called for as long as the alert lasts."""
    return case.duress and settings.duress is Duress.PSAP_FIRST


def hushed(case: Case) -> bool:
    """Whether the alert is silent, and no operator has ordered the user called all the same."""
    return case.silent and not case.aloud


def voices_withheld(case: Case) -> bool:
    """Return True where the user's phone is to give no voice: a person beside the user would hear it.

    An operator's order counts; without one it is so under duress and in a silent alert.
    """
    return (case.duress or hushed(case)) if case.voices is None else not case.voices


def quiet(case: Case, settings: Settings) -> bool:
    """Whether the user's phone must not ring now."""
    return in_duress(case, settings) or hushed(case)


def why_quiet(case: Case, settings: Settings) -> Refusal | None:
    """The same, as the reason of a refusal."""
    if in_duress(case, settings):
        return Refusal.DURESS_NO_CALL
    return Refusal.SILENT if hushed(case) else None


def spoken_to(case: Case) -> bool:
    """Whether the user has been on the line in this alert, and no machine instead."""
    return case.reached_at is not None and case.reached_by in SPOKEN


def never_heard(case: Case) -> bool:
    """Return True where the user has answered, on lines that gave no sound at all: no voice, no room."""
    calls = [leg for leg in case.of(Party.USER) if leg.live and leg.answered_at is not None]
    answered = bool(calls) or case.user_heard is not None
    return answered and not case.user_heard and all(gave_no_sound(leg) for leg in calls)


def gave_no_sound(leg: Leg) -> bool:
    """Return True where the call was answered, and has given no sound from the first."""
    if leg.answered_at is None or leg.no_sound_at is None:
        return False
    return leg.no_sound_at - leg.answered_at < NO_SOUND_FROM_THE_FIRST_US


def told_112(case: Case) -> bool:
    """Whether 112 has been on the line, or was called from another phone, which only the briefing tells."""
    return case.told_112_at is not None or case.to_112.joined_at is not None


def dials_by_itself(case: Case) -> bool:
    """Whether the user's app calls 112 at the deadline: not once a PIN was typed, until it is raised anew."""
    return case.cancel_asked is None
