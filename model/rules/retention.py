"""What of an alert is to be forgotten now: one rule for an erasure and for the daily run, and so for whatever
goes on after either was broken off. Pure.
"""

from __future__ import annotations

from typing import Final

import msgspec

from messages.ids import SECOND, ErasureReason, Instant, PersonalKind
from model.settings.kept import RetentionSettings

_DAY_US: Final = 86_400 * SECOND


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """An alert, as far as the rule asks."""

    kinds: tuple[PersonalKind, ...]
    """What of it can still be read."""
    closed_at: Instant | None
    """None: it is open."""
    held: bool
    erased: bool
    """It is a person's whose data were erased."""


def due(alert: Remembered, retention: RetentionSettings, now_us: Instant) -> tuple[PersonalKind, ...]:
    """What is to go. Nothing is taken from a rescue that goes on, nor where somebody has asked to keep it."""
    if alert.closed_at is None or alert.held:
        return ()
    if alert.erased:
        return alert.kinds
    age_us = now_us - alert.closed_at
    return tuple(kind for kind in alert.kinds if _over(age_us, retention.days(kind)))


def why(alert: Remembered) -> ErasureReason:
    """For what reason."""
    return ErasureReason.PERSON if alert.erased else ErasureReason.RETENTION


def _over(age_us: int, days: int) -> bool:
    return days > 0 and age_us > days * _DAY_US
