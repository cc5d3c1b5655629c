"""Judgement of the machine's wall clock from facts, and the response to a step. Pure.

A machine without a battery-backed clock (a Raspberry Pi) starts with the time at which it was switched off,
and gets the right time some seconds later from a time server. A center that fixes its clock before that would
choose the wrong people on duty, and refuse codes and signatures, as long as it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

SETTLES_WITHIN_S: Final = 180.0
"""Time after its boot within which a machine may set its clock; later, its time is believed."""
OVERDUE_S: Final = 900.0
"""Time after the boot by which a time service that reaches its server has set the clock."""
STEP_S: Final = 5.0
"""Difference that no slewing reaches: the clock was stepped. A sign-on code tolerates half a minute."""
STANDS_S: Final = 10.0
"""Time for which a step must persist before it is accepted."""
AGAIN_AFTER_S: Final = 900.0
"""Interval between two starts because of the clock: an unstable clock must not keep a center down."""
ASKS_EVERY_S: Final = 5.0
"""Interval between two checks for an open alert."""
_SAME_S: Final = 1.0


@dataclass(frozen=True, kw_only=True)
class ClockFacts:
    """Facts about the machine's wall clock."""

    follows: bool | None
    """True if it follows a time server; None if unknown."""
    service: bool
    """True if a time service runs. Without one, waiting or a warning is useless."""
    own_clock: bool
    """True if the machine has a clock that runs while switched off."""
    up_s: float
    """Seconds since the boot."""


def is_about_to_be_set(facts: ClockFacts) -> bool:
    """Return True if the wall clock is about to be set, so that no decision should use it yet.

    True only shortly after a boot, and with a reason to expect it: a time service, or no battery-backed
    clock. In a container the facts are the host's, which has usually been up for long.
    """
    expected = facts.service or not facts.own_clock
    return facts.follows is False and expected and facts.up_s < SETTLES_WITHIN_S


def why_not_trusted(facts: ClockFacts, *, followed: bool) -> str:
    """Return why the wall clock cannot be believed, in words; empty if it can, or if unknown.

    `followed`: True if the clock has followed a time server since this node began. Without a time service,
    and if the clock never followed a server, no fault is returned: the machine is meant to be so.
    """
    if facts.follows is not False:
        return ""
    if followed:
        return "The machine's clock follows no time server any more."
    if facts.service and facts.up_s > OVERDUE_S:
        return "A time service runs, and has not set the machine's clock since its boot."
    return ""


class StepWatch:
    """Distance of the wall clock from the clock fixed at the start, observed over time."""

    def __init__(self, last_start_s: float | None) -> None:
        """Create the watch. `last_start_s`: time of the last start because of the clock, since the boot."""
        self._last_start_s = last_start_s
        self._step_s = 0.0
        self._since_s: float | None = None
        self._asked_s: float | None = None

    def look(self, step_s: float, now_s: float, busy: Callable[[], bool]) -> tuple[str, bool]:
        """Return the fault in words, and True if the wall clock must be adopted now.

        `step_s`: seconds by which the wall clock is ahead. `now_s`: steady time since the boot. `busy`:
        return True if an open alert has deadlines that a new clock would move; called only when needed.
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
