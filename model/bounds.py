"""What the measures of a center's own parts must be: for the doctor, the proof of a night, alarms. Pure."""

from __future__ import annotations

from typing import Final

from messages.ids import SECOND, Instant

RENEWED_DAYS_OF_CERTIFICATE: Final = 21
"""Most are renewed a month before their end; a week of it may go by unseen."""
LEAST_DAYS_OF_CERTIFICATE: Final = 14
CLOCK_STEP_S: Final = 1.0
OLDEST_BACKUP_S: Final = 25 * 3600
"""One that is made daily, and takes a while, is never older for long."""


def overdue(made_at: Instant | None, now_us: Instant) -> str:
    """Why there is no good backup, for the alarm; empty where there is. `made_at`: of the last good one."""
    if made_at is None:
        return "none was made by this center"
    hours = (now_us - made_at) // (3600 * SECOND)
    return f"the last good one is {hours} hours old" if now_us - made_at > OLDEST_BACKUP_S * SECOND else ""
