"""Decider of a self-test: begin, try the next step, or give way to a real alert. Pure.

One step at a time. Finished steps are in the journal and are not repeated; a step interrupted by an alert or
by the death of the process is repeated.
"""

from __future__ import annotations

from typing import Final

import msgspec

from features.selftest.proving import ItemInProgress, SelfTestRun, SelfTests
from features.selftest.steps import BY_STEP, Night
from messages.ids import SECOND, Instant, OperatorId
from messages.proofs import ProofEnd, ProofItem, ProofStep, ProofWhy, Shown, StepResult

QUIET_US: Final = Instant(300 * SECOND)
"""Time without an open alert before the self-test continues: a person in danger often calls again."""
LONGEST_US: Final = Instant(6 * 3600 * SECOND)
"""Time limit of an ordered self-test; a nightly one ends with the night."""
GAVE_WAY: Final = Shown(result=StepResult.GAVE_WAY)


class SelfTestState(msgspec.Struct, frozen=True, kw_only=True):
    """Present state for the decision."""

    proving: SelfTests
    night: Night | None
    open: bool
    """True if a real alert is open."""
    closed_at: Instant = Instant(0)
    """Time when the last real alert was closed."""
    running: ItemInProgress | None = None
    shown: Shown | None = None
    """Result of the running step, once known."""


class Begin(msgspec.Struct, frozen=True, kw_only=True):
    """Begin a self-test."""

    by: OperatorId | None
    steps: tuple[ProofStep, ...] = ()


class TryStep(msgspec.Struct, frozen=True, kw_only=True):
    """Try a step."""

    item: ProofItem


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Record the result of a step. `cut`: the step still runs, and is to be ended first."""

    item: ProofItem
    shown: Shown
    cut: bool = False


class End(msgspec.Struct, frozen=True, kw_only=True):
    """End the self-test."""

    why: ProofEnd


Due = Begin | TryStep | Record | End


def due(view: SelfTestState, now_us: Instant) -> Due | None:
    """Return the next action; None if there is none now."""
    order, current = view.proving.order(now_us), view.proving.current
    if view.running is not None:
        return _of_running(view, view.running, now_us, stop=current is None or _stops(view, now_us))
    night = view.night
    if current is None:
        if order is not None and not order.stop:
            return None if view.open else Begin(by=order.by, steps=order.steps)
        if night is None or view.open or view.proving.nightly_at() >= night.from_us:
            return None
        return Begin(by=None) if now_us >= view.closed_at + QUIET_US else None
    if _stops(view, now_us):
        return End(why=ProofEnd.ORDERED)
    if not current.left:
        return End(why=ProofEnd.DONE)
    if _is_past(current, night, now_us):
        return End(why=ProofEnd.MORNING)
    if view.open or now_us < _quiet_at(view, current):
        return None
    return TryStep(item=current.left[0])


def _of_running(
    view: SelfTestState, running: ItemInProgress, now_us: Instant, *, stop: bool
) -> Record | None:
    item = running.item
    if view.shown is not None:
        return Record(item=item, shown=view.shown)
    if view.open or stop:
        return Record(item=item, shown=GAVE_WAY, cut=True)
    if is_late(running, now_us):
        late = Shown(result=StepResult.FAILED, why=ProofWhy.TOO_SLOW)
        return Record(item=item, shown=late, cut=True)
    return None


def is_late(begun: ItemInProgress, now_us: Instant) -> bool:
    """Return True if the step has exceeded its time limit."""
    return now_us - begun.at >= BY_STEP[begun.item.step].within_us


def _stops(view: SelfTestState, now_us: Instant) -> bool:
    order = view.proving.order(now_us)
    return order is not None and order.stop


def _quiet_at(view: SelfTestState, current: SelfTestRun) -> Instant:
    """Return the earliest time to continue if there was an alert since the beginning."""
    last = max(view.closed_at, current.gave_way_at)
    return Instant(last + QUIET_US) if last > current.begun_at else Instant(0)


def _is_past(current: SelfTestRun, night: Night | None, now_us: Instant) -> bool:
    if current.by is not None:
        return now_us - current.begun_at >= LONGEST_US
    return night is None or current.begun_at < night.from_us
