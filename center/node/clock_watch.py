"""The node's look at the wall clock: an alarm while it cannot be believed, a new start once it was stepped.

A start takes the wall clock anew where nothing is open, and keeps the clock before it where something is
(`center.node.anchor`). There is no other way to take it: every process of the node has the same clock, and a
clock that jumps under them would make all timers due, or none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from model.alarms.standing import CLOCK, Alarm, Words, due, standing
from model.wall_clock import ClockFacts, StepWatch, unset

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
