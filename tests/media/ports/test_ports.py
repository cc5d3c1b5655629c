"""A terminal as a voice port: raw, shared, never waiting, and honest about what it lost."""

from __future__ import annotations

import fcntl
import os
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from media.ports.opening import open_port
from media.ports.tty_port import TtyVoicePort
from media.ports.voice_port import VoicePortLost, VoicePortMissing, VoicePortSpec, VoicePortUnusable
from media.sound.frames import FRAME_SAMPLES, SILENCE
from tests.support.signals import tone
from tests.waiting import wait_until


class Modem:
    """A PTY; the slave is kept open and cooked, as a terminal is by default."""

    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        self.path = os.ttyname(self.slave)
        os.set_blocking(self.master, False)
        mode = termios.tcgetattr(self.slave)
        mode[2] |= termios.HUPCL
        termios.tcsetattr(self.slave, termios.TCSANOW, mode)

    def mode(self) -> list[int]:
        return termios.tcgetattr(self.slave)[:4]

    def say(self, pcm: bytes) -> int:
        return os.write(self.master, pcm)

    def arrived(self) -> int:
        """How many bytes can be read at the other end: they go there by way of a kernel's thread."""
        waiting = fcntl.ioctl(self.slave, termios.FIONREAD, b"\0\0\0\0")
        return int.from_bytes(waiting, sys.byteorder)

    def fill(self) -> int:
        said = 0
        while True:
            try:
                said += self.say(SILENCE)
            except BlockingIOError:
                return said

    def heard(self, least: int) -> bytes:
        sound = b""

        def enough() -> bool:
            nonlocal sound
            try:
                sound += os.read(self.master, 65536)
            except BlockingIOError:
                return len(sound) >= least
            return len(sound) >= least

        wait_until(enough, what=f"{least} bytes at the modem")
        return sound

    def unplug(self) -> None:
        for fd in (self.master, self.slave):
            if fd >= 0:
                os.close(fd)
        self.master = self.slave = -1


@pytest.fixture
def modem() -> Iterator[Modem]:
    one = Modem()
    yield one
    one.unplug()


@pytest.fixture
def port(modem: Modem) -> Iterator[TtyVoicePort]:
    one = TtyVoicePort(modem.path)
    yield one
    one.close()


def read(port: TtyVoicePort, least: int) -> bytes:
    sound = b""

    def enough() -> bool:
        nonlocal sound
        sound += port.read()
        return len(sound) >= least

    wait_until(enough, what=f"{least} bytes at the port")
    return sound


def test_sound_passes_both_ways_byte_by_byte(modem: Modem, port: TtyVoicePort) -> None:
    every_byte = bytes(range(256)) + bytes(64)
    modem.say(every_byte)
    assert read(port, 320) == every_byte
    port.write(every_byte)
    assert modem.heard(320) == every_byte
    assert port.counters().read_bytes == 320
    assert port.counters().written_frames == 1


def test_dying_does_not_drop_the_line_and_nothing_is_echoed(modem: Modem, port: TtyVoicePort) -> None:
    iflag, oflag, cflag, lflag = modem.mode()
    assert not cflag & termios.HUPCL
    assert cflag & termios.CLOCAL
    assert oflag == lflag == 0
    assert iflag == termios.IGNBRK | termios.IGNPAR


def test_a_successor_opens_it_beside_its_predecessor(modem: Modem, port: TtyVoicePort) -> None:
    with closing(TtyVoicePort(modem.path)) as successor:
        port.close()
        modem.say(tone(440, FRAME_SAMPLES))
        assert read(successor, 320) == tone(440, FRAME_SAMPLES)


def test_what_waited_before_the_opening_is_old_but_for_the_newest_40_ms(modem: Modem) -> None:
    predecessor = TtyVoicePort(modem.path)  # makes it raw
    for tick in range(12):  # as much as a terminal holds
        modem.say(tone(440, FRAME_SAMPLES, at=tick * FRAME_SAMPLES))
    wait_until(lambda: modem.arrived() == 12 * len(SILENCE), what="all of it has come through the kernel")
    port = TtyVoicePort(modem.path)
    try:
        assert port.read() == tone(440, 2 * FRAME_SAMPLES, at=10 * FRAME_SAMPLES)
    finally:
        port.close()
        predecessor.close()


def test_a_backlog_that_filled_the_kernel_is_gone_after_the_opening(modem: Modem) -> None:
    predecessor = TtyVoicePort(modem.path)
    assert modem.fill() > 8000
    port = TtyVoicePort(modem.path)
    try:
        port.read()
        modem.say(tone(440, FRAME_SAMPLES))
        assert read(port, 320).endswith(tone(440, FRAME_SAMPLES))
    finally:
        port.close()
        predecessor.close()


def test_a_modem_that_takes_nothing_costs_frames_and_no_time(modem: Modem, port: TtyVoicePort) -> None:
    longest = 0.0
    for _ in range(200):
        began = time.monotonic()
        port.write(tone(440, FRAME_SAMPLES))
        longest = max(longest, time.monotonic() - began)
    counters = port.counters()
    assert counters.dropped_frames > 0
    assert counters.written_frames + counters.dropped_frames == 200
    assert longest < 0.5


def test_what_a_full_port_takes_are_whole_frames_in_their_order(modem: Modem, port: TtyVoicePort) -> None:
    frames = [bytes([number, 0]) * FRAME_SAMPLES for number in range(1, 250)]
    for frame in frames[:120]:
        port.write(frame)
    sound = modem.heard(320)
    for frame in frames[120:-1]:
        port.write(frame)
    whole = (port.counters().written_frames - 1) * 320  # the last one may be cut
    sound += modem.heard(whole - len(sound))
    port.write(frames[-1])
    counters = port.counters()
    expected = counters.written_frames * 320
    sound += modem.heard(expected - len(sound))
    assert counters.dropped_frames > 0
    assert len(sound) == expected
    heard = [sound[at : at + 320] for at in range(0, expected, 320)]
    assert heard == sorted(set(heard), key=frames.index)


def test_a_modem_at_16_khz_is_spoken_to_at_16_khz(modem: Modem) -> None:
    with closing(TtyVoicePort(modem.path, rate_hz=16000, frame_bytes=640)) as port:
        for tick in range(5):
            port.write(tone(440, FRAME_SAMPLES, at=tick * FRAME_SAMPLES))
            modem.say(tone(440, 320, at=tick * 320, rate_hz=16000))
        assert len(modem.heard(5 * 640)) == 5 * 640
        assert len(read(port, 5 * 320)) == 5 * 320


def test_a_modem_that_takes_100_ms_at_a_time_gets_them_so(modem: Modem) -> None:
    with closing(TtyVoicePort(modem.path, frame_bytes=1600)) as port:
        sound = [tone(440, FRAME_SAMPLES, at=tick * FRAME_SAMPLES) for tick in range(10)]
        for frame in sound[:4]:
            port.write(frame)
        with pytest.raises(BlockingIOError):
            os.read(modem.master, 65536)
        for frame in sound[4:]:
            port.write(frame)
        assert modem.heard(3200) == b"".join(sound)


def test_an_unplugged_modem_is_a_lost_port(modem: Modem, port: TtyVoicePort) -> None:
    modem.unplug()
    with pytest.raises(VoicePortLost):
        port.read()
    with pytest.raises(VoicePortLost):
        port.write(SILENCE)


def test_a_path_with_nothing_behind_it_is_a_missing_port(tmp_path: Path) -> None:
    with pytest.raises(VoicePortMissing, match="No such file"):
        open_port(VoicePortSpec(path=str(tmp_path / "voice")))


def test_what_is_no_terminal_is_refused_and_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "voice"
    path.write_bytes(b"not a modem")
    with pytest.raises(VoicePortUnusable):
        open_port(VoicePortSpec(path=str(path)))
    assert path.read_bytes() == b"not a modem"


@pytest.mark.parametrize(("rate_hz", "frame_bytes"), [(44100, 320), (4000, 320), (8000, 321), (8000, 0)])
def test_a_format_that_is_not_spoken_is_refused(modem: Modem, rate_hz: int, frame_bytes: int) -> None:
    with pytest.raises(VoicePortUnusable):
        open_port(VoicePortSpec(path=modem.path, rate_hz=rate_hz, frame_bytes=frame_bytes))


def test_an_unknown_kind_is_refused(modem: Modem) -> None:
    with pytest.raises(VoicePortUnusable, match="kind"):
        open_port(VoicePortSpec(path=modem.path, kind="telegraph"))


def test_a_failed_opening_leaves_no_descriptor_behind(tmp_path: Path) -> None:
    (tmp_path / "voice").write_bytes(b"")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        with pytest.raises(VoicePortUnusable):
            TtyVoicePort(str(tmp_path / "voice"))
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_terminal_is_not_read_until_something_has_come(
    port: TtyVoicePort, modem: Modem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such a read waits for a worker of the kernel, and on a busy machine the whole conference with it."""
    reads: list[int] = []
    really_read = os.read

    def read(fd: int, size: int) -> bytes:
        if fd == port.fileno():
            reads.append(fd)
        return really_read(fd, size)

    monkeypatch.setattr(os, "read", read)
    for _ in range(3):
        assert port.read() == b""
    assert not reads
    for said in (tone(440, FRAME_SAMPLES), tone(440, FRAME_SAMPLES, at=FRAME_SAMPLES)):
        modem.say(said)
        wait_until(lambda: modem.arrived() >= 320, what="the frame")
        assert port.read() == said
        assert port.read() == b""
    assert len(reads) == 2


def test_closing_twice_is_harmless(port: TtyVoicePort) -> None:
    port.close()
    port.close()
    with pytest.raises(VoicePortLost):
        port.read()


def test_opening_takes_less_than_five_milliseconds(modem: Modem) -> None:
    times = []
    for _ in range(20):
        began = time.monotonic()
        TtyVoicePort(modem.path).close()
        times.append(time.monotonic() - began)
    assert min(times) < 0.005


class SlowDriver(TtyVoicePort):
    """A serial driver with a queue of its own, which a modem empties more slowly than it is filled."""

    waiting = 0
    asked = 0

    def _queued(self) -> int:
        self.asked += 1
        return self.waiting

    def _put(self, data: bytes) -> int:
        self.waiting += len(data)
        return len(data)


def test_a_driver_that_hoards_is_not_given_more_than_80_ms(modem: Modem) -> None:
    port = SlowDriver(modem.path)
    most = 0
    for _ in range(200):
        port.write(SILENCE)
        most = max(most, port.waiting)
        port.waiting = max(0, port.waiting - 200)
    counters = port.counters()
    port.close()
    assert most <= 4 * len(SILENCE)
    assert counters.written_frames + counters.dropped_frames == 200
    assert counters.written_frames == pytest.approx(200 * 200 / 320, abs=5)


def test_a_driver_whose_queue_is_empty_is_asked_now_and_then(modem: Modem) -> None:
    port = SlowDriver(modem.path)
    for _ in range(100):
        port.write(SILENCE)
        port.waiting = 0
    asked = port.asked
    port.close()
    assert 20 <= asked <= 30


def test_a_modem_that_clocks_both_ways_is_told_as_much_as_it_says(modem: Modem) -> None:
    with closing(TtyVoicePort(modem.path, by_modem=True)) as port:
        frames = [tone(440, FRAME_SAMPLES, at=tick * FRAME_SAMPLES) for tick in range(6)]
        port.write(frames[0])
        with pytest.raises(BlockingIOError):
            os.read(modem.master, 65536)
        modem.say(bytes(3 * 320))
        read(port, 3 * 320)
        for frame in frames[1:]:
            port.write(frame)
        assert modem.heard(3 * 320) == b"".join(frames[:3])
        with pytest.raises(BlockingIOError):
            os.read(modem.master, 65536)
