"""What is due of a proof: one is begun, its next step is tried, or all gives way to a real alert. Pure.

One step at a time. What is finished is in the journal and is not tried again; what was cut off, by an alert
or by a death, is.
"""

from __future__ import annotations

from typing import Final

import msgspec

from features.selftest.proving import Begun, OneProof, Proving
from features.selftest.steps import BY_STEP, Night
from messages.ids import SECOND, Instant, OperatorId
from messages.proofs import ProofEnd, ProofItem, ProofStep, ProofWhy, Shown, StepResult

QUIET_US: Final = Instant(300 * SECOND)
"""So long nothing has been open before it goes on: who has called once in danger often calls again."""
LONGEST_US: Final = Instant(6 * 3600 * SECOND)
"""Of a proof that somebody has ordered; one of the night ends with it."""
GAVE_WAY: Final = Shown(result=StepResult.GAVE_WAY)


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What is known now."""

    proving: Proving
    night: Night | None
    open: bool
    """A real alert is."""
    closed_at: Instant = Instant(0)
    """When the last one that was seen to be open was seen no more."""
    running: Begun | None = None
    shown: Shown | None = None
    """What the running step has shown, once it has."""


class Begin(msgspec.Struct, frozen=True, kw_only=True):
    """A proof is to begin."""

    by: OperatorId | None
    steps: tuple[ProofStep, ...] = ()


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """A step is to be tried."""

    item: ProofItem


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What a step has come to is to be written down. `cut`: it goes on, and is to be ended first."""

    item: ProofItem
    shown: Shown
    cut: bool = False


class End(msgspec.Struct, frozen=True, kw_only=True):
    """The proof is over."""

    why: ProofEnd


Due = Begin | Try | Record | End


def due(view: View, now_us: Instant) -> Due | None:
    """The one thing that is to be done now; None: nothing."""
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
    return Try(item=current.left[0])


def _of_running(view: View, running: Begun, now_us: Instant, *, stop: bool) -> Record | None:
    item = running.item
    if view.shown is not None:
        return Record(item=item, shown=view.shown)
    if view.open or stop:
        return Record(item=item, shown=GAVE_WAY, cut=True)
    if is_late(running, now_us):
        late = Shown(result=StepResult.FAILED, why=ProofWhy.TOO_SLOW)
        return Record(item=item, shown=late, cut=True)
    return None


def is_late(begun: Begun, now_us: Instant) -> bool:
    """Whether it should have shown something by now."""
    return now_us - begun.at >= BY_STEP[begun.item.step].within_us


def _stops(view: View, now_us: Instant) -> bool:
    order = view.proving.order(now_us)
    return order is not None and order.stop


def _quiet_at(view: View, current: OneProof) -> Instant:
    """From when it may go on, where there was an alert since it began."""
    last = max(view.closed_at, current.gave_way_at)
    return Instant(last + QUIET_US) if last > current.begun_at else Instant(0)


def _is_past(current: OneProof, night: Night | None, now_us: Instant) -> bool:
    if current.by is not None:
        return now_us - current.begun_at >= LONGEST_US
    return night is None or current.begun_at < night.from_us
