"""Alarms of a node and their acknowledgements, in `node-NODE`.

Shelvings for planned work, of all nodes, in `shelf-center`.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

from messages.base import Message
from messages.ids import Instant, NodeId, OperatorId
from messages.rows import Sentence


class AlarmRaised(Message, frozen=True, kw_only=True, tag="alarm.raised"):
    """An alarm was raised: a person on duty must know."""

    sentence: ClassVar = Sentence("ALARM {alarm} {subject}: {text}", "AVVISO {alarm} {subject}: {text}")

    alarm: str
    """Short permanent name of the alarm: `line.lost`, `no_operator`, …"""
    subject: str
    text: str


class AlarmCleared(Message, frozen=True, kw_only=True, tag="alarm.cleared"):
    """The alarm's cause is over."""

    sentence: ClassVar = Sentence("alarm over: {alarm} {subject}", "avviso finito: {alarm} {subject}")

    alarm: str
    subject: str
    text: str = ""
    """Reason of the end, in words."""


class AlarmSeen(Message, frozen=True, kw_only=True, tag="alarm.seen"):
    """An operator has acknowledged the alarm, at any node."""

    sentence: ClassVar = Sentence(
        "{by} has seen the alarm {alarm} {subject}",
        "{by} ha visto l’avviso {alarm} {subject}",
    )

    alarm: str
    subject: str
    raised_at: Instant
    """Time of raising; an alarm raised again later is a new alarm, and unacknowledged."""
    by: OperatorId


class AlarmState(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm that is active, or over and unacknowledged."""

    alarm: str
    subject: str
    text: str
    raised_at: Instant
    seen_at: Instant | None = None
    seen_by: OperatorId | None = None
    over_at: Instant | None = None


class AlarmsSummed(Message, frozen=True, kw_only=True, tag="alarms.summed"):
    """All alarms of the node at this place of its stream. A fold that is being filled starts here, and not at
    the node's start, which may be a year ago; an existing fold ignores the event.
    """

    sentence: ClassVar = Sentence(
        "alarms of the node, summed up: {alarms:count}",
        "avvisi del nodo, riassunti: {alarms:count}",
    )

    alarms: tuple[AlarmState, ...]


class AlarmShelved(Message, frozen=True, kw_only=True, tag="alarm.shelved"):
    """These alarms are expected because of planned work, and call no one until the end. A repetition changes
    the shelving.
    """

    sentence: ClassVar = Sentence(
        "{by} keeps alarms quiet:[ {alarm}][ {subject}][ {node}] ({reason})",
        "{by} tacita gli avvisi:[ {alarm}][ {subject}][ {node}] ({reason})",
    )

    alarm: str = ""
    """Name of the alarm; empty: all that may be shelved. Other empty fields also match all."""
    subject: str = ""
    node: NodeId = NodeId("")
    """Node that raised the alarm, or that the alarm is about."""
    ends_at: Instant
    by: OperatorId
    reason: str


class AlarmUnshelved(Message, frozen=True, kw_only=True, tag="alarm.unshelved"):
    """The alarms were unshelved before the planned end."""

    sentence: ClassVar = Sentence(
        "{by} lets alarms be heard again:[ {alarm}][ {subject}][ {node}]",
        "{by} non tacita più gli avvisi:[ {alarm}][ {subject}][ {node}]",
    )

    alarm: str = ""
    subject: str = ""
    node: NodeId = NodeId("")
    by: OperatorId
