"""A modem's rate, by the bytes that it gives: neither bursts nor pauses deceive."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from media.ports.rates import RATES, MeasuredRate
from tests.support.each import each

TICK_S = 0.02


def fed(rate: MeasuredRate, heaps: Iterable[int], at_s: float = 100.0) -> tuple[list[float], float]:
    """One heap of bytes a tick; when the rate has changed, and when it is by then."""
    changed: list[float] = []
    for heap in heaps:
        at_s += TICK_S
        if rate.after(heap, at_s):
            changed.append(at_s)
    return changed, at_s


def steady(rate_hz: int, seconds: float) -> list[int]:
    return [rate_hz * 2 // 50] * round(seconds / TICK_S)


@each("believed", RATES)
@each("true", RATES)
def test_it_is_known_after_a_second_of_voice(believed: int, true: int) -> None:
    rate = MeasuredRate(believed)
    changed, _ = fed(rate, steady(true, 1.06))
    assert (rate.rate_hz, rate.known) == (true, True)
    assert len(changed) == (believed != true)


@given(
    believed=st.sampled_from(RATES),
    true=st.sampled_from(RATES),
    bursts=st.lists(st.integers(1, 4), min_size=1, max_size=8),
    drift=st.floats(-0.02, 0.02),
)
def test_bursts_of_up_to_80_ms_and_a_clock_that_is_off_do_not_deceive(
    believed: int, true: int, bursts: list[int], drift: float
) -> None:
    rate = MeasuredRate(believed)
    heaps: list[int] = []
    while len(heaps) < 600:
        for ticks in bursts:
            heaps += [0] * (ticks - 1) + [round(true * 2 * TICK_S * ticks * (1 + drift))]
    changed, _ = fed(rate, heaps)
    assert (rate.rate_hz, rate.known) == (true, True)
    assert len(changed) == (believed != true)


@given(
    rate_hz=st.sampled_from(RATES),
    pauses=st.lists(st.tuples(st.integers(1, 40), st.integers(6, 100)), max_size=20),
)
def test_pauses_deceive_nobody_however_long_and_often(rate_hz: int, pauses: list[tuple[int, int]]) -> None:
    """What waited meanwhile comes in one heap, or is lost."""
    rate = MeasuredRate(rate_hz)
    heaps: list[int] = []
    for voiced, still in pauses:
        heaps += steady(rate_hz, voiced * TICK_S) + [0] * still + [min(rate_hz * still // 25, 4095)]
    assert fed(rate, heaps)[0] == []
    assert rate.rate_hz == rate_hz


@given(
    believed=st.sampled_from(RATES),
    hz=st.integers(0, 60_000).filter(lambda hz: not any(abs(hz - rate) < 0.22 * rate for rate in RATES)),
)
def test_what_is_no_rate_changes_nothing(believed: int, hz: int) -> None:
    rate = MeasuredRate(believed)
    assert fed(rate, [hz * 2 // 50] * 300)[0] == []
    assert (rate.rate_hz, rate.known) == (believed, False)


def test_a_port_that_gives_nothing_stays_unknown() -> None:
    rate = MeasuredRate(16000)
    assert fed(rate, [0] * 1000)[0] == []
    assert (rate.rate_hz, rate.known) == (16000, False)


def test_a_call_that_changes_its_rate_is_followed_within_three_seconds() -> None:
    rate = MeasuredRate(8000)
    _, at_s = fed(rate, steady(16000, 5))
    changed, until_s = fed(rate, steady(8000, 5), at_s)
    assert rate.rate_hz == 8000
    assert len(changed) == 1
    assert changed[0] - at_s < 3.1
    assert fed(rate, steady(16000, 1) + steady(8000, 3), until_s)[0] == []


def test_a_rate_that_is_none_of_these_is_not_measured() -> None:
    rate = MeasuredRate(48000)
    assert fed(rate, steady(16000, 10))[0] == []
    assert rate.rate_hz == 48000
