"""TCP connection that carries frames both ways, identical at both ends, and never waits.

Unsent frames are kept here and not in the kernel, so that the oldest can be dropped: a frame is passed to the
kernel only when no earlier one is unsent. A burst after a stall is reduced to the newest 60 ms. So a stalled
network or process leaves no delay behind. A peer without power cannot close the connection: a peer that is
silent for a second counts as lost.

A gate listens on an address of the nodes' private network. The handshake excludes a client without the
secret, but the frames are not encrypted: a party that can read or change packets can listen and speak. The
network must therefore be private (a cable, a VPN); a public address is refused unless the settings allow it
explicitly.
"""

from __future__ import annotations

import fcntl
import ipaddress
import socket
import struct
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from media.gate.protocol import PACKET_BYTES, FrameStreamError, Packer, Unpacker
from media.ports.voice_port import VoicePortLost

QUEUE_FRAMES: Final = 3
SILENT_US: Final = 1_000_000
"""Silence after which the peer is lost, in microseconds; both sides send at least every 100 ms."""
RECEIVE_BUFFER: Final = 8192
"""Requested receive buffer in bytes: the data that wait in the kernel for a sleeping process. Must be set
before the connection is made.
"""
_GIVE_UP_MS: Final = 1000
_READ_BYTES: Final = 16384
_MOST_READS: Final = 16
_SIOCOUTQNSD: Final = 0x894B
"""linux/sockios.h: number of unsent bytes; sent bytes without acknowledgement do not count."""


def prepare(made: socket.socket) -> None:
    """Set the options of a future connection; a listening socket passes them on."""
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # Also limits the time of unsent data after a close, which the kernel would keep for minutes.
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _GIVE_UP_MS)


class NodeWire:
    """Connection after its handshake. Used by one thread at a time."""

    def __init__(self, made: socket.socket, peer: str, now_us: int) -> None:
        """Take over the socket. `peer`: name of the other side in errors."""
        made.setblocking(False)
        self._socket = made
        self._peer = peer
        self._packer = Packer()
        self._unpacker = Unpacker()
        self._queue: deque[bytes] = deque()
        self._cut = b""  # rest of a packet partly taken by the kernel
        self._received_us = self._sent_us = now_us
        self._left_out = 0
        self.read_frames = self.written_frames = self.dropped_frames = 0
        """Frames read and written; dropped frames could not be sent in time."""

    @property
    def missed_frames(self) -> int:
        """Frames that the other side dropped, or that were dropped here from a burst after a stall."""
        return self._unpacker.missed + self._left_out

    def fileno(self) -> int:
        return self._socket.fileno()

    def take(self, now_us: int) -> list[bytes]:
        """Return the received frames, at most the newest 60 ms. Raises VoicePortLost."""
        frames: list[bytes] = []
        for _ in range(_MOST_READS):
            try:
                data = self._socket.recv(_READ_BYTES)
            except BlockingIOError:
                break
            except OSError as error:
                raise VoicePortLost(f"{self._peer}: {error.strerror or error}") from error
            if not data:
                raise VoicePortLost(f"{self._peer}: the connection was closed")
            self._received_us = now_us
            try:
                frames += self._unpacker.feed(data)
            except FrameStreamError as error:
                raise VoicePortLost(f"{self._peer}: {error}") from error
            if len(data) < _READ_BYTES:
                break
        self._left_out += max(0, len(frames) - QUEUE_FRAMES)
        frames = frames[-QUEUE_FRAMES:]
        self.read_frames += len(frames)
        if now_us - self._received_us >= SILENT_US:
            raise VoicePortLost(f"{self._peer}: no data for a second")
        return frames

    def put(self, frame: bytes, now_us: int) -> None:
        """Send the frame once the network takes it; beyond 60 ms the oldest is dropped. Raises
        VoicePortLost.
        """
        self._sent_us = now_us
        self._queue.append(self._packer.pack(frame))
        if len(self._queue) > QUEUE_FRAMES:
            self._queue.popleft()
            self.dropped_frames += 1
        self._flush()

    def keep_alive(self, now_us: int, *, after_us: int) -> None:
        """Send a packet without sound if nothing was sent for `after_us`. Raises VoicePortLost."""
        if now_us - self._sent_us >= after_us:
            self._sent_us = now_us
            if not self._queue:
                self._send(self._packer.pack())

    def close(self) -> None:
        """Close the connection; may be repeated."""
        self._socket.close()

    def _flush(self) -> None:
        while self._queue and not self._cut and self._unsent() < PACKET_BYTES:
            self._send(self._queue.popleft())
            self.written_frames += 1
        if self._cut:
            self._send(b"")

    def _send(self, packet: bytes) -> None:
        packet = self._cut + packet
        try:
            sent = self._socket.send(packet) if packet else 0
        except BlockingIOError:
            sent = 0
        except OSError as error:
            raise VoicePortLost(f"{self._peer}: {error.strerror or error}") from error
        self._cut = packet[sent:]

    def _unsent(self) -> int:
        with suppress(OSError):
            return int(struct.unpack("i", fcntl.ioctl(self._socket, _SIOCOUTQNSD, b"\0\0\0\0"))[0])
        return 0


_SHARED: Final = ipaddress.ip_network("100.64.0.0/10")
"""RFC 6598: not part of the internet; many VPNs use it for their nodes."""
BACKLOG: Final = 128
"""After a gate's restart all mixers connect at once; a refused mixer retries only after a second."""


class AddressRefused(ValueError):
    """Raised for an address unsuitable for a voice gate. The text is for the person on duty."""


def check_private(host: str, *, public: bool = False) -> None:
    """Check that a voice gate may listen on the address. Raises AddressRefused. `public`: an address of the
    internet is allowed; a wildcard never is.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError as error:
        raise AddressRefused(
            f"{host} is not an IP address: set cluster.host to an address, not a name"
        ) from error
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_unspecified or address.is_multicast:
        raise AddressRefused(
            f"{host} is not an address of one network: set cluster.host to a private address"
        )
    shared = address.version == _SHARED.version and address in _SHARED
    if not (public or address.is_private or address.is_loopback or address.is_link_local or shared):
        raise AddressRefused(
            f"{host} is a public address: voices would cross the internet; set cluster.host to a "
            "private address"
        )


def listening(host: str, ports: Sequence[int], *, public: bool = False) -> socket.socket:
    """Return a socket that listens at the first free one of these ports. Raises AddressRefused, OSError."""
    check_private(host, public=public)
    for port in ports[:-1]:
        with suppress(OSError):
            return _listening(host, port)
    return _listening(host, ports[-1])


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        # Connections of the predecessor may still be closing.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        prepare(made)
        made.bind((host, port))
        made.listen(BACKLOG)
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made
