"""When a heartbeat is due, what it says, and what is wrong with those who should answer. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from features.watcher.beat import NO_PHONE, Answer, Stands, Unable
from features.watcher.hearing import Verdict
from features.watcher.settings import HeartbeatTarget, TargetKind
from messages.events import AlarmShelved
from messages.ids import SECOND, Instant, NodeId
from model.alarms.book import quiet_until
from model.alarms.standing import Key
from model.alarms.table import priority_of, rank

WATCHER_SILENT: Final = "watcher.silent"
WATCHER_MUTE: Final = "watcher.mute"
CENTER_SILENT: Final = "center.silent"
SILENT_US: Final = 60 * SECOND
"""So long a watcher may not answer, or not be able to phone, before somebody is told."""
ORDERED_US: Final = 15 * 60 * SECOND
"""So long a node may be away that was ordered to end or to start again."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one target."""

    since: Instant
    """When it last answered; of none yet, when this began."""
    next_at: Instant = Instant(0)
    busy: bool = False
    challenge: bytes = b""
    again: bool = False
    """Whether the last one was said again because that was asked."""
    roster_version: int = NO_PHONE
    """Until it answers: nobody who has not proved a key is told who is on duty."""
    probes_taken: int = 0
    unable: tuple[Unable, ...] = ()
    able_at: Instant
    """When it could last have phoned."""
    why: str = ""


def begun(known: Known, target: HeartbeatTarget, now_us: Instant) -> Known:
    """One is on its way."""
    return replace(known, busy=True, next_at=Instant(now_us + round(target.every_s * SECOND)))


def rested(known: Known, target: HeartbeatTarget, now_us: Instant) -> Known:
    """None can be sent: what could be said is not to be said there. That is no silence of the other's."""
    return replace(
        known, since=now_us, able_at=now_us, next_at=Instant(now_us + round(target.every_s * SECOND))
    )


def answered(known: Known, answer: Answer | None, now_us: Instant) -> Known:
    """It was taken, or is to be said again at once. `None`: by one that says nothing of itself."""
    if answer is None:
        return replace(known, busy=False, since=now_us, able_at=now_us, why="")
    known = replace(
        known, busy=False, challenge=answer.challenge, roster_version=answer.roster_version, why=""
    )
    if not answer.taken:
        # At once, and not twice: of two behind one address each would ask for its own challenge without end.
        return replace(known, again=not known.again, next_at=known.next_at if known.again else now_us)
    able_at = known.able_at if answer.unable else now_us
    return replace(known, again=False, since=now_us, able_at=able_at, unable=answer.unable)


def failed(known: Known, why: str) -> Known:
    """It does not answer; the next one goes when it is due."""
    return replace(known, busy=False, again=False, why=why)


def found(target: HeartbeatTarget, known: Known, now_us: Instant) -> dict[Key, str]:
    """Its alarms: with words where one is due, without where all is well, absent while it is not known."""
    every_us = round(target.every_s * SECOND)
    silent_us = max(SILENT_US, 3 * every_us)
    alarms: dict[Key, str] = {}
    if now_us - known.since > silent_us:
        why = f" ({known.why})" if known.why else ""
        alarms[WATCHER_SILENT, target.name] = f"{target.name} does not answer{why}."
    elif now_us - known.since <= 2 * every_us:
        alarms[WATCHER_SILENT, target.name] = ""
    if not known.unable:
        alarms[WATCHER_MUTE, target.name] = ""
    elif now_us - known.able_at > silent_us:
        alarms[WATCHER_MUTE, target.name] = f"{target.name} could phone nobody: {', '.join(known.unable)}."
    return alarms


def of_center(name: str, told: Verdict) -> dict[Key, str]:
    """The alarm of another center that is watched from here."""
    match told:
        case Verdict.WELL | Verdict.PLANNED:
            words = ""
        case Verdict.UNWELL:
            words = f"{name} says that it is not well."
        case _:
            words = f"Nothing is heard of {name}."
    return {(CENTER_SILENT, name): words}


def stands(keys: Iterable[Key], shelved: Sequence[AlarmShelved], node: NodeId) -> tuple[Stands, ...]:
    """The alarms of this node by kind, the gravest first; what is quiet is left out."""
    kinds = Counter(name for name, subject in keys if quiet_until(shelved, name, subject, node) is None)
    return tuple(
        Stands(alarm=name, priority=priority_of(name), count=kinds[name]) for name in sorted(kinds, key=rank)
    )


def planned_until(
    shelved: Sequence[AlarmShelved], node: NodeId, *, ordered: bool, now_us: Instant
) -> Instant | None:
    """Until when the node may be away: all its alarms are kept quiet, or it was ordered to end."""
    ends = [one.ends_at for one in shelved if not one.alarm and not one.subject and one.node in ("", node)]
    if ordered:
        ends.append(Instant(now_us + ORDERED_US))
    return max(ends, default=None)


def is_due(known: Known, target: HeartbeatTarget, now_us: Instant) -> bool:
    """Whether one is to be sent."""
    return not known.busy and now_us >= known.next_at


def may_say(target: HeartbeatTarget, *, well: bool, simulated: bool) -> bool:
    """Whether this heartbeat goes there. Who understands nothing but silence is told by silence that all is
    not well, and that it is no real center that runs."""
    return target.kind is TargetKind.WATCHER or (well and not simulated)
