"""A modem with degraded voice, detected by its calls, and reset while another line is free."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateways.gsm.calls.voice_degradation import (
    MIN_RESET_INTERVAL_US,
    NORMAL_REFUSAL_S,
    DegradedModemReset,
    VoiceDegradation,
)
from gateways.gsm.driver.events import CallId
from messages.ids import Instant, LineId, TrunkId
from messages.lines import LineReport, LineState
from tests.support.each import each

FIRST, SECOND, THIRD = CallId(1), CallId(2), CallId(3)


def after_a_good_call(refused_s: float = 0.0) -> VoiceDegradation:
    degradation = VoiceDegradation()
    if refused_s:
        degradation.on_refused(FIRST, 0.0)
    degradation.on_accepted(FIRST, refused_s)
    degradation.on_released(FIRST)
    return degradation


def test_a_later_call_that_is_refused_for_some_seconds_shows_it_and_the_first_does_not() -> None:
    degradation = VoiceDegradation()
    degradation.on_refused(FIRST, 0.0)
    degradation.on_refused(FIRST, 60.0)
    assert not degradation.degraded
    degradation = after_a_good_call()
    degradation.on_refused(SECOND, 100.0)
    assert not degradation.degraded, "for a moment modems refuse that are well"
    degradation.on_refused(SECOND, 100.0 + NORMAL_REFUSAL_S)
    assert degradation.degraded


def test_a_firmware_that_always_refuses_at_first_is_given_twice_its_time() -> None:
    degradation = after_a_good_call(refused_s=5.0)
    degradation.on_refused(SECOND, 100.0)
    degradation.on_refused(SECOND, 109.0)
    assert not degradation.degraded
    degradation.on_refused(SECOND, 110.0)
    assert degradation.degraded


def test_silence_from_the_start_shows_it_and_a_later_one_does_not() -> None:
    degradation = after_a_good_call()
    degradation.on_accepted(SECOND, 100.0)
    degradation.on_silence(SECOND, 104.0)
    assert degradation.degraded
    degradation = after_a_good_call()
    degradation.on_accepted(SECOND, 100.0)
    degradation.on_silence(SECOND, 140.0)
    degradation.on_silence(SECOND, 141.0)
    assert not degradation.degraded


def test_a_modem_that_never_had_sound_is_not_worn_but_broken() -> None:
    degradation = VoiceDegradation()
    for call in (FIRST, SECOND, THIRD):
        degradation.on_accepted(call, 0.0)
        degradation.on_silence(call, 4.0)
        degradation.on_released(call)
    assert not degradation.degraded


_CALLS = st.sampled_from([FIRST, SECOND, THIRD])
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["on_refused", "on_accepted", "on_silence", "on_released", "on_modem_restarted"]),
        _CALLS,
        st.floats(0, 30),
    ),
    max_size=40,
)


@given(_STEPS)
def test_it_is_never_worn_before_a_call_with_sound_is_over_nor_after_a_start(
    steps: list[tuple[str, CallId, float]],
) -> None:
    degradation, now_s, had_voice, over = VoiceDegradation(), 0.0, set[CallId](), False
    for what, call, after_s in steps:
        now_s += after_s
        if what == "on_modem_restarted":
            degradation.on_modem_restarted()
            had_voice, over = set(), False
            assert not degradation.degraded
        elif what == "on_released":
            degradation.on_released(call)
            over = over or call in had_voice
            had_voice.discard(call)
        else:
            getattr(degradation, what)(call, now_s)
            if what == "on_accepted":
                had_voice.add(call)
        assert over or not degradation.degraded


def report(line: str, **more: object) -> LineReport:
    made = LineReport(
        line=LineId(line), trunk=TrunkId("public"), emergency=False, state=LineState.READY, since=Instant(0)
    )
    return replace(made, **more)


ME = LineId("sim2")


@each(
    ("other", "may"),
    [
        (report("sim1"), True),
        (report("sim1", busy=True), False),
        (report("sim1", state=LineState.STARTING), False),
        (report("sim1", emergency=True), False),
        (report("sim2"), False),
        (report("sim1", worn=True), False),
        (report("sim3", worn=True), True),
    ],
)
def test_it_is_reset_while_another_line_of_its_kind_is_free(other: LineReport, may: bool) -> None:
    reset = DegradedModemReset(ME, emergency=False, alone=False)
    assert reset.is_allowed([other], Instant(0)) is may


def test_it_is_reset_at_once_where_there_is_no_other_and_not_twice_within_five_minutes() -> None:
    reset = DegradedModemReset(ME, emergency=False, alone=True)
    assert reset.is_allowed([], Instant(0))
    reset.on_ordered(Instant(0))
    assert not reset.is_allowed([], Instant(MIN_RESET_INTERVAL_US - 1))
    assert reset.is_allowed([], MIN_RESET_INTERVAL_US)
