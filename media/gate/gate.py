"""Voice gate of a node: mixers of other nodes get the voices that this node offers, and nothing else.

One thread relays all voices, driven by events and due frames (`media.gate.connections`); blocking work,
opening and closing a port, runs on other threads. A name from the network selects a port that the node itself
has published; no other port is opened. `media.gate.voice_owners` decides between several clients for one
voice. A client without the secret costs a few bytes for a second and delays no other. Calls are not handled
here.
"""

from __future__ import annotations

import os
import select
import socket
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final, NamedTuple

from media.conference.beat import monotonic_us
from media.conference.priority import Rank, raise_thread, share_interpreter, spawn
from media.conference.roster import OpenPort
from media.gate.connections import PendingClient, VoiceSession
from media.gate.playout import Deadlines
from media.gate.protocol import SECRET_BYTES, HandshakeError, VoiceRequest, WrongSecret
from media.gate.voice_owners import VoiceOwners
from media.gate.wire import NodeWire
from media.ports.opening import open_port
from media.ports.voice_port import VoicePort, VoicePortError, VoicePortLost, VoicePortSpec

Offer = Callable[[str], VoicePortSpec | None]
"""Lookup of a published voice by name; called on a thread that may wait."""

MAX_PENDING_CLIENTS: Final = 128
"""Most handshakes at once. Beyond, the oldest client is refused: a genuine handshake takes milliseconds."""
_MOST_NOTES: Final = 100
_ACCEPT_AGAIN_US: Final = 200_000
_STOP_S: Final = 0.5


class VoiceStatus(NamedTuple):
    """State of a relayed voice."""

    name: str
    peer: str
    silences: int
    """Turns in which the modem got silence for lack of a frame."""
    left_out: int
    """Frames dropped after a burst or for being late."""


class GateStatus(NamedTuple):
    """State of a gate."""

    voices: tuple[VoiceStatus, ...] = ()
    pending_clients: int = 0
    refused: int = 0
    faults: int = 0


class Note(NamedTuple):
    """Event to log."""

    text: str
    suspicious: bool = False
    """True if a client tried to connect without the secret."""


class _OpenedPort(NamedTuple):
    name: str
    port: VoicePort | None
    words: str


class Gate:
    """Voice gate with its thread. `start`, `stop` and the state may be used from any thread."""

    def __init__(
        self,
        listener: socket.socket,
        secret: bytes,
        offer: Offer,
        *,
        open_port: OpenPort = open_port,
        now_us: Callable[[], int] = monotonic_us,
    ) -> None:
        """Take over the listener. Raises ValueError for a secret of the wrong length."""
        if len(secret) != SECRET_BYTES:
            raise ValueError(f"the nodes' secret must have {SECRET_BYTES} bytes, not {len(secret)}")
        self._listener = listener
        host, port, *_ = listener.getsockname()
        self.address: tuple[str, int] = (str(host), int(port))
        """Address on which the gate listens."""
        self._secret = secret
        self._offer = offer
        self._open_port = open_port
        self._now_us = now_us
        self._poll = select.epoll()
        self._ready: dict[int, Callable[[], None]] = {}
        self._clients: dict[PendingClient, None] = {}  # the oldest first
        self._owners: VoiceOwners[PendingClient, VoiceSession] = VoiceOwners()
        self._deadlines: Deadlines[PendingClient | VoiceSession | socket.socket] = Deadlines()
        self._opened_ports: deque[_OpenedPort] = deque()
        self._notes: deque[Note] = deque(maxlen=_MOST_NOTES)
        self._refused = self._faults = 0
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._stopping = self._ended = False
        self._lock = threading.Lock()  # between the end and threads that wake the gate
        self._thread: threading.Thread | None = None

    # -- from any thread

    def start(self) -> None:
        """Start to accept clients."""
        self._thread = threading.Thread(target=self._run, name="voice gate", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close everything, within about a millisecond, at most half a second. No call ends."""
        with self._lock:
            if not self._stopping:
                self._stopping = True
                os.eventfd_write(self._wake, 1)
        if self._thread is not None:
            self._thread.join(_STOP_S)
        elif not self._ended:
            self._end()

    def status(self) -> GateStatus:
        """Return the state of the gate."""
        voices = tuple(
            VoiceStatus(session.request.name, session.peer, session.playout.silences, session.playout.dropped)
            for session in self._owners.sessions
        )
        return GateStatus(voices, len(self._clients), self._refused, self._faults)

    def take_notes(self) -> list[Note]:
        """Return the events since the last call; of a flood only the newest."""
        notes: list[Note] = []
        with suppress(IndexError):
            while True:
                notes.append(self._notes.popleft())
        return notes

    # -- the thread

    def _run(self) -> None:
        share_interpreter()
        raise_thread(Rank.VOICE)
        self._watch(self._listener.fileno(), self._accept)
        self._watch(self._wake, self._on_wake)
        while not self._stopping:
            try:
                for fd, _ in self._poll.poll(self._wait_s()):
                    if ready := self._ready.get(fd):  # else removed in the same round
                        ready()
                self._handle_due()
            except Exception as error:  # an error with one voice must not end the other voices
                self._faults += 1
                self._note(f"internal error: {error!r}")
        self._end()

    def _wait_s(self) -> float:
        due_us = self._deadlines.next_us()
        return -1 if due_us is None else max(0.0, (due_us - self._now_us()) / 1e6)

    def _handle_due(self) -> None:
        """Handle everything that is due."""
        while (one := self._deadlines.pop(self._now_us())) is not None:
            match one:
                case VoiceSession():
                    self._relay(one, one.turn)
                case PendingClient():
                    opens = self._owners.is_waiting(one)
                    self._refuse(
                        one,
                        "the voice port takes too long to open" if opens else "the handshake takes too long",
                    )
                case _:
                    self._watch(self._listener.fileno(), self._accept)

    # -- clients

    def _accept(self) -> None:
        try:
            made, address = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError as error:
            # Out of descriptors: the event would repeat at once, endlessly.
            self._note(f"no connection can be accepted now: {error.strerror}")
            self._unwatch(self._listener.fileno())
            self._deadlines.set(self._listener, self._now_us() + _ACCEPT_AGAIN_US)
            return
        if len(self._clients) >= MAX_PENDING_CLIENTS:
            self._refuse(next(iter(self._clients)), "too many connections are in their handshake")
        client = PendingClient(made, f"{address[0]}:{address[1]}", self._secret, self._now_us())
        self._clients[client] = None
        self._deadlines.set(client, client.until_us)
        self._watch(made.fileno(), lambda: self._on_handshake_data(client))

    def _on_handshake_data(self, client: PendingClient) -> None:
        try:
            client.receive()
        except HandshakeError as error:
            self._refuse(client, str(error), suspicious=isinstance(error, WrongSecret))
            return
        request = client.proven_request
        if request is not None and not self._owners.is_waiting(client):
            outcome = self._owners.on_request(client, request)
            if outcome.refusal:
                self._refuse(client, outcome.refusal)
            if outcome.superseded is not None:
                self._refuse(outcome.superseded, "a newer connection requests the same voice")
            if outcome.opens_port:
                spawn(partial(self._open, request.name))

    def _refuse(self, client: PendingClient, words: str, *, suspicious: bool = False) -> None:
        self._owners.remove_waiting(client)
        self._forget(client)
        client.refuse(words)
        self._note(f"{client.peer} was refused: {words}", suspicious=suspicious)
        self._refused += 1

    def _forget(self, client: PendingClient) -> None:
        self._clients.pop(client, None)
        self._deadlines.forget(client)
        self._unwatch(client.made.fileno())

    # -- ports, on other threads

    def _open(self, name: str) -> None:
        """Open the port; runs on a thread of its own."""
        port, words = None, ""
        try:
            spec = self._offer(name)
            if spec is None:
                words = f"no voice of this node has the name {name}"
            else:
                port = self._open_port(spec)
        except Exception as error:  # any fault of a driver; the words go to the client
            words = str(error) if isinstance(error, VoicePortError) else repr(error)
        with self._lock:
            if not self._ended:
                self._opened_ports.append(_OpenedPort(name, port, words))
                os.eventfd_write(self._wake, 1)
                return
        if port is not None:
            port.close()

    def _on_wake(self) -> None:
        with suppress(BlockingIOError):
            os.eventfd_read(self._wake)
        while self._opened_ports:
            opened = self._opened_ports.popleft()
            client = self._owners.on_opened(opened.name)
            request = None if client is None else client.proven_request
            if opened.port is not None and client is not None and request is not None:
                self._admit(client, request, opened.port)
            elif opened.port is not None:
                spawn(opened.port.close)
            elif client is not None:
                self._refuse(client, opened.words)

    def _admit(self, client: PendingClient, request: VoiceRequest, port: VoicePort) -> None:
        try:
            made = client.admit()
        except HandshakeError as error:
            spawn(port.close)
            self._refuse(client, str(error))
            return
        self._forget(client)
        now_us = self._now_us()
        session = VoiceSession(request, client.peer, NodeWire(made, client.peer, now_us), port, now_us)
        before = self._owners.assign(session, request)
        if before is not None:
            self._note(f"{session.peer} has taken over the voice of {request.name} from {before.peer}")
            self._release(before)
        self._deadlines.set(session, session.due_us)
        self._watch(session.wire.fileno(), lambda: self._relay(session, session.from_bridge))
        self._watch(port.fileno(), lambda: self._relay(session, session.from_modem))

    # -- sessions

    def _relay(self, session: VoiceSession, do: Callable[[int], None]) -> None:
        try:
            do(self._now_us())
            self._deadlines.set(session, session.due_us)
        except Exception as error:  # a fault of a port must affect only its own voice
            if not isinstance(error, VoicePortLost):
                self._faults += 1
            self._note(f"the voice of {session.request.name} is no longer relayed to {session.peer}: {error}")
            self._owners.release(session.request.name, session)
            self._release(session)

    def _release(self, session: VoiceSession) -> None:
        """Close the session; its bridge detects the loss, and the port may take time to close."""
        self._deadlines.forget(session)
        self._unwatch(session.wire.fileno())
        self._unwatch(session.port.fileno())
        session.wire.close()
        spawn(session.port.close)

    # -- helpers

    def _watch(self, fd: int, ready: Callable[[], None]) -> None:
        self._ready[fd] = ready
        self._poll.register(fd, select.EPOLLIN)

    def _unwatch(self, fd: int) -> None:
        if self._ready.pop(fd, None) is not None:
            self._poll.unregister(fd)

    def _note(self, text: str, *, suspicious: bool = False) -> None:
        self._notes.append(Note(text, suspicious))

    def _end(self) -> None:
        with self._lock:
            self._ended = True
            os.close(self._wake)
        self._listener.close()
        for client in tuple(self._clients):
            client.refuse()
        for opened in self._opened_ports:
            if opened.port is not None:
                opened.port.close()
        for session in self._owners.sessions:
            session.wire.close()
            session.port.close()
        self._poll.close()
