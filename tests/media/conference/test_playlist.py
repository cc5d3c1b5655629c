"""A clip is played once to those it is for, whoever tells it how often, and never before they can hear it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec.structs import replace

from media.conference.clips import ClipSpec
from media.conference.playlist import Playlist
from media.sound.frames import FRAME_SAMPLES, Samples

FRAMES = 5
SOUNDS = {"one": 1000, "two": 2000}


class Player:
    """A playlist whose sounds are constants, five frames each; loading is done at once, or held back."""

    def __init__(self, wished: ClipSpec | None = None) -> None:
        self.loaded: list[tuple[str, str, str]] = []
        self.held: list[Callable[[], None]] | None = None
        self.playlist = Playlist(self.load, self.spawn)
        if wished is not None:
            self.playlist.reconcile({"c": wished})

    def load(self, name: str, language: str, text: str) -> Samples:
        self.loaded.append((name, language, text))
        return np.full(FRAMES * FRAME_SAMPLES, SOUNDS[name], dtype=np.int16)

    def spawn(self, work: Callable[[], None]) -> None:
        if self.held is None:
            work()
        else:
            self.held.append(work)

    def play(self, ticks: int, *present: str) -> list[int]:
        """The largest sample in each frame of the only clip; −1 where there is none."""
        heard = []
        for _ in range(ticks):
            playing = self.playlist.turn(present)
            frames = [np.frombuffer(one.frame, dtype="<i2") for one in playing]
            heard.append(int(frames[0].max()) if frames else -1)
        return heard


def clip(*names: str, to: str = "user", every_s: float = 0.0) -> ClipSpec:
    return ClipSpec(to=frozenset({to}), names=names, language="it", text="soon", every_s=every_s)


def test_the_sounds_are_played_one_after_the_other_and_once() -> None:
    player = Player()
    for _ in range(3):
        player.playlist.reconcile({"c": clip("one", "two")})
    assert player.loaded == [("one", "it", "soon"), ("two", "it", "soon")]
    assert player.play(FRAMES * 2 + 3, "user") == [1000] * FRAMES + [2000] * FRAMES + [-1] * 3
    assert player.playlist.played == {"c"}
    player.playlist.reconcile({"c": clip("one", "two")})
    assert player.play(3, "user") == [-1] * 3
    assert player.playlist.changes == 2, "begun, and over"


def test_it_begins_when_it_can_be_heard_and_stands_still_while_it_cannot() -> None:
    player = Player()
    player.held = []
    player.playlist.reconcile({"c": clip("one")})
    assert player.play(3, "user") == [-1] * 3
    player.held.pop()()
    assert player.play(3, "operator") == [-1] * 3
    assert player.play(2, "operator", "user") == [1000] * 2
    assert player.play(10, "operator") == [-1] * 10
    assert player.play(4, "user") == [1000] * 3 + [-1]


def test_who_else_is_to_hear_it_hears_it_from_there_on() -> None:
    player = Player(clip("one"))
    player.play(2, "user")
    player.playlist.reconcile({"c": clip("one", to="operator")})
    (playing,) = player.playlist.turn(["user", "operator"])
    assert playing.to == {"operator"}
    assert len(player.loaded) == 1


def test_one_that_is_withdrawn_sounds_for_one_more_frame_to_be_faded_out_and_never_again() -> None:
    player = Player(clip("one"))
    player.play(2, "user")
    player.playlist.reconcile({})
    (last,) = player.playlist.turn(["user"])
    assert last.to == frozenset()
    assert player.playlist.turn(["user"]) == ()
    player.playlist.reconcile({"c": clip("one")})
    assert player.play(2, "user") == [-1, -1]
    assert player.playlist.played == {"c"}


def test_one_that_was_withdrawn_before_it_began_can_still_be_played() -> None:
    player = Player(clip("one"))
    player.playlist.reconcile({})
    assert player.playlist.played == frozenset()
    player.playlist.reconcile({"c": clip("one")})
    assert player.play(1, "user") == [1000]


def test_one_that_repeats_begins_again_after_its_pause_and_is_never_over() -> None:
    player = Player(clip("one", every_s=0.1))
    assert player.play(14, "user") == [1000] * FRAMES + [-1] * 5 + [1000] * 4
    player.playlist.reconcile({})
    player.play(1, "user")
    player.playlist.reconcile({"c": clip("one", every_s=0.1)})
    assert player.play(2, "user") == [1000] * 2
    assert player.playlist.played == frozenset()


def test_one_that_cannot_be_loaded_holds_up_nothing_and_is_named() -> None:
    player = Player(clip("one", "three"))
    assert player.play(1, "user") == [-1]
    assert player.playlist.played == {"c"}
    assert player.playlist.troubles() == {"c": "KeyError('three')"}


def test_its_edges_are_soft() -> None:
    player = Player(clip("one"))
    sound = b"".join(player.playlist.turn(["user"])[0].frame for _ in range(FRAMES))
    samples = np.frombuffer(sound, dtype="<i2").astype(int)
    assert np.abs(np.diff(samples, prepend=0, append=0)).max() < 30


def test_what_has_begun_is_told_and_what_is_withdrawn_in_its_middle_is_cut() -> None:
    player = Player()
    playlist = player.playlist
    once = ClipSpec(to=frozenset({"user"}), names=("one",))
    playlist.reconcile({"question:1": once})
    player.play(1)
    assert playlist.begun == frozenset(), "nobody is there to hear it"
    changes = playlist.changes
    player.play(1, "user")
    assert (playlist.begun, playlist.changes - changes) == ({"question:1"}, 1)
    playlist.reconcile({})
    assert (playlist.played, playlist.cut) == ({"question:1"}, {"question:1"})
    playlist.reconcile({"question:1": once})
    assert player.play(3, "user")[-1] == -1


def test_what_another_has_begun_is_over_before_it_begins() -> None:
    player = Player()
    begun = ClipSpec(to=frozenset({"user"}), names=("one",), begun=True)
    player.playlist.reconcile({"question:1": begun})
    assert player.play(3, "user") == [-1, -1, -1]
    assert (player.playlist.cut, player.loaded) == ({"question:1"}, [])


def test_what_is_told_to_have_begun_here_goes_on() -> None:
    player = Player()
    once = ClipSpec(to=frozenset({"user"}), names=("one",))
    player.playlist.reconcile({"question:1": once})
    player.play(2, "user")
    player.playlist.reconcile({"question:1": replace(once, begun=True)})
    player.play(FRAMES, "user")
    assert (player.playlist.played, player.playlist.cut) == ({"question:1"}, frozenset())


def test_where_no_thread_can_be_had_a_clip_is_loaded_when_it_is_wished_for_again() -> None:
    player = Player()
    full = True

    def spawn(work: Callable[[], None]) -> None:
        if full:
            raise RuntimeError("can't start new thread")
        work()

    player.playlist = Playlist(player.load, spawn)
    player.playlist.reconcile({"c": clip("one")})
    assert player.play(3, "user") == [-1] * 3
    full = False
    player.playlist.reconcile({"c": clip("one")})
    assert player.play(FRAMES, "user") == [1000] * FRAMES
