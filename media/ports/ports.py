"""Voice ports: where a leg's sound is read from and written to.

A port never waits: reading gives what is there, writing drops and counts what does not fit. Both sides speak
8 kHz s16le whatever the modem speaks, or 16 kHz where it does and whoever opens the port wants that. Ports
know nothing of calls: a port that carries only silence is a port that works.

Errors::

    VoicePortError
    ├── VoicePortMissing    it cannot be opened now: no such device, or not yet, or no longer
    ├── VoicePortLost       it was open and is gone: unplugged, hung up
    └── VoicePortUnusable   what was asked for can never be a voice port: our mistake or the configuration's
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import select
import struct
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from media.conference.jitter import TARGET_MS
from media.ports.measured import MeasuredRate
from media.ports.modem_pace import ModemPace
from media.ports.rates import Rates
from media.ports.voice_port import VoicePortSpec
from media.sound.alignment import SampleAligner
from media.sound.frames import FRAME_BYTES, FRAME_MS, RATE_HZ, SAMPLE_BYTES
from messages.base import VoicePace


class VoicePortError(Exception):
    """Root of the package's errors. The text is for the person on duty."""


class VoicePortMissing(VoicePortError):
    """There is nothing to open at this path now; trying again makes sense."""


class VoicePortLost(VoicePortError):
    """The open port is gone; close it and open it again."""


class VoicePortUnusable(VoicePortError):
    """Not a terminal, or a rate or kind that this package does not speak."""


class PortCounters(msgspec.Struct, frozen=True, kw_only=True):
    """What a port has carried since it was opened."""

    read_bytes: int = 0
    """In the modem's own format: 0 means that it says nothing at all, not even silence."""
    written_frames: int = 0
    dropped_frames: int = 0
    """Frames that did not fit: the modem does not take sound, or more slowly than we say it."""
    realigned: int = 0
    """How often a lost byte had to be made up for."""
    missed_frames: int = 0
    """Frames that the other node was to say and that did not come in time: its network stood still."""
    xruns: int = 0
    """How often a sound card had nothing to play, or was not read in time, and began anew."""


class NodePass(NamedTuple):
    """What lets this process in at the voice gates of other nodes. Never written down, never in a spec."""

    secret: bytes
    """The nodes' own, 32 bytes."""
    caller: bytes
    """One conference's: it opens a port again without being taken for another that wants the same voice."""

    def __repr__(self) -> str:
        return "NodePass(…)"


def node_pass(secret: bytes) -> NodePass:
    """For a new conference."""
    return NodePass(secret, secrets.token_bytes(8))


class VoicePort(Protocol):
    """What the conference needs of a port: used by one thread at a time, closed when none uses it."""

    @property
    def rate_hz(self) -> int:
        """The modem's rate in Hz: as measured, or, until that is known, as its dialect says."""
        ...

    @property
    def wide(self) -> bool:
        """Whether what is read and written is 16 kHz: it may change with a `read`. Otherwise it is 8."""
        ...

    def read(self) -> bytes:
        """Whatever is there, as whole samples; may be empty. Never waits. Raises VoicePortLost."""
        ...

    def write(self, frame: bytes) -> None:
        """Say one frame of 320 bytes, of 640 where it is wide; dropped and counted when full. Never waits.
        Raises VoicePortLost."""
        ...

    def close(self) -> None:
        """Give the port back; harmless when done twice. May wait for a driver: not for the media thread."""
        ...

    def fileno(self) -> int:
        """The descriptor, for those who poll."""
        ...

    def counters(self) -> PortCounters:
        """The figures until now."""
        ...


_READ_BYTES = 4096  # the tty layer gives at most 4095 at a time
_MOST_READS = 64
_QUEUE_FRAMES = 3
"""60 ms may wait in the driver. More is delay that stays: the modem plays at the pace at which we write."""


class TtyVoicePort:
    """A voice port that is a terminal: a modem's second serial interface, or a simulator's PTY.

    It is opened beside whoever has it, TIOCEXCL is not taken: a successor can take over the voice while its
    predecessor is still dying; one that lives is asked by `claim` (`media.ports.claim`). HUPCL is cleared:
    else the kernel drops DTR when this process dies, and the modem may drop the call.
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
        """Open and set up, once `claim` has come back. Raises VoicePortMissing or VoicePortUnusable.

        `rate_hz` is believed until it is measured, by `now_s`; `frame_bytes` is the unit at that rate.
        `keeps_wide`: 16 kHz stays as it is. `by_modem`: as much is said as the modem says, and not a frame in
        each write.
        """
        if rate_hz < RATE_HZ or rate_hz % RATE_HZ or frame_bytes <= 0 or frame_bytes % SAMPLE_BYTES:
            raise VoicePortUnusable(f"{path}: {rate_hz} Hz in units of {frame_bytes} bytes cannot be spoken")
        self.path = path
        self._now_s = now_s
        self._measured = MeasuredRate(rate_hz)
        self._rates = Rates(rate_hz, keeps_wide=keeps_wide)
        self._pace = ModemPace(FRAME_BYTES * rate_hz // RATE_HZ) if by_modem else None
        self._unit_at_8_khz = frame_bytes * RATE_HZ / rate_hz
        self._set_sizes()
        self._aligner = SampleAligner()
        self._unsaid = b""  # less than a unit, waits for the next frame
        self._cut = b""  # the end of a unit of which the driver took the beginning
        self._unasked = 0  # bytes that may be written before the driver is asked how many wait
        self._read = self._written = self._dropped = 0
        self._fd = _open_raw(path)
        # A read that finds nothing waits in the kernel for the worker that brings what has come from the
        # driver (`tty_buffer_flush_work`), O_NONBLOCK or not: on a busy machine for several ticks. So does a
        # poll by level. By edge nobody is asked: the worker itself says that it has brought something.
        self._arrivals = select.epoll()
        self._arrivals.register(self._fd, select.EPOLLIN | select.EPOLLET)
        if claim is not None:
            claim(self._fd)
        try:
            newest_bytes = FRAME_BYTES * (rate_hz // RATE_HZ) * TARGET_MS // FRAME_MS
            early = self._drain()
            self._early = self._aligner.feed(early)[-newest_bytes:]
            if self._pace is not None:
                self._pace.gave(len(early))
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
            self._pace.gave(len(data))
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
        """What is owed to the modem, as far as the driver has room for it."""
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
                raise VoicePortLost(f"{self.path}: hung up")
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
        """Whether less waits in the driver than may; not asked while so much cannot have been written."""
        if self._unasked < len(block) or not block:
            self._unasked = self._queue_limit - self._queued() + len(block)
        if self._unasked < len(block):
            return False
        self._unasked -= len(block)
        return True

    def _queued(self) -> int:
        """Bytes in the driver that the modem has not taken; 0 where the driver does not say (a PTY)."""
        try:
            return int(struct.unpack("i", fcntl.ioctl(self._fd, termios.TIOCOUTQ, b"\0\0\0\0"))[0])
        except OSError:
            return 0


def open_port(
    spec: VoicePortSpec,
    *,
    let_in_by: NodePass | None = None,
    claim: Callable[[int], None] | None = None,
    locks: Path | None = None,
    keeps_wide: bool = False,
    now_s: Callable[[], float] = time.monotonic,
) -> VoicePort:
    """Open what the spec describes, a terminal once `claim` has come back with its descriptor, a sound card
    with that of a file in `locks`.

    `keeps_wide`: what speaks 16 kHz is read and written so (`VoicePort.wide`). `now_s`: what a terminal's
    rate is measured by.

    Raises VoicePortMissing or VoicePortUnusable; may wait for a driver. Voices of other nodes cannot be had
    without what lets in there.
    """
    from media.ports.amplified import amplified  # it is made of what stands above

    return amplified(_open(spec, let_in_by, claim, locks, keeps_wide=keeps_wide, now_s=now_s), spec.gains)


def _open(
    spec: VoicePortSpec,
    let_in_by: NodePass | None,
    claim: Callable[[int], None] | None,
    locks: Path | None,
    *,
    keeps_wide: bool,
    now_s: Callable[[], float],
) -> VoicePort:
    match spec.kind:
        case "tty":
            return TtyVoicePort(
                spec.path,
                spec.rate_hz,
                spec.frame_bytes,
                claim,
                keeps_wide=keeps_wide,
                by_modem=spec.pace is VoicePace.MODEM,
                now_s=now_s,
            )
        case "unix":
            from media.ports.unix_port import UnixVoicePort  # it is made of what stands above

            return UnixVoicePort(spec.path, spec.rate_hz, spec.frame_bytes, keeps_wide=keeps_wide)
        case "alsa":
            from media.ports.alsa_port import AlsaVoicePort  # as above, and few have a sound card

            return AlsaVoicePort(spec.path, spec.rate_hz, keeps_wide=keeps_wide, claim=claim, locks=locks)
        case "node":
            from media.ports.node_port import NodeVoicePort  # as above

            if let_in_by is None:
                raise VoicePortUnusable(f"{spec.path}: this node is on its own, it has no secret")
            return NodeVoicePort(spec.path, let_in_by)
        case kind:
            raise VoicePortUnusable(f"{spec.path}: no such kind of voice port: {kind}")


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
        mode[3] = 0  # lflag: no echo, which would be heard
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
