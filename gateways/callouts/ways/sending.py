"""What somebody on duty is told, and one function for all ways that need no modem of ours."""

from __future__ import annotations

import threading
from typing import Final

import msgspec

from gateways.outside import Delivered, Later, Refused, Sent
from messages.events import CalloutAlarm
from messages.ids import CalloutFailure, DutyWay, Instant
from model.alarms.kind import About
from model.alarms.table import about
from model.callouts.roster import Contact
from model.setup import Setup

WITHIN_S: Final = 20.0
"""A whole notice: looking a name up, which nothing else bounds, included."""
WRITTEN: Final = frozenset({DutyWay.EMAIL, DutyWay.WEBHOOK, DutyWay.APPRISE})
"""The ways that `send` has; the others are the modems'."""
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


def failure_of(sent: Sent) -> CalloutFailure | None:
    """As a callout has it; None: it has left."""
    match sent:
        case Delivered():
            return None
        case Refused():
            return CalloutFailure.REFUSED
        case Later():
            return CalloutFailure.AWAY


def send(contact: Contact, notice: Notice, setup: Setup, within_s: float = WITHIN_S) -> Sent:
    """Tells the person by this way. Blocks for `within_s` at most; raises nothing.

    Who is not back in time goes on in a thread of its own, and may yet have told it.
    """
    back: list[Sent] = []

    def carry() -> None:
        try:
            back.append(_carried(contact, notice, setup))
        except Exception as error:  # a library's own fault is that way's alone
            back.append(Later(why=f"{contact.way}: {type(error).__name__}"))

    thread = threading.Thread(target=carry, name=f"duty-{contact.way}", daemon=True)
    thread.start()
    thread.join(within_s)
    return back[0] if back else Later(why=f"{contact.way}: nothing within {within_s:g} s")


def _carried(contact: Contact, notice: Notice, setup: Setup) -> Sent:
    """Imports what this way needs alone: a process that never posts would carry 7 MB for it."""
    match contact.way:
        case DutyWay.EMAIL:
            from gateways.callouts.ways.mail import mailed

            return mailed(contact.to, notice, setup)
        case DutyWay.WEBHOOK:
            from gateways.callouts.ways.webhook import posted

            return posted(contact.to, notice, setup)
        case DutyWay.APPRISE:
            from gateways.callouts.ways.services import told

            return told(contact.to, notice, setup)
        case DutyWay.CALL | DutyWay.SMS:
            return Refused(why=f"{contact.way} goes by the center's own lines")
