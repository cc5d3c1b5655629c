"""A tick as arithmetic: frames in, frames out, no thread and no port."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.conference.core import ConferenceCore
from media.sound.frames import FRAME_BYTES, FRAME_SAMPLES, SILENCE
from tests.support.signals import frames, is_comfort, tone


def talk(ticks: int, **hz: float) -> tuple[ConferenceCore, dict[str, bytes]]:
    core, heard = ConferenceCore(), dict.fromkeys(hz, b"")
    core.keep(hz)
    for tick in range(ticks):
        said = {leg: tone(one, FRAME_SAMPLES, at=tick * FRAME_SAMPLES) for leg, one in hz.items()}
        for leg, frame in core.tick(said).items():
            heard[leg] += frame
        core.analyse_input()
    return core, heard


def test_how_loud_a_call_was_is_known_both_ways_and_begins_anew_with_another_call() -> None:
    core, _ = talk(210, a=440, b=620)
    into, out = core.call_levels()["a"]
    assert (into.ms, out.ms) == (4000, 4000)
    assert into.dbfs == pytest.approx(core.levels()["a"].rms_dbfs, abs=0.5)
    assert out.dbfs == pytest.approx(core.levels()["b"].rms_dbfs, abs=0.5)
    core.keep(("a", "b"), anew=("a",))
    assert core.call_levels()["a"][0].ms == 0


def test_a_leg_alone_hears_comfort_noise_and_not_itself() -> None:
    _, heard = talk(50, user=440)
    assert is_comfort(heard["user"])
    assert SILENCE not in frames(heard["user"])


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
def test_whoever_is_in_gets_one_frame_each_tick(ticks: list[tuple[set[str], dict[str, bytes], int]]) -> None:
    core = ConferenceCore()
    for legs, said, skipped in ticks:
        core.keep(legs, {leg: frozenset() for leg in legs & {"a"}})
        heard = core.tick(said, skipped=skipped)
        core.analyse_input()
        assert heard.keys() == legs == core.levels().keys()
        assert all(len(frame) == FRAME_BYTES for frame in heard.values())
