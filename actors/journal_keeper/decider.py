"""What the JournalKeeper does next, by what it sees of the journal. Pure."""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

from messages.ids import SECOND, Instant

REFILL_EVERY_US: Final = Instant(10 * SECOND)
SAY_EVERY_US: Final = Instant(60 * SECOND)
"""How often the log is told that the disk still fails."""


class Step(Enum):
    """One piece of work."""

    WARM = "warm"
    """Copy what is new into the spare."""
    REFILL = "refill"
    """Copy all that matters anew, and so let go of what does no longer."""
    GO_BACK = "go_back"
    """Write down what the spare has, and use the journal again."""
    RAISE = "raise"
    """Raise the alarm where it does not stand: a node that has started anew knows of no alarm of before."""
    CLEAR = "clear"
    """Take back the alarm."""


class Keeping(msgspec.Struct, frozen=True, kw_only=True):
    """What it has in mind. A new one begins without anything."""

    filled_at: Instant | None = None
    said_at: Instant | None = None
    raised: bool = False
    """True once the alarm is known to stand."""
    cleared: bool = False
    """True once no alarm is known to be left from before; an earlier keeper may have died in between."""


def next_steps(keeping: Keeping, *, in_use: bool, now_us: Instant) -> tuple[Keeping, tuple[Step, ...]]:
    """Asked once a second."""
    if in_use:
        steps = [Step.GO_BACK] if keeping.raised else [Step.RAISE, Step.GO_BACK]
        return msgspec.structs.replace(keeping, raised=True, cleared=False), tuple(steps)
    steps = [Step.WARM]
    if keeping.filled_at is None or now_us - keeping.filled_at >= REFILL_EVERY_US:
        steps = [Step.REFILL]
        keeping = msgspec.structs.replace(keeping, filled_at=now_us)
    if not keeping.cleared:
        steps.append(Step.CLEAR)
    return msgspec.structs.replace(keeping, raised=False, cleared=True, said_at=None), tuple(steps)


def to_be_said(keeping: Keeping, now_us: Instant) -> tuple[Keeping, bool]:
    """Whether a failure goes into the log, or was there a moment ago."""
    if keeping.said_at is not None and now_us - keeping.said_at < SAY_EVERY_US:
        return keeping, False
    return msgspec.structs.replace(keeping, said_at=now_us), True
