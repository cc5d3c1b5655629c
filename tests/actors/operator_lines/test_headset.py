"""A headset that is away for a blink has not been away."""

from __future__ import annotations

from actors.operator_lines import headset
from messages.base import HangupCause
from messages.calls import CallState
from messages.ids import SECOND, Instant

NOW = Instant(1_000 * SECOND)


def test_it_is_there_as_long_as_it_is_seen() -> None:
    there = headset.after_check(None, True, NOW)
    voice = headset.voice(there, "/run/anna.sock", Instant(NOW + 3600 * SECOND))
    assert (voice.state, voice.wavering) == (CallState.ANSWERED, False)
    assert voice.port is not None
    assert (voice.port.path, voice.port.kind) == ("/run/anna.sock", "unix")
    assert headset.after_check(there, True, Instant(NOW + SECOND)) == there


def test_for_a_blink_it_only_wavers_and_then_it_is_lost() -> None:
    away = headset.after_check(headset.after_check(None, True, Instant(0)), False, NOW)
    until = headset.wavers_until(away)
    assert until == NOW + headset.BLINK_US
    assert headset.voice(away, "x", Instant(until - 1)).wavering
    gone = headset.voice(away, "x", until)
    assert (gone.state, gone.cause) == (CallState.RELEASED, HangupCause.LINE_LOST)


def test_who_has_just_begun_to_look_takes_it_for_a_blink() -> None:
    """Whoever stood on it before a restart is not let go for that."""
    assert headset.voice(headset.after_check(None, False, NOW), "x", NOW).wavering
