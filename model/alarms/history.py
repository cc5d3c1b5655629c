"""History of alarms: each from its raising to its end, and the number of occurrences of each. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from messages.events import AlarmCleared, AlarmRaised, AlarmSeen, NodeStarted
from messages.ids import Instant, NodeId, OperatorId
from messages.journal import Recorded
from model.alarms.table import kind_of

TYPES: Final = ("alarm.raised", "alarm.cleared", "alarm.seen", "node.started")
"""Types of the events that the history is made of."""


class Episode(msgspec.Struct, frozen=True, kw_only=True):
    """Occurrence of an alarm."""

    alarm: str
    subject: str
    node: NodeId
    text: str
    since_us: Instant
    over_us: Instant | None = None
    """Time of the end; None while the alarm is active."""
    seen_us: Instant | None = None
    seen_by: OperatorId | None = None


class AlarmCount(msgspec.Struct, frozen=True, kw_only=True):
    """Number of occurrences of one alarm."""

    alarm: str
    subject: str
    times: int
    last_us: Instant


def episodes(recorded: Iterable[Recorded]) -> list[Episode]:
    """Return the occurrences in the nodes' streams, newest first; `recorded` is in the journal's order.

    The start of a node ends its active alarms. A new text for an active alarm is no new occurrence. An alarm
    can be acknowledged after its end.
    """
    told: list[Episode] = []
    last: dict[tuple[str, str, str], int] = {}

    def change(key: tuple[str, str, str], **fields: object) -> None:
        told[last[key]] = msgspec.structs.replace(told[last[key]], **fields)

    for one in recorded:
        node, at = one.stream.partition("-")[2], one.at_us
        match one.event:
            case AlarmRaised(alarm=alarm, subject=subject, text=text):
                key = node, alarm, subject
                if key in last and told[last[key]].over_us is None:
                    change(key, text=text)
                else:
                    last[key] = len(told)
                    told.append(
                        Episode(alarm=alarm, subject=subject, node=NodeId(node), text=text, since_us=at)
                    )
            case AlarmCleared(alarm=alarm, subject=subject):
                key = node, alarm, subject
                if key in last and told[last[key]].over_us is None:
                    change(key, over_us=at)
            case AlarmSeen(alarm=alarm, subject=subject, raised_at=raised_at, by=by):
                key = node, alarm, subject
                if key in last and told[last[key]].seen_us is None and told[last[key]].since_us <= raised_at:
                    change(key, seen_us=at, seen_by=by)
            case NodeStarted():
                for key, place in last.items():
                    if key[0] == node and told[place].over_us is None:
                        change(key, over_us=at)
            case _:
                pass
    return sorted(told, key=lambda episode: episode.since_us, reverse=True)


def count_occurrences(found: Iterable[Episode]) -> list[AlarmCount]:
    """Count the occurrences of each alarm, the most frequent first."""
    times: dict[tuple[str, str], list[Instant]] = {}
    for one in found:
        times.setdefault((one.alarm, one.subject), []).append(one.since_us)
    counted = [
        AlarmCount(alarm=alarm, subject=subject, times=len(all_of_it), last_us=max(all_of_it))
        for (alarm, subject), all_of_it in times.items()
    ]
    return sorted(counted, key=lambda one: (-one.times, -one.last_us))


def matches(one: Episode, search: str) -> bool:
    """Return True if the text searched for is part of the alarm's name, subject, node or short words."""
    kind = kind_of(one.alarm)
    words = () if kind is None else (kind.it.short, kind.en.short)
    return any(search.lower() in text.lower() for text in (one.alarm, one.subject, one.node, *words))
