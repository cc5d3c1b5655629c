"""What a figure of a proof must be, and why. Pure; the page shows it beside the figure."""

from __future__ import annotations

from typing import Final

import msgspec

from messages.proofs import ProofStep
from model.bounds import (
    CLOCK_STEP_S,
    LEAST_DAYS_OF_CERTIFICATE,
    OLDEST_BACKUP_S,
    RENEWED_DAYS_OF_CERTIFICATE,
)

LEAST_DAYS_OF_DISK: Final = 7


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
