"""Whether a drill is due, and whether one went well. Pure: from the case as the journal tells it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from messages.events import BridgeJoined
from messages.ids import SECOND, Instant
from messages.journal import Recorded
from model.alert.case import Case
from model.alert.leg import place

DUE_AFTER_US: Final = Instant(7 * 86_400 * SECOND)
"""A drill a week: what has not been tried for longer is not known to work."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that has to happen in a drill."""

    step: str
    after_s: float | None
    """Seconds since the alert was received; None: it has not happened."""


class Drilled(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a drill."""

    alert: str
    ok: bool
    closed: bool
    outcome: str | None
    deadline_met: bool
    steps: tuple[Step, ...]


def is_due(last_at: Instant | None, now_us: Instant) -> bool:
    """Whether it is time for a drill. `last_at`: when the last was begun, None for never."""
    return last_at is None or now_us > last_at + DUE_AFTER_US


def judged(case: Case, recorded: Sequence[Recorded], *, with_psap: bool) -> Drilled:
    """The drill as it stands: well done once it is closed and everybody has spoken to everybody."""
    moments = {
        "operator joined": case.operator_joined_at,
        "user's phone rang": case.met_at,
        "in conversation": _joined_at(recorded, {"user"}),
    }
    if with_psap:
        moments["112 in conference"] = case.to_112.joined_at
    moments["closed"] = case.closed_at
    steps = tuple(
        Step(step=name, after_s=round((at - case.received_at) / 1e6, 2) if at is not None else None)
        for name, at in moments.items()
    )
    met = case.met_at is not None and case.met_at <= case.deadline_at
    return Drilled(
        alert=case.alert,
        ok=met and all(step.after_s is not None for step in steps),
        closed=case.closed_at is not None,
        outcome=case.outcome,
        deadline_met=met,
        steps=steps,
    )


def _joined_at(recorded: Sequence[Recorded], places: set[str]) -> int | None:
    """When all of these places and somebody else's first heard each other."""
    joined: set[str] = set()
    for one in recorded:
        if isinstance(one.event, BridgeJoined):
            joined |= {place(leg) for leg in one.event.legs}
            if places < joined:
                return one.at_us
    return None
