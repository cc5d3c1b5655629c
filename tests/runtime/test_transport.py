"""Our datagrams between actors: what is said arrives, what is watched is told, and nothing harms the loop."""

from __future__ import annotations

import hmac
import os
import pickle
import secrets
import select
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from thespian.actors import ActorAddress, WakeupMessage, WatchMessage
from thespian.system.messages.multiproc import ChildMayHaveDied
from thespian.system.transport import ReceiveEnvelope, SendStatus, TransmitIntent, TransmitOnly
from thespian.system.transport.IPBase import UDPv4ActorAddress
from thespian.system.transport.UDPTransport import UDPTransportCopy

from runtime import environment
from runtime.environment import Environment
from runtime.system.transport import DATAGRAM_MAX, MARK_BYTES, PROOF_BYTES, CenterTransport, mark_of
from tests.support.actors import environment as center_of
from tests.support.there import is_a
from tests.waiting import wait_until

HEAD_BYTES = MARK_BYTES + PROOF_BYTES
MESSAGE_MAX = DATAGRAM_MAX - HEAD_BYTES
ADMIN = ActorAddress(UDPv4ActorAddress("127.0.0.1", 9, external=True))


def made() -> CenterTransport:
    return CenterTransport(UDPTransportCopy(), ADMIN)


@pytest.fixture(autouse=True)
def center(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Environment:
    monkeypatch.setenv("THESPIAN_BASE_IPADDR", "127.0.0.1")
    made = center_of(tmp_path, virtual=True)
    monkeypatch.setattr(environment, "_installed", made)
    return made


@pytest.fixture
def transport() -> Iterator[CenterTransport]:
    one = made()
    yield one
    one.close()


@pytest.fixture
def other() -> Iterator[CenterTransport]:
    one = made()
    yield one
    one.close()


def place(transport: CenterTransport) -> tuple[str, int]:
    return is_a(UDPv4ActorAddress, transport.myAddress.addressDetails).sockname


def run(transport: CenterTransport, seconds: float = 5) -> object:
    return transport.run(None, timedelta(seconds=seconds))


def received(transport: CenterTransport) -> object:
    envelope = run(transport)
    assert isinstance(envelope, ReceiveEnvelope), "nothing has come"
    return envelope.message


def say(sender: CenterTransport, to: ActorAddress, message: object) -> list[object]:
    done: list[object] = []

    def told(result: object, intent: TransmitIntent) -> None:
        done.append(result)

    sender.scheduleTransmit(None, TransmitIntent(to, message, told, told))
    return done


def test_a_message_arrives_and_names_its_sender(transport: CenterTransport, other: CenterTransport) -> None:
    assert say(other, transport.myAddress, b"hello") == [SendStatus.Sent]
    envelope = is_a(ReceiveEnvelope, run(transport))
    assert envelope.message == b"hello"
    assert envelope.sender == other.myAddress
    assert transport.run(TransmitOnly, timedelta(seconds=5)) == 0


class Chatter(threading.Thread):
    """Sends to another one as many messages as it can, and keeps what it gets."""

    def __init__(self, transport: CenterTransport, to: ActorAddress, number: int) -> None:
        super().__init__(daemon=True)
        self.transport, self.to, self.number = transport, to, number
        self.got: list[object] = []
        self.over = threading.Event()

    def run(self) -> None:
        for number in range(self.number):
            self.transport.scheduleTransmit(None, TransmitIntent(self.to, number))
            self.transport.run(self._take, timedelta(microseconds=1))
        while not self.over.is_set():
            self.transport.run(self._take, timedelta(milliseconds=20))

    def _take(self, envelope: ReceiveEnvelope) -> bool:
        if isinstance(envelope.message, int):
            self.got.append(envelope.message)
        return True


def test_two_that_speak_at_once_hear_all_in_order(transport: CenterTransport, other: CenterTransport) -> None:
    messages = 100
    pair = [Chatter(a, b.myAddress, messages) for a, b in ((transport, other), (other, transport))]
    for each in pair:
        each.start()
    try:
        wait_until(lambda: all(len(each.got) >= messages for each in pair), within_s=20, what="all messages")
    finally:
        for each in pair:
            each.over.set()
        for each in pair:
            each.join()
    assert [each.got for each in pair] == [list(range(messages))] * 2


def test_what_is_said_to_oneself_is_heard_in_its_order(transport: CenterTransport) -> None:
    for number in range(3):
        say(transport, transport.myAddress, number)
    assert [received(transport) for _ in range(3)] == [0, 1, 2]


class Touches:
    """Unpickled it makes a file, as it could do anything."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.path),)


def proved(secret: bytes, message: object) -> bytes:
    data = pickle.dumps(message)
    return mark_of(secret) + hmac.digest(secret, data, "sha256") + data


def test_what_is_not_proved_is_never_unpickled_and_the_others_are_heard(
    center: Environment, transport: CenterTransport, other: CenterTransport, tmp_path: Path
) -> None:
    evil = Touches(tmp_path / "touched")
    right = proved(center.actor_secret, b"right")
    unmarked = [
        *(b"", b"junk", b"BuMP", bytes(PROOF_BYTES), bytes(DATAGRAM_MAX - MARK_BYTES), pickle.dumps(evil)),
        *(bytes(PROOF_BYTES) + pickle.dumps(evil), proved(secrets.token_bytes(32), evil)[MARK_BYTES:]),
        *(right[MARK_BYTES:HEAD_BYTES] + pickle.dumps(evil), right[MARK_BYTES:-1], right[MARK_BYTES:] + b"x"),
        proved(center.actor_secret, b"cut")[MARK_BYTES:HEAD_BYTES],
    ]
    # With the mark, which keeps out floods alone, and without.
    junk = [*unmarked, *(mark_of(center.actor_secret) + each for each in unmarked)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for each in junk:
            stranger.sendto(each, place(transport))
    say(other, transport.myAddress, b"hello")
    assert received(transport) == b"hello"
    assert not evil.path.exists()


def test_a_flood_from_a_stranger_takes_no_room_from_our_own_messages(
    transport: CenterTransport, other: CenterTransport
) -> None:
    room = transport.socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        # Short ones: they fill the last of the room, too.
        for _ in range(room // 200):
            stranger.sendto(bytes(200), place(transport))
    for number in range(3):
        say(other, transport.myAddress, number)
    assert [received(transport) for _ in range(3)] == [0, 1, 2]


def test_a_flood_from_a_stranger_does_not_wake_an_actor(transport: CenterTransport) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for junk in (b"", b"x", bytes(MARK_BYTES), bytes(200)):
            stranger.sendto(junk, place(transport))
    assert not select.select([transport.socket], [], [], 0)[0]


def test_a_proved_unreadable_message_harms_nobody(center: Environment, transport: CenterTransport) -> None:
    data = b"not a pickle"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as newer:
        newer.sendto(
            mark_of(center.actor_secret) + hmac.digest(center.actor_secret, data, "sha256") + data,
            place(transport),
        )
    say(transport, transport.myAddress, b"goes on")
    assert received(transport) == b"goes on"


def test_what_no_datagram_carries_is_refused(transport: CenterTransport, other: CenterTransport) -> None:
    assert say(other, transport.myAddress, bytes(MESSAGE_MAX)) == [SendStatus.BadPacket]
    assert say(other, transport.myAddress, bytes(MESSAGE_MAX - 100)) == [SendStatus.Sent]
    assert received(transport) == bytes(MESSAGE_MAX - 100)


def test_what_is_said_to_a_dead_one_is_lost(transport: CenterTransport, other: CenterTransport) -> None:
    gone = other.myAddress
    other.close()
    for _ in range(3):
        assert say(transport, gone, b"hello") == [SendStatus.Sent]
    say(transport, transport.myAddress, b"goes on")
    assert received(transport) == b"goes on"


def test_nobody_else_can_have_the_mailbox(transport: CenterTransport) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with pytest.raises(OSError, match="in use"):
            thief.bind(place(transport))


# ---------------------------------------------------------------- watching


def watched(transport: CenterTransport) -> list[int]:
    return is_a(WatchMessage, received(transport)).ready


def test_what_is_watched_is_told_until_it_is_watched_no_more(transport: CenterTransport) -> None:
    reader, writer = os.pipe()
    transport.set_watch([reader])
    os.write(writer, b"x")
    assert watched(transport) == [reader]
    assert watched(transport) == [reader], "what is left is told again"
    transport.set_watch([])
    say(transport, transport.myAddress, b"hello")
    assert received(transport) == b"hello"
    os.close(reader)
    os.close(writer)


def test_another_file_of_the_same_number_is_watched_in_its_turn(transport: CenterTransport) -> None:
    reader, writer = os.pipe()
    kept = os.dup(reader)  # as a forked process has it: the kernel does not forget the file
    transport.set_watch([reader])
    os.write(writer, b"x")
    assert watched(transport) == [reader]
    again, other_writer = os.pipe()
    os.dup2(again, reader)
    os.write(writer, b"x")
    say(transport, transport.myAddress, b"nothing of the old one")
    assert received(transport) == b"nothing of the old one"
    os.write(other_writer, b"x")
    assert watched(transport) == [reader]
    for fd in (reader, writer, kept, again, other_writer):
        os.close(fd)


def test_what_was_closed_while_it_was_watched_harms_nobody(transport: CenterTransport) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    os.close(writer)
    transport.set_watch([reader])
    say(transport, transport.myAddress, b"hello")
    assert received(transport) == b"hello"


# ---------------------------------------------------------------- time and signals


def test_a_wakeup_comes_when_it_is_due_though_nothing_else_happens(transport: CenterTransport) -> None:
    run(transport, 0)
    transport.addWakeup(timedelta(milliseconds=30), None)
    assert isinstance(received(transport), WakeupMessage)


def test_a_signal_handler_is_heard_at_once(transport: CenterTransport) -> None:
    threading.Timer(0.05, lambda: transport.interrupt_wait(check_children=True)).start()
    assert isinstance(received(transport), ChildMayHaveDied)
