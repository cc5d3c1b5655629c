"""Who is called because of an alarm, and what comes of it: in `duty-center`, of all nodes.

Numbers and addresses are in the roster alone: an event names people by their ids. Each act is here before it
is done, so that whoever goes on after a death does nothing twice.
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
    """One alarm because of which somebody is called."""

    sentence: ClassVar = Sentence("{alarm}[ {subject}]", "{alarm}[ {subject}]")

    alarm: str
    subject: str
    node: NodeId
    """Which node has raised it."""
    raised_at: Instant

    @property
    def key(self) -> tuple[NodeId, str, str]:
        """By whom, which alarm, about what: raised anew it is the same."""
        return self.node, self.alarm, self.subject


class CalloutOpened(Message, frozen=True, kw_only=True, tag="callout.opened"):
    """Somebody is to be called, or told in the morning; the node that writes this carries it out."""

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
    """The gravest first; of a test none."""
    person: str = ""
    """Of a test: who is called, and nobody else."""
    way: DutyWay | None = None
    """Of a test: by this way alone; None: by all that the person has."""
    by: OperatorId | None = None
    """Of a test: who has asked for it."""


class CalloutJoined(Message, frozen=True, kw_only=True, tag="callout.joined"):
    """These alarms have come since: the next try tells them, and nobody is called for them alone."""

    sentence: ClassVar = Sentence(
        "who is called is told of [{alarms}|nothing], too",
        "a chi è chiamato si dice anche di [{alarms}|nulla]",
    )

    callout: str
    alarms: tuple[CalloutAlarm, ...]


class CalloutTried(Message, frozen=True, kw_only=True, tag="callout.tried"):
    """A person is about to be told by one way."""

    sentence: ClassVar = Sentence(
        "{person} is told by {way}[ on line {line}]",
        "{person} è avvisato per {way}[ sulla linea {line}]",
    )

    callout: str
    attempt: int
    """From 1, of this callout."""
    round: int = 1
    """How often all who are on duty have been called, this time included."""
    person: str
    way: DutyWay
    contact: int
    """Its place among the person's contacts, from 0."""
    line: LineId | None = None
    """Of a call: on which."""
    text: TextId | None = None
    """Of a short message: which of the outbox."""


class CalloutAnswered(Message, frozen=True, kw_only=True, tag="callout.answered"):
    """Somebody or something has answered the call; the message is being said."""

    sentence: ClassVar = Sentence("try {attempt} is answered", "al tentativo {attempt} si risponde")

    callout: str
    attempt: int


class CalloutTold(Message, frozen=True, kw_only=True, tag="callout.told"):
    """What was written has left: the network, the server or the service has taken it. Of a call: the person
    has taken it.
    """

    sentence: ClassVar = Sentence(
        "what was written in try {attempt} has left",
        "ciò che è scritto nel tentativo {attempt} è partito",
    )

    callout: str
    attempt: int


class CalloutFailed(Message, frozen=True, kw_only=True, tag="callout.failed"):
    """The try has come to nothing."""

    sentence: ClassVar = Sentence(
        "try {attempt} has come to nothing: {why}",
        "il tentativo {attempt} non è riuscito: {why}",
    )

    callout: str
    attempt: int
    why: CalloutFailure
    cause: int | None = None
    """Of a call: ITU-T Q.850."""


class CalloutTaken(Message, frozen=True, kw_only=True, tag="callout.taken"):
    """Somebody sees to it: nobody else is called."""

    sentence: ClassVar = Sentence("[{person}|{operator}] has taken it", "[{person}|{operator}] se ne occupa")

    callout: str
    person: str = ""
    """Of the roster; empty where an operator has taken it at a console."""
    operator: OperatorId | None = None
    way: DutyWay | None = None
    """By which the person has said so; None: at a console."""


class CalloutEnded(Message, frozen=True, kw_only=True, tag="callout.ended"):
    """Nobody is called any more."""

    sentence: ClassVar = Sentence("nobody is called any more: {why}", "non si chiama più nessuno: {why}")

    callout: str
    why: CalloutEnd
