"""Which alarms there were: each from when it was raised until it was over, and how often each came. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from messages.events import AlarmCleared, AlarmRaised, AlarmSeen, NodeStarted
from messages.ids import Instant, NodeId, OperatorId
from messages.journal import Recorded
from model.alarms.table import BY_NAME

TYPES: Final = ("alarm.raised", "alarm.cleared", "alarm.seen", "node.started")
"""The events that it is made of."""


class Episode(msgspec.Struct, frozen=True, kw_only=True):
    """One time that something was wrong."""

    alarm: str
    subject: str
    node: NodeId
    text: str
    since_us: Instant
    over_us: Instant | None = None
    """None: it stands."""
    seen_us: Instant | None = None
    seen_by: OperatorId | None = None


class Often(msgspec.Struct, frozen=True, kw_only=True):
    """How often one came."""

    alarm: str
    subject: str
    times: int
    last_us: Instant


def episodes(recorded: Iterable[Recorded]) -> list[Episode]:
    """Of the nodes' streams in the journal's order, newest first. A node's start ends what stood there; other
    words for what stands are no other time.
    """
    done: list[Episode] = []
    going: dict[tuple[str, str, str], Episode] = {}
    for one in recorded:
        node, at = one.stream.partition("-")[2], one.at_us
        match one.event:
            case AlarmRaised(alarm=alarm, subject=subject, text=text):
                began = going.get((node, alarm, subject))
                going[node, alarm, subject] = (
                    Episode(alarm=alarm, subject=subject, node=NodeId(node), text=text, since_us=at)
                    if began is None
                    else msgspec.structs.replace(began, text=text)
                )
            case AlarmCleared(alarm=alarm, subject=subject):
                ended = going.pop((node, alarm, subject), None)
                if ended is not None:
                    done.append(msgspec.structs.replace(ended, over_us=at))
            case AlarmSeen(alarm=alarm, subject=subject, by=by):
                stands = going.get((node, alarm, subject))
                if stands is not None and stands.seen_us is None:
                    going[node, alarm, subject] = msgspec.structs.replace(stands, seen_us=at, seen_by=by)
            case NodeStarted():
                for key in [key for key in going if key[0] == node]:
                    done.append(msgspec.structs.replace(going.pop(key), over_us=at))
            case _:
                pass
    return sorted((*done, *going.values()), key=lambda episode: episode.since_us, reverse=True)


def often(found: Iterable[Episode]) -> list[Often]:
    """How often each came, those that came most first."""
    times: dict[tuple[str, str], list[Instant]] = {}
    for one in found:
        times.setdefault((one.alarm, one.subject), []).append(one.since_us)
    counted = [
        Often(alarm=alarm, subject=subject, times=len(all_of_it), last_us=max(all_of_it))
        for (alarm, subject), all_of_it in times.items()
    ]
    return sorted(counted, key=lambda one: (-one.times, -one.last_us))


def matches(one: Episode, search: str) -> bool:
    """Whether it is of a kind, line or node that is searched for: a part of a name, or of its short words."""
    kind = BY_NAME.get(one.alarm)
    words = () if kind is None else (kind.it.short, kind.en.short)
    return any(search.lower() in text.lower() for text in (one.alarm, one.subject, one.node, *words))
