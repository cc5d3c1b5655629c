"""A modem whose voice wears, found by what its calls show, and reset when nobody misses it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateways.gsm.calls.wear import EVERY_US, LEAST_S, VoiceWear, WearReset
from gateways.gsm.driver.events import CallId
from messages.ids import Instant, LineId, TrunkId
from messages.lines import LineReport, LineState
from tests.support.each import each

FIRST, SECOND, THIRD = CallId(1), CallId(2), CallId(3)


def after_a_good_call(refused_s: float = 0.0) -> VoiceWear:
    wear = VoiceWear()
    if refused_s:
        wear.refused(FIRST, 0.0)
    wear.taken(FIRST, refused_s)
    wear.gone(FIRST)
    return wear


def test_a_later_call_that_is_refused_for_some_seconds_shows_it_and_the_first_does_not() -> None:
    wear = VoiceWear()
    wear.refused(FIRST, 0.0)
    wear.refused(FIRST, 60.0)
    assert not wear.worn
    wear = after_a_good_call()
    wear.refused(SECOND, 100.0)
    assert not wear.worn, "for a moment modems refuse that are well"
    wear.refused(SECOND, 100.0 + LEAST_S)
    assert wear.worn


def test_a_firmware_that_always_refuses_at_first_is_given_twice_its_time() -> None:
    wear = after_a_good_call(refused_s=5.0)
    wear.refused(SECOND, 100.0)
    wear.refused(SECOND, 109.0)
    assert not wear.worn
    wear.refused(SECOND, 110.0)
    assert wear.worn


def test_silence_from_the_start_shows_it_and_a_later_one_does_not() -> None:
    wear = after_a_good_call()
    wear.taken(SECOND, 100.0)
    wear.silent(SECOND, 104.0)
    assert wear.worn
    wear = after_a_good_call()
    wear.taken(SECOND, 100.0)
    wear.silent(SECOND, 140.0)
    wear.silent(SECOND, 141.0)
    assert not wear.worn


def test_a_modem_that_never_had_sound_is_not_worn_but_broken() -> None:
    wear = VoiceWear()
    for call in (FIRST, SECOND, THIRD):
        wear.taken(call, 0.0)
        wear.silent(call, 4.0)
        wear.gone(call)
    assert not wear.worn


_CALLS = st.sampled_from([FIRST, SECOND, THIRD])
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["refused", "taken", "silent", "gone", "started_anew"]), _CALLS, st.floats(0, 30)
    ),
    max_size=40,
)


@given(_STEPS)
def test_it_is_never_worn_before_a_call_with_sound_is_over_nor_after_a_start(
    steps: list[tuple[str, CallId, float]],
) -> None:
    wear, now_s, had_voice, over = VoiceWear(), 0.0, set[CallId](), False
    for what, call, after_s in steps:
        now_s += after_s
        if what == "started_anew":
            wear.started_anew()
            had_voice, over = set(), False
            assert not wear.worn
        elif what == "gone":
            wear.gone(call)
            over = over or call in had_voice
            had_voice.discard(call)
        else:
            getattr(wear, what)(call, now_s)
            if what == "taken":
                had_voice.add(call)
        assert over or not wear.worn


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
    reset = WearReset(ME, emergency=False, alone=False)
    assert reset.may_be_now([other], Instant(0)) is may


def test_it_is_reset_at_once_where_there_is_no_other_and_not_twice_within_five_minutes() -> None:
    reset = WearReset(ME, emergency=False, alone=True)
    assert reset.may_be_now([], Instant(0))
    reset.begun(Instant(0))
    assert not reset.may_be_now([], Instant(EVERY_US - 1))
    assert reset.may_be_now([], EVERY_US)
