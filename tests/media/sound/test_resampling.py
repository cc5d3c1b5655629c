"""16 and 48 kHz and back: the voice band as it was, nothing folded into it, no frame longer or shorter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.sound.resampling import Downsampler, Resampler, Upsampler
from tests.support.each import each
from tests.support.signals import level_db, tone

RATIOS = (2, 6)


def streamed(resampler: Resampler, pcm: bytes, size: int) -> bytes:
    return b"".join(resampler.process(pcm[at : at + size]) for at in range(0, len(pcm), size))


@each("ratio", RATIOS)
@each("hz", [300, 1000, 2500, 3400])
def test_the_voice_band_passes_both_ways(hz: int, ratio: int) -> None:
    up = streamed(Upsampler(ratio), tone(hz, 8000), 320)
    down = streamed(Downsampler(ratio), tone(hz, 8000 * ratio, rate_hz=8000 * ratio), 320 * ratio)
    said = level_db(tone(hz, 8000), hz)
    assert level_db(up[-8000 * ratio :], hz, rate_hz=8000 * ratio) == pytest.approx(said, abs=0.3)
    assert level_db(down[-8000:], hz) == pytest.approx(said, abs=0.3)


@each("ratio", RATIOS)
def test_what_is_above_the_band_does_not_fold_into_it(ratio: int) -> None:
    rate_hz = 8000 * ratio
    said = level_db(tone(3000, 4000), 3000)
    for hz in range(5000, rate_hz // 2, 1000):
        down = streamed(Downsampler(ratio), tone(hz, rate_hz, rate_hz=rate_hz), 320 * ratio)
        folded = abs(hz - round(hz / 8000) * 8000)
        assert level_db(down[-8000:], max(folded, 100)) < said - 50


@each("ratio", RATIOS)
def test_no_mirror_is_heard_above_the_band(ratio: int) -> None:
    up = streamed(Upsampler(ratio), tone(3000, 8000), 320)
    said = level_db(tone(3000, 4000), 3000)
    for mirror in (hz for turn in range(8000, 4000 * ratio + 1, 8000) for hz in (turn - 3000, turn + 3000)):
        if mirror < 4000 * ratio:
            assert level_db(up[-8000 * ratio :], mirror, rate_hz=8000 * ratio) < said - 50


@each("ratio", RATIOS)
def test_the_delay_is_a_millisecond_and_a_half(ratio: int) -> None:
    click = np.zeros(800, dtype="<i2")
    click[100] = 20000
    out = np.frombuffer(streamed(Upsampler(ratio), click.tobytes(), 320), dtype="<i2")
    assert int(np.abs(out.astype(int)).argmax()) - 100 * ratio == 12 * ratio


@given(st.lists(st.integers(0, 400), max_size=20), st.sampled_from([2, 3, 6]))
def test_the_stream_does_not_depend_on_how_it_is_cut(cuts: list[int], ratio: int) -> None:
    pcm = tone(700, sum(cuts))
    whole_up, whole_down = Upsampler(ratio).process(pcm), Downsampler(ratio).process(pcm)
    up, down = Upsampler(ratio), Downsampler(ratio)
    ups = downs = b""
    at = 0
    for samples in cuts:
        part = pcm[2 * at : 2 * (at + samples)]
        one = up.process(part)
        assert len(one) == ratio * len(part)
        ups, downs = ups + one, downs + down.process(part)
        at += samples
    for whole, parts in ((whole_up, ups), (whole_down, downs)):
        difference = np.frombuffer(whole, "<i2").astype(int) - np.frombuffer(parts, "<i2")
        assert np.abs(difference).max(initial=0) <= 1  # another order of float sums


@each("ratio", RATIOS)
def test_every_frame_of_20_ms_is_one_of_20_ms(ratio: int) -> None:
    down = Downsampler(ratio)
    assert [len(down.process(bytes(320 * ratio))) for _ in range(10)] == [320] * 10


def test_a_click_at_full_scale_saturates() -> None:
    square = np.repeat([32767, -32768] * 200, 20).astype("<i2").tobytes()
    out = np.frombuffer(Upsampler(2).process(square), "<i2")
    assert (out.max(), out.min()) == (32767, -32768)
