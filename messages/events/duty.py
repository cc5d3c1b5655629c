"""Callouts of people on duty because of alarms, in `duty-center`, for all nodes.

Only the roster holds numbers and addresses: an event names people by their ids. Each action is journaled
before it is carried out, so that a process that resumes after a crash repeats nothing.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

from messages.base import Message
from messages.ids import (
    CalloutEnd,
    CalloutFailure,
    CalloutKind,
    DutyWay,
    Instant,
    LineId,
    NodeId,
    OperatorId,
    TextId,
)
from messages.rows import Sentence


class CalloutAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm that causes a callout."""

    sentence: ClassVar = Sentence("{alarm}[ {subject}]", "{alarm}[ {subject}]")

    alarm: str
    subject: str
    node: NodeId
    """Node that raised the alarm."""
    raised_at: Instant

    @property
    def key(self) -> tuple[NodeId, str, str]:
        """Node, name and subject of the alarm, unchanged if raised again."""
        return self.node, self.alarm, self.subject


class CalloutOpened(Message, frozen=True, kw_only=True, tag="callout.opened"):
    """A person is to be called, or notified in the morning; the node that writes this event does so."""

    sentence: ClassVar = Sentence(
        "[{?kind=test}{by} has {person} called for a test"
        "|people on duty [{?kind=morning}are to be told in the morning"
        "|are called] because of [{alarms}|nothing]]",
        "[{?kind=test}{by} fa chiamare {person} per prova"
        "|i reperibili [{?kind=morning}sono da avvisare al mattino|sono chiamati] per [{alarms}|nulla]]",
    )

    callout: str
    kind: CalloutKind = CalloutKind.ALARM
    alarms: tuple[CalloutAlarm, ...] = ()
    """Alarms, the most severe first; none for a test."""
    person: str = ""
    """Person called by a test, and no other."""
    way: DutyWay | None = None
    """Channel used by a test; None: all channels of the person."""
    by: OperatorId | None = None
    """Operator who ordered the test."""


class CalloutJoined(Message, frozen=True, kw_only=True, tag="callout.joined"):
    """These alarms have come since: the next attempt reports them, without a separate callout."""

    sentence: ClassVar = Sentence(
        "who is called is told of [{alarms}|nothing], too",
        "a chi è chiamato si dice anche di [{alarms}|nulla]",
    )

    callout: str
    alarms: tuple[CalloutAlarm, ...]


class CalloutTried(Message, frozen=True, kw_only=True, tag="callout.tried"):
    """The notification of a person by one channel has started."""

    sentence: ClassVar = Sentence(
        "{person} is told by {way}[ on line {line}]",
        "{person} è avvisato per {way}[ sulla linea {line}]",
    )

    callout: str
    attempt: int
    """Number of the attempt in this callout, from 1."""
    round: int = 1
    """Number of the cycle through all people on duty, from 1."""
    person: str
    way: DutyWay
    contact: int
    """Index among the person's contacts, from 0."""
    line: LineId | None = None
    """Line of a call."""
    text: TextId | None = None
    """Outbox id of an SMS."""


class CalloutAnswered(Message, frozen=True, kw_only=True, tag="callout.answered"):
    """The call was answered, by a person or a machine; the message is being played."""

    sentence: ClassVar = Sentence("try {attempt} is answered", "al tentativo {attempt} si risponde")

    callout: str
    attempt: int


class CalloutTold(Message, frozen=True, kw_only=True, tag="callout.told"):
    """The network, the server or the service has the message. For a call: the person has taken it."""

    sentence: ClassVar = Sentence(
        "what was written in try {attempt} has left",
        "ciò che è scritto nel tentativo {attempt} è partito",
    )

    callout: str
    attempt: int


class CalloutFailed(Message, frozen=True, kw_only=True, tag="callout.failed"):
    """The attempt has failed."""

    sentence: ClassVar = Sentence(
        "try {attempt} has come to nothing: {why}",
        "il tentativo {attempt} non è riuscito: {why}",
    )

    callout: str
    attempt: int
    why: CalloutFailure
    cause: int | None = None
    """Cause of a call's end, by ITU-T Q.850."""


class CalloutTaken(Message, frozen=True, kw_only=True, tag="callout.taken"):
    """A person has taken the callout: no other person is called."""

    sentence: ClassVar = Sentence("[{person}|{operator}] has taken it", "[{person}|{operator}] se ne occupa")

    callout: str
    person: str = ""
    """Person of the roster; empty if an operator has taken the callout at a console."""
    operator: OperatorId | None = None
    way: DutyWay | None = None
    """Channel of the person's response; None: at a console."""


class CalloutEnded(Message, frozen=True, kw_only=True, tag="callout.ended"):
    """The callout has ended: no further person is called."""

    sentence: ClassVar = Sentence("nobody is called any more: {why}", "non si chiama più nessuno: {why}")

    callout: str
    why: CalloutEnd
