"""Meaning of a PIN entered in the app, within and outside an alert. Pure.

No reply to the app may depend on the verdict (decision 56): only operators see it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from messages.events import AlarmRaised, AlertCancelled, PinRefused
from messages.ids import UserId

DURESS: Final = "pin.duress"
REFUSED: Final = "pin.refused"


class PinVerdict(StrEnum):
    """Kind of a person's PIN."""

    CANCEL = "cancel"
    DURESS = "duress"
    WRONG = "wrong"
    NONE_SET = "none_set"
    """The person has no PIN."""


def verdict_of_pin(*, is_set: bool, is_cancel: bool, is_duress: bool) -> PinVerdict:
    """Return the kind of the PIN. Without a PIN set no PIN is right: the app's statement alone proves
    nothing.
    """
    if not is_set:
        return PinVerdict.NONE_SET
    if is_cancel:
        return PinVerdict.CANCEL
    return PinVerdict.DURESS if is_duress else PinVerdict.WRONG


def event_of_pin(verdict: PinVerdict) -> AlertCancelled | PinRefused:
    """Return the event for the alert. Without a PIN set the event is an unproved request to cancel."""
    match verdict:
        case PinVerdict.WRONG:
            return PinRefused()
        case PinVerdict.DURESS:
            return AlertCancelled(duress=True)
        case PinVerdict.NONE_SET:
            return PinRefused(none_set=True)
        case PinVerdict.CANCEL:
            return AlertCancelled()


def alarm_of_pin(verdict: PinVerdict, person: UserId, where: str) -> AlarmRaised | None:
    """Return the alarm for the operators; None if none is due. `where`: purpose of the PIN's entry, worded as
    the end of a sentence.
    """
    match verdict:
        case PinVerdict.DURESS:
            text = f"The duress PIN was given outside an alert, {where}."
            return AlarmRaised(alarm=DURESS, subject=person, text=text)
        case PinVerdict.WRONG:
            text = f"A wrong PIN was given outside an alert, {where}."
            return AlarmRaised(alarm=REFUSED, subject=person, text=text)
        case PinVerdict.CANCEL | PinVerdict.NONE_SET:
            return None
