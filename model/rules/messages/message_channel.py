"""Channel for messages and questions from the operator to the user, and reasons against the others. Pure.

The app is the channel if it shows messages: free, silent, and with reports of arrival and reading. SMS is the
channel without an app, and the additional channel if the app has stopped responding. An SMS makes the phone
sound: if the phone must stay silent, an operator must order it (docs/decisions/0103).

Includes the meaning of a network's status report of an SMS (3GPP TS 23.040 clause 9.2.3.15).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from messages.ids import SECOND, Carried, Channel, Instant, Way
from model.alert.case import Case
from model.alert.parts import DialogueMessage
from model.rules.calls.silent_and_duress import are_voices_withheld
from model.rules.calls.withheld_numbers import why_number_unfit
from model.rules.messages.dialogue import read_by_app
from model.settings import Settings

LOST_US: Final = Instant(10 * SECOND)
"""Time after which a message not yet arrived counts as lost to the app: the app waits 5 s for a response, and
two must get through, to the poll and to its report of arrival.
"""


NEVER: Final = Instant(1 << 62)


class ChannelReason(StrEnum):
    """Reason for this channel, or for none."""

    READS = "reads"
    """The app shows messages."""
    LOST = "lost"
    """A message has not arrived in the app."""
    NO_APP = "no_app"
    """The alert came by voice or SMS alone."""
    CANCELLED = "cancelled"
    """A cancel was tried: another person may have the phone."""
    SOUNDS = "sounds"
    """An SMS makes the phone sound, and the phone must stay silent: an operator can order it."""
    OFF = "off"
    """The settings switch messages by SMS off."""
    NO_NUMBER = "no_number"
    UNFIT = "unfit"
    """This number is not dialled automatically (decision 49)."""


class ChannelChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Channel chosen, and the reason. `way` None: no channel."""

    way: Way | None
    why: ChannelReason


def choose_channel(case: Case, settings: Settings, now_us: Instant) -> ChannelChoice:
    """Return the channel that reaches the user soonest. SMS for a lost app, which gets the message too."""
    if case.cancel_asked is not None or case.duress:
        return ChannelChoice(way=None, why=ChannelReason.CANCELLED)
    reads = read_by_app(case)
    if reads and lost_at(case) > now_us:
        return ChannelChoice(way=Way.APP, why=ChannelReason.READS)
    why_not = why_no_sms(case, settings)
    if why_not is None:
        return ChannelChoice(way=Way.SMS, why=ChannelReason.LOST if reads else ChannelReason.NO_APP)
    return ChannelChoice(way=Way.APP if reads else None, why=why_not)


def why_no_sms(case: Case, settings: Settings) -> ChannelReason | None:
    """Return why no SMS can go to the user; None if one can."""
    if case.cancel_asked is not None or case.duress:
        return ChannelReason.CANCELLED
    if not settings.sms.dialogue:
        return ChannelReason.OFF
    if case.phone is None:
        return ChannelReason.NO_NUMBER
    if case.dial_withheld or why_number_unfit(case.phone, settings) is not None:
        return ChannelReason.UNFIT
    return ChannelReason.SOUNDS if _is_to_keep_still(case) else None


def must_drop_message(case: Case) -> bool:
    """Return True if a message that has waited for a line must not be sent any more."""
    return case.cancel_asked is not None or case.duress or _is_to_keep_still(case)


def _is_to_keep_still(case: Case) -> bool:
    return are_voices_withheld(case) and case.channel is not Channel.SMS and not case.texts_ordered


def why_no_message(case: Case, settings: Settings) -> ChannelReason | None:
    """Return why no message reaches the user by any channel; None if one can."""
    return None if read_by_app(case) else why_no_sms(case, settings)


def pending_sms(case: Case, settings: Settings, now_us: Instant) -> tuple[DialogueMessage, ...]:
    """Return the messages to be sent by SMS now, oldest first."""
    if why_no_sms(case, settings) is not None:
        return ()
    lost = lost_at(case) <= now_us
    return tuple(
        one
        for one in operators_messages(case)
        if one.texted is None and one.arrived_at is None and one.text and (lost or one.channel is Channel.SMS)
    )


def lost_at(case: Case) -> Instant:
    """Return when the app counts as lost unless a pending message arrives before."""
    return min(
        (Instant(one.at + LOST_US) for one in operators_messages(case) if one.arrived_at is None),
        default=NEVER,
    )


def operators_messages(case: Case) -> tuple[DialogueMessage, ...]:
    """Return the operators' messages, without those asked aloud."""
    return tuple(one for one in case.dialogue if one.by and one.channel is not Channel.VOICE)


_RECEIVED: Final = 0x00
_DONE: Final = range(0x20)
"""Status values of a completed transaction. Only 0 proves the delivery: 1 is a message forwarded without a
confirmation.
"""
_TRIES: Final = range(0x20, 0x40)
"""Status values of a temporary error: the service centre is still trying."""


def delivery_state(status: int) -> Carried | None:
    """Return the outcome of the message; None if left open. Reserved values count as rejected."""
    if status == _RECEIVED:
        return Carried.DELIVERED
    if status in _DONE:
        return None
    return Carried.WAITS if status in _TRIES else Carried.UNDELIVERED


def is_final(status: int) -> bool:
    """Return True if no further report follows."""
    return status not in _TRIES
