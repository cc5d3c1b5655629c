"""Nobody hears an echo, everybody hears all others, and loudness never wraps."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from media.sound.frames import FRAME_BYTES, FRAME_SAMPLES, SILENCE, stack
from media.sound.mixing import FADE_SAMPLES, Blend, mix_frames
from tests.support.signals import tone

TONES_HZ = (440, 620, 880)
frames = st.binary(min_size=FRAME_BYTES, max_size=FRAME_BYTES)
loud_frames = st.lists(st.sampled_from([-32768, 32767, 30000, -30000, 0]), min_size=160, max_size=160).map(
    lambda samples: np.array(samples, dtype="<i2").tobytes()
)


def samples(frame: bytes) -> list[int]:
    return np.frombuffer(frame, dtype="<i2").tolist()


@given(st.lists(st.one_of(frames, loud_frames), min_size=2, max_size=6))
def test_what_is_heard_is_the_saturated_sum_of_the_others(said: list[bytes]) -> None:
    for party, heard in enumerate(mix_frames(said)):
        others = [samples(frame) for other, frame in enumerate(said) if other != party]
        sums = [max(-32768, min(32767, sum(column))) for column in zip(*others, strict=True)]
        assert samples(heard) == sums


def test_who_is_alone_hears_silence_and_an_empty_conference_says_nothing() -> None:
    assert mix_frames([tone(440, FRAME_SAMPLES)]) == [SILENCE]
    assert mix_frames([]) == []


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
