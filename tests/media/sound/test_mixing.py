"""Nobody hears an echo, everybody hears all others, and loudness never wraps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.sound.fades import FADE_SAMPLES
from media.sound.frames import FRAME_BYTES, FRAME_SAMPLES, SILENCE, stack
from media.sound.mixing import Blend, mix_frames
from tests.support.each import each
from tests.support.signals import level_db, tone

TONES_HZ = (440, 620, 880)
frames = st.binary(min_size=FRAME_BYTES, max_size=FRAME_BYTES)
loud_frames = st.lists(st.sampled_from([-32768, 32767, 30000, -30000, 0]), min_size=160, max_size=160).map(
    lambda samples: np.array(samples, dtype="<i2").tobytes()
)


def samples(frame: bytes) -> list[int]:
    return np.frombuffer(frame, dtype="<i2").tolist()


@each("amplitude", [600, 6000, 14000])
def test_each_of_three_hears_exactly_the_other_two(amplitude: int) -> None:
    heard = [b"", b"", b""]
    for tick in range(50):
        said = [tone(hz, FRAME_SAMPLES, amplitude=amplitude, at=tick * FRAME_SAMPLES) for hz in TONES_HZ]
        heard = [so_far + frame for so_far, frame in zip(heard, mix_frames(said), strict=True)]
    for party, sound in enumerate(heard):
        levels = [level_db(sound, hz) for hz in TONES_HZ]
        own = levels.pop(party)
        said_db = 20 * np.log10(amplitude / 32767)
        assert levels == pytest.approx([said_db, said_db], abs=0.05)
        assert own <= said_db - 60


@given(st.lists(st.one_of(frames, loud_frames), min_size=2, max_size=6))
def test_what_is_heard_is_the_saturated_sum_of_the_others(said: list[bytes]) -> None:
    for party, heard in enumerate(mix_frames(said)):
        others = [samples(frame) for other, frame in enumerate(said) if other != party]
        sums = [max(-32768, min(32767, sum(column))) for column in zip(*others, strict=True)]
        assert samples(heard) == sums


@given(st.lists(frames, min_size=3, max_size=5), st.integers(0, 4), frames)
def test_what_one_says_changes_nothing_of_what_that_one_hears(
    said: list[bytes], who: int, other: bytes
) -> None:
    who %= len(said)
    assert mix_frames(said)[who] == mix_frames([*said[:who], other, *said[who + 1 :]])[who]


def test_who_is_alone_hears_silence() -> None:
    assert mix_frames([tone(440, FRAME_SAMPLES)]) == [SILENCE]


def test_an_empty_conference_says_nothing() -> None:
    assert mix_frames([]) == []


def test_two_hear_each_other_untouched() -> None:
    one, other = tone(440, FRAME_SAMPLES), tone(620, FRAME_SAMPLES)
    assert mix_frames([one, other]) == [other, one]


GAINS = st.sampled_from([0.0, 0.25, 1.0])


def blended(blend: Blend, said: list[bytes]) -> list[bytes]:
    rows = stack(said)
    return blend.mix(rows, rows.astype(np.float32))


@given(
    st.lists(st.one_of(frames, loud_frames), min_size=3, max_size=3),
    st.lists(st.lists(GAINS, min_size=3, max_size=3), min_size=2, max_size=2),
    st.lists(st.lists(GAINS, min_size=3, max_size=3), min_size=2, max_size=2),
)
def test_a_blend_goes_from_one_mix_to_the_next_within_10_ms(
    said: list[bytes], first: list[list[float]], then: list[list[float]]
) -> None:
    blend = Blend()
    rows = stack(said).astype(np.int64)
    before, after = (np.clip(np.rint(np.array(gains) @ rows), -32768, 32767) for gains in (first, then))
    blend.set(("a", "b"), ("a", "b", "clip"), np.array(first, dtype=np.float32))
    blended(blend, said)
    assert np.array_equal(stack(blended(blend, said)), before)
    blend.set(("a", "b"), ("a", "b", "clip"), np.array(then, dtype=np.float32))
    fading = stack(blended(blend, said))
    assert np.array_equal(fading[:, FADE_SAMPLES:], after[:, FADE_SAMPLES:])
    assert np.array_equal(stack(blended(blend, said)), after)


def test_who_hears_all_others_is_mixed_as_without_gains() -> None:
    said = [tone(hz, FRAME_SAMPLES, amplitude=14000) for hz in TONES_HZ]
    blend = Blend()
    legs = ("a", "b", "c")
    blend.set(legs, legs, 1 - np.eye(3, dtype=np.float32))
    assert blended(blend, said) != mix_frames(said)  # nobody heard anybody before: it is faded in
    assert blended(blend, said) == mix_frames(said)
