"""Voice gate of a node: bridges of other nodes get the voices that this node offers, and nothing else.

One thread relays all voices, driven by events and due frames (`media.gate.connections`); blocking work,
opening and closing a port, runs on other threads. A name from the network selects a port that the node itself
has published; no other port is opened. `media.gate.seats` decides between several clients for one voice. A
client without the secret costs a few bytes for a second and delays no other. Calls are not handled here.
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
from media.gate.connections import Guest, Visitor
from media.gate.playout import Dues
from media.gate.protocol import SECRET_BYTES, HelloBroken, Knock, WrongSecret
from media.gate.seats import Seats
from media.gate.wire import NodeWire
from media.ports.opening import open_port
from media.ports.voice_port import VoicePort, VoicePortError, VoicePortLost, VoicePortSpec

Offer = Callable[[str], VoicePortSpec | None]
"""Lookup of a published voice by name; called on a thread that may wait."""

MOST_VISITORS: Final = 128
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
    visitors: int = 0
    turned_away: int = 0
    faults: int = 0


class Note(NamedTuple):
    """Event to log."""

    text: str
    suspicious: bool = False
    """True if a client tried to connect without the secret."""


class _Opened(NamedTuple):
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
        self._visitors: dict[Visitor, None] = {}  # the oldest first
        self._seats: Seats[Visitor, Guest] = Seats()
        self._dues: Dues[Visitor | Guest | socket.socket] = Dues()
        self._opened: deque[_Opened] = deque()
        self._notes: deque[Note] = deque(maxlen=_MOST_NOTES)
        self._turned_away = self._faults = 0
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
            VoiceStatus(guest.knock.name, guest.peer, guest.playout.silences, guest.playout.dropped)
            for guest in self._seats.guests
        )
        return GateStatus(voices, len(self._visitors), self._turned_away, self._faults)

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
        self._watch(self._wake, self._woken)
        while not self._stopping:
            try:
                for fd, _ in self._poll.poll(self._wait_s()):
                    if ready := self._ready.get(fd):  # else removed in the same round
                        ready()
                self._turn()
            except Exception as error:  # an error with one voice must not end the other voices
                self._faults += 1
                self._note(f"internal error: {error!r}")
        self._end()

    def _wait_s(self) -> float:
        due_us = self._dues.next_us()
        return -1 if due_us is None else max(0.0, (due_us - self._now_us()) / 1e6)

    def _turn(self) -> None:
        """Handle everything that is due."""
        while (one := self._dues.pop(self._now_us())) is not None:
            match one:
                case Guest():
                    self._with(one, one.turn)
                case Visitor():
                    opens = self._seats.waits(one)
                    self._turn_away(
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
            self._dues.set(self._listener, self._now_us() + _ACCEPT_AGAIN_US)
            return
        if len(self._visitors) >= MOST_VISITORS:
            self._turn_away(next(iter(self._visitors)), "too many connections are in their handshake")
        visitor = Visitor(made, f"{address[0]}:{address[1]}", self._secret, self._now_us())
        self._visitors[visitor] = None
        self._dues.set(visitor, visitor.until_us)
        self._watch(made.fileno(), lambda: self._hear(visitor))

    def _hear(self, visitor: Visitor) -> None:
        try:
            visitor.receive()
        except HelloBroken as error:
            self._turn_away(visitor, str(error), suspicious=isinstance(error, WrongSecret))
            return
        knock = visitor.proven
        if knock is not None and not self._seats.waits(visitor):
            turn = self._seats.knocks(visitor, knock)
            if turn.refused:
                self._turn_away(visitor, turn.refused)
            if turn.overtaken is not None:
                self._turn_away(turn.overtaken, "a newer connection requests the same voice")
            if turn.opens:
                spawn(partial(self._open, knock.name))

    def _turn_away(self, visitor: Visitor, words: str, *, suspicious: bool = False) -> None:
        self._seats.left(visitor)
        self._forget(visitor)
        visitor.turn_away(words)
        self._note(f"{visitor.peer} was refused: {words}", suspicious=suspicious)
        self._turned_away += 1

    def _forget(self, visitor: Visitor) -> None:
        self._visitors.pop(visitor, None)
        self._dues.forget(visitor)
        self._unwatch(visitor.made.fileno())

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
                self._opened.append(_Opened(name, port, words))
                os.eventfd_write(self._wake, 1)
                return
        if port is not None:
            port.close()

    def _woken(self) -> None:
        with suppress(BlockingIOError):
            os.eventfd_read(self._wake)
        while self._opened:
            opened = self._opened.popleft()
            visitor = self._seats.opened(opened.name)
            knock = None if visitor is None else visitor.proven
            if opened.port is not None and visitor is not None and knock is not None:
                self._let_in(visitor, knock, opened.port)
            elif opened.port is not None:
                spawn(opened.port.close)
            elif visitor is not None:
                self._turn_away(visitor, opened.words)

    def _let_in(self, visitor: Visitor, knock: Knock, port: VoicePort) -> None:
        try:
            made = visitor.let_in()
        except HelloBroken as error:
            spawn(port.close)
            self._turn_away(visitor, str(error))
            return
        self._forget(visitor)
        now_us = self._now_us()
        guest = Guest(knock, visitor.peer, NodeWire(made, visitor.peer, now_us), port, now_us)
        before = self._seats.sit(guest, knock)
        if before is not None:
            self._note(f"{guest.peer} has taken over the voice of {knock.name} from {before.peer}")
            self._release(before)
        self._dues.set(guest, guest.due_us)
        self._watch(guest.wire.fileno(), lambda: self._with(guest, guest.from_bridge))
        self._watch(port.fileno(), lambda: self._with(guest, guest.from_modem))

    # -- sessions

    def _with(self, guest: Guest, do: Callable[[int], None]) -> None:
        try:
            do(self._now_us())
            self._dues.set(guest, guest.due_us)
        except Exception as error:  # a fault of a port must affect only its own voice
            if not isinstance(error, VoicePortLost):
                self._faults += 1
            self._note(f"the voice of {guest.knock.name} is no longer relayed to {guest.peer}: {error}")
            self._seats.gone(guest.knock.name, guest)
            self._release(guest)

    def _release(self, guest: Guest) -> None:
        """Close the session; its bridge detects the loss, and the port may take time to close."""
        self._dues.forget(guest)
        self._unwatch(guest.wire.fileno())
        self._unwatch(guest.port.fileno())
        guest.wire.close()
        spawn(guest.port.close)

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
        for visitor in tuple(self._visitors):
            visitor.turn_away()
        for opened in self._opened:
            if opened.port is not None:
                opened.port.close()
        for guest in self._seats.guests:
            guest.wire.close()
            guest.port.close()
        self._poll.close()
