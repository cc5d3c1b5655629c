"""Notices to people on duty, and one function for all channels that need no modem of the center."""

from __future__ import annotations

import threading
from typing import Final

import msgspec

from gateways.outside import Delivered, Later, Refused, Sent
from messages.events import CalloutAlarm
from messages.ids import CalloutFailure, DutyWay, Instant
from model.alarms.kind import SubjectKind
from model.alarms.table import subject_kind_of
from model.callouts.roster import Contact
from model.setup import Setup

WITHIN_S: Final = 20.0
"""Limit for a whole notification, including the look-up of a name, which has no other limit."""
WRITTEN: Final = frozenset({DutyWay.EMAIL, DutyWay.WEBHOOK, DutyWay.APPRISE})
"""The channels that `send` serves; modems serve the others."""
SHORT_ID: Final = 8


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """A notification of a callout, or of a watcher."""

    callout: str
    attempt: int
    """Number within the callout. A repeated notification keeps its number, by which its receiver
    recognises it."""
    subject: str
    """Subject, a single line of text."""
    text: str
    """Full text in the person's language, without the link."""
    alarms: tuple[CalloutAlarm, ...] = ()
    """The alarms for programs; without the user and the place of any alert."""
    at: Instant
    take_url: str | None = None
    """Address of the page that takes the alarm, after the usual sign-on. The address holds no secret."""

    @property
    def id(self) -> str:
        """Id by which a receiver recognises a repeated notification."""
        return f"{self.callout}-{self.attempt}"


def subject_of(alarm: CalloutAlarm) -> str:
    """Return the subject of the alarm; for an alert the part of its id that is enough to find the alert at a
    console.
    """
    if subject_kind_of(alarm.alarm) is not SubjectKind.ALERT:
        return alarm.subject
    return alarm.subject.partition(":")[0][:SHORT_ID]


def failure_of(sent: Sent) -> CalloutFailure | None:
    """Return the result as a failure of a callout; None if the notification was delivered."""
    match sent:
        case Delivered():
            return None
        case Refused():
            return CalloutFailure.REFUSED
        case Later():
            return CalloutFailure.AWAY


def send(contact: Contact, notification: Notification, setup: Setup, within_s: float = WITHIN_S) -> Sent:
    """Send the notification to the person through this contact's channel. Blocks for `within_s` at most;
    raises nothing.

    A delivery that exceeds the limit continues in a thread of its own, and may still succeed.
    """
    back: list[Sent] = []

    def carry() -> None:
        try:
            back.append(_send_by_channel(contact, notification, setup))
        except Exception as error:  # An error in a library affects that channel only.
            back.append(Later(why=f"{contact.way}: {type(error).__name__}"))

    thread = threading.Thread(target=carry, name=f"duty-{contact.way}", daemon=True)
    thread.start()
    thread.join(within_s)
    return back[0] if back else Later(why=f"{contact.way}: no result within {within_s:g} s")


def _send_by_channel(contact: Contact, notification: Notification, setup: Setup) -> Sent:
    """Import only the module of this channel, and send: a process that never posts would carry 7 MB for
    nothing.
    """
    match contact.way:
        case DutyWay.EMAIL:
            from gateways.callouts.channels.mail import send_mail

            return send_mail(contact.to, notification, setup)
        case DutyWay.WEBHOOK:
            from gateways.callouts.channels.webhook import post_notification

            return post_notification(contact.to, notification, setup)
        case DutyWay.APPRISE:
            from gateways.callouts.channels.services import send_to_service

            return send_to_service(contact.to, notification, setup)
        case DutyWay.CALL | DutyWay.SMS:
            return Refused(why=f"{contact.way} goes by the center's own lines")
