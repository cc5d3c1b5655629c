"""Next steps of the FallbackKeeper, from the state of the journal. Pure."""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

from messages.ids import SECOND, Instant

REFILL_EVERY_US: Final = Instant(10 * SECOND)
SAY_EVERY_US: Final = Instant(60 * SECOND)
"""Interval of log entries while the disk keeps failing, in microseconds."""


class Step(Enum):
    """Step of the maintenance."""

    REPLICATE = "replicate"
    """Copy new events to the fallback."""
    REFILL = "refill"
    """Copy all needed events to a new file, and so drop all other events."""
    GO_BACK = "go_back"
    """Write the fallback's events to the journal, and use the journal again."""
    RAISE = "raise"
    """Raise the alarm unless it stands: a restarted node does not know earlier alarms."""
    CLEAR = "clear"
    """Clear the alarm."""


class Keeping(msgspec.Struct, frozen=True, kw_only=True):
    """State of the FallbackKeeper; empty after a start."""

    filled_at: Instant | None = None
    said_at: Instant | None = None
    raised: bool = False
    """True once the alarm is known to stand."""
    cleared: bool = False
    """True once no earlier alarm is left; a predecessor may have died before it cleared its alarm."""


def next_steps(keeping: Keeping, *, in_use: bool, now_us: Instant) -> tuple[Keeping, tuple[Step, ...]]:
    """Return the steps that are due; called once a second."""
    if in_use:
        steps = [Step.GO_BACK] if keeping.raised else [Step.RAISE, Step.GO_BACK]
        return msgspec.structs.replace(keeping, raised=True, cleared=False), tuple(steps)
    steps = [Step.REPLICATE]
    if keeping.filled_at is None or now_us - keeping.filled_at >= REFILL_EVERY_US:
        steps = [Step.REFILL]
        keeping = msgspec.structs.replace(keeping, filled_at=now_us)
    if not keeping.cleared:
        steps.append(Step.CLEAR)
    return msgspec.structs.replace(keeping, raised=False, cleared=True, said_at=None), tuple(steps)


def must_log_failure(keeping: Keeping, now_us: Instant) -> tuple[Keeping, bool]:
    """Return True if a failure must be logged; False if one was logged a moment ago."""
    if keeping.said_at is not None and now_us - keeping.said_at < SAY_EVERY_US:
        return keeping, False
    return msgspec.structs.replace(keeping, said_at=now_us), True
