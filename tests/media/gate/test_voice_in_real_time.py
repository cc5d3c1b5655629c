"""Voice of another node at its real pace: through a gate's process, PTYs behind it, and what a loss costs."""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from media.conference.beat import Beat
from media.conference.conference import Conference
from media.ports.node_port import NodeVoicePort, node_spec
from media.ports.opening import open_port
from media.ports.voice_port import VoicePortLost, VoicePortSpec
from media.sound.frames import FRAME_BYTES, SILENCE
from tests.media.gates import Cable, GateProcess, at, let_in, opened
from tests.media.modem_side import ModemSide, modems
from tests.support.signals import frames, level_db, tone, usual_level_db
from tests.waiting import wait_until

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]

TONES_HZ = (440.0, 620.0, 880.0)
WITHIN_S = 20.0
UNBROKEN_S = 2
"""So many of five seconds are unbroken also on a machine with much other work; else nearly all."""


@pytest.fixture
def side(tmp_path: Path) -> Iterator[ModemSide]:
    with modems(tmp_path, *TONES_HZ) as side:
        yield side


@contextmanager
def gate_process(side: ModemSide, port: int = 0) -> Iterator[GateProcess]:
    gate = GateProcess(*(line.path for line in side.lines), port=port)
    try:
        gate.open()
        yield gate
    finally:
        gate.kill()


@contextmanager
def conference_of(members: dict[str, VoicePortSpec]) -> Iterator[Conference]:
    one = Conference(open_port=partial(open_port, let_in_by=let_in()))
    one.start()
    one.set_members(members)
    try:
        yield one
    finally:
        one.stop()


def local(side: ModemSide, number: int) -> VoicePortSpec:
    return VoicePortSpec(path=str(side[number].path))


def heard(side: ModemSide, number: int, count: int, since: float) -> list[float]:
    """How loud each tone is in so many frames that this modem has heard."""
    wait_until(
        lambda: len(side[number].sound(since)) >= count * FRAME_BYTES,
        within_s=WITHIN_S, what=f"{count} frames at modem {number}",
    )  # fmt: skip
    return [usual_level_db(side[number].sound(since), hz) for hz in TONES_HZ]


def test_a_conference_of_lines_of_two_nodes_has_each_hear_all_others(side: ModemSide) -> None:
    with gate_process(side) as gate:
        members = {"op": local(side, 0), "user": local(side, 1), "psap": node_spec(at(gate), "voice2")}
        with conference_of(members) as conference:
            own = level_db(tone(440, 1600), 440)
            for number in range(3):
                levels = heard(side, number, 75, 0.0)
                assert levels.pop(number) < min(levels) - 30
                assert levels == [pytest.approx(own, abs=1.0)] * 2
            assert conference.status().lost == {}
            assert conference.status().pace.faults == 0


def slips(pcm: bytes, hz: float) -> list[float]:
    """Where a tone does not go on as a tone does: how many milliseconds it has jumped, 0 for a hole."""
    jumps = []
    phases: list[float] = []
    for frame in frames(pcm):
        samples = np.frombuffer(frame, dtype="<i2").astype(float)
        turning = np.exp(-2j * np.pi * hz / 8000 * np.arange(len(samples)))
        value = np.dot(samples * np.hanning(len(samples)), turning)
        phases.append(float(np.angle(value)) if abs(value) > 100_000 else float("nan"))
    for before, after in itertools.pairwise(phases):
        ahead = (after - before - 2 * np.pi * hz * 0.020 + np.pi) % (2 * np.pi) - np.pi
        if np.isnan(ahead):
            jumps.append(0.0)
        elif abs(ahead) > 0.3:
            jumps.append(1000 * ahead / (2 * np.pi * hz))
    return jumps


def unbroken_seconds(pcm: bytes, hz: float) -> int:
    """How many of its whole seconds are without a slip: nearly all where one comes now and then, none where
    it belongs to the way."""
    second = 50 * FRAME_BYTES
    starts = range(0, len(pcm) - second + 1, second)
    return sum(not slips(pcm[start : start + second], hz) for start in starts)


@pytest.mark.timed
def test_five_seconds_pass_both_ways_and_hardly_a_frame_is_missing(side: ModemSide) -> None:
    """A port that is written and read at a bridge's pace, without a jitter buffer that would hide a loss."""
    with gate_process(side) as gate:
        port = opened(gate, "voice0")
        beat, said, skipped = Beat(), [], 0
        began = time.monotonic()
        for number in range(250):
            port.write(tone(1000, 160, at=number * 160))
            said.append(port.read())
            skipped += beat.wait().skipped
        took_s = time.monotonic() - began
        counters = port.counters()
        port.close()
        come, told = b"".join(said), b"".join(pcm for at, pcm in side[0].heard)
        told = told[: len(told) // FRAME_BYTES * FRAME_BYTES]
        print(f"{len(come) / FRAME_BYTES} come, {len(told) / FRAME_BYTES} told in {took_s:.3f} s", counters)
        print(f"{skipped} turns skipped here; jumps in ms: {slips(come, 440.0)}, {slips(told, 1000.0)}")
        for pcm, hz in ((come, 440.0), (told, 1000.0)):
            # A turn that other work takes from one of the processes is a hole, and a frame more.
            assert abs(len(pcm) / FRAME_BYTES - took_s * 50) <= 4 + skipped + len(slips(pcm, hz))
            assert usual_level_db(pcm, hz) == pytest.approx(level_db(tone(hz, 1600), hz), abs=1.0)
            assert unbroken_seconds(pcm, hz) >= UNBROKEN_S
        assert counters.dropped_frames == 0


@pytest.mark.timed
def test_a_killed_gate_is_a_lost_port_and_its_successor_has_the_voice_at_once(side: ModemSide) -> None:
    gate = GateProcess(*(line.path for line in side.lines))
    times = []
    try:
        gate.open()
        for _ in range(3):
            successor = GateProcess(*(line.path for line in side.lines), port=gate.address[1])
            port = opened(gate, "voice0")
            wait_until(port.read)
            gate.kill()
            with pytest.raises(VoicePortLost):
                wait_until(lambda port=port: port.read() and None, within_s=1.0)
            port.close()
            began = time.monotonic()
            successor.open()
            gate = successor
            again = opened(gate, "voice0")
            wait_until(again.read)
            times.append(time.monotonic() - began)
            again.close()
    finally:
        gate.kill()
    print("voice again after the restart, ms:", [round(1000 * one) for one in times])
    assert min(times) < 0.150  # on a loaded machine, at least once


class Bridge:
    """Another node's bridge: a process that can be killed, with a port that it reads and writes."""

    def __init__(self, gate: GateProcess, name: str) -> None:
        self.pid = os.fork()
        if self.pid == 0:
            try:
                port, beat = opened(gate, name), Beat()
                while True:
                    port.read()
                    port.write(tone(1000, 160))
                    beat.wait()
            finally:
                os._exit(1)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def ends(gate: GateProcess) -> int:
    """How many voice ports the gate's process has open."""
    found = 0
    for fd in Path(f"/proc/{gate.process.pid}/fd").iterdir():
        try:
            found += os.readlink(fd).startswith("/dev/pts/")
        except FileNotFoundError:
            continue
    return found


def test_a_killed_bridge_leaves_nothing_open_and_its_successor_takes_over(side: ModemSide) -> None:
    with gate_process(side) as gate:
        bridge = Bridge(gate, "voice0")
        wait_until(side[0].sounds, what="the bridge is heard")
        bridge.kill()
        wait_until(lambda: ends(gate) == 0, within_s=1.0, what="the port is closed")
        port = opened(gate, "voice0")
        wait_until(port.read)
        assert ends(gate) == 1
        port.close()
        wait_until(lambda: ends(gate) == 0, within_s=1.0)


def test_a_frozen_bridge_is_let_go_and_its_successor_is_not_disturbed_when_it_wakes(side: ModemSide) -> None:
    with gate_process(side) as gate:
        bridge = Bridge(gate, "voice0")
        try:
            wait_until(side[0].sounds, what="the bridge is heard")
            bridge.signal(signal.SIGSTOP)
            wait_until(lambda: ends(gate) == 0, within_s=3.0, what="the frozen one is let go")
            port = opened(gate, "voice0")
            bridge.signal(signal.SIGCONT)
            mouth = Mouth(port, side)
            for _ in range(50):
                mouth.say()
            assert ends(gate) == 1
            port.close()
        finally:
            bridge.kill()


class Mouth:
    """Another node's side of a port, at its pace."""

    def __init__(self, port: NodeVoicePort, side: ModemSide) -> None:
        self.port = port
        self._line = side[0]
        self._beat = Beat()
        self._click = np.zeros(160, dtype="<i2")
        self._click[:8] = 20_000

    def say(self, frame: bytes = SILENCE) -> None:
        self.port.write(frame)
        assert len(self.port.read()) <= 3 * FRAME_BYTES
        self._beat.wait()

    def until_lost(self) -> None:
        try:
            while True:
                self.say()
        except VoicePortLost as error:
            self.port.close()
            raise error

    def delays_ms(self) -> list[float]:
        """Of some clicks, from this mouth to the modem's ear; the least first."""
        delays = []
        for _ in range(5):
            for _ in range(10):
                self.say()
            began = time.monotonic()
            self.say(self._click.tobytes())
            while not self._line.sounds(began):
                self.say()
                assert time.monotonic() - began < 2.0
            delays.append(1000 * (self._line.sounds(began)[0][0] - began))
        print("delay to the modem, ms:", [round(one, 1) for one in delays])
        return sorted(delays)


@pytest.mark.timed
def test_a_frozen_gate_is_a_lost_port_and_there_is_no_delay_when_it_is_back(side: ModemSide) -> None:
    with gate_process(side) as gate:
        mouth = Mouth(opened(gate, "voice0"), side)
        for _ in range(25):
            mouth.say()
        gate.signal(signal.SIGSTOP)
        frozen = time.monotonic()
        with pytest.raises(VoicePortLost):
            mouth.until_lost()
        assert 0.8 < time.monotonic() - frozen < 1.5
        wait_until(lambda: time.monotonic() - frozen > 3.0)
        gate.signal(signal.SIGCONT)
        again = Mouth(opened(gate, "voice0"), side)
        assert again.delays_ms()[0] < 25
        again.port.close()
        wait_until(lambda: ends(gate) == 0, what="nothing is left open")


@pytest.mark.timed
def test_a_gate_that_was_frozen_for_half_a_second_has_no_delay_afterwards(side: ModemSide) -> None:
    with gate_process(side) as gate:
        mouth = Mouth(opened(gate, "voice0"), side)
        for number in range(100):
            if number == 25:
                gate.signal(signal.SIGSTOP)
            if number == 50:
                gate.signal(signal.SIGCONT)
            mouth.say(tone(1000, 160))
        assert mouth.delays_ms()[0] < 25
        mouth.port.close()


@pytest.mark.timed
def test_a_network_that_stands_still_is_a_lost_port_after_a_second_and_nothing_grows(side: ModemSide) -> None:
    with gate_process(side) as gate:
        cable = Cable(gate.address)
        try:
            mouth = Mouth(opened(cable, "voice0"), side)
            for _ in range(25):
                mouth.say()
            cable.cut.set()
            cut = time.monotonic()
            with pytest.raises(VoicePortLost, match="for a second"):
                mouth.until_lost()
            assert len(mouth.port._wire._queue) <= 3
            assert 0.8 < time.monotonic() - cut < 1.5
            wait_until(lambda: ends(gate) == 0, within_s=2.0, what="the gate has let go as well")
        finally:
            cable.close()


def test_a_network_that_takes_nothing_costs_frames_and_no_memory(side: ModemSide) -> None:
    """The other side does not read: its buffer fills, then ours, and the oldest frames go."""
    with gate_process(side) as gate:
        port = opened(gate, "voice0")
        gate.signal(signal.SIGSTOP)
        for _ in range(2000):
            port.write(SILENCE)
        assert len(port._wire._queue) <= 3
        assert port.counters().dropped_frames > 1900
        gate.signal(signal.SIGCONT)
        port.close()
