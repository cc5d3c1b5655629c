"""What a PIN that was typed into the app means, in an alert and outside of one (case 19). Pure.

Nothing that the app is answered may follow from it (decision 56): the verdict is the operators' alone.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from messages.events import AlarmRaised, AlertCancelled, PinRefused
from messages.ids import UserId

DURESS: Final = "pin.duress"
REFUSED: Final = "pin.refused"


class PinVerdict(StrEnum):
    """Which of a person's PINs it is."""

    CANCEL = "cancel"
    DURESS = "duress"
    WRONG = "wrong"
    NONE_SET = "none_set"
    """Nobody has given this person a PIN."""


def verdict(*, is_set: bool, is_cancel: bool, is_duress: bool) -> PinVerdict:
    """Return which PIN it is. Where none is set no PIN is right: the app's word alone proves nothing."""
    if not is_set:
        return PinVerdict.NONE_SET
    if is_cancel:
        return PinVerdict.CANCEL
    return PinVerdict.DURESS if is_duress else PinVerdict.WRONG


def in_alert(verdict: PinVerdict) -> AlertCancelled | PinRefused:
    """Return what an alert keeps of it. Where no PIN is set, somebody asks to cancel, and proves nothing."""
    match verdict:
        case PinVerdict.WRONG:
            return PinRefused()
        case PinVerdict.DURESS:
            return AlertCancelled(duress=True)
        case PinVerdict.NONE_SET:
            return PinRefused(none_set=True)
        case PinVerdict.CANCEL:
            return AlertCancelled()


def outside_alert(verdict: PinVerdict, person: UserId, where: str) -> AlarmRaised | None:
    """Return the alarm that tells the operators; None where there is nothing to tell. `where`: what the PIN
    was typed for, as it ends a sentence.
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
