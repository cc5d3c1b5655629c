"""A TCP connection that carries frames both ways, the same at both its ends, and never waits.

What the network does not take is kept here and not in the kernel, so that the oldest can be dropped: a frame
is handed over only when none before it is still unsent. What comes in one heap after a stall is brought down
to the newest 60 ms. So a network that stood still, or a process that did, leaves no delay behind.

A peer without power says no goodbye: who has said nothing at all for a second is gone.

A gate listens at an address that only the nodes' own network reaches.
The hello keeps out who does not know the secret, but what is said afterwards goes as it is: whoever can read
or change packets on the way hears and speaks. So the way has to be private (a cable, a VPN), and a public
address is refused unless somebody has said in so many words that it is meant.
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

from media.gate.protocol import PACKET_BYTES, NoFrames, Packer, Unpacker
from media.ports.voice_port import VoicePortLost

QUEUE_FRAMES: Final = 3
SILENT_US: Final = 1_000_000
"""Both sides say something every 20 ms, or every 100 at the least."""
RECEIVE_BUFFER: Final = 8192
"""Bytes asked for: what waits in the kernel for a process that sleeps. To be set before the connection is."""
_GIVE_UP_MS: Final = 1000
_READ_BYTES: Final = 16384
_MOST_READS: Final = 16
_SIOCOUTQNSD: Final = 0x894B
"""linux/sockios.h: bytes that were not sent yet; those that were sent and may be lost do not count."""


def prepare(made: socket.socket) -> None:
    """What a connection is to be before it exists; a listening socket hands it on."""
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # Also for what is left unsent when it is closed: the kernel would keep it for minutes.
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _GIVE_UP_MS)


class NodeWire:
    """One connection whose hello is over. Used by one thread at a time."""

    def __init__(self, made: socket.socket, peer: str, now_us: int) -> None:
        """The socket is the wire's from now on. `peer` is who is at the other end, in errors."""
        made.setblocking(False)
        self._socket = made
        self._peer = peer
        self._packer = Packer()
        self._unpacker = Unpacker()
        self._queue: deque[bytes] = deque()
        self._cut = b""  # the end of a packet of which the kernel took the beginning
        self._heard_us = self._said_us = now_us
        self._left_out = 0
        self.read_frames = self.written_frames = self.dropped_frames = 0
        """Dropped are those that could not be sent in time."""

    @property
    def missed_frames(self) -> int:
        """What the other side was to say and did not, or what came in one heap after a stall."""
        return self._unpacker.missed + self._left_out

    def fileno(self) -> int:
        return self._socket.fileno()

    def take(self, now_us: int) -> list[bytes]:
        """The frames that have come, at most the newest 60 ms. Raises VoicePortLost."""
        frames: list[bytes] = []
        for _ in range(_MOST_READS):
            try:
                data = self._socket.recv(_READ_BYTES)
            except BlockingIOError:
                break
            except OSError as error:
                raise VoicePortLost(f"{self._peer}: {error.strerror or error}") from error
            if not data:
                raise VoicePortLost(f"{self._peer}: hung up")
            self._heard_us = now_us
            try:
                frames += self._unpacker.feed(data)
            except NoFrames as error:
                raise VoicePortLost(f"{self._peer}: {error}") from error
            if len(data) < _READ_BYTES:
                break
        self._left_out += max(0, len(frames) - QUEUE_FRAMES)
        frames = frames[-QUEUE_FRAMES:]
        self.read_frames += len(frames)
        if now_us - self._heard_us >= SILENT_US:
            raise VoicePortLost(f"{self._peer}: nothing was heard of it for a second")
        return frames

    def put(self, frame: bytes, now_us: int) -> None:
        """Say it once the network takes it; of more than 60 ms the oldest goes. Raises VoicePortLost."""
        self._said_us = now_us
        self._queue.append(self._packer.pack(frame))
        if len(self._queue) > QUEUE_FRAMES:
            self._queue.popleft()
            self.dropped_frames += 1
        self._flush()

    def keep_alive(self, now_us: int, *, after_us: int) -> None:
        """Say that this side lives, where nothing was said for so long. Raises VoicePortLost."""
        if now_us - self._said_us >= after_us:
            self._said_us = now_us
            if not self._queue:
                self._send(self._packer.pack())

    def close(self) -> None:
        """Let go of it; harmless when done twice."""
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
"""RFC 6598: no internet, and where many VPNs put their nodes."""
BACKLOG: Final = 128
"""After a gate's restart all bridges come at once; who finds no room asks again only after a second."""


class AddressRefused(ValueError):
    """A voice gate must not listen there. The text is for the person on duty."""


def check_private(host: str, *, public: bool = False) -> None:
    """Raises AddressRefused. `public`: an address of the internet is meant; every address never is."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError as error:
        raise AddressRefused(f"{host} is no address; a voice gate listens at one, not at a name") from error
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_unspecified or address.is_multicast:
        raise AddressRefused(f"{host} is no address of one network; a voice gate listens at the private one")
    shared = address.version == _SHARED.version and address in _SHARED
    if not (public or address.is_private or address.is_loopback or address.is_link_local or shared):
        raise AddressRefused(f"{host} is a public address; what is said would cross the internet")


def listening(host: str, ports: Sequence[int], *, public: bool = False) -> socket.socket:
    """A socket that listens at the first of these ports that is free. Raises AddressRefused, OSError."""
    check_private(host, public=public)
    for port in ports[:-1]:
        with suppress(OSError):
            return _listening(host, port)
    return _listening(host, ports[-1])


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        # Its predecessor's connections may still be dying.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        prepare(made)
        made.bind((host, port))
        made.listen(BACKLOG)
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made
