"""Received heartbeats of a center's nodes, and the verdict on the center. Pure.

A heartbeat counts once, and only while it is new: it must repeat the challenge of the last answer, which a
delayed or replayed heartbeat does not have. Only the receiver's clock counts, so that two differing clocks
wake no person.

Two channels lead to the center: its heartbeats, and a probe of its intake from outside. Each detects faults
that the other misses, so either is enough for an alarm (README.md, Reasons).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec
from msgspec.structs import replace

from features.watcher.beat import Heartbeat
from features.watcher.settings import Patience
from messages.ids import SECOND, Instant, NodeId

FRESH_US: Final = 60 * SECOND
"""Time for which a challenge is valid."""
SLEPT_US: Final = 5 * SECOND
"""A watcher polls each second; a longer gap means that it was frozen or suspended."""


class LastSigns(msgspec.Struct, frozen=True, kw_only=True):
    """State of one center: last good sign of each channel. `None`: the channel is not used."""

    beat_at: Instant
    """Time of the last counted heartbeat; before the first, of the beginning."""
    well_at: Instant
    """Time of the last heartbeat of a center that was well, or whose alarms were taken."""
    probed_at: Instant | None = None
    """Time when the last answered probe was sent."""
    planned_until: Instant | None = None


class NodeHeartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """A node of the center."""

    challenge: bytes
    asked_at: Instant
    at: Instant = Instant(0)
    """Time of the last counted heartbeat; 0: none yet."""


class HeartbeatState(msgspec.Struct, frozen=True, kw_only=True):
    """State of all nodes: a small document that survives a restart of the receiver."""

    heard: LastSigns
    nodes: dict[NodeId, NodeHeartbeat] = {}
    roster: bytes = b""
    roster_version: int = 0


def initial_state(now_us: Instant, *, probes: bool) -> HeartbeatState:
    """Return the state before the first heartbeat, from which silence is counted."""
    return HeartbeatState(
        heard=LastSigns(beat_at=now_us, well_at=now_us, probed_at=now_us if probes else None)
    )


def resumed(before: HeartbeatState, now_us: Instant, *, probes: bool) -> HeartbeatState:
    """Return the state for a restarted watcher: the time of its absence does not count as silence."""
    fresh = initial_state(now_us, probes=probes).heard
    return replace(before, heard=replace(fresh, planned_until=before.heard.planned_until))


def apply_heartbeat(
    hearing: HeartbeatState, beat: Heartbeat, now_us: Instant, challenge: bytes
) -> tuple[HeartbeatState, bool]:
    """Apply a heartbeat; return the state, and True if the heartbeat counts. `challenge`: the
    next, random.
    """
    known = hearing.nodes.get(beat.node)
    if known is None or now_us - known.asked_at > FRESH_US:
        at = Instant(0) if known is None else known.at
        node = NodeHeartbeat(challenge=challenge, asked_at=now_us, at=at)
        return replace(hearing, nodes=hearing.nodes | {beat.node: node}), False
    if beat.challenge != known.challenge:
        return hearing, False
    node = NodeHeartbeat(challenge=challenge, asked_at=now_us, at=now_us)
    # Before the first counted heartbeat the beginning of a fault is unknown.
    first = not any(one.at for one in hearing.nodes.values())
    good = beat.well or beat.taken or first
    heard = replace(
        hearing.heard,
        beat_at=now_us,
        well_at=now_us if good else hearing.heard.well_at,
        # The last message counts: a stopping node is followed by messages of the others.
        planned_until=beat.planned_until,
    )
    nodes = hearing.nodes | {beat.node: node}
    if not beat.roster:
        return replace(hearing, heard=heard, nodes=nodes), True
    return HeartbeatState(
        heard=heard, nodes=nodes, roster=beat.roster, roster_version=beat.roster_version
    ), True


def challenge_of(hearing: HeartbeatState, node: NodeId) -> bytes:
    """Return the challenge for the node's next heartbeat."""
    return hearing.nodes[node].challenge


class CenterState(StrEnum):
    """State of a center, as far as known from outside."""

    WELL = "well"
    PLANNED = "planned"
    """The center is away or unwell, for an announced time."""
    SILENT = "silent"
    """Neither channel works: no power, frozen, or no network."""
    NO_HEARTBEAT = "no_heartbeat"
    """The intake answers; the center sends no heartbeat."""
    NO_INTAKE = "no_intake"
    """The center sends heartbeats; its intake cannot be reached from outside."""
    UNWELL = "unwell"
    """The center reports itself as unwell."""


def center_state(heard: LastSigns, patience: Patience, now_us: Instant) -> CenterState:
    """Return the present verdict."""
    silent_us = round(patience.silent_after_s * SECOND)
    no_beat = now_us - heard.beat_at > silent_us
    no_probe = heard.probed_at is not None and now_us - heard.probed_at > silent_us
    unwell = not no_beat and now_us - heard.well_at > round(patience.unwell_after_s * SECOND)
    if not (no_beat or no_probe or unwell):
        return CenterState.WELL
    if heard.planned_until is not None and now_us < heard.planned_until:
        return CenterState.PLANNED
    if no_beat:
        return CenterState.SILENT if no_probe or heard.probed_at is None else CenterState.NO_HEARTBEAT
    return CenterState.NO_INTAKE if no_probe else CenterState.UNWELL


def after_sleep(heard: LastSigns, turned_us: int) -> LastSigns:
    """Return the state after a gap of the receiver: its own absence does not count as silence."""
    if turned_us <= SLEPT_US:
        return heard
    return replace(
        heard,
        beat_at=Instant(heard.beat_at + turned_us),
        well_at=Instant(heard.well_at + turned_us),
        probed_at=None if heard.probed_at is None else Instant(heard.probed_at + turned_us),
    )
