"""Attempts to cancel an alert from the app: the information that each adds, and the time for which they
count. Pure.

The app shows nothing that happens after the first attempt, with any PIN (decision 56). A new alert from the
app ends that period: a new alert is a new request for help. The center's response differs by the PIN even
then, so the app shows nothing of that response.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from messages.events import AlertCancelled, AlertSignalAdded, PinRefused
from messages.ids import Channel, Instant
from model.alert.case import Case
from model.alert.parts import CancelRequests

WRONG_KEPT_MAX: Final = 20
"""Greatest number of wrong PINs kept per raised alert: guessing must not fill the journal."""


def was_cancel_attempted(case: Case) -> bool:
    """Return True from the first attempt to cancel, even after the alert was raised again."""
    return case.cancelled or case.cancel_unproved or case.wrong_pins > 0


def adds_information(case: Case, event: AlertCancelled | PinRefused) -> bool:
    """Return True if this attempt adds information to the earlier attempts."""
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


def with_cancel_attempt(case: Case, event: AlertCancelled | PinRefused, at: Instant) -> CancelRequests:
    """Return the attempts including this one."""
    asked = case.cancel_asked or CancelRequests(at=at, version=case.version)
    match event:
        case PinRefused(none_set=True):
            return replace(asked, unproved=True)
        case PinRefused():
            return replace(asked, wrong=asked.wrong + 1)
        case AlertCancelled(duress=True):
            return replace(asked, duress=True)
        case AlertCancelled():
            return replace(asked, right=True)


def is_raised_again(case: Case, event: AlertSignalAdded) -> bool:
    """Return True if the signal is a new alert from the app, and not a retransmission."""
    return event.channel is Channel.DATA and event.raised_at != case.raised_at
