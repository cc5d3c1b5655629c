"""The clock of a node. A node that starts takes the wall clock, or the clock of the previous node while
alerts are open.

Deadlines are absolute times of the node's own clock, which no step of the wall clock moves while the node
runs. A restarted node must not take over a step that happened meanwhile: the deadlines of the open alerts
would be an hour away, or would have passed.

While running, the node polls the wall clock. The node raises an alarm while the wall clock is not credible,
and restarts after a step. A restart is the only way to take over a step: all processes of the node share the
clock, and a jump would make all timers expire, or none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from application.state.state_dir import NodeFile, StateDir, boot_id, read_json
from messages.ids import NodeId
from model.alarms.active import CLOCK, Alarm, Words, active_alarms, alarm_changes
from model.wall_clock import ClockFacts, StepWatch, why_not_trusted
from runtime.clock import SystemClock

SAME_US: Final = 1000
"""Difference below which two clocks count as equal: reading both takes a moment."""


def clock_for(state: StateDir, journal_url: str, node: NodeId) -> SystemClock:
    """Return the clock of the node that starts now; the state directory must be locked already.

    If no alert is open, the wall clock is right by definition. CLOCK_BOOTTIME starts at 0 with every boot, so
    that an anchor of an earlier boot is worthless.
    """
    wall = SystemClock.anchored()
    last = read_json(state.node_file, NodeFile)
    if last is None or last.boot != boot_id():
        return wall
    before = SystemClock(last.anchor_us)
    if abs(before.anchor_us - wall.anchor_us) <= SAME_US or anything_open(journal_url, state, before, node):
        return before
    return wall


def clock_taken_s(state: StateDir) -> float | None:
    """Return the time at which a node last restarted to read the wall clock again, in seconds since this
    boot; None if no node has.
    """
    last = read_json(state.node_file, NodeFile)
    return None if last is None or last.boot != boot_id() else last.clock_taken_s


def anything_open(journal_url: str, state: StateDir, clock: SystemClock, node: NodeId) -> bool:
    """Return True if an alert is open, or the journal cannot be read. Called only after a step of the wall
    clock.
    """
    # Imported here: a start that needs none of these must not wait for them.
    from center.node.composition import journal_opened
    from store.alerts.accepting import has_open_alert
    from store.errors import StoreError

    try:
        journal = journal_opened(journal_url, node, clock, state.run)
    except StoreError:
        return True
    try:
        return has_open_alert(journal)
    except StoreError:
        return True
    finally:
        journal.close()


_SUBJECT: Final = "wall"


class ClockWatch:
    """The watch of one node's clock."""

    def __init__(self, last_start_s: float | None) -> None:
        """`last_start_s` is the time of the last restart to take the clock, in seconds since the boot."""
        self._steps = StepWatch(last_start_s)
        self._followed = False
        self._stands: Words = {}

    def look(self, facts: ClockFacts, step_s: float, busy: Callable[[], bool]) -> tuple[list[Alarm], bool]:
        """Return the alarms to raise or clear, and True if the node must restart. `step_s` is the lead of the
        wall clock over the node's, in seconds. `busy` returns True if an alert is open.
        """
        self._followed |= facts.follows is True
        stepped, again = self._steps.look(step_s, facts.up_s, busy)
        words = stepped or why_not_trusted(facts, followed=self._followed)
        alarms = alarm_changes(self._stands, {(CLOCK, _SUBJECT): words})
        self._stands = active_alarms(alarms, self._stands)
        return alarms, again
