"""What one line says to another is found in what is heard, and what is wrong with the way is told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from media.conference.sounds import Sounds
from media.sound.frames import RATE_HZ, SAMPLE_TYPE, samples_of
from media.sound.levels import ActiveLevel
from media.trial.check import VoiceReport, with_measurements
from media.trial.way import FEWEST_BURSTS, PATTERN, TONES_HZ, path_result, said_to_be_measured
from messages.ids import LineId
from messages.trials import WayFault, WayShown
from model.loudness import Loudness, loudness_of
from tests.media.channel import Channel, as_it_is, call, louder, narrow, with_gaps, with_noise
from tests.support.depth import often
from tests.support.each import each

A, B = LineId("a"), LineId("b")
SAID = {
    tone: said_to_be_measured(Sounds().load(name, "", "").tobytes(), tone)
    for tone, name in zip(TONES_HZ, ("please_hold", "user_on_the_line"), strict=True)
}
TONE = TONES_HZ[0]


def way(channel: Channel, tone_hz: float = TONE, **of: float) -> WayShown:
    said, heard = call(SAID[tone_hz], channel, **of)
    return path_result(A, said, B, heard, tone_hz)


@settings(max_examples=often(25), deadline=None)
@given(
    tone_hz=st.sampled_from(TONES_HZ), late_s=st.floats(0.02, 3.5), db=st.floats(-30, 8),
    noise_below_db=st.floats(3, 60), band=st.booleans(), seed=st.integers(0, 99),
)  # fmt: skip
def test_its_delay_and_level_are_found_through_band_companding_and_noise(
    tone_hz: float, late_s: float, db: float, noise_below_db: float, band: bool, seed: int
) -> None:
    def channel(sound: np.ndarray) -> np.ndarray:
        softer = with_noise(-26 + db - noise_below_db, seed)(louder(db)(sound))
        return narrow(softer) if band else softer

    shown = way(channel, tone_hz, late_s=late_s, seconds=16.0)
    assert shown.delay_ms == pytest.approx(1000 * late_s, abs=8)
    assert shown.level_db == pytest.approx(db, abs=1.5)
    assert shown.heard == shown.bursts >= FEWEST_BURSTS


@settings(max_examples=often(20), deadline=None)
@given(share=st.floats(0, 0.5), seed=st.integers(0, 99), late_s=st.floats(0.05, 1.0))
def test_what_is_missing_is_counted(share: float, seed: int, late_s: float) -> None:
    """Of some hundred frames by chance: within three standard errors."""
    shown = way(with_gaps(share, seed), late_s=late_s, seconds=20.0)
    assert shown.lost_percent is not None
    assert abs(shown.lost_percent / 100 - share) <= 3 * np.sqrt(max(share, 0.01) * (1 - share) / 90)


@pytest.mark.parametrize(
    ("channel", "late_s", "faults", "proved"),
    [
        (as_it_is, 0.2, (), True),
        (louder(-200), 0.2, (WayFault.UNHEARD,), False),
        (lambda sound: with_noise(-26, 3)(0 * sound), 0.2, (WayFault.UNHEARD,), False),
        (as_it_is, 3.0, (WayFault.UNUSABLE_DELAY,), False),
        (as_it_is, 0.6, (WayFault.DELAYED,), True),
        (with_gaps(0.2, 1), 0.2, (WayFault.CUT,), False),
        (with_gaps(0.07, 3), 0.2, (WayFault.GAPS,), True),
        (louder(-20), 0.2, (WayFault.FAINT,), True),
        (louder(15), 0.2, (WayFault.LOUD,), True),
    ],
    ids=["well", "mute", "noise", "3 s", "0.6 s", "20 %", "7 %", "faint", "loud"],
)
def test_mute_late_cut_and_faint_are_told_apart(
    channel: Channel, late_s: float, faults: tuple[WayFault, ...], proved: bool
) -> None:
    shown = way(channel, late_s=late_s, seconds=15.0)
    assert (shown.faults, shown.proved) == (faults, proved)


def test_the_own_voice_that_comes_back_is_not_taken_for_the_other_s() -> None:
    own, other = TONES_HZ
    said, _ = call(SAID[other], as_it_is)
    _, heard = call(SAID[own], louder(-6), late_s=0.1)
    assert path_result(A, said, B, heard, other).faults == (WayFault.UNHEARD,)


def test_a_buffer_that_grows_in_the_middle_of_a_call_has_lost_nothing() -> None:
    def later(sound: np.ndarray) -> np.ndarray:
        at = 2 * RATE_HZ + RATE_HZ // 2
        return np.concatenate((sound[:at], np.zeros(RATE_HZ // 12), sound[at:]))

    shown = way(later, seconds=15.0)
    assert shown.lost_percent is not None
    assert shown.lost_percent < 4.0
    assert shown.delay_ms == pytest.approx(200, abs=100)
    assert shown.proved


@each("echo_db", [-20, -200])
def test_an_echo_is_found_beside_the_other_s_bursts_and_none_where_there_is_none(echo_db: float) -> None:
    own, other = TONES_HZ
    said, echo = call(SAID[own], louder(echo_db), late_s=0.15)
    _, heard = call(SAID[other], as_it_is)
    both = samples_of(echo.heard) + samples_of(heard.heard)
    pcm = both.astype(SAMPLE_TYPE).tobytes()
    carried = replace(said, arrivals=heard.arrivals, heard=pcm, read_bytes=len(pcm))
    found = with_measurements(
        VoiceReport(call=1, answered=True, path="x", opened_after_s=0), carried, tone_hz=own
    )
    assert found.proved
    if echo_db == -20:
        assert found.echo is not None
        assert found.echo.delay_ms == pytest.approx(150, abs=8)
        assert found.echo.level_db == pytest.approx(-20, abs=1)
    else:
        assert found.echo is None


def test_a_call_too_short_to_tell_tells_nothing() -> None:
    shown = way(as_it_is, seconds=4.0)
    assert (shown.proved, shown.faults) == (False, ())
    assert shown.bursts < FEWEST_BURSTS


def test_whoever_looks_for_a_voice_in_what_is_said_finds_one() -> None:
    for frames in SAID.values():
        level = ActiveLevel()
        level.hear_all(b"".join(frames))
        assert loudness_of(level.report()) is Loudness.GOOD


def test_the_pattern_is_like_itself_at_one_place_only() -> None:
    signs = 2 * np.array(PATTERN) - 1
    alike = {int((signs * np.roll(signs, shift)).sum()) for shift in range(1, len(signs))}
    assert alike == {-1}, "a maximum length sequence"
