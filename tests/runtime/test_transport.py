"""Our loop of Thespian's TCP transport, where it differs from the library's."""

from __future__ import annotations

import os
import pickle
import select
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from thespian.actors import ActorAddress, WatchMessage
from thespian.system.timing import ExpirationTimer
from thespian.system.transport import ReceiveEnvelope, TransmitIntent, TransmitOnly
from thespian.system.transport.IPBase import TCPv4ActorAddress
from thespian.system.transport.TCPTransport import (
    ExternalTransportCopy,
    TCPIncomingPersistent,
    TCPTransport,
)

from runtime.system.transport import CenterTransport, Descriptors
from tests.waiting import wait_until

IN = select.EPOLLIN
OUT = select.EPOLLOUT


@pytest.fixture
def transport(monkeypatch: pytest.MonkeyPatch) -> Iterator[CenterTransport]:
    monkeypatch.setenv("THESPIAN_BASE_IPADDR", "127.0.0.1")
    admin = ActorAddress(TCPv4ActorAddress("127.0.0.1", 9, external=True))
    made = CenterTransport(ExternalTransportCopy(), admin, False, False)
    yield made
    made.close()


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.settimeout(5)
    yield ours, theirs
    ours.close()
    theirs.close()


def packet(message: object, sender: ActorAddress) -> bytes:
    """A message as it is on the wire."""
    data = pickle.dumps((sender, message))
    return f"{len(data)}>".encode() + data


def peer() -> ActorAddress:
    return ActorAddress(TCPv4ActorAddress("127.0.0.1", 10, external=True))


def run(transport: CenterTransport, seconds: float) -> object:
    return transport.run(None, timedelta(seconds=seconds))


# ---------------------------------------------------------------- descriptors


@pytest.fixture
def descriptors() -> Iterator[Descriptors]:
    made = Descriptors()
    yield made
    made.close()


def test_what_is_ready_is_told_as_often_as_it_is_asked(descriptors: Descriptors) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"x")
    wanted: dict[int, tuple[object, int]] = {reader: (None, IN), writer: (None, OUT)}
    for _ in range(3):
        assert descriptors.poll(wanted, 0) == ([reader], [writer], [])
    assert descriptors.poll({writer: (None, OUT)}, 0) == ([], [writer], [])
    assert descriptors.poll(wanted, 0) == ([reader], [writer], [])
    os.close(reader)
    os.close(writer)


@pytest.mark.parametrize("owned", [True, False])
def test_another_file_of_the_same_number_is_watched_in_its_turn(
    descriptors: Descriptors, owned: bool
) -> None:
    reader, writer = os.pipe()
    owner: object = object() if owned else None
    assert descriptors.poll({reader: (owner, IN)}, 0) == ([], [], [])
    other, other_writer = os.pipe()
    # The first is closed, and its number is another file's.
    os.dup2(other, reader)
    os.write(other_writer, b"x")
    later: object = object() if owned else None
    assert descriptors.poll({reader: (later, IN)}, 0) == ([reader], [], [])
    for fd in (reader, writer, other, other_writer):
        os.close(fd)


def test_a_closed_descriptor_is_unusable_and_the_others_are_not(descriptors: Descriptors) -> None:
    reader, writer = os.pipe()
    closed, other = os.pipe()
    os.close(closed)
    os.close(other)
    os.write(writer, b"x")
    wanted: dict[int, tuple[object, int]] = {reader: (None, IN), closed: (None, IN)}
    assert descriptors.poll(wanted, 5) == ([], [], [closed])
    del wanted[closed]
    assert descriptors.poll(wanted, 5) == ([reader], [], [])
    os.close(reader)
    os.close(writer)


def test_a_connection_that_lives_on_elsewhere_does_not_keep_the_loop_turning(
    descriptors: Descriptors,
) -> None:
    reader, writer = os.pipe()
    owner = object()
    assert descriptors.poll({reader: (owner, IN)}, 0) == ([], [], [])
    elsewhere = os.dup(reader)
    os.close(reader)
    os.write(writer, b"x")
    quiet, quiet_writer = os.pipe()
    # It has the number of the closed one, of which the kernel would go on telling.
    assert quiet == reader
    assert descriptors.poll({quiet: (object(), IN)}, 0.01) == ([], [], [])
    for fd in (elsewhere, writer, quiet, quiet_writer):
        os.close(fd)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["read", "write", "drop", "reopen"])), max_size=30)
)
def test_what_was_watched_before_never_changes_what_is_told_now(steps: list[tuple[int, str]]) -> None:
    kept = Descriptors()
    pairs = [socket.socketpair() for _ in range(6)]
    wanted: dict[int, tuple[object, int]] = {}
    try:
        for number, step in steps:
            ours, theirs = pairs[number]
            match step:
                case "reopen":
                    wanted.pop(ours.fileno(), None)
                    ours.close()
                    theirs.close()
                    pairs[number] = socket.socketpair()
                case "drop":
                    wanted.pop(ours.fileno(), None)
                case "read":
                    wanted[ours.fileno()] = (ours, IN)
                    theirs.send(b"x")
                case _:
                    wanted[ours.fileno()] = (ours, OUT)
            fresh = Descriptors()
            told = [sorted(each) for each in kept.poll(wanted, 0)]
            assert told == [sorted(each) for each in fresh.poll(wanted, 0)]
            fresh.close()
    finally:
        kept.close()
        for ours, theirs in pairs:
            ours.close()
            theirs.close()


# ---------------------------------------------------------------- acknowledgements


def waiting(sock: socket.socket) -> TransmitIntent:
    """A message that is sent and not yet acknowledged."""
    intent = TransmitIntent(peer(), b"hello")
    intent.socket = sock
    intent.stage = TCPTransport._XMITStepShutdownWrite
    return intent


@pytest.mark.parametrize(("cls", "paused"), [(TCPTransport, True), (CenterTransport, False)])
def test_an_acknowledgement_that_has_not_come_is_waited_for_without_a_pause(
    transport: CenterTransport,
    pair: tuple[socket.socket, socket.socket],
    cls: type[TCPTransport],
    paused: bool,
) -> None:
    intent = waiting(pair[0])
    assert cls._next_XMIT_3(transport, intent)
    # Two actors that send to each other at the same time have this looked at before it can have come.
    assert cls._next_XMIT_4(transport, intent)
    assert bool(intent.backoffPause()) is paused


@pytest.mark.parametrize(("cls", "paused"), [(TCPTransport, True), (CenterTransport, False)])
def test_a_message_that_has_not_come_is_waited_for_without_a_pause(
    transport: CenterTransport,
    pair: tuple[socket.socket, socket.socket],
    cls: type[TCPTransport],
    paused: bool,
) -> None:
    incoming = TCPIncomingPersistent(peer(), pair[0])
    assert cls._handleReadableIncoming(transport, incoming) is incoming
    assert bool(incoming.backoffPause()) is paused


# ---------------------------------------------------------------- receiving


def connect(transport: CenterTransport) -> socket.socket:
    """A connection to the transport, as another process makes it."""
    made = socket.create_connection(transport.socket.getsockname())
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.settimeout(5)
    return made


def message_of(result: object) -> object:
    assert isinstance(result, ReceiveEnvelope)
    return result.message


def as_received(address: ActorAddress) -> ActorAddress:
    """Returns an address as another process has it: a copy of its own, never an object of two threads."""
    return pickle.loads(pickle.dumps(address))


@pytest.mark.parametrize("chunk", [1, 3, 20, 21, 10_000])
def test_a_message_arrives_whole_however_it_is_cut(transport: CenterTransport, chunk: int) -> None:
    data = packet(b"y" * 300, peer())
    with connect(transport) as sock:

        def send() -> None:
            for at in range(0, len(data), chunk):
                sock.sendall(data[at : at + chunk])

        sender = threading.Thread(target=send)
        sender.start()
        try:
            assert message_of(run(transport, 5)) == b"y" * 300
        finally:
            sender.join()
        assert sock.recv(100).startswith(b"18>")


def test_two_messages_in_one_piece_are_two_messages(transport: CenterTransport) -> None:
    with connect(transport) as sock:
        sock.sendall(packet(b"one", peer()) + packet(b"two", peer()) + packet(b"three", peer())[:10])
        assert message_of(run(transport, 5)) == b"one"
        assert message_of(run(transport, 5)) == b"two"
        sock.sendall(packet(b"three", peer())[10:])
        assert message_of(run(transport, 5)) == b"three"


@pytest.mark.parametrize("junk", [b"x>", b"GET / HTTP/1.1\r\n\r\n>", b"3>abc", b"9>" + b"\xff" * 9])
def test_who_speaks_otherwise_is_shut_out_and_the_others_are_heard(
    transport: CenterTransport, junk: bytes
) -> None:
    with connect(transport) as stranger, connect(transport) as sock:
        stranger.sendall(junk)
        sock.sendall(packet(b"hello", peer()))
        assert message_of(run(transport, 5)) == b"hello"
        run(transport, 0.05)
        answer = stranger.recv(100)
        assert answer == b"" or b"DATAERR" in answer


def test_a_peer_that_goes_away_is_forgotten(transport: CenterTransport) -> None:
    with connect(transport) as sock:
        sock.sendall(packet(b"hello", peer()))
        assert message_of(run(transport, 5)) == b"hello"
        assert len(transport._openSockets) == 1
    run(transport, 0.05)
    assert transport._openSockets == {}
    assert transport._incomingSockets == {}


# ---------------------------------------------------------------- acknowledging what was received

ACK = b"18>" + pickle.dumps("ACK")


def nothing_to_read(sock: socket.socket) -> bool:
    return not select.select([sock], [], [], 0)[0]


def test_a_message_is_acknowledged_when_it_has_been_handled(transport: CenterTransport) -> None:
    with connect(transport) as sock:
        early: list[bool] = []

        def handle(envelope: ReceiveEnvelope) -> bool:
            early.append(not nothing_to_read(sock))
            return False

        sock.sendall(packet(b"hello", peer()))
        transport.run(handle, timedelta(seconds=5))
        assert early == [False]
        assert sock.recv(100) == ACK


def test_a_handler_that_raises_does_not_keep_the_acknowledgement(transport: CenterTransport) -> None:
    def handle(envelope: ReceiveEnvelope) -> bool:
        raise LookupError("as it was told to")

    with connect(transport) as sock:
        sock.sendall(packet(b"hello", peer()))
        with pytest.raises(LookupError):
            transport.run(handle, timedelta(seconds=5))
        assert sock.recv(100) == ACK


def test_the_acknowledgement_travels_with_the_answer(transport: CenterTransport) -> None:
    def handle(envelope: ReceiveEnvelope) -> bool:
        transport.scheduleTransmit(None, TransmitIntent(envelope.sender, b"answer"))
        return False

    with connect(transport) as sock:
        sock.sendall(packet(b"question", peer()))
        transport.run(handle, timedelta(seconds=5))
        assert sock.recv(1000) == ACK + packet(b"answer", transport.myAddress)


def test_each_of_two_messages_in_one_piece_is_acknowledged(transport: CenterTransport) -> None:
    with connect(transport) as sock:
        sock.sendall(packet(b"one", peer()) + packet(b"two", peer()))
        assert message_of(run(transport, 5)) == b"one"
        assert message_of(run(transport, 5)) == b"two"
        received = b""
        while len(received) < 2 * len(ACK):
            received += sock.recv(100)
        assert received == ACK + ACK


def test_who_only_sends_acknowledges_at_once(transport: CenterTransport) -> None:
    with connect(transport) as sock, socket.create_server(("127.0.0.1", 0)) as silent:
        address = ActorAddress(TCPv4ActorAddress(*silent.getsockname(), external=True))
        sock.sendall(packet(b"handled", peer()))
        assert message_of(run(transport, 5)) == b"handled"
        assert sock.recv(100) == ACK
        transport.scheduleTransmit(None, TransmitIntent(address, b"never acknowledged"))
        sock.sendall(packet(b"hello", peer()))
        transport.run(TransmitOnly, timedelta(seconds=0.2))
        assert sock.recv(100) == ACK
        assert [envelope.message for envelope in transport._incomingEnvelopes] == [b"hello"]


class Chatter(threading.Thread):
    """Sends to another one as many messages as it can, and keeps what it gets."""

    def __init__(self, transport: CenterTransport, number: int) -> None:
        super().__init__(daemon=True)
        self.transport = transport
        self.other: ActorAddress | None = None
        self.number = number
        self.got: list[object] = []
        self.over = threading.Event()

    def run(self) -> None:
        assert self.other is not None
        for number in range(self.number):
            self.transport.scheduleTransmit(None, TransmitIntent(self.other, number))
            self.transport.run(self._take, timedelta(microseconds=1))
        while not self.over.is_set():
            self.transport.run(self._take, timedelta(milliseconds=20))

    def _take(self, envelope: ReceiveEnvelope) -> bool:
        if isinstance(envelope.message, int):
            self.got.append(envelope.message)
        return True


def test_two_that_speak_at_the_same_time_hear_everything_once_and_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("THESPIAN_BASE_IPADDR", "127.0.0.1")
    messages = 400
    pair = [
        Chatter(CenterTransport(ExternalTransportCopy(), peer(), False, False), messages) for _ in range(2)
    ]
    for each, other in (pair, reversed(pair)):
        each.other = as_received(other.transport.myAddress)
    for each in pair:
        each.start()
    try:
        wait_until(lambda: all(len(each.got) >= messages for each in pair), within_s=20, what="all messages")
    finally:
        for each in pair:
            each.over.set()
        for each in pair:
            each.join()
            each.transport.close()
    assert [each.got for each in pair] == [list(range(messages))] * 2


# ---------------------------------------------------------------- watching


def test_a_watched_descriptor_is_told_of(transport: CenterTransport) -> None:
    reader, writer = os.pipe()
    transport.set_watch([reader])
    os.write(writer, b"x")
    message = message_of(run(transport, 5))
    assert isinstance(message, WatchMessage)
    assert message.ready == [reader]
    os.close(reader)
    os.close(writer)


def test_a_watched_descriptor_that_was_closed_harms_nobody(transport: CenterTransport) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    os.close(writer)
    transport.set_watch([reader])
    with connect(transport) as sock:
        sock.sendall(packet(b"hello", peer()))
        assert message_of(run(transport, 5)) == b"hello"


def test_a_file_that_cannot_be_watched_harms_nobody(transport: CenterTransport) -> None:
    with open(__file__, "rb") as file, connect(transport) as sock:
        transport.set_watch([file.fileno()])
        sock.sendall(packet(b"hello", peer()))
        assert message_of(run(transport, 5)) == b"hello"


# ---------------------------------------------------------------- time


def test_a_retry_that_is_due_is_not_waited_for_until_something_else_happens(
    transport: CenterTransport,
) -> None:
    class Due(TransmitIntent):
        """Due at the very moment when the wait is reckoned, which the library takes for no wait at all."""

        def delay(self, current_time: float | None = None) -> timedelta:
            return timedelta(0)

    transport._waitingTransmits = [Due(peer(), b"hello")]
    transport.run_time = ExpirationTimer(timedelta(seconds=5))
    clock = ExpirationTimer(timedelta(seconds=1))
    assert transport._wait(False) == ([], [], [])
    assert not clock.view().expired()
    transport._waitingTransmits = []


def send(sender: TCPTransport, receiver: ActorAddress, body: bytes, done: threading.Event) -> None:
    """Send one message and serve the connection until it is acknowledged."""
    sender.scheduleTransmit(None, TransmitIntent(receiver, body, onSuccess=lambda *_: done.set()))
    while not done.is_set():
        sender.run(lambda _: False, timedelta(seconds=0.2))


def test_it_speaks_with_the_librarys_own(monkeypatch: pytest.MonkeyPatch, transport: CenterTransport) -> None:
    monkeypatch.setenv("THESPIAN_BASE_IPADDR", "127.0.0.1")
    other = TCPTransport(ExternalTransportCopy(), peer(), False, False)
    try:
        for number in range(5):
            for sender, receiver in ((transport, other), (other, transport)):
                body = b"%d" % number * 1000
                done = threading.Event()
                thread = threading.Thread(
                    target=send, args=(sender, as_received(receiver.myAddress), body, done)
                )
                thread.start()
                try:
                    assert message_of(receiver.run(None, timedelta(seconds=5))) == body
                    assert done.wait(5)
                finally:
                    done.set()
                    thread.join()
    finally:
        other.close()
