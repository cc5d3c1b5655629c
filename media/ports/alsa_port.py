"""A voice port that is a sound card: a modem's own by USB (UAC), or one that is wired to its analogue pins.

The card clocks it: its buffer holds 400 ms either way, and of what is to be played 60 ms at most may wait,
which would be delay that stays. After an xrun (the card had nothing to play, or nobody has read for too long)
a stream begins anew, and it is counted. The two streams are not linked: one that fails would stop both.

A card is had by one process alone, and a successor asks for it.

The card itself cannot be claimed as a terminal is (`media.ports.claim`): to one process the kernel gives it,
and to no other a descriptor. The kernel forgets a process's lock with any descriptor of the file that it
closes; so a process has one, for as long as one of its ports has the card: after a replug the old port is
closed while the new one is open already.
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
from media.ports.rates import Rates
from media.ports.voice_port import PortCounters, VoicePortLost, VoicePortMissing, VoicePortUnusable
from media.sound.frames import FRAME_BYTES, RATE_HZ, SAMPLE_BYTES

_guard: Final = threading.Lock()
_held: Final[dict[Path, tuple[int, int]]] = {}
"""By file: this process's descriptor, and how many of its ports have the card, or are about to."""


@contextmanager
def claimed(locks: Path, path: str, claim: Callable[[int], None]) -> Iterator[None]:
    """The card that a port of this path is, from when `claim` has come back. Raises VoicePortMissing."""
    file = locks / ("sound-" + re.sub(r"[^A-Za-z0-9.=_-]", "_", path))
    fd = _take(file)
    try:
        claim(fd)
        yield
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
"""As much as its buffer holds."""
_XRUNS: Final = (errno.EPIPE, errno.ESTRPIPE)
"""An xrun, and what a machine that was suspended finds."""


class AlsaVoicePort:
    """See the module."""

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
        """Open both ways, once `claim` has come back. Raises VoicePortMissing or VoicePortUnusable.

        `keeps_wide`: 16 kHz stays as it is. `locks`: where files to claim the card by lie; without it nobody
        is asked for it.
        """
        ratio = rate_hz // RATE_HZ
        if rate_hz not in (RATE_HZ, 2 * RATE_HZ):
            raise VoicePortUnusable(f"{path}: {rate_hz} Hz cannot be spoken")
        self.path = path
        self._rates = Rates(rate_hz, keeps_wide=keeps_wide)
        self._frame_bytes = FRAME_BYTES * ratio
        self._read = self._written = self._dropped = self._xruns = 0
        name = pcm_of(path, sys=sys)
        if not name:
            raise VoicePortMissing(f"{path}: the USB device there has no sound card")
        opens = open_pcm or asound.open_pcm
        with ExitStack() as opened:
            if claim is not None and locks is not None:
                opened.enter_context(claimed(locks, path, claim))
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
        """Nothing was written since it was prepared."""

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
                said = self._say(block)
            except PcmError as error:
                self._began_anew(self._playback, error)
            else:
                self._written += said
                self._dropped += not said
                return
        self._dropped += 1

    def _say(self, block: bytes) -> bool:
        """Whether the card has taken it."""
        if not self._silent:
            waits = self._playback.delay() * SAMPLE_BYTES
            if waits + len(block) > _QUEUE_FRAMES * self._frame_bytes:
                return False
            return self._playback.write(block) == len(block)
        # It plays from the first sample on: by this frame of silence may each that follows be late.
        block = bytes(self._frame_bytes) + block
        self._silent = False
        return self._playback.write(block) == len(block)

    def close(self) -> None:
        self._opened.close()

    def fileno(self) -> int:
        return self._capture.fileno()

    def counters(self) -> PortCounters:
        return PortCounters(
            read_bytes=self._read,
            written_frames=self._written,
            dropped_frames=self._dropped,
            xruns=self._xruns,
        )

    def _began_anew(self, stream: Pcm, error: PcmError) -> None:
        """Raises VoicePortLost where it was no xrun."""
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
