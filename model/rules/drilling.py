"""Due time and result of a drill. Pure: from the case as read from the journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from messages.events import BridgeJoined
from messages.ids import SECOND, Instant
from messages.journal import Recorded
from model.alert.case import Case
from model.alert.leg import place_of

DUE_AFTER_US: Final = Instant(7 * 86_400 * SECOND)
"""Interval of drills, a week: equipment not tested for longer is not known to work."""


class DrillStep(msgspec.Struct, frozen=True, kw_only=True):
    """An expected step of a drill."""

    step: str
    after_s: float | None
    """Seconds since the receipt of the alert; None: not reached."""


class DrillResult(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a drill."""

    alert: str
    ok: bool
    closed: bool
    outcome: str | None
    deadline_met: bool
    steps: tuple[DrillStep, ...]


def is_due(last_at: Instant | None, now_us: Instant) -> bool:
    """Return True if a drill is due. `last_at`: start of the last drill, None if never."""
    return last_at is None or now_us > last_at + DUE_AFTER_US


def drill_result(case: Case, recorded: Sequence[Recorded], *, with_psap: bool) -> DrillResult:
    """Return the present result of the drill: successful once closed, with all parties in conversation."""
    moments = {
        "operator joined": case.operator_joined_at,
        "user's phone rang": case.met_at,
        "in conversation": _joined_at(recorded, {"user"}),
    }
    if with_psap:
        moments["112 in conference"] = case.to_112.joined_at
    moments["closed"] = case.closed_at
    steps = tuple(
        DrillStep(step=name, after_s=round((at - case.received_at) / 1e6, 2) if at is not None else None)
        for name, at in moments.items()
    )
    met = case.met_at is not None and case.met_at <= case.deadline_at
    return DrillResult(
        alert=case.alert,
        ok=met and all(step.after_s is not None for step in steps),
        closed=case.closed_at is not None,
        outcome=case.outcome,
        deadline_met=met,
        steps=steps,
    )


def _joined_at(recorded: Sequence[Recorded], places: set[str]) -> int | None:
    """Return when all of these places and one other first heard each other; None if never."""
    joined: set[str] = set()
    for one in recorded:
        if isinstance(one.event, BridgeJoined):
            joined |= {place_of(leg) for leg in one.event.legs}
            if places < joined:
                return one.at_us
    return None
