"""Voice port of a Unix socket: an operator's headset, relayed from a browser by the web.

One packet (SOCK_SEQPACKET) is one frame of 20 ms at the headset's rate, in each direction. A packet arrives
whole or not at all, so no alignment is needed; a packet of another length is ignored. A socket without a
listener is a missing port; a closed connection is a lost one.
"""

from __future__ import annotations

import os
import socket
from typing import Final

from media.ports.rates import Rates
from media.ports.voice_port import PortCounters, VoicePortLost, VoicePortMissing, VoicePortUnusable
from media.sound.frames import FRAME_BYTES, RATE_HZ

_SEND_BUFFER: Final = 1
"""Requested send buffer in bytes: the kernel uses its minimum (socket(7)), which four frames of 640 bytes
fill. More than these 80 ms would be lasting delay.
"""
MOST_READS: Final = 16
"""Most packets of one read, frames or not."""


class UnixVoicePort:
    """Headset at the other end of a socket."""

    def __init__(
        self,
        path: str,
        rate_hz: int = 2 * RATE_HZ,
        frame_bytes: int = 2 * FRAME_BYTES,
        *,
        keeps_wide: bool = False,
    ) -> None:
        """Connect. `keeps_wide`: keep 16 kHz. Raises VoicePortMissing or VoicePortUnusable."""
        ratio = rate_hz // RATE_HZ
        if ratio < 1 or rate_hz % RATE_HZ or frame_bytes != FRAME_BYTES * ratio:
            raise VoicePortUnusable(
                f"{path}: {rate_hz} Hz in units of {frame_bytes} bytes is not a frame of 20 ms"
            )
        self.path = path
        self._unit = frame_bytes
        self._rates = Rates(rate_hz, keeps_wide=keeps_wide)
        self._read = self._written = self._dropped = 0
        self._socket = _connected(path)

    def read(self) -> bytes:
        parts: list[bytes] = []
        for _ in range(MOST_READS):
            try:
                # One byte more than a frame, to detect longer packets.
                packet = self._socket.recv(self._unit + 1)
            except BlockingIOError:
                break
            except OSError as error:
                raise VoicePortLost(f"{self.path}: {error.strerror}") from error
            if not packet:
                raise VoicePortLost(f"{self.path}: the voice port was closed")
            if len(packet) == self._unit:
                parts.append(packet)
        pcm = b"".join(parts)
        self._read += len(pcm)
        return self._rates.from_port(pcm)

    def write(self, frame: bytes) -> None:
        # Resampled although it may be dropped: the filter's memory is part of the stream.
        packet = self._rates.to_port(frame)
        try:
            self._socket.send(packet)
        except BlockingIOError:
            self._dropped += 1
        except OSError as error:
            raise VoicePortLost(f"{self.path}: {error.strerror}") from error
        else:
            self._written += 1

    @property
    def rate_hz(self) -> int:
        return self._rates.rate_hz

    @property
    def wide(self) -> bool:
        return self._rates.wide

    def close(self) -> None:
        self._socket.close()

    def fileno(self) -> int:
        return self._socket.fileno()

    def is_wanted(self) -> bool:
        return False

    def counters(self) -> PortCounters:
        return PortCounters(read_bytes=self._read, written_frames=self._written, dropped_frames=self._dropped)


def _connected(path: str) -> socket.socket:
    """Return a non-blocking connection. Raises VoicePortMissing."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
    folder, name = os.path.split(path)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        # An address has 107 bytes at most (unix(7)): the folder is addressed by its descriptor.
        descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            made.connect(f"/proc/self/fd/{descriptor}/{name}")
        finally:
            os.close(descriptor)
    except OSError as error:
        made.close()
        raise VoicePortMissing(f"{path}: {error.strerror or error}") from error
    return made
