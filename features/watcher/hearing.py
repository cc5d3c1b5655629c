"""What is heard of a center, of all its nodes, and what is made of it. Pure.

A heartbeat counts once, and only while it is new: it has to say again what the last answer asked it to. What
was kept back on its way, or is sent again by somebody else, does not know that. The clock of who hears alone
decides, so that two clocks that differ wake nobody.

Two ways lead to the center: its heartbeats, and a probe of its intake from outside. Each tells something that
the other does not, so each is enough to be worried by (docs/decisions/0125).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec
from msgspec.structs import replace

from features.watcher.beat import Beat
from features.watcher.settings import Patience
from messages.ids import SECOND, Instant, NodeId

FRESH_US: Final = 60 * SECOND
"""So long a challenge may be answered."""
SLEPT_US: Final = 5 * SECOND
"""Whoever watches looks each second; who has not for so long was frozen or suspended."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """Of one center: since when which way has said nothing good. `None`: that way is not used."""

    beat_at: Instant
    """The last heartbeat that counted; of none yet, when the watching began."""
    well_at: Instant
    """The last one of a center that was well, or whose trouble somebody had taken."""
    probed_at: Instant | None = None
    """When the last probe that was answered was sent."""
    planned_until: Instant | None = None


class OfNode(msgspec.Struct, frozen=True, kw_only=True):
    """One node of it."""

    challenge: bytes
    asked_at: Instant
    at: Instant = Instant(0)
    """When the last came that counted; 0: none yet."""


class Hearing(msgspec.Struct, frozen=True, kw_only=True):
    """All of it: a small document that outlives who has heard it."""

    heard: Heard
    nodes: dict[NodeId, OfNode] = {}
    roster: bytes = b""
    roster_version: int = 0


def began(now_us: Instant, *, probes: bool) -> Hearing:
    """Nothing was heard yet, and nothing can be missed yet."""
    return Hearing(heard=Heard(beat_at=now_us, well_at=now_us, probed_at=now_us if probes else None))


def resumed(before: Hearing, now_us: Instant, *, probes: bool) -> Hearing:
    """By a watcher that starts again: what it could not hear meanwhile is no silence."""
    fresh = began(now_us, probes=probes).heard
    return replace(before, heard=replace(fresh, planned_until=before.heard.planned_until))


def take(hearing: Hearing, beat: Beat, now_us: Instant, challenge: bytes) -> tuple[Hearing, bool]:
    """Whether it counts, and what is known then. `challenge`: by chance, what is asked next."""
    known = hearing.nodes.get(beat.node)
    if known is None or now_us - known.asked_at > FRESH_US:
        at = Instant(0) if known is None else known.at
        node = OfNode(challenge=challenge, asked_at=now_us, at=at)
        return replace(hearing, nodes=hearing.nodes | {beat.node: node}), False
    if beat.challenge != known.challenge:
        return hearing, False
    node = OfNode(challenge=challenge, asked_at=now_us, at=now_us)
    # Of one that is heard for the first time nobody knows since when it is not well.
    first = not any(one.at for one in hearing.nodes.values())
    good = beat.well or beat.taken or first
    heard = replace(
        hearing.heard,
        beat_at=now_us,
        well_at=now_us if good else hearing.heard.well_at,
        # What was said last: a node that goes is outlived by the others' words.
        planned_until=beat.planned_until,
    )
    nodes = hearing.nodes | {beat.node: node}
    if not beat.roster:
        return replace(hearing, heard=heard, nodes=nodes), True
    return Hearing(heard=heard, nodes=nodes, roster=beat.roster, roster_version=beat.roster_version), True


def asked(hearing: Hearing, node: NodeId) -> bytes:
    """What its next heartbeat has to say."""
    return hearing.nodes[node].challenge


class Verdict(StrEnum):
    """How a center is, as far as it can be known from outside."""

    WELL = "well"
    PLANNED = "planned"
    """It is away, or not well, and has said until when."""
    SILENT = "silent"
    """Neither way leads to it: it is without power, frozen, or there is no network."""
    NO_HEARTBEAT = "no_heartbeat"
    """Its intake answers; the center does not say that it is well."""
    NO_INTAKE = "no_intake"
    """It says that it is well; nobody outside reaches its intake."""
    UNWELL = "unwell"
    """It says so by itself."""


def verdict(heard: Heard, patience: Patience, now_us: Instant) -> Verdict:
    """How it is now."""
    silent_us = round(patience.silent_after_s * SECOND)
    no_beat = now_us - heard.beat_at > silent_us
    no_probe = heard.probed_at is not None and now_us - heard.probed_at > silent_us
    unwell = not no_beat and now_us - heard.well_at > round(patience.unwell_after_s * SECOND)
    if not (no_beat or no_probe or unwell):
        return Verdict.WELL
    if heard.planned_until is not None and now_us < heard.planned_until:
        return Verdict.PLANNED
    if no_beat:
        return Verdict.SILENT if no_probe or heard.probed_at is None else Verdict.NO_HEARTBEAT
    return Verdict.NO_INTAKE if no_probe else Verdict.UNWELL


def after_sleep(heard: Heard, turned_us: int) -> Heard:
    """By who has not looked for so long: what could not be heard meanwhile is no silence."""
    if turned_us <= SLEPT_US:
        return heard
    return replace(
        heard,
        beat_at=Instant(heard.beat_at + turned_us),
        well_at=Instant(heard.well_at + turned_us),
        probed_at=None if heard.probed_at is None else Instant(heard.probed_at + turned_us),
    )
