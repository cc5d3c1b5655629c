"""What a figure of a proof must be, and why. Pure; the page shows it beside the figure."""

from __future__ import annotations

from typing import Final

import msgspec

from messages.ids import SECOND, Instant
from messages.proofs import ProofStep

RENEWED_DAYS_OF_CERTIFICATE: Final = 21
"""Most are renewed a month before their end; a week of it may go by unseen."""
LEAST_DAYS_OF_CERTIFICATE: Final = 14
LEAST_DAYS_OF_DISK: Final = 7
CLOCK_STEP_S: Final = 1.0
OLDEST_BACKUP_S: Final = 25 * 3600
"""One that is made daily, and takes a while, is never older for long."""


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """Of one figure: what it must be at the most, or at the least."""

    step: ProofStep
    figure: str
    most: float | None = None
    least: float | None = None
    soon: float | None = None
    """Less than this is an alarm that waits for the morning, and no failure yet."""
    because: str


BOUNDS: Final = (
    Bound(
        step=ProofStep.CERTIFICATE,
        figure="days",
        least=LEAST_DAYS_OF_CERTIFICATE,
        soon=RENEWED_DAYS_OF_CERTIFICATE,
        because="two weeks are a holiday of whoever renews it",
    ),
    Bound(
        step=ProofStep.DISK,
        figure="days",
        least=LEAST_DAYS_OF_DISK,
        because="a disk is ordered and put in within a week",
    ),
    Bound(
        step=ProofStep.CLOCK,
        figure="moved_s",
        most=CLOCK_STEP_S,
        because="times that are shown and written are off by it",
    ),
    Bound(
        step=ProofStep.BACKUP,
        figure="age_s",
        most=OLDEST_BACKUP_S,
        because="what came since is in no backup",
    ),
)


def overdue(made_at: Instant | None, now_us: Instant) -> str:
    """Why there is no good backup, for the alarm; empty where there is. `made_at`: of the last good one."""
    if made_at is None:
        return "none was made by this center"
    hours = (now_us - made_at) // (3600 * SECOND)
    return f"the last good one is {hours} hours old" if now_us - made_at > OLDEST_BACKUP_S * SECOND else ""
