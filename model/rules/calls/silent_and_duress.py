"""Silence of the user's phone, and evidence that the user was spoken to. Pure.

A ringing phone reveals the alert to people near the user. Under duress, and if the user has requested
silence, the phone must stay silent. A call by the user is answered as usual.
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
"""A loss of sound reported this soon after the answer, by 3 s of silence, means a line that never had sound.
"""
SPOKEN: Final = frozenset({"answer", "voice", "digit", "operator"})
"""Values of `reached_by` for the user's own voice or hand; the app's report only concerns the phone."""


def is_in_duress(case: Case, settings: Settings) -> bool:
    """Return True if 112 comes first, and the user is not called during the alert."""
    return case.duress and settings.duress is Duress.PSAP_FIRST


def is_hushed(case: Case) -> bool:
    """Return True if the alert is silent and no operator has ordered a call to the user."""
    return case.silent and not case.aloud


def are_voices_withheld(case: Case) -> bool:
    """Return True if the user's phone must play no voice: a person near the user would hear it.

    An operator's order decides; the default is True under duress and in a silent alert.
    """
    return (case.duress or is_hushed(case)) if case.voices is None else not case.voices


def must_not_ring(case: Case, settings: Settings) -> bool:
    """Return True if the user's phone must not ring now."""
    return is_in_duress(case, settings) or is_hushed(case)


def why_not_ring(case: Case, settings: Settings) -> Refusal | None:
    """Return why the user's phone must not ring now, as a refusal; None if it may ring."""
    if is_in_duress(case, settings):
        return Refusal.DURESS_NO_CALL
    return Refusal.SILENT if is_hushed(case) else None


def was_user_on_line(case: Case) -> bool:
    """Return True if the user, and not a machine, has been on the line in this alert."""
    return case.reached_at is not None and case.reached_by in SPOKEN


def was_never_heard(case: Case) -> bool:
    """Return True if the user has answered, but only on lines without any sound: no voice, no room noise."""
    calls = [leg for leg in case.of(Party.USER) if leg.live and leg.answered_at is not None]
    answered = bool(calls) or case.user_heard is not None
    return answered and not case.user_heard and all(had_no_sound(leg) for leg in calls)


def had_no_sound(leg: Leg) -> bool:
    """Return True if the call was answered and had no sound from the start."""
    if leg.answered_at is None or leg.no_sound_at is None:
        return False
    return leg.no_sound_at - leg.answered_at < NO_SOUND_FROM_THE_FIRST_US


def is_psap_informed(case: Case) -> bool:
    """Return True if 112 has been on the line, or was briefed on another phone."""
    return case.told_112_at is not None or case.to_112.joined_at is not None


def may_app_dial_psap(case: Case) -> bool:
    """Return True if the user's app calls 112 at the deadline: not after a PIN was entered, until the alert
    is raised again.
    """
    return case.cancel_asked is None
