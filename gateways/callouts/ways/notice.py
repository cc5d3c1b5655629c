"""What somebody on duty is told, and what became of it."""

from __future__ import annotations

from typing import Final

import msgspec

from messages.events import CalloutAlarm
from messages.ids import CalloutFailure, Instant
from model.alarms.kind import About
from model.alarms.table import about

SHORT_ID: Final = 8


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One telling of a callout, or of a watcher."""

    callout: str
    attempt: int
    """Within the callout: sent again by the same number it is the same notice, as its receiver can see."""
    subject: str
    """One line."""
    text: str
    """Whole, in the person's language, without the link."""
    alarms: tuple[CalloutAlarm, ...] = ()
    """For programs: never who has raised an alert, nor where."""
    at: Instant
    take_url: str | None = None
    """Where it is taken, after signing on as usual. It has no secret in it."""

    @property
    def id(self) -> str:
        """By which its receiver knows that it came twice."""
        return f"{self.callout}-{self.attempt}"


def subject_of(alarm: CalloutAlarm) -> str:
    """What it is about; of an alert as much of its id as finds it at a console."""
    if about(alarm.alarm) is not About.ALERT:
        return alarm.subject
    return alarm.subject.partition(":")[0][:SHORT_ID]


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """The next one has taken it. Whether somebody reads it is another matter."""


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """It will not be taken as it is, nor the same again."""

    why: str
    """For those who run the center: no address, and no word of the notice."""


class Later(msgspec.Struct, frozen=True, kw_only=True):
    """It may have come or not; the same notice may be sent again."""

    why: str


Sent = Delivered | Refused | Later


def failure_of(sent: Sent) -> CalloutFailure | None:
    """As a callout has it; None: it has left."""
    match sent:
        case Delivered():
            return None
        case Refused():
            return CalloutFailure.REFUSED
        case Later():
            return CalloutFailure.AWAY
