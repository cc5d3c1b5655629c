"""The clock of a node. One that starts has the wall's, or, in the middle of something, that of the node
before it.

Deadlines are absolute times by the node's own clock, which no step of the wall clock moves while it runs. A
node that is started again must not take over a step that was made meanwhile: the deadlines of the alerts that
are open would lie an hour away, or have passed.

While it runs it looks at the wall clock: there is an alarm while that cannot be believed, and a new start
once it was stepped. There is no other way to take it: every process of the node has the same clock, and a
clock that jumps under them would make all timers due, or none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from application.state.state_dir import NodeFile, StateDir, boot_id, read_json
from messages.ids import NodeId
from model.alarms.standing import CLOCK, Alarm, Words, due, standing
from model.wall_clock import ClockFacts, StepWatch, unset
from runtime.clock import SystemClock

SAME_US: Final = 1000
"""Two clocks so close to each other are the same one: reading two of them takes a moment."""


def clock_for(state: StateDir, journal_url: str, node: NodeId) -> SystemClock:
    """The clock of the node that starts here now; the state directory must be ours already.

    Where nothing is open, the wall clock is right by definition. CLOCK_BOOTTIME begins anew with every boot,
    so that what an earlier boot has anchored is worth nothing.
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
    """Return when a node last started again for the clock's sake, in seconds since this boot."""
    last = read_json(state.node_file, NodeFile)
    return None if last is None or last.boot != boot_id() else last.clock_taken_s


def anything_open(journal_url: str, state: StateDir, clock: SystemClock, node: NodeId) -> bool:
    """Return whether an alert is open. Asked only after a step of the wall clock. What cannot be read may be
    open.
    """
    # Imported here: a start that needs none of it is not to wait for it.
    from center.node.composition import journal_opened
    from store.alerts.accepting import any_open
    from store.errors import StoreError

    try:
        journal = journal_opened(journal_url, node, clock, state.run)
    except StoreError:
        return True
    try:
        return any_open(journal)
    except StoreError:
        return True
    finally:
        journal.close()


_SUBJECT: Final = "wall"


class ClockWatch:
    """One node's."""

    def __init__(self, last_start_s: float | None) -> None:
        """`last_start_s`: when the last start for the clock's sake was, by the time since the boot."""
        self._steps = StepWatch(last_start_s)
        self._followed = False
        self._stands: Words = {}

    def look(self, facts: ClockFacts, step_s: float, busy: Callable[[], bool]) -> tuple[list[Alarm], bool]:
        """Return what is to be said, and whether the node is to start again. `step_s`: how far the wall clock
        is ahead of the node's, in seconds. `busy`: whether an alert is open.
        """
        self._followed |= facts.follows is True
        stepped, again = self._steps.look(step_s, facts.up_s, busy)
        words = stepped or unset(facts, followed=self._followed)
        alarms = due(self._stands, {(CLOCK, _SUBJECT): words})
        self._stands = standing(alarms, self._stands)
        return alarms, again
