"""What is wrong with the center, and who has seen it: in `node-NODE`, of that node.

What is kept quiet for planned work: in `shelf-center`, for all nodes.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

from messages.base import Message
from messages.ids import Instant, NodeId, OperatorId
from messages.rows import Sentence


class AlarmRaised(Message, frozen=True, kw_only=True, tag="alarm.raised"):
    """Something a person on duty has to know."""

    sentence: ClassVar = Sentence("ALARM {alarm} {subject}: {text}", "AVVISO {alarm} {subject}: {text}")

    alarm: str
    """What is wrong, as a short permanent name: `line.lost`, `no_operator`, …"""
    subject: str
    text: str


class AlarmCleared(Message, frozen=True, kw_only=True, tag="alarm.cleared"):
    """It is over."""

    sentence: ClassVar = Sentence("alarm over: {alarm} {subject}", "avviso finito: {alarm} {subject}")

    alarm: str
    subject: str
    text: str = ""
    """What came of it, in words."""


class AlarmSeen(Message, frozen=True, kw_only=True, tag="alarm.seen"):
    """An operator has acknowledged it, at whichever node."""

    sentence: ClassVar = Sentence(
        "{by} has seen the alarm {alarm} {subject}",
        "{by} ha visto l’avviso {alarm} {subject}",
    )

    alarm: str
    subject: str
    raised_at: Instant
    """Raised anew since, it is another, and not seen."""
    by: OperatorId


class AlarmState(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm that stands, or is over and was seen by nobody."""

    alarm: str
    subject: str
    text: str
    raised_at: Instant
    seen_at: Instant | None = None
    seen_by: OperatorId | None = None
    over_at: Instant | None = None


class AlarmsSummed(Message, frozen=True, kw_only=True, tag="alarms.summed"):
    """All alarms of the node at this place of its stream. A fold that is filled begins here, and not at the
    node's start, which may be a year ago; to a fold that is there it is no news.
    """

    sentence: ClassVar = Sentence(
        "alarms of the node, summed up: {alarms:count}",
        "avvisi del nodo, riassunti: {alarms:count}",
    )

    alarms: tuple[AlarmState, ...]


class AlarmShelved(Message, frozen=True, kw_only=True, tag="alarm.shelved"):
    """These alarms are expected, by planned work: they call nobody until then. Given again it is changed."""

    sentence: ClassVar = Sentence(
        "{by} keeps alarms quiet:[ {alarm}][ {subject}][ {node}] ({reason})",
        "{by} tacita gli avvisi:[ {alarm}][ {subject}][ {node}] ({reason})",
    )

    alarm: str = ""
    """Empty: all that may be kept quiet; so for the others."""
    subject: str = ""
    node: NodeId = NodeId("")
    """Raised by this node, or about it."""
    ends_at: Instant
    by: OperatorId
    reason: str


class AlarmUnshelved(Message, frozen=True, kw_only=True, tag="alarm.unshelved"):
    """Sooner than was planned."""

    sentence: ClassVar = Sentence(
        "{by} lets alarms be heard again:[ {alarm}][ {subject}][ {node}]",
        "{by} non tacita più gli avvisi:[ {alarm}][ {subject}][ {node}]",
    )

    alarm: str = ""
    subject: str = ""
    node: NodeId = NodeId("")
    by: OperatorId
