"""The arithmetic of the headset, as the browser runs it: between two rates, and what waits to be heard."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

TOOLS = """
window.sine = (hz, rate, seconds) =>
  Float32Array.from({ length: rate * seconds }, (_, n) => 0.5 * Math.sin((2 * Math.PI * hz * n) / rate));
window.through = (resampler, samples, size) => {
  const made = [];
  for (let at = 0; at < samples.length; at += size)
    made.push(...resampler.process(samples.subarray(at, at + size)));
  return made;
};
window.dB = (samples) => { // of its RMS, to that of the sine; without what comes before the filter is full
  const part = samples.slice(400, -400);
  return 10 * Math.log10(part.reduce((sum, value) => sum + value * value, 0) / part.length / 0.125 + 1e-12);
};
window.loud = () => new Float32Array(320).fill(0.5);
window.still = () => new Float32Array(320);
"""


@pytest.fixture
def js(modules: Page) -> Page:
    """With the module in it."""
    modules.evaluate(TOOLS)
    modules.evaluate("async () => { window.dsp = await import('/console/js/voice/dsp.js'); }")
    return modules


def test_every_device_is_spoken_to_at_its_own_rate_without_loss_or_drift(js: Page) -> None:
    told: list[Any] = js.evaluate(
        """() => [16000, 22050, 32000, 44100, 48000, 96000].map((rate) => {
          const down = through(new dsp.Resampler(rate, 16000), sine(1000, rate, 2), 128);
          const up = through(new dsp.Resampler(16000, rate), sine(1000, 16000, 2), 320);
          return [rate, down.length, dB(down), up.length, dB(up)];
        })"""
    )
    for rate, down, down_db, up, up_db in told:
        # But for the filter's own length: two seconds in are two seconds out.
        assert 32000 - 40 <= down <= 32000, rate
        assert 2 * rate - 120 <= up <= 2 * rate, rate
        assert down_db == pytest.approx(0, abs=0.3), rate
        assert up_db == pytest.approx(0, abs=0.3), rate


def test_what_is_beyond_the_center_s_band_does_not_fold_back_into_it(js: Page) -> None:
    heard: list[float] = js.evaluate(
        """() => [[44100, 9500], [48000, 10000], [48000, 15500], [96000, 17000]].map(([rate, hz]) =>
          dB(through(new dsp.Resampler(rate, 16000), sine(hz, rate, 1), 128)))"""
    )
    assert max(heard) < -50


def test_samples_survive_the_trip_and_never_wrap(js: Page) -> None:
    assert js.evaluate("() => [...dsp.fromPcm(dsp.toPcm(Float32Array.of(0, 0.5, -0.5, 1.5, -1.5)))]") == [
        pytest.approx(value, abs=1e-4) for value in (0, 0.5, -0.5, 1, -1)
    ]


def test_what_comes_evenly_waits_40_ms_and_is_played_whole(js: Page) -> None:
    waiting, counts = js.evaluate(
        """() => { const jitter = new dsp.JitterBuffer();
          for (let n = 0; n < 1000; n += 1) { jitter.push(loud()); jitter.pop(); }
          return [jitter.waiting.length, jitter.counts]; }"""
    )
    assert waiting <= 2
    assert counts == {"played": 999, "missing": 1, "underruns": 0, "dropped": 0, "inserted": 0}


@pytest.mark.parametrize(("more", "corrections"), [(1, "dropped"), (-1, "inserted")])
def test_a_clock_that_is_not_ours_costs_a_quiet_frame_now_and_then_and_no_word(
    js: Page, more: int, corrections: str
) -> None:
    """500 ppm, five times what sound cards have, for 400 s; of each second the second half is quiet."""
    most, counts = js.evaluate(
        """(more) => { const jitter = new dsp.JitterBuffer(); let most = 0;
          for (let n = 0; n < 20000; n += 1) {
            const frame = n % 50 < 25 ? loud() : still();
            const times = n % 2000 === 1999 ? 1 + more : 1;
            for (let i = 0; i < times; i += 1) jitter.push(frame);
            const heard = jitter.pop();
            if (n > 100 && n % 50 >= 5 && n % 50 < 20 && heard[0] !== 0.5) throw new Error(`silence at ${n}`);
            most = Math.max(most, jitter.waiting.length);
          }
          return [most, jitter.counts]; }""",
        more,
    )
    assert most <= 4
    assert counts["underruns"] <= 1
    assert 5 <= counts[corrections] <= 12


def test_a_heap_of_late_frames_leaves_no_delay_behind(js: Page) -> None:
    most, after = js.evaluate(
        """() => { const jitter = new dsp.JitterBuffer(); let most = 0;
          for (let n = 0; n < 500; n += 1) {
            for (let i = n === 100 ? 20 : 1; i > 0; i -= 1) jitter.push(still());
            most = Math.max(most, jitter.waiting.length);
            jitter.pop();
          }
          return [most, jitter.waiting.length]; }"""
    )
    assert most <= 6
    assert after <= 2


def test_a_word_that_breaks_off_fades_and_does_not_click(js: Page) -> None:
    frame, after = js.evaluate(
        """() => { const jitter = new dsp.JitterBuffer();
          for (let n = 0; n < 10; n += 1) { jitter.push(loud()); jitter.pop(); }
          while (jitter.waiting.length) jitter.pop();
          return [[...jitter.pop()], [...jitter.pop()]]; }"""
    )
    assert frame[0] == pytest.approx(0.5, abs=0.01)
    assert frame == sorted(frame, reverse=True)
    assert frame[-1] == 0
    assert set(after) == {0}


def test_a_network_that_stumbles_costs_one_word_and_then_more_waits_until_it_is_calm(js: Page) -> None:
    """Each second nothing comes for 80 ms, and then all of it."""
    underruns, target, calm, waiting = js.evaluate(
        """() => { const jitter = new dsp.JitterBuffer();
          for (let n = 0; n < 100; n += 1) { jitter.push(loud()); jitter.pop(); }
          for (let n = 0; n < 450; n += 1) {
            if (n % 50 >= 4) jitter.push(loud());
            if (n % 50 === 4) for (let i = 0; i < 4; i += 1) jitter.push(loud());
            jitter.pop();
          }
          const { target, counts: { underruns } } = jitter;
          for (let n = 0; n < 3000; n += 1) { jitter.push(still()); jitter.pop(); }
          return [underruns, target, jitter.target, jitter.waiting.length]; }"""
    )
    assert underruns <= 2
    assert target > 2
    assert (calm, waiting) == (2, 1)


def test_a_call_that_ends_says_nothing_of_the_network(js: Page) -> None:
    assert (
        js.evaluate(
            """() => { const jitter = new dsp.JitterBuffer();
              for (let call = 0; call < 5; call += 1) {
                for (let n = 0; n < 100; n += 1) { jitter.push(loud()); jitter.pop(); }
                for (let n = 0; n < 100; n += 1) jitter.pop();
              }
              return jitter.target; }"""
        )
        == 2
    )
