"""Voice through PTYs at its real pace: who hears whom, what a loss costs, and how fast a successor is."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from media.conference.conference import Conference
from media.ports.voice_port import VoicePortSpec
from tests.media.modem_side import Line, ModemSide, modems
from tests.support.hearing import longest_gap_s
from tests.support.signals import usual_level_db
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
TONES_HZ = (440.0, 620.0, 880.0)
FRAME_BYTES = 320
WITHIN_S = 20.0


@pytest.fixture
def side(tmp_path: Path) -> Iterator[ModemSide]:
    with modems(tmp_path, *TONES_HZ) as side:
        yield side


@pytest.fixture
def conference() -> Iterator[Conference]:
    one = Conference()
    yield one
    one.stop()


def members(*lines: Line) -> dict[str, VoicePortSpec]:
    return {line.path.name: VoicePortSpec(path=str(line.path)) for line in lines}


def wait_for_sound(line: Line, frames: int, *, since: float = 0.0) -> bytes:
    wait_until(
        lambda: len(line.sound(since)) >= frames * FRAME_BYTES,
        within_s=WITHIN_S,
        what=f"{frames} frames of sound at {line.path.name}",
    )
    return line.sound(since)


def levels(sound: bytes) -> list[float]:
    return [usual_level_db(sound, hz) for hz in TONES_HZ]


def test_three_ports_hear_the_other_two_and_not_themselves(side: ModemSide, conference: Conference) -> None:
    conference.start()
    conference.set_members(members(*side.lines))
    for number, line in enumerate(side.lines):
        heard = levels(wait_for_sound(line, 75))
        own = heard.pop(number)
        assert min(heard) > -20
        assert own < min(heard) - 30
    status = conference.status()
    assert status.joined == ("voice0", "voice1", "voice2")
    assert (status.lost, status.pace.faults) == ({}, 0)
    assert status.pace.ticks >= 75
    assert all(report.voice for report in conference.levels().values())


def test_the_first_mixed_frame_comes_within_40_ms_of_joining(side: ModemSide, conference: Conference) -> None:
    conference.start()
    conference.set_members(members(side[0], side[1]))
    wait_for_sound(side[0], 10)
    times = []
    for _ in range(5):
        joined = time.monotonic()
        conference.set_members(members(*side.lines))
        wait_for_sound(side[2], 1, since=joined)
        times.append(side[2].sounds(joined)[0][0] - joined)
        conference.set_members(members(side[0], side[1]))
        wait_until(lambda: "voice2" not in conference.status().joined, within_s=WITHIN_S)
        wait_for_sound(side[0], 5, since=time.monotonic())
    print("first mixed frame after, ms:", [round(1000 * one, 1) for one in times])
    assert min(times) < 0.040  # on a loaded machine, at least once


@pytest.mark.process
@pytest.mark.timed
def test_a_busy_thread_beside_it_does_not_take_the_voices_time(
    side: ModemSide, conference: Conference
) -> None:
    sys.setswitchinterval(0.005)  # Python's own
    done = threading.Event()

    def compute() -> None:
        while not done.is_set():
            sum(range(1000))

    busy = threading.Thread(target=compute, daemon=True)
    busy.start()
    try:
        conference.start()
        conference.set_members(members(*side.lines))
        for line in side.lines:
            wait_for_sound(line, 40)
    finally:
        done.set()
        busy.join(10)
    pace = conference.status().pace
    assert pace.late_ticks + pace.skipped_ticks < pace.ticks / 2
    assert sys.getswitchinterval() <= 0.0005


def test_stopping_takes_a_moment_and_leaves_neither_thread_nor_port(side: ModemSide) -> None:
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    conference = Conference()
    conference.start()
    conference.set_members(members(*side.lines))
    wait_for_sound(side[0], 5)
    began = time.monotonic()
    conference.stop()
    assert time.monotonic() - began < 2
    assert not conference.status().running
    assert len(list(Path("/proc/self/fd").iterdir())) == descriptors


class Mixer:
    """A mixer's process, started and preloaded, that mixes these conferences once it is told to."""

    def __init__(self, *conferences: list[Line]) -> None:
        paths = [",".join(str(line.path) for line in lines) for lines in conferences]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.media.successor", *paths],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def mix(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("mix\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


@pytest.mark.process
@pytest.mark.timed
def test_a_killed_mixer_leaves_a_short_gap_and_its_successor_takes_the_ports_over(side: ModemSide) -> None:
    gaps = []
    with ExitStack() as mixers:

        def started() -> Mixer:
            mixer = Mixer(list(side.lines))
            mixers.callback(mixer.kill)
            return mixer

        current = started()
        current.mix()
        for _ in range(3):
            successor = started()
            for line in side.lines:
                wait_for_sound(line, 10, since=time.monotonic())
            current.kill()
            killed = time.monotonic()
            successor.mix()
            for number, line in enumerate(side.lines):
                heard = levels(wait_for_sound(line, 40, since=killed + 0.005))
                own = heard.pop(number)
                assert min(heard) > -20
                assert own < min(heard) - 30
                before = [at for at, _ in line.sounds() if at < killed + 0.005][-1]
                gaps.append(line.sounds(killed + 0.005)[0][0] - before)
            current = successor
    print("gaps in the voice, ms:", [round(1000 * gap) for gap in gaps])
    assert min(gaps) < 0.150  # on a loaded machine, at least once


@pytest.mark.process
@pytest.mark.timed
def test_a_mixer_that_is_asked_hands_over_and_nobody_misses_more_than_a_frame(side: ModemSide) -> None:
    with ExitStack() as stack:
        first, heir = Mixer(list(side.lines)), Mixer(list(side.lines))
        stack.callback(first.kill)
        stack.callback(heir.kill)
        first.mix()
        for line in side.lines:
            wait_for_sound(line, 50)
        handed = time.monotonic()
        heir.mix()
        assert first.process.stdout is not None
        assert first.process.stdout.readline() == "handed over\n"
        for number, line in enumerate(side.lines):
            wait_for_sound(line, 50, since=handed)
            began = handed - 0.5
            pcm = b"".join(part for at, part in list(line.heard) if at >= began)
            others = [hz for other, hz in enumerate(TONES_HZ) if other != number]
            until_s = len(pcm) / 16000 - 0.05
            assert max(longest_gap_s(pcm, hz, 0.05, until_s) for hz in others) <= 0.045
        assert first.process.poll() is None


@pytest.mark.process
def test_a_mixer_hands_over_the_conference_that_is_wanted_and_no_other(side: ModemSide) -> None:
    with ExitStack() as stack:
        one, other = [side[0], side[1]], [side[2]]
        first, heir = Mixer(one, other), Mixer(one)
        stack.callback(first.kill)
        stack.callback(heir.kill)
        first.mix()
        for line in one:
            wait_for_sound(line, 10)
        wait_until(lambda: side[2].heard, what="the comfort noise of a party alone")
        handed = time.monotonic()
        heir.mix()
        assert first.process.stdout is not None
        assert first.process.stdout.readline() == "handed over\n"
        for line in one:
            wait_for_sound(line, 20, since=handed)
        first.kill()
        killed = time.monotonic()
        for line in one:
            wait_for_sound(line, 20, since=killed)
        time_of_last = [at for at, _ in side[2].heard][-1]
        assert handed + 0.2 < time_of_last < killed + 0.2, "the other was mixed until its mixer was killed"
