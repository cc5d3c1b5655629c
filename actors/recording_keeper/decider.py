"""Decide which recordings are deleted, whether a backup is overdue, which alarms are cleared by age. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from messages.events import AlarmCleared
from messages.ids import SECOND, AlertId, Instant
from model.alarms.history import Episode
from model.proof.bounds import OLDEST_BACKUP_S

DAY_US: Final = 86_400 * SECOND
OF_PINS: Final = ("pin.duress", "pin.refused")
"""Alarms that a web raises about one moment, and never clears itself."""
PINS_STAND_US: Final = Instant(DAY_US)


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A recording in the folder."""

    file: str
    alert: AlertId
    bytes: int
    ended_at: Instant
    """When it was written last."""


def expired(files: Iterable[Kept], retention_days: int, now_us: Instant) -> Iterator[Kept]:
    """Those whose time is over."""
    return (one for one in files if now_us - one.ended_at > retention_days * DAY_US)


def overdue(made_at: Instant | None, now_us: Instant) -> str:
    """Why there is no good backup, for the alarm; empty where there is. `made_at`: of the last good one."""
    if made_at is None:
        return "none was made by this center"
    hours = (now_us - made_at) // (3600 * SECOND)
    return f"the last good one is {hours} hours old" if now_us - made_at > OLDEST_BACKUP_S * SECOND else ""


def pins_over(told: Iterable[Episode], now_us: Instant) -> tuple[AlarmCleared, ...]:
    """Return the ends of the alarms about PINs that have stood for PINS_STAND_US."""
    return tuple(
        AlarmCleared(alarm=one.alarm, subject=one.subject)
        for one in told
        if one.alarm in OF_PINS and one.over_us is None and one.since_us <= now_us - PINS_STAND_US
    )
