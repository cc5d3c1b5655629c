"""What a watcher makes of what it hears of a center, and of what it does not hear. Pure.

Two ways lead to the center: its heartbeats, and a probe of its intake from outside. Each tells something that
the other does not, so each is enough to be worried by (docs/decisions/0125). Times are the watcher's own.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from messages.ids import SECOND, Instant
from model.settings.watching import Patience

SLEPT_US: Final = 5 * SECOND
"""Whoever watches looks each second; who has not for so long was frozen or suspended."""


class Verdict(StrEnum):
    """How a center is, as far as it can be known from outside."""

    WELL = "well"
    PLANNED = "planned"
    """It is away, or not well, and has said until when."""
    SILENT = "silent"
    """Neither way leads to it: it is without power, frozen, or there is no network."""
    NO_HEARTBEAT = "no_heartbeat"
    """Its intake answers; the center does not say that it is well."""
    NO_INTAKE = "no_intake"
    """It says that it is well; nobody outside reaches its intake."""
    UNWELL = "unwell"
    """It says so by itself."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """Of one center: since when which way has said nothing good. `None`: that way is not used."""

    beat_at: Instant
    """The last heartbeat that counted; of none yet, when the watching began."""
    well_at: Instant
    """The last one of a center that was well, or whose trouble somebody had taken."""
    probed_at: Instant | None = None
    """When the last probe that was answered was sent."""
    planned_until: Instant | None = None


def verdict(heard: Heard, patience: Patience, now_us: Instant) -> Verdict:
    """How it is now."""
    silent_us = round(patience.silent_after_s * SECOND)
    no_beat = now_us - heard.beat_at > silent_us
    no_probe = heard.probed_at is not None and now_us - heard.probed_at > silent_us
    unwell = not no_beat and now_us - heard.well_at > round(patience.unwell_after_s * SECOND)
    if not (no_beat or no_probe or unwell):
        return Verdict.WELL
    if heard.planned_until is not None and now_us < heard.planned_until:
        return Verdict.PLANNED
    if no_beat:
        return Verdict.SILENT if no_probe or heard.probed_at is None else Verdict.NO_HEARTBEAT
    return Verdict.NO_INTAKE if no_probe else Verdict.UNWELL


def after_sleep(heard: Heard, turned_us: int) -> Heard:
    """By who has not looked for so long: what could not be heard meanwhile is no silence."""
    if turned_us <= SLEPT_US:
        return heard
    return msgspec.structs.replace(
        heard,
        beat_at=Instant(heard.beat_at + turned_us),
        well_at=Instant(heard.well_at + turned_us),
        probed_at=None if heard.probed_at is None else Instant(heard.probed_at + turned_us),
    )
