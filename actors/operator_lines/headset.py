"""Headset of one operator: present while its browser is connected, and for a short time after. Pure."""

from __future__ import annotations

from typing import Final

import msgspec

from actors.operator_lines.decider import Voice
from messages.base import HangupCause, VoicePort
from messages.calls import CallState
from messages.ids import SECOND, Instant

BLINK_US: Final = Instant(3 * SECOND)
"""Gap that does not count as absence, in microseconds: browser and bridge reconnect by themselves."""
RATE_HZ: Final = 16_000
FRAME_BYTES: Final = 640


class Headset(msgspec.Struct, frozen=True, kw_only=True):
    """Presence of a headset, and the time of the last change."""

    present: bool
    since: Instant


def after_check(before: Headset | None, present: bool, now_us: Instant) -> Headset:
    """Return the state of the headset after a check. `present`: the browser is connected."""
    if before is not None and before.present is present:
        return before
    return Headset(present=present, since=now_us)


def wavers_until(headset: Headset) -> Instant | None:
    """Return the time until which legs stay on an absent headset; None while present."""
    return None if headset.present else Instant(headset.since + BLINK_US)


def voice(headset: Headset, path: str, now_us: Instant) -> Voice:
    """Return the voice on the operator's line."""
    port = VoicePort(path=path, rate_hz=RATE_HZ, frame_bytes=FRAME_BYTES, kind="unix")
    until = wavers_until(headset)
    if until is None or now_us < until:
        return Voice(state=CallState.ANSWERED, port=port, wavering=until is not None)
    return Voice(state=CallState.RELEASED, cause=HangupCause.LINE_LOST)
