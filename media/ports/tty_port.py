"""Voice port of a terminal: configured, read and written without waiting, with a measured rate."""

from __future__ import annotations

import errno
import fcntl
import os
import select
import struct
import termios
import time
from collections.abc import Callable

from media.conference.jitter import TARGET_MS
from media.ports.claim import is_wanted
from media.ports.rates import MeasuredRate, Rates
from media.ports.terminal_bytes import ModemPace, SampleAligner
from media.ports.voice_port import PortCounters, VoicePortLost, VoicePortMissing, VoicePortUnusable
from media.sound.frames import FRAME_BYTES, FRAME_MS, RATE_HZ, SAMPLE_BYTES

_READ_BYTES = 4096  # the tty layer returns at most 4095 at a time
_MOST_READS = 64
_QUEUE_FRAMES = 3
"""Frames that may wait in the driver (60 ms). More is lasting delay: the modem plays at the pace at which the
host writes.
"""


class TtyVoicePort:
    """Voice port of a terminal: a modem's second serial interface, or a simulator's PTY.

    The terminal is opened without TIOCEXCL, so that a successor can take over the voice from a dying
    predecessor; a living one hands over at the request of `claim` (`media.ports.claim`). HUPCL is cleared:
    otherwise the kernel drops DTR when this process dies, and the modem may drop the call.
    """

    def __init__(
        self,
        path: str,
        rate_hz: int = RATE_HZ,
        frame_bytes: int = FRAME_BYTES,
        claim: Callable[[int], None] | None = None,
        *,
        keeps_wide: bool = False,
        by_modem: bool = False,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open and configure the terminal, after the return of `claim`. Raises VoicePortMissing or
        VoicePortUnusable.

        `rate_hz` holds until measured, by `now_s`; `frame_bytes` is the unit at that rate. `keeps_wide`: keep
        16 kHz. `by_modem`: write as much as the modem delivers, instead of a frame in each write.
        """
        if rate_hz < RATE_HZ or rate_hz % RATE_HZ or frame_bytes <= 0 or frame_bytes % SAMPLE_BYTES:
            raise VoicePortUnusable(f"{path}: {rate_hz} Hz in units of {frame_bytes} bytes is not supported")
        self.path = path
        self._now_s = now_s
        self._measured = MeasuredRate(rate_hz)
        self._rates = Rates(rate_hz, keeps_wide=keeps_wide)
        self._pace = ModemPace(FRAME_BYTES * rate_hz // RATE_HZ) if by_modem else None
        self._unit_at_8_khz = frame_bytes * RATE_HZ / rate_hz
        self._set_sizes()
        self._aligner = SampleAligner()
        self._unsaid = b""  # less than a unit; waits for the next frame
        self._cut = b""  # rest of a unit partly taken by the driver
        self._unasked = 0  # bytes that may be written before the driver's queue is checked again
        self._read = self._written = self._dropped = 0
        self._fd = _open_raw(path)
        # A read without data waits in the kernel for the worker that moves input from the driver
        # (`tty_buffer_flush_work`), even with O_NONBLOCK: on a busy machine for several ticks. So does a
        # level-triggered poll. Edge-triggered, the worker itself signals new input.
        self._arrivals = select.epoll()
        self._arrivals.register(self._fd, select.EPOLLIN | select.EPOLLET)
        if claim is not None:
            claim(self._fd)
        try:
            newest_bytes = FRAME_BYTES * (rate_hz // RATE_HZ) * TARGET_MS // FRAME_MS
            early = self._drain()
            self._early = self._aligner.feed(early)[-newest_bytes:]
            if self._pace is not None:
                self._pace.count_received(len(early))
        except VoicePortLost as error:
            self.close()
            raise VoicePortMissing(str(error)) from error

    def read(self) -> bytes:
        data = self._drain() if self._fd < 0 or self._arrivals.poll(0) else b""
        self._read += len(data)
        pcm = self._early + self._aligner.feed(data)
        self._early = b""
        if self._measured.after(len(data), self._now_s()):
            self._rates.change(self._measured.rate_hz)
            self._set_sizes()
            if self._pace is not None:
                self._pace.change(FRAME_BYTES * self.rate_hz // RATE_HZ)
        if self._pace is not None:
            self._pace.count_received(len(data))
        return self._rates.from_port(pcm)

    def write(self, frame: bytes) -> None:
        said = self._rates.to_port(frame)
        block = self._unsaid + (said if self._pace is None else self._due(said, self._pace))
        if rest := len(block) % self._unit:
            block, self._unsaid = block[:-rest], block[-rest:]
        else:
            self._unsaid = b""
        if self._cut:
            self._cut = self._cut[self._put(self._cut) :]
        blocked = bool(self._cut) or not self._room_for(block)
        taken = 0 if blocked else self._put(block)
        if taken or not (blocked or block):
            self._cut = block[taken:]
            self._written += 1
        else:
            self._dropped += 1
            if self._pace is not None:
                self._pace.not_taken(len(block))

    def _due(self, said: bytes, pace: ModemPace) -> bytes:
        """Return the bytes due to the modem, limited by the room in the driver."""
        due = pace.due(said)
        pace.not_taken(len(due[self._queue_limit :]))
        return due[: self._queue_limit]

    @property
    def rate_hz(self) -> int:
        return self._rates.rate_hz

    @property
    def wide(self) -> bool:
        return self._rates.wide

    def close(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            self._arrivals.close()
            os.close(fd)

    def fileno(self) -> int:
        return self._fd

    def is_wanted(self) -> bool:
        return is_wanted(self._fd)

    def counters(self) -> PortCounters:
        return PortCounters(
            read_bytes=self._read,
            written_frames=self._written,
            dropped_frames=self._dropped,
            realigned=self._aligner.realigned,
        )

    def _set_sizes(self) -> None:
        ratio = self._rates.rate_hz // RATE_HZ
        self._unit = int(self._unit_at_8_khz * ratio)
        self._queue_limit = max(_QUEUE_FRAMES * FRAME_BYTES * ratio, 2 * self._unit)

    def _drain(self) -> bytes:
        parts: list[bytes] = []
        for _ in range(_MOST_READS):
            try:
                data = os.read(self._fd, _READ_BYTES)
            except BlockingIOError:
                break
            except OSError as error:
                raise VoicePortLost(f"{self.path}: {error.strerror}") from error
            if not data:  # with VMIN=1 this is a hang-up, never mere silence
                raise VoicePortLost(f"{self.path}: the voice port was closed")
            parts.append(data)
            if len(data) < _READ_BYTES - 1:
                break
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _put(self, data: bytes) -> int:
        try:
            return os.write(self._fd, data) if data else 0
        except BlockingIOError:
            return 0
        except OSError as error:
            raise VoicePortLost(f"{self.path}: {error.strerror}") from error

    def _room_for(self, block: bytes) -> bool:
        """Return True if the driver has room for the block; its queue is checked only when it may be full."""
        if self._unasked < len(block) or not block:
            self._unasked = self._queue_limit - self._queued() + len(block)
        if self._unasked < len(block):
            return False
        self._unasked -= len(block)
        return True

    def _queued(self) -> int:
        """Return the bytes waiting in the driver; 0 if the driver does not report them (a PTY)."""
        try:
            return int(struct.unpack("i", fcntl.ioctl(self._fd, termios.TIOCOUTQ, b"\0\0\0\0"))[0])
        except OSError:
            return 0


def _open_raw(path: str) -> int:
    try:
        fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise VoicePortMissing(f"{path}: {error.strerror}") from error
    try:
        mode = termios.tcgetattr(fd)
        mode[0] = termios.IGNBRK | termios.IGNPAR  # iflag
        mode[1] = 0  # oflag
        mode[2] = termios.CS8 | termios.CREAD | termios.CLOCAL  # cflag: no HUPCL, no flow control, no parity
        mode[3] = 0  # lflag: no echo, which would be audible
        # A USB modem ignores the speed; a real UART needs more than 160 kbit/s for 8 kHz.
        mode[4] = mode[5] = termios.B921600
        mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
        termios.tcsetattr(fd, termios.TCSANOW, mode)
    except termios.error as error:  # not an OSError
        os.close(fd)
        number, text = error.args
        kind = VoicePortUnusable if number == errno.ENOTTY else VoicePortMissing
        raise kind(f"{path}: {text}") from error
    return fd
