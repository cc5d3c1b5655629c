"""By which way what an operator writes or asks goes to the user, and why by no other. Pure.

The app is the way where it shows what is written: it is free, silent, and says what has arrived and what was
read. A short message is the way where there is no app, and comes on top where the app has gone quiet. It
makes the phone sound: where the phone is to keep still an operator has to order it (docs/decisions/0106).


And what a network's report says of a short message (3GPP TS 23.040 clause 9.2.3.15).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from messages.ids import SECOND, Carried, Channel, Instant, Way
from model.alert.case import Case
from model.alert.parts import Said
from model.rules.calls.silent_and_duress import voices_withheld
from model.rules.calls.withheld_numbers import unfit
from model.rules.said.dialogue import read_by_app
from model.settings import Settings

LOST_US: Final = Instant(10 * SECOND)
"""What has not arrived by then the app does not get: it waits 5 s for an answer, and two of them, the poll's
and its own word that the message is there, have to come through."""


NEVER: Final = Instant(1 << 62)


class Why(StrEnum):
    """Why it is this way, or none."""

    READS = "reads"
    """The app shows what is written to it."""
    LOST = "lost"
    """What was written has not arrived in the app."""
    NO_APP = "no_app"
    """The alert came by voice or short message alone."""
    CANCELLED = "cancelled"
    """Somebody has tried to cancel the alert, and may have the phone."""
    SOUNDS = "sounds"
    """A short message makes the phone sound, which is to keep still: an operator can order it."""
    OFF = "off"
    """The center is set to send none."""
    NO_NUMBER = "no_number"
    UNFIT = "unfit"
    """The number is none that is called by itself (decision 49)."""


class Going(msgspec.Struct, frozen=True, kw_only=True):
    """By which way; None: by none."""

    way: Way | None
    why: Why


def way(case: Case, settings: Settings, now_us: Instant) -> Going:
    """How what is written now reaches the user soonest. By SMS for a lost app: the app gets it, too."""
    if case.cancel_asked is not None or case.duress:
        return Going(way=None, why=Why.CANCELLED)
    reads = read_by_app(case)
    if reads and lost_at(case) > now_us:
        return Going(way=Way.APP, why=Why.READS)
    why_not = why_no_text(case, settings)
    if why_not is None:
        return Going(way=Way.SMS, why=Why.LOST if reads else Why.NO_APP)
    return Going(way=Way.APP if reads else None, why=why_not)


def why_no_text(case: Case, settings: Settings) -> Why | None:
    """Why no short message goes to the user; None where one can."""
    if case.cancel_asked is not None or case.duress:
        return Why.CANCELLED
    if not settings.sms.dialogue:
        return Why.OFF
    if case.phone is None:
        return Why.NO_NUMBER
    if case.dial_withheld or unfit(case.phone, settings) is not None:
        return Why.UNFIT
    return Why.SOUNDS if _is_to_keep_still(case) else None


def withheld(case: Case) -> bool:
    """Whether a message that has waited for a line is not to go any more."""
    return case.cancel_asked is not None or case.duress or _is_to_keep_still(case)


def _is_to_keep_still(case: Case) -> bool:
    return voices_withheld(case) and case.channel is not Channel.SMS and not case.texts_ordered


def why_unwritten(case: Case, settings: Settings) -> Why | None:
    """Why nothing that is written goes to the user at all; None where it does."""
    return None if read_by_app(case) else why_no_text(case, settings)


def due_by_sms(case: Case, settings: Settings, now_us: Instant) -> tuple[Said, ...]:
    """What was written and goes by short message now, oldest first."""
    if why_no_text(case, settings) is not None:
        return ()
    lost = lost_at(case) <= now_us
    return tuple(
        one
        for one in written(case)
        if one.texted is None and one.arrived_at is None and one.text and (lost or one.channel is Channel.SMS)
    )


def lost_at(case: Case) -> Instant:
    """From when on the app counts as lost, should nothing more be heard of what was written to it."""
    return min((Instant(one.at + LOST_US) for one in written(case) if one.arrived_at is None), default=NEVER)


def written(case: Case) -> tuple[Said, ...]:
    """What operators have written, and not asked aloud."""
    return tuple(one for one in case.dialogue if one.by and one.channel is not Channel.VOICE)


_RECEIVED: Final = 0x00
_DONE: Final = range(0x20)
"""The transaction is completed; but for 0 nothing says that the phone has it: 1 is a message that was passed
on to where nobody can tell."""
_TRIES: Final = range(0x20, 0x40)
"""A temporary error: the service centre is still trying."""


def meaning(status: int) -> Carried | None:
    """What becomes of the message; None where the report does not tell. Reserved values count as rejected."""
    if status == _RECEIVED:
        return Carried.DELIVERED
    if status in _DONE:
        return None
    return Carried.WAITS if status in _TRIES else Carried.UNDELIVERED


def is_final(status: int) -> bool:
    """Whether no other report follows."""
    return status not in _TRIES
