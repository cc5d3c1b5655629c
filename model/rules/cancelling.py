"""Attempts to cancel an alert from the app: what each adds, and until when they count (case 19). Pure.

The app is shown nothing that happens after the first attempt, whatever the PIN was (decision 56). Raising the
alert again from the app ends that: it is a new cry for help. What the center does for the user differs by the
PIN even then, so of that nothing is shown any more.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from messages.events import AlertCancelled, AlertSignalAdded, PinRefused
from messages.ids import Channel, Instant
from model.alert.case import Case
from model.alert.parts import CancelAsked

WRONG_KEPT_MAX: Final = 20
"""Wrong PINs that are kept for each time that the alert was raised; the journal is not filled by guessing."""


def tried(case: Case) -> bool:
    """Return True from the first attempt to cancel on, also after the alert was raised again."""
    return case.cancelled or case.cancel_unproved or case.wrong_pins > 0


def adds(case: Case, event: AlertCancelled | PinRefused) -> bool:
    """Whether this attempt says something that the attempts before it have not said."""
    asked = case.cancel_asked
    if asked is None:
        return True
    match event:
        case PinRefused(none_set=True):
            return not asked.unproved
        case PinRefused():
            return asked.wrong < WRONG_KEPT_MAX
        case AlertCancelled(duress=True):
            return not asked.duress
        case AlertCancelled():
            return not asked.right


def asked_again(case: Case, event: AlertCancelled | PinRefused, at: Instant) -> CancelAsked:
    """What is known of the attempts with this one."""
    asked = case.cancel_asked or CancelAsked(at=at, version=case.version)
    match event:
        case PinRefused(none_set=True):
            return replace(asked, unproved=True)
        case PinRefused():
            return replace(asked, wrong=asked.wrong + 1)
        case AlertCancelled(duress=True):
            return replace(asked, duress=True)
        case AlertCancelled():
            return replace(asked, right=True)


def raised_again(case: Case, event: AlertSignalAdded) -> bool:
    """Whether the alert was raised once more from the app, and not only sent once more."""
    return event.channel is Channel.DATA and event.raised_at != case.raised_at
