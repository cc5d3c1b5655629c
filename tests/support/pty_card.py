"""The simulated carrier's sound cards, in the place of ALSA's library: a card's "name" is the path of a PTY.

Captured is what has come there; played is what is written there at once, and counted by the real clock, so
that who is late has an xrun and who is early waits, as with a card.
"""

from __future__ import annotations

import errno
import os
import select
import time
from contextlib import suppress
from pathlib import Path

from media.ports import asound
from media.ports.asound import Pcm, PcmError, Stream
from media.ports.voice_port import VoicePortMissing
from media.sound.frames import SAMPLE_BYTES

_READ_BYTES = 4095


def python_path(folder: Path) -> str:
    """With this as `PYTHONPATH` every Python has these cards from its start."""
    (folder / "sitecustomize.py").write_text("from tests.support import pty_card\npty_card.stand_in()\n")
    return str(folder)


def stand_in() -> None:
    """In this process."""
    asound.open_pcm = open_pcm


def open_pcm(name: str, stream: Stream, rate_hz: int) -> Pcm:
    """As `media.ports.asound.open_pcm`."""
    try:
        fd = os.open(name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise VoicePortMissing(f"{name}: {error.strerror}") from error
    return _Capture(fd) if stream is Stream.CAPTURE else _Playback(fd, rate_hz)


class _Card:
    def __init__(self, fd: int) -> None:
        self._fd = fd

    def read(self, samples: int) -> bytes:
        raise PcmError(errno.EINVAL, "a playback")

    def write(self, pcm: bytes) -> int:
        raise PcmError(errno.EINVAL, "a capture")

    def delay(self) -> int:
        return 0

    def prepare(self) -> None:
        pass

    def start(self) -> None:
        pass

    def fileno(self) -> int:
        return self._fd

    def close(self) -> None:
        os.close(self._fd)


class _Capture(_Card):
    def __init__(self, fd: int) -> None:
        super().__init__(fd)
        self._waiting = b""
        # As `TtyVoicePort` does, for its reason.
        self._arrivals = select.epoll()
        self._arrivals.register(fd, select.EPOLLIN | select.EPOLLET)

    def read(self, samples: int) -> bytes:
        if self._arrivals.poll(0):
            with suppress(BlockingIOError):
                while data := self._read():
                    self._waiting += data
        whole = min(samples, len(self._waiting) // SAMPLE_BYTES) * SAMPLE_BYTES
        pcm, self._waiting = self._waiting[:whole], self._waiting[whole:]
        return pcm

    def close(self) -> None:
        self._arrivals.close()
        super().close()

    def _read(self) -> bytes:
        try:
            data = os.read(self._fd, _READ_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise _gone() from error
        if not data:
            raise _gone()
        return data


class _Playback(_Card):
    def __init__(self, fd: int, rate_hz: int) -> None:
        super().__init__(fd)
        self._rate_hz = rate_hz
        self._began_s: float | None = None
        self._written = 0

    def prepare(self) -> None:
        self._began_s, self._written = None, 0

    def write(self, pcm: bytes) -> int:
        if self._began_s is None:
            self._began_s = time.monotonic()
        elif self.delay() < 0:
            raise PcmError(errno.EPIPE, os.strerror(errno.EPIPE))
        self._written += len(pcm) // SAMPLE_BYTES
        try:
            os.write(self._fd, pcm)
        except BlockingIOError:
            pass  # nobody takes it: it is played all the same
        except OSError as error:
            raise _gone() from error
        return len(pcm)

    def delay(self) -> int:
        if self._began_s is None:
            return 0
        left = self._written - int((time.monotonic() - self._began_s) * self._rate_hz)
        if left < 0:
            raise PcmError(errno.EPIPE, os.strerror(errno.EPIPE))
        return left


def _gone() -> PcmError:
    return PcmError(errno.ENODEV, os.strerror(errno.ENODEV))
