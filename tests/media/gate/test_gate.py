"""A gate and its ports on the loopback: who is let in, what is opened, what is left when somebody goes."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media.conference.beat import Beat
from media.gate.gate import MAX_PENDING_CLIENTS, Gate
from media.gate.protocol import CHALLENGE_BYTES, MOST_NAME_BYTES, PROOF_BYTES, PortHandshake
from media.gate.wire import listening
from media.ports.node_port import NodeVoicePort, node_spec, place_of
from media.ports.opening import open_port
from media.ports.voice_port import (
    PortCounters,
    VoicePort,
    VoicePortLost,
    VoicePortMissing,
    VoicePortSpec,
    VoicePortUnusable,
)
from media.sound.frames import FRAME_BYTES, FRAME_SAMPLES, SILENCE
from runtime.published import voice_files
from tests.media.gates import OTHER_SECRET, SECRET, at, gate_of, let_in, opened
from tests.support.depth import often
from tests.support.each import each
from tests.support.signals import is_comfort, level_db, tone
from tests.waiting import wait_until


class Line:
    """A modem's voice port at the gate, and its other end: a pipe that can be said into and read."""

    rate_hz = 8000
    wide = False

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe2(os.O_NONBLOCK)
        self.heard: list[bytes] = []
        self.read_bytes = 0
        self.closed = False
        self.fault: Exception | None = None

    def say(self, pcm: bytes) -> None:
        os.write(self.writer, pcm)

    def read(self) -> bytes:
        if self.fault is not None:
            raise self.fault
        with suppress(BlockingIOError):
            pcm = os.read(self.reader, 65536)
            self.read_bytes += len(pcm)
            return pcm
        return b""

    def write(self, frame: bytes) -> None:
        assert not self.closed
        self.heard.append(frame)

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            os.close(self.reader)
            os.close(self.writer)

    def fileno(self) -> int:
        return self.reader

    def counters(self) -> PortCounters:
        return PortCounters()


class Node:
    """What a node offers, and every port that was opened of it."""

    def __init__(self, *names: str) -> None:
        self.offers = {name: VoicePortSpec(path=f"/dev/{name}") for name in names}
        self.lines: list[Line] = []
        self.paths: list[str] = []
        self.holds = False

    def open(self, spec: VoicePortSpec) -> VoicePort:
        wait_until(lambda: not self.holds)
        if spec.path == "/dev/unplugged":
            raise VoicePortMissing(f"{spec.path}: No such file or directory")
        self.paths.append(spec.path)
        self.lines.append(Line())
        return self.lines[-1]

    @property
    def line(self) -> Line:
        return self.lines[-1]


@contextmanager
def node(*names: str) -> Iterator[tuple[Node, Gate]]:
    one = Node(*names)
    with gate_of(one.offers.get, port_of=one.open) as gate:
        yield one, gate
    wait_until(lambda: all(line.closed for line in one.lines), what="every port is closed")


def exchange(port: NodeVoicePort, line: Line, frames: int) -> tuple[bytes, bytes]:
    """Both sides talk at their pace: what the bridge's side has heard, and what the modem was told."""
    said = b""
    began, beat = len(line.heard), Beat()
    for number in range(frames):
        line.say(tone(440, FRAME_SAMPLES, at=number * FRAME_SAMPLES))
        port.write(tone(1000, FRAME_SAMPLES, at=number * FRAME_SAMPLES))
        beat.wait()
        said += port.read()
    wait_until(lambda: len(line.heard) >= began + frames)
    return said, b"".join(frame for frame in line.heard[began:] if not is_comfort(frame))


def test_a_tone_passes_both_ways_and_keeps_its_level() -> None:
    with node("sim1") as (one, gate):
        port = opened(gate, "sim1")
        assert one.paths == ["/dev/sim1"]
        said, heard = exchange(port, one.line, 60)
        for pcm, hz in ((said, 440), (heard, 1000)):
            assert len(pcm) > 50 * FRAME_BYTES
            part = pcm[5 * FRAME_BYTES : 15 * FRAME_BYTES]
            assert level_db(part, hz) == pytest.approx(level_db(tone(hz, 1600), hz), abs=1.0)
        assert [one.name for one in gate.status().voices] == ["sim1"]
        assert (port.counters().dropped_frames, port.counters().written_frames) == (0, 60)
        port.close()
        wait_until(lambda: one.line.closed, within_s=1.0, what="the port is closed with its connection")
        assert gate.status().voices == ()


def test_two_voices_at_once_are_not_mixed_up() -> None:
    with node("sim1", "sim2") as (one, gate):
        ports = [opened(gate, name) for name in ("sim1", "sim2")]
        for line, word in zip(one.lines, (b"\1\0", b"\2\0"), strict=True):
            line.say(word * FRAME_SAMPLES)
        for number, port in enumerate(ports, 1):
            assert set(wait_until(port.read)[::2]) == {number}
            port.write(bytes((number, 0)) * FRAME_SAMPLES)
        for number, line in enumerate(one.lines, 1):
            wait_until(lambda line=line: any(frame[0] for frame in line.heard))
            assert {frame[0] for frame in line.heard} <= {0, number}
        for port in ports:
            port.close()


def test_what_a_modem_says_in_bits_goes_out_as_whole_frames() -> None:
    with node("sim1") as (one, gate):
        port = opened(gate, "sim1")
        pcm = tone(440, 3 * FRAME_SAMPLES)
        said: list[bytes] = []

        def all_said() -> bool:
            said.append(port.read())
            return b"".join(said) == pcm

        for at_byte in range(0, len(pcm), 96):
            one.line.say(pcm[at_byte : at_byte + 96])
            wait_until(lambda: one.line.read_bytes == at_byte + 96)  # noqa: B023 - it is over in this round
            said.append(port.read())
        wait_until(all_said)
        assert all(len(part) % FRAME_BYTES == 0 for part in said)
        port.close()


def test_a_modem_is_told_silence_where_the_bridge_says_nothing() -> None:
    with node("sim1") as (one, gate):
        port = opened(gate, "sim1")
        wait_until(lambda: len(one.line.heard) >= 10)
        assert set(one.line.heard) == {SILENCE}
        assert port.read() == b""
        port.close()


def test_a_modem_that_says_nothing_is_no_lost_port_and_a_silent_bridge_is() -> None:
    with node("sim1") as (one, gate):
        port = opened(gate, "sim1")
        beat = Beat()
        for _ in range(75):
            assert port.read() == b""
            silent = time.monotonic()
            port.write(SILENCE)
            beat.wait()
        wait_until(lambda: one.line.closed, within_s=3.0, what="a bridge that says nothing is let go")
        assert time.monotonic() - silent > 0.9
        with pytest.raises(VoicePortLost):
            wait_until(port.read, within_s=1.0)
        port.close()


def test_an_unknown_name_is_refused_in_words() -> None:
    with node("sim1") as (one, gate):
        with pytest.raises(VoicePortMissing, match="no voice of this node has the name sim9"):
            opened(gate, "sim9")
        assert one.paths == []


@each("name", ["/dev/sim1", "../dev/sim1", "sim1/", "sim1\n", "SIM1", "é" * 64])
def test_only_what_is_offered_is_opened_whatever_a_name_looks_like(name: str) -> None:
    with node("sim1") as (one, gate):
        with pytest.raises(VoicePortMissing, match="no voice of this node"):
            opened(gate, name)
        assert one.paths == []


def test_a_port_that_cannot_be_opened_says_why() -> None:
    with node("unplugged") as (_, gate), pytest.raises(VoicePortMissing, match="No such file or directory"):
        opened(gate, "unplugged")


def test_another_secret_is_refused_and_a_node_without_one_has_no_ports_elsewhere() -> None:
    with node("sim1") as (one, gate):
        with pytest.raises(VoicePortUnusable, match="does not know the secret"):
            opened(gate, "sim1", let_in(OTHER_SECRET))
        with pytest.raises(VoicePortUnusable, match="has one node"):
            open_port(node_spec(at(gate), "sim1"))
        wait_until(lambda: gate.status().refused == 1)
        assert "was refused" in gate.take_notes()[0].text
        assert one.paths == []
        opened(gate, "sim1").close()


def test_a_proof_that_is_wrong_is_closed_and_told() -> None:
    with node("sim1") as (one, gate), socket.create_connection(gate.address) as made:
        caller = PortHandshake(OTHER_SECRET, "sim1", caller=b"c" * 8, nonce=b"n" * 16)
        made.sendall(caller.request)
        assert len(made.recv(CHALLENGE_BYTES)) == CHALLENGE_BYTES
        made.sendall(b"p" * PROOF_BYTES)
        assert made.recv(100) == b""
        wait_until(lambda: gate.status().refused == 1)
        assert [note.suspicious for note in gate.take_notes()] == [True]
        assert one.paths == []


def test_nobody_there_is_a_missing_port_and_nobody_waits_long(unused: int) -> None:
    began = time.monotonic()
    with pytest.raises(VoicePortMissing, match="refused"):
        open_port(node_spec(f"127.0.0.1:{unused}", "sim1"), let_in_by=let_in())
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(VoicePortMissing, match="no answer"):
            open_port(node_spec(f"127.0.0.1:{silent.getsockname()[1]}", "sim1"), let_in_by=let_in())
    assert time.monotonic() - began < 2.0


@pytest.fixture
def unused() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


@each(
    "path", ["", "sim1", "10.0.0.1/sim1", "10.0.0.1:0/sim1", "10.0.0.1:70000/sim1", "10.0.0.1:1/",
             "a.example:1/x", ":1/x", "10.0.0.1:x/y", "127.0.0.1:1/" + "x" * (MOST_NAME_BYTES + 1)],
)  # fmt: skip
def test_a_path_that_is_none_is_unusable(path: str) -> None:
    with pytest.raises(VoicePortUnusable):
        open_port(VoicePortSpec(path=path, kind="node"), let_in_by=let_in())


def test_a_path_names_a_gate_and_a_voice() -> None:
    assert place_of("10.0.0.2:4711/sim1") == ("10.0.0.2", 4711, "sim1")
    assert place_of("[fd00::2]:4711/voice/marta.sock") == ("fd00::2", 4711, "voice/marta.sock")


def test_the_newer_has_the_voice_and_the_older_does_not_tear_it_back() -> None:
    with node("sim1") as (one, gate):
        older, newer = let_in(), let_in()
        first = opened(gate, "sim1", older)
        second = opened(gate, "sim1", newer)
        wait_until(lambda: one.lines[0].closed)
        with pytest.raises(VoicePortLost):
            wait_until(first.read, within_s=1.0)
        with pytest.raises(VoicePortMissing, match="another conference"):
            opened(gate, "sim1", older)
        assert not one.lines[1].closed
        second.close()
        wait_until(lambda: one.lines[1].closed)
        wait_until(lambda: gate.status().voices == ())
        opened(gate, "sim1", older).close()
        first.close()


def test_a_port_whose_modem_is_unplugged_is_lost_and_no_other_voice_is() -> None:
    with node("sim1", "sim2") as (one, gate):
        first, second = opened(gate, "sim1"), opened(gate, "sim2")
        one.lines[0].fault = VoicePortLost("/dev/sim1: Input/output error")
        one.lines[0].say(SILENCE)
        with pytest.raises(VoicePortLost):
            wait_until(first.read, within_s=1.0)
        assert [one.name for one in gate.status().voices] == ["sim2"]
        one.lines[1].fault = ZeroDivisionError("driver")
        one.lines[1].say(SILENCE)
        with pytest.raises(VoicePortLost):
            wait_until(second.read, within_s=1.0)
        assert gate.status().faults == 1
        for port in (first, second):
            port.close()
            port.close()


def test_a_port_that_opens_slowly_holds_up_nobody_and_goes_to_the_newest_who_waits() -> None:
    with node("sim1", "sim2") as (one, gate):
        one.holds = True
        with pytest.raises(VoicePortMissing):
            opened(gate, "sim1")
        one.holds = False
        wait_until(lambda: one.lines and one.line.closed, what="what nobody wants any more is closed")
        opened(gate, "sim2").close()


def test_frames_that_are_none_end_their_connection_only() -> None:
    with node("sim1", "sim2") as (one, gate):
        bad, good = opened(gate, "sim1"), opened(gate, "sim2")
        bad._wire._socket.send(b"\xff" * 100)
        wait_until(lambda: one.lines[0].closed)
        good.write(SILENCE)
        assert good.read() == b""
        for port in (bad, good):
            port.close()


@pytest.fixture(scope="module")
def pestered() -> Iterator[Gate]:
    with node("sim1") as (_, gate):
        yield gate


@settings(max_examples=often(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(min_size=1, max_size=300), max_size=4), st.booleans())
def test_no_bytes_at_all_hurt_the_gate(pestered: Gate, pieces: list[bytes], hangs_up: bool) -> None:
    with socket.create_connection(pestered.address) as made:
        with suppress(OSError):
            for piece in pieces:
                made.send(piece)
        if not hangs_up:
            made.setblocking(False)
            with suppress(OSError):
                made.recv(1000)
    opened(pestered, "sim1").close()
    assert pestered.status().faults == 0


def test_when_all_bridges_come_at_once_all_have_their_voices_soon() -> None:
    names = [f"sim{number}" for number in range(60)]
    with node(*names) as (one, gate):
        ports: list[NodeVoicePort] = []
        began = time.monotonic()
        threads = [threading.Thread(target=lambda n=name: ports.append(opened(gate, n))) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        took_s = time.monotonic() - began
        print(f"{len(ports)} voices after {took_s:.3f} s")
        assert len(ports) == len(one.lines) == 60
        assert took_s < 2.0
        for port in ports:
            port.close()


@each("host", ["127.0.0.1", "::1"])
def test_a_gate_listens_at_either_kind_of_address(host: str) -> None:
    one = Node("sim1")
    gate = Gate(listening(host, (0,)), SECRET, one.offers.get, open_port=one.open)
    gate.start()
    at = voice_files.host_and_port(*gate.address)
    open_port(node_spec(at, "sim1"), let_in_by=let_in()).close()
    gate.stop()
    wait_until(lambda: one.line.closed)


def test_who_only_connects_is_let_go_after_a_second_and_never_are_there_more_than_some() -> None:
    with node("sim1") as (_, gate):
        idle = [socket.create_connection(gate.address) for _ in range(2 * MAX_PENDING_CLIENTS)]
        wait_until(lambda: gate.status().refused >= MAX_PENDING_CLIENTS)
        assert gate.status().pending_clients <= MAX_PENDING_CLIENTS
        began = time.monotonic()
        opened(gate, "sim1").close()
        assert time.monotonic() - began < 0.5
        wait_until(lambda: gate.status().pending_clients == 0, within_s=3.0)
        for made in idle:
            made.close()
        assert gate.status().faults == 0


def test_a_gate_that_stops_leaves_neither_thread_nor_descriptor(tmp_path: Path) -> None:
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    with node("sim1") as (_, gate):
        port = opened(gate, "sim1")
        knocking = socket.create_connection(gate.address)
        wait_until(lambda: gate.status().pending_clients == 1)
    gate.stop()
    with pytest.raises(VoicePortLost):
        wait_until(port.read, within_s=1.0)
    port.close()
    knocking.close()
    wait_until(lambda: len(list(Path("/proc/self/fd").iterdir())) == descriptors)
    assert not gate._thread or not gate._thread.is_alive()
