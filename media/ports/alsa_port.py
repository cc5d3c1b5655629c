"""Voice port of a sound card: a modem's own by USB (UAC), or one wired to a modem's analogue pins.

The card sets the clock. Its buffer holds 400 ms in each direction; at most 60 ms may wait to be played, since
more would be lasting delay. After an xrun (an empty or an overfull buffer) the stream restarts, and the xrun
is counted. The two streams are not linked: a failure of one would stop both.

One process at a time has a card, and a successor requests it. A card cannot be claimed like a terminal
(`media.ports.claim`): no other process gets a descriptor from the kernel. So a lock file is claimed. The
kernel drops a process's lock when any descriptor of the file is closed; so a process has one descriptor for
as long as one of its ports has the card. After a replug the old port is closed while the new one is open
already.
"""

from __future__ import annotations

import errno
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from media.ports import asound
from media.ports.asound import OpenPcm, Pcm, PcmError, Stream
from media.ports.cards import SYS, pcm_of
from media.ports.claim import is_wanted
from media.ports.rates import Rates
from media.ports.voice_port import PortCounters, VoicePortLost, VoicePortMissing, VoicePortUnusable
from media.sound.frames import FRAME_BYTES, RATE_HZ, SAMPLE_BYTES

_guard: Final = threading.Lock()
_held: Final[dict[Path, tuple[int, int]]] = {}
"""Lock files: the descriptor of this process, and the number of its ports that have the card or wait for
it.
"""


@contextmanager
def claimed(locks: Path, path: str, claim: Callable[[int], None]) -> Iterator[int]:
    """Hold the card of this path from the return of `claim` to the end of the context; yield the claimed
    descriptor. Raises VoicePortMissing.
    """
    file = locks / ("sound-" + re.sub(r"[^A-Za-z0-9.=_-]", "_", path))
    fd = _take(file)
    try:
        claim(fd)
        yield fd
    finally:
        _give_back(file)


def _take(file: Path) -> int:
    with _guard:
        fd, ports = _held.get(file, (-1, 0))
        if not ports:
            try:
                fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError as error:
                raise VoicePortMissing(f"{file}: {error.strerror}") from error
        _held[file] = fd, ports + 1
        return fd


def _give_back(file: Path) -> None:
    with _guard:
        fd, ports = _held.pop(file)
        if ports > 1:
            _held[file] = fd, ports - 1
        else:
            os.close(fd)


_QUEUE_FRAMES: Final = 3
_MOST_READ_FRAMES: Final = 20
"""Size of the card's buffer, in frames."""
_XRUNS: Final = (errno.EPIPE, errno.ESTRPIPE)
"""Errors after an xrun, and after the machine was suspended."""


class AlsaVoicePort:
    """Voice port of a sound card."""

    def __init__(
        self,
        path: str,
        rate_hz: int = RATE_HZ,
        *,
        keeps_wide: bool = False,
        claim: Callable[[int], None] | None = None,
        locks: Path | None = None,
        open_pcm: OpenPcm | None = None,
        sys: Path = SYS,
    ) -> None:
        """Open both directions, after the return of `claim`. Raises VoicePortMissing or VoicePortUnusable.

        `keeps_wide`: keep 16 kHz. `locks`: folder of the lock files; None opens the card without a claim.
        """
        ratio = rate_hz // RATE_HZ
        if rate_hz not in (RATE_HZ, 2 * RATE_HZ):
            raise VoicePortUnusable(f"{path}: {rate_hz} Hz is not a supported sample rate")
        self.path = path
        self._rates = Rates(rate_hz, keeps_wide=keeps_wide)
        self._frame_bytes = FRAME_BYTES * ratio
        self._read = self._written = self._dropped = self._xruns = 0
        name = pcm_of(path, sys=sys)
        if not name:
            raise VoicePortMissing(f"{path}: the USB device there has no sound card")
        opens = open_pcm or asound.open_pcm
        with ExitStack() as opened:
            self._lock = -1
            if claim is not None and locks is not None:
                self._lock = opened.enter_context(claimed(locks, path, claim))
            self._capture = opens(name, Stream.CAPTURE, rate_hz)
            opened.callback(self._capture.close)
            self._playback = opens(name, Stream.PLAYBACK, rate_hz)
            opened.callback(self._playback.close)
            try:
                self._capture.start()
            except PcmError as error:
                raise VoicePortMissing(f"{path}: {error.strerror}") from error
            self._opened = opened.pop_all()
        self._silent = True
        """True if nothing was written since the stream was prepared."""

    @property
    def rate_hz(self) -> int:
        return self._rates.rate_hz

    @property
    def wide(self) -> bool:
        return self._rates.wide

    def read(self) -> bytes:
        try:
            pcm = self._capture.read(_MOST_READ_FRAMES * self._frame_bytes // SAMPLE_BYTES)
        except PcmError as error:
            self._began_anew(self._capture, error)
            return b""
        self._read += len(pcm)
        return self._rates.from_port(pcm)

    def write(self, frame: bytes) -> None:
        block = self._rates.to_port(frame)
        for _ in range(2):
            try:
                said = self._write_block(block)
            except PcmError as error:
                self._began_anew(self._playback, error)
            else:
                self._written += said
                self._dropped += not said
                return
        self._dropped += 1

    def _write_block(self, block: bytes) -> bool:
        """Write the block; return True if the card has accepted it."""
        if not self._silent:
            waits = self._playback.delay() * SAMPLE_BYTES
            if waits + len(block) > _QUEUE_FRAMES * self._frame_bytes:
                return False
            return self._playback.write(block) == len(block)
        # Playback starts with the first sample: this frame of silence is the reserve for late frames.
        block = bytes(self._frame_bytes) + block
        self._silent = False
        return self._playback.write(block) == len(block)

    def close(self) -> None:
        self._opened.close()

    def fileno(self) -> int:
        return self._capture.fileno()

    def is_wanted(self) -> bool:
        return is_wanted(self._lock)

    def counters(self) -> PortCounters:
        return PortCounters(
            read_bytes=self._read,
            written_frames=self._written,
            dropped_frames=self._dropped,
            xruns=self._xruns,
        )

    def _began_anew(self, stream: Pcm, error: PcmError) -> None:
        """Restart the stream after an xrun. Raises VoicePortLost for any other error."""
        if error.errno not in _XRUNS:
            raise VoicePortLost(f"{self.path}: {error.strerror}") from error
        self._xruns += 1
        try:
            stream.prepare()
            if stream is self._capture:
                stream.start()
            else:
                self._silent = True
        except PcmError as again:
            raise VoicePortLost(f"{self.path}: {again.strerror}") from again
