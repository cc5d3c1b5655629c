"""A tick as arithmetic: frames in, frames out, no thread and no port."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.conference.clips import Playing
from media.conference.core import ConferenceCore
from media.sound.frames import FRAME_BYTES, FRAME_SAMPLES, SILENCE
from tests.support.signals import frames, is_comfort, level_db, tone

TONES_HZ = {"operator": 440, "user": 620, "psap": 880}


def conference(*legs: str) -> ConferenceCore:
    core = ConferenceCore()
    core.keep(legs)
    return core


def talk(
    core: ConferenceCore,
    ticks: int,
    *,
    legs: Collection[str] = tuple(TONES_HZ),
    playing: Sequence[Playing] = (),
) -> dict[str, bytes]:
    heard: dict[str, bytes] = {}
    for tick in range(ticks):
        said = {leg: tone(TONES_HZ[leg], FRAME_SAMPLES, at=tick * FRAME_SAMPLES) for leg in legs}
        for leg, frame in core.tick(said, playing=playing).items():
            heard[leg] = heard.get(leg, b"") + frame
        core.listen()
    return heard


def heard_by(sound: bytes) -> set[str]:
    """Whose tones are in the last half second."""
    return {leg for leg, hz in TONES_HZ.items() if level_db(sound[-8000:], hz) > -40}


def test_three_legs_hear_the_other_two_each() -> None:
    heard = talk(conference(*TONES_HZ), 60)
    assert {leg: heard_by(sound) for leg, sound in heard.items()} == {
        leg: set(TONES_HZ) - {leg} for leg in TONES_HZ
    }


def test_a_muted_leg_hears_and_is_not_heard_and_its_level_is_shown() -> None:
    core = ConferenceCore()
    core.keep(TONES_HZ, {"operator": frozenset()})
    heard = talk(core, 60)
    assert {leg: heard_by(sound) for leg, sound in heard.items()} == {
        "operator": {"user", "psap"}, "user": {"psap"}, "psap": {"user"},
    }  # fmt: skip
    assert core.levels()["operator"].rms_dbfs > -20


def test_how_loud_a_call_was_is_known_both_ways_and_begins_anew_with_another_call() -> None:
    core = conference("a", "b")
    talk(core, 210)
    into, out = core.ways()["a"]
    assert (into.ms, out.ms) == (4000, 4000)
    assert into.dbfs == pytest.approx(core.levels()["a"].rms_dbfs, abs=0.5)
    assert out.dbfs == pytest.approx(core.levels()["b"].rms_dbfs, abs=0.5)
    core.keep(("a", "b"), anew=("a",))
    assert core.ways()["a"][0].ms == 0


def test_who_leaves_is_not_heard_and_who_stays_misses_nothing() -> None:
    core = conference(*TONES_HZ)
    talk(core, 10)
    core.keep(["user", "psap"])
    before = core.jitter()["user"]
    heard = talk(core, 50, legs=("user", "psap"))
    assert heard.keys() == {"user", "psap"}
    assert heard_by(heard["user"]) == {"psap"}
    assert core.jitter()["user"].silence_frames == before.silence_frames


def test_a_leg_alone_hears_comfort_noise_and_not_itself() -> None:
    heard = talk(conference("user"), 50, legs=("user",))["user"]
    assert is_comfort(heard)
    assert SILENCE not in frames(heard)


def test_an_empty_conference_has_nothing_to_say() -> None:
    assert conference().tick({}) == {}


def test_a_leg_that_says_nothing_is_silence_to_the_others() -> None:
    heard = talk(conference("user", "psap"), 10, legs=("user",))
    assert is_comfort(heard["user"])


@given(
    st.lists(
        st.tuples(
            st.sets(st.sampled_from(["a", "b", "c", "d"])),
            st.dictionaries(st.sampled_from(["a", "b", "c", "d", "e"]), st.binary(max_size=900)),
            st.integers(0, 9),
        ),
        max_size=30,
    )
)
def test_whoever_is_in_gets_exactly_one_frame_each_tick(
    ticks: list[tuple[set[str], dict[str, bytes], int]],
) -> None:
    core = ConferenceCore()
    for legs, said, skipped in ticks:
        core.keep(legs, {leg: frozenset() for leg in legs & {"a"}})
        heard = core.tick(said, skipped=skipped)
        core.listen()
        assert heard.keys() == legs == core.levels().keys()
        assert all(len(frame) == FRAME_BYTES for frame in heard.values())
