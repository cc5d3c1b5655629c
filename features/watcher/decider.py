"""Decider for heartbeats: times, content, and alarms about watchers and centers. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from features.watcher.beat import NO_PHONE, ActiveAlarms, Answer, Unable
from features.watcher.heartbeat_state import CenterState
from features.watcher.settings import HeartbeatTarget, TargetKind
from messages.events import AlarmShelved
from messages.ids import SECOND, Instant, NodeId
from model.alarms.active import Key
from model.alarms.book import shelved_until
from model.alarms.table import priority_of, rank

WATCHER_SILENT: Final = "watcher.silent"
WATCHER_MUTE: Final = "watcher.mute"
CENTER_SILENT: Final = "center.silent"
SILENT_US: Final = 60 * SECOND
"""Time for which a watcher may not answer, or not be able to phone, before an alarm."""
ORDERED_US: Final = 15 * 60 * SECOND
"""Assumed absence of a node ordered to stop or to restart."""


class TargetState(msgspec.Struct, frozen=True, kw_only=True):
    """State of one target."""

    since: Instant
    """Time of the last answer; before the first, of the beginning."""
    next_at: Instant = Instant(0)
    busy: bool = False
    challenge: bytes = b""
    again: bool = False
    """True if the last heartbeat was repeated on request."""
    roster_version: int = NO_PHONE
    """Without an answer yet: the roster is sent only to a target that has proved its key."""
    probes_taken: int = 0
    unable: tuple[Unable, ...] = ()
    able_at: Instant
    """Time when the target could last have phoned."""
    why: str = ""


def on_sending(known: TargetState, target: HeartbeatTarget, now_us: Instant) -> TargetState:
    """Record that a heartbeat is being sent."""
    return replace(known, busy=True, next_at=Instant(now_us + round(target.every_s * SECOND)))


def on_suspended(known: TargetState, target: HeartbeatTarget, now_us: Instant) -> TargetState:
    """Record that no heartbeat may be sent to this target now, which does not count as its silence."""
    return replace(
        known, since=now_us, able_at=now_us, next_at=Instant(now_us + round(target.every_s * SECOND))
    )


def on_answer(known: TargetState, answer: Answer | None, now_us: Instant) -> TargetState:
    """Record an answer, or a request to repeat. `None`: a target without a state of its own."""
    if answer is None:
        return replace(known, busy=False, since=now_us, able_at=now_us, why="")
    known = replace(
        known, busy=False, challenge=answer.challenge, roster_version=answer.roster_version, why=""
    )
    if not answer.taken:
        # At once, and only once: two nodes behind one address would request their own challenge endlessly.
        return replace(known, again=not known.again, next_at=known.next_at if known.again else now_us)
    able_at = known.able_at if answer.unable else now_us
    return replace(known, again=False, since=now_us, able_at=able_at, unable=answer.unable)


def on_failure(known: TargetState, why: str) -> TargetState:
    """Record a failure; the next heartbeat follows at its normal time."""
    return replace(known, busy=False, again=False, why=why)


def alarms_of_target(target: HeartbeatTarget, known: TargetState, now_us: Instant) -> dict[Key, str]:
    """Return the target's alarms: with a text if due, empty if all is well, absent if unknown."""
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
        alarms[WATCHER_MUTE, target.name] = (
            f"{target.name} could not phone any person: {', '.join(known.unable)}."
        )
    return alarms


def of_center(name: str, told: CenterState) -> dict[Key, str]:
    """Return the alarm of another center that is watched from here."""
    match told:
        case CenterState.WELL | CenterState.PLANNED:
            words = ""
        case CenterState.UNWELL:
            words = f"{name} reports that it could not serve an alert."
        case _:
            words = f"No heartbeat of {name} arrives."
    return {(CENTER_SILENT, name): words}


def stands(keys: Iterable[Key], shelved: Sequence[AlarmShelved], node: NodeId) -> tuple[ActiveAlarms, ...]:
    """Return this node's alarms by kind, the most severe first, without shelved ones."""
    kinds = Counter(name for name, subject in keys if shelved_until(shelved, name, subject, node) is None)
    return tuple(
        ActiveAlarms(alarm=name, priority=priority_of(name), count=kinds[name])
        for name in sorted(kinds, key=rank)
    )


def planned_until(
    shelved: Sequence[AlarmShelved], node: NodeId, *, ordered: bool, now_us: Instant
) -> Instant | None:
    """Return the end of the node's planned absence: all its alarms are shelved, or it was ordered to stop;
    None if no absence is planned.
    """
    ends = [one.ends_at for one in shelved if not one.alarm and not one.subject and one.node in ("", node)]
    if ordered:
        ends.append(Instant(now_us + ORDERED_US))
    return max(ends, default=None)


def is_due(known: TargetState, target: HeartbeatTarget, now_us: Instant) -> bool:
    """Return True if a heartbeat is due."""
    return not known.busy and now_us >= known.next_at


def may_send(target: HeartbeatTarget, *, well: bool, simulated: bool) -> bool:
    """Return True if this heartbeat may be sent to the target. A target that detects only silence receives
    nothing if the node is unwell, or simulated.
    """
    return target.kind is TargetKind.WATCHER or (well and not simulated)
