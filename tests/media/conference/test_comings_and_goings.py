"""Nobody hears a click when somebody comes, goes, is muted or hears a clip, and who stays loses no frame."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from media.conference.clips import Playing
from media.conference.core import ConferenceCore
from media.sound.frames import FRAME_SAMPLES, SILENCE
from media.sound.mixing import FADE_SAMPLES, eased, joined
from tests.support.each import each
from tests.support.signals import frames, is_comfort, level_db, steepest, tone

HZ = {"operator": 300, "user": 440, "psap": 620, "listener": 880}
AMPLITUDE = 6000
CLIP_HZ = 1000

# The steepest that any of these sounds is by itself, and what 10 ms of fading may add for each of them.
OWN_STEP = {leg: 2 * AMPLITUDE * np.sin(np.pi * hz / 8000) for leg, hz in HZ.items()}
FADE_STEP = AMPLITUDE / FADE_SAMPLES


class Room:
    """Everybody says a tone of their own; what the user hears is kept."""

    def __init__(self, *legs: str) -> None:
        self.core = ConferenceCore()
        self.legs = legs
        self.heard_by: dict[str, frozenset[str]] = {}
        self.playing: tuple[Playing, ...] = ()
        self.ticks = 0
        self.heard = b""

    def talk(self, ticks: int, *, without: tuple[str, ...] = ()) -> None:
        for _ in range(ticks):
            at = self.ticks * FRAME_SAMPLES
            self.core.keep(self.legs, self.heard_by)
            said = {
                leg: tone(HZ[leg], FRAME_SAMPLES, amplitude=AMPLITUDE, at=at)
                for leg in self.legs
                if leg not in without
            }
            playing = [
                one._replace(frame=tone(CLIP_HZ, FRAME_SAMPLES, amplitude=AMPLITUDE, at=at))
                for one in self.playing
            ]
            self.heard += self.core.tick(said, playing=playing)["user"]
            self.core.analyse_input()
            self.ticks += 1


def comes(room: Room) -> None:
    room.legs = ("operator", "user", "psap", "listener")


def goes(room: Room) -> None:
    room.legs = ("operator", "user")


def is_muted(room: Room) -> None:
    room.heard_by = {"psap": frozenset()}


def whispers(room: Room) -> None:
    room.heard_by = {"psap": frozenset({"operator"})}


def plays(room: Room) -> None:
    room.playing = (Playing("c", SILENCE, frozenset({"user"})),)


@each("change", [comes, goes, is_muted, whispers, plays])
def test_no_step_is_steeper_than_the_voices_and_a_fade_of_10_ms(change: Callable[[Room], None]) -> None:
    room = Room("operator", "user", "psap")
    room.talk(30)
    before = len(room.heard)
    change(room)
    room.talk(30)
    room.legs, room.heard_by, room.playing = ("operator", "user", "psap"), {}, ()
    room.talk(30)
    clip_step = 2 * AMPLITUDE * np.sin(np.pi * CLIP_HZ / 8000)
    allowed = sum(OWN_STEP[leg] for leg in ("operator", "psap", "listener")) + clip_step
    assert steepest(room.heard[before:]) < allowed + 4 * FADE_STEP
    assert not any(is_comfort(frame) for frame in frames(room.heard[before:]))


def test_what_breaks_off_is_let_down_and_what_sets_in_is_raised() -> None:
    room = Room("operator", "user")
    room.talk(30)
    room.talk(10, without=("operator",))
    room.talk(30)
    assert steepest(room.heard) < OWN_STEP["operator"] + 2 * FADE_STEP
    assert any(is_comfort(frame) for frame in frames(room.heard[30 * 320 : 45 * 320]))


def test_a_call_that_takes_the_place_of_another_is_no_click_and_is_listened_to_anew() -> None:
    room = Room("operator", "user")
    room.talk(30)
    assert room.core.ears()["operator"].heard
    room.core.keep(room.legs, {}, anew=("operator",))
    assert not room.core.ears()["operator"].heard
    room.talk(5)
    assert steepest(room.heard) < OWN_STEP["operator"] + 2 * FADE_STEP


def test_under_a_clip_the_others_are_12_decibels_lower_and_after_it_as_before() -> None:
    room = Room("operator", "user", "psap")
    room.talk(30)
    usual = level_db(room.heard[-8000:], HZ["operator"])
    plays(room)
    room.talk(30)
    assert level_db(room.heard[-8000:], HZ["operator"]) == pytest.approx(usual - 12, abs=0.2)
    assert level_db(room.heard[-8000:], CLIP_HZ) == pytest.approx(usual, abs=0.2)
    room.playing = ()
    room.talk(30)
    assert level_db(room.heard[-8000:], HZ["operator"]) == pytest.approx(usual, abs=0.2)
    assert level_db(room.heard[-8000:], CLIP_HZ) < -60


def test_a_frame_that_follows_another_begins_where_that_one_ended() -> None:
    loud, soft = np.full(FRAME_SAMPLES, 20000, dtype="<i2").tobytes(), SILENCE
    for before, after in ((loud, soft), (soft, loud)):
        assert steepest(before + joined(before, after)) <= 20000 / FADE_SAMPLES + 1
    half = FADE_SAMPLES * 2
    assert joined(soft, loud)[half:] == loud[half:]


def test_a_sound_too_short_for_edges_has_none() -> None:
    short = np.full(2 * FADE_SAMPLES - 1, 1000, dtype=np.int16)
    assert eased(short) is short
