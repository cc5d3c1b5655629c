"""A headset's socket as a voice port: whole frames, never waiting, lost with whoever listens."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.ports.opening import open_port
from media.ports.unix_port import MOST_READS, UnixVoicePort
from media.ports.voice_port import VoicePortLost, VoicePortMissing, VoicePortSpec, VoicePortUnusable
from media.sound.frames import FRAME_SAMPLES, SILENCE
from tests.support.signals import level_db, tone

RATE_HZ = 16000
WIDE = 640
SAMPLES = 320


class Headset:
    def __init__(self, path: Path) -> None:
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(str(path))
        self.listener.listen()
        self.listener.setblocking(False)
        self.path = path
        self.connection: socket.socket | None = None

    def accept(self) -> socket.socket:
        self.connection, _ = self.listener.accept()
        self.connection.setblocking(False)
        return self.connection

    def heard(self) -> list[bytes]:
        assert self.connection is not None
        packets = []
        while True:
            try:
                packets.append(self.connection.recv(4096))
            except BlockingIOError:
                return packets

    def dies(self) -> None:
        """As a process does: what it listened on stays in the folder."""
        self.listener.close()
        if self.connection is not None:
            self.connection.close()


@pytest.fixture
def headset(tmp_path: Path) -> Iterator[Headset]:
    one = Headset(tmp_path / "marta.sock")
    yield one
    one.dies()


@pytest.fixture
def port(headset: Headset) -> Iterator[UnixVoicePort]:
    one = UnixVoicePort(str(headset.path))
    headset.accept()
    yield one
    one.close()


def wide(hz: float, tick: int) -> bytes:
    return tone(hz, SAMPLES, at=tick * SAMPLES, rate_hz=RATE_HZ)


def test_a_tone_passes_both_ways_in_frames_of_the_headset(headset: Headset, port: UnixVoicePort) -> None:
    assert headset.connection is not None
    said = b""
    heard: list[bytes] = []
    for tick in range(20):
        headset.connection.send(wide(1000, tick))
        said += port.read()
        port.write(tone(440, FRAME_SAMPLES, at=tick * FRAME_SAMPLES))
        heard += headset.heard()
    assert len(said) == 20 * len(SILENCE)
    assert level_db(said[640:], 1000) == pytest.approx(level_db(tone(1000, 160 * 18), 1000), abs=0.5)
    assert [len(packet) for packet in heard] == [WIDE] * 20
    assert level_db(b"".join(heard[2:]), 440, rate_hz=RATE_HZ) == pytest.approx(
        level_db(tone(440, 160 * 18), 440), abs=0.5
    )
    counters = port.counters()
    assert (counters.read_bytes, counters.written_frames, counters.dropped_frames) == (20 * WIDE, 20, 0)


@given(st.lists(st.sampled_from(["write", "hear", "say", "say no frame", "read"]), max_size=80))
def test_whatever_the_order_frames_stay_whole_and_none_is_counted_twice(turns: list[str]) -> None:
    with TemporaryDirectory() as folder:
        headset = Headset(Path(folder) / "marta.sock")
        port = UnixVoicePort(str(headset.path))
        connection = headset.accept()
        written = said = read = 0
        heard: list[bytes] = []
        for turn in turns:
            match turn:
                case "write":
                    port.write(SILENCE)
                    written += 1
                case "hear":
                    heard += headset.heard()
                case "say":
                    with suppress(BlockingIOError):
                        connection.send(bytes(WIDE))
                        said += 1
                case "say no frame":
                    with suppress(BlockingIOError):
                        connection.send(bytes(WIDE - 2))
                        connection.send(bytes(WIDE + 2))
                case "read":
                    read += len(port.read())
        # One read takes so many packets, frames or not.
        for _ in range(1 + 2 * len(turns) // MOST_READS):
            read += len(port.read())
        heard += headset.heard()
        counters = port.counters()
        assert read == said * len(SILENCE)
        assert counters.read_bytes == said * WIDE
        assert [len(packet) for packet in heard] == [WIDE] * counters.written_frames
        assert counters.written_frames + counters.dropped_frames == written
        port.close()
        headset.dies()


def test_a_reader_that_sleeps_costs_frames_and_no_time(headset: Headset, port: UnixVoicePort) -> None:
    longest = 0.0
    for _ in range(200):
        began = time.monotonic()
        port.write(SILENCE)
        longest = max(longest, time.monotonic() - began)
    assert len(headset.heard()) == port.counters().written_frames <= 4
    assert port.counters().dropped_frames >= 196
    assert longest < 0.5


def test_what_the_headset_says_beyond_measure_is_read_in_turns(headset: Headset, port: UnixVoicePort) -> None:
    assert headset.connection is not None
    said = 0
    with suppress(BlockingIOError):
        while True:
            headset.connection.send(bytes(WIDE))
            said += 1
    read = 0
    while pcm := port.read():
        assert len(pcm) <= 16 * len(SILENCE)
        read += len(pcm)
    assert read == said * len(SILENCE)


def test_a_headset_that_dies_is_a_lost_port(headset: Headset, port: UnixVoicePort) -> None:
    headset.dies()
    with pytest.raises(VoicePortLost):
        port.read()
    with pytest.raises(VoicePortLost):
        port.write(SILENCE)


def test_nobody_there_is_a_missing_port(tmp_path: Path, headset: Headset) -> None:
    with pytest.raises(VoicePortMissing, match="No such file"):
        open_port(
            VoicePortSpec(kind="unix", path=str(tmp_path / "luca.sock"), rate_hz=RATE_HZ, frame_bytes=WIDE)
        )
    with pytest.raises(VoicePortMissing, match="No such file"):
        UnixVoicePort(str(tmp_path / "no-folder" / "luca.sock"))
    headset.dies()
    with pytest.raises(VoicePortMissing, match="refused"):
        UnixVoicePort(str(headset.path))


def test_a_headset_that_does_not_accept_makes_nobody_wait(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(tmp_path / "marta.sock"))
        listener.listen(0)
        waiting = UnixVoicePort(str(tmp_path / "marta.sock"))
        began = time.monotonic()
        with pytest.raises(VoicePortMissing):
            UnixVoicePort(str(tmp_path / "marta.sock"))
        assert time.monotonic() - began < 0.5
        waiting.close()


@pytest.mark.parametrize(
    ("rate_hz", "frame_bytes"), [(44100, 1764), (16000, 320), (4000, 160), (16000, 1280)]
)
def test_a_format_that_is_no_frame_of_20_ms_is_refused(
    headset: Headset, rate_hz: int, frame_bytes: int
) -> None:
    with pytest.raises(VoicePortUnusable):
        UnixVoicePort(str(headset.path), rate_hz, frame_bytes)


def test_a_headset_at_8_khz_is_passed_through(headset: Headset) -> None:
    port = UnixVoicePort(str(headset.path), 8000, 320)
    connection = headset.accept()
    every_byte = bytes(range(256)) + bytes(64)
    connection.send(every_byte)
    port.write(every_byte)
    assert (port.read(), headset.heard()) == (every_byte, [every_byte])
    port.close()


def test_a_path_longer_than_an_address_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / ("long" * 40)
    folder.mkdir()
    monkeypatch.chdir(folder)
    headset = Headset(Path("marta.sock"))
    port = open_port(
        VoicePortSpec(kind="unix", path=str(folder / "marta.sock"), rate_hz=RATE_HZ, frame_bytes=WIDE)
    )
    port.close()
    headset.dies()


def test_closing_twice_is_harmless(port: UnixVoicePort) -> None:
    port.close()
    port.close()
    with pytest.raises(VoicePortLost):
        port.read()
