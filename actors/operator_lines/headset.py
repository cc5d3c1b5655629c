"""One operator's headset: there while the browser has its voice connected, and for a blink longer. Pure."""

from __future__ import annotations

from typing import Final

import msgspec

from actors.operator_lines.decider import Voice
from messages.base import HangupCause, VoicePort
from messages.calls import CallState
from messages.ids import SECOND, Instant

BLINK_US: Final = Instant(3 * SECOND)
"""A headset that is back by then has not been away: a browser and the bridge connect again by themselves."""
RATE_HZ: Final = 16_000
FRAME_BYTES: Final = 640


class Headset(msgspec.Struct, frozen=True, kw_only=True):
    """Whether it is there, and since when that is so."""

    present: bool
    since: Instant


def seen(before: Headset | None, present: bool, now_us: Instant) -> Headset:
    """It was looked for."""
    if before is not None and before.present is present:
        return before
    return Headset(present=present, since=now_us)


def wavers_until(headset: Headset) -> Instant | None:
    """Until when whoever stands on it stays there without it; None while it is there."""
    return None if headset.present else Instant(headset.since + BLINK_US)


def voice(headset: Headset, path: str, now_us: Instant) -> Voice:
    """What a leg finds on the operator's line."""
    port = VoicePort(path=path, rate_hz=RATE_HZ, frame_bytes=FRAME_BYTES, kind="unix")
    until = wavers_until(headset)
    if until is None or now_us < until:
        return Voice(state=CallState.ANSWERED, port=port, wavering=until is not None)
    return Voice(state=CallState.RELEASED, cause=HangupCause.LINE_LOST)
