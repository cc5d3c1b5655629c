"""Decide by the machine's facts whether its wall clock can be believed, and what follows from a step. Pure.

A machine without a clock of its own (a Raspberry Pi) begins with the time at which it was switched off, and
has the right time some seconds later, by a time server. A center that has fixed its clock before that would
choose the wrong people on duty, and refuse codes and signatures, for as long as it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

SETTLES_WITHIN_S: Final = 180.0
"""So long after its boot a machine is given to set its clock; whatever it says then is believed."""
OVERDUE_S: Final = 900.0
"""A time service that has not set the clock so long after the boot does not reach its server."""
STEP_S: Final = 5.0
"""No slewing moves a clock so far: it was stepped. A sign-on code bears half a minute."""
STANDS_S: Final = 10.0
"""A step that has stood for so long is not taken back in the same moment."""
AGAIN_AFTER_S: Final = 900.0
"""Between two starts for the clock's sake: a clock that does not come to rest must not keep a center away."""
ASKS_EVERY_S: Final = 5.0
"""Between two looks for an open alert."""
_SAME_S: Final = 1.0


@dataclass(frozen=True, kw_only=True)
class ClockFacts:
    """What the machine says of its wall clock."""

    follows: bool | None
    """Whether it follows a time server; None where nobody tells."""
    service: bool
    """Whether a time service runs. Where none does, waiting or warning would help nobody."""
    own_clock: bool
    """Whether the machine has a clock that runs while it is off."""
    up_s: float
    """Since the boot."""


def settles(facts: ClockFacts) -> bool:
    """Return whether the wall clock is about to be set, so that nothing is to be decided by it yet.

    Only just after a boot, and where there is reason to expect it: a time service, or no clock of its own. In
    a container the facts are those of its host, which has been up for long as a rule.
    """
    expected = facts.service or not facts.own_clock
    return facts.follows is False and expected and facts.up_s < SETTLES_WITHIN_S


def unset(facts: ClockFacts, *, followed: bool) -> str:
    """Return why the wall clock cannot be believed, in words; empty where it can, or nobody could tell.

    `followed`: whether it has followed a time server since this node began. Without a time service, and where
    it never followed one, nothing is said: that is how the machine is meant to be.
    """
    if facts.follows is not False:
        return ""
    if followed:
        return "The machine's clock follows no time server any more."
    if facts.service and facts.up_s > OVERDUE_S:
        return "A time service runs, and has not set the machine's clock since its boot."
    return ""


class StepWatch:
    """Follow how far the wall clock is from the clock that was fixed at the start."""

    def __init__(self, last_start_s: float | None) -> None:
        """`last_start_s`: when the last start for the clock's sake was, by the time since the boot."""
        self._last_start_s = last_start_s
        self._step_s = 0.0
        self._since_s: float | None = None
        self._asked_s: float | None = None

    def look(self, step_s: float, now_s: float, busy: Callable[[], bool]) -> tuple[str, bool]:
        """Return what is wrong, in words, and whether the wall is to be taken anew now.

        `step_s`: how far the wall is ahead. `now_s`: by a steady clock, the time since the boot. `busy`:
        whether something is open whose deadlines a new clock would move; asked only while it matters.
        """
        if abs(step_s) <= STEP_S:
            self._since_s = None
            return "", False
        if self._since_s is None or abs(step_s - self._step_s) > _SAME_S:
            self._since_s, self._step_s, self._asked_s = now_s, step_s, None
        if now_s - self._since_s < STANDS_S:
            return "", False
        words = f"The machine's clock was moved by {round(self._step_s):+d} s under the center."
        if self._last_start_s is not None and now_s - self._last_start_s < AGAIN_AFTER_S:
            return words, False
        if self._asked_s is not None and now_s - self._asked_s < ASKS_EVERY_S:
            return words, False
        self._asked_s = now_s
        if busy():
            return words, False
        self._last_start_s = now_s
        return "", True
