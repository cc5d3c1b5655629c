"""Personal data of an alert that is due for erasure: one rule for an erasure on request, for the daily run,
and for the resumption of either. Pure.
"""

from __future__ import annotations

from typing import Final

import msgspec

from messages.ids import SECOND, ErasureReason, Instant, PersonalKind
from model.settings.storage import RetentionSettings

_DAY_US: Final = 86_400 * SECOND


class RetainedAlert(msgspec.Struct, frozen=True, kw_only=True):
    """Retention state of an alert."""

    kinds: tuple[PersonalKind, ...]
    """Kinds of data that can still be read."""
    closed_at: Instant | None
    """Time of the closing; None while open."""
    held: bool
    erased: bool
    """True if the alert belongs to a person whose data were erased."""


def kinds_to_erase(
    alert: RetainedAlert, retention: RetentionSettings, now_us: Instant
) -> tuple[PersonalKind, ...]:
    """Return the kinds due for erasure. Nothing is erased of an open alert, nor under a legal hold."""
    if alert.closed_at is None or alert.held:
        return ()
    if alert.erased:
        return alert.kinds
    age_us = now_us - alert.closed_at
    return tuple(kind for kind in alert.kinds if _over(age_us, retention.days(kind)))


def erasure_reason(alert: RetainedAlert) -> ErasureReason:
    """Return the reason for the erasure."""
    return ErasureReason.PERSON if alert.erased else ErasureReason.RETENTION


def _over(age_us: int, days: int) -> bool:
    return days > 0 and age_us > days * _DAY_US
