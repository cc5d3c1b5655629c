"""Limits for measures of the center's own parts: for the doctor, the nightly self-test, and alarms. Pure."""

from __future__ import annotations

from typing import Final

from messages.ids import SECOND, Instant

RENEWED_DAYS_OF_CERTIFICATE: Final = 21
"""Days left at which a certificate should have been renewed: most are renewed a month before the end, and a
week may pass unseen.
"""
LEAST_DAYS_OF_CERTIFICATE: Final = 14
CLOCK_STEP_S: Final = 1.0
OLDEST_BACKUP_S: Final = 25 * 3600
"""Greatest age of a daily backup, with the time of writing included."""


def why_backup_is_overdue(made_at: Instant | None, now_us: Instant) -> str:
    """Return why no good backup exists, for the alarm; empty if one does. `made_at`: of the last good one."""
    if made_at is None:
        return "none was made by this center"
    hours = (now_us - made_at) // (3600 * SECOND)
    return f"the last good one is {hours} hours old" if now_us - made_at > OLDEST_BACKUP_S * SECOND else ""
