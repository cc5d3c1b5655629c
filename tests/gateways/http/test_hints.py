"""Hints to the actors: merged, never waiting, kept while nobody listens."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.http import bridge_socket
from gateways.http.bridge_socket import BadFrame, Frames, frame
from gateways.http.hints import INBOXES_MAX, Hints, Merged
from messages.cases import AlertsArrived, InboxChanged, ShiftHint
from messages.envelope import decode
from messages.ids import AlertId, OperatorId, Role
from messages.operators import HeadsetPresent
from messages.union import Body
from tests.gateways.http.place import CLOCK
from tests.waiting import wait_until_async

LONG = "x" * 60
"""Twice in a path, and the socket's address does not fit into what a kernel takes."""


class Actors:
    """Whoever listens at the other end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.heard: list[Body] = []
        self.pieces = 0
        self._listener = bridge_socket.listen(path)
        self._connections: list[socket.socket] = []
        self._task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _ = await loop.sock_accept(self._listener)
            self._connections.append(connection)
            frames = Frames()
            while data := await loop.sock_recv(connection, 65536):
                self.pieces += 1
                for framed in frames.feed(data):
                    envelope = decode(framed)
                    assert (envelope.role, envelope.incarnation) == (Role.WEB, 7)
                    self.heard.append(envelope.body)

    def end(self) -> None:
        self._task.cancel()
        for connection in self._connections:
            connection.close()
        self._listener.close()


@asynccontextmanager
async def hints_at(path: Path) -> AsyncIterator[Hints]:
    hints = Hints(path, incarnation=7, clock=CLOCK)
    hints.start()
    try:
        yield hints
    finally:
        hints.stop()


def test_what_is_said_twice_is_told_once() -> None:
    merged = Merged()
    assert not merged
    for seq in (3, 9, 5):
        merged.alerts(seq)
        merged.inbox(AlertId("a"))
        merged.shift()
    assert merged
    assert merged.take() == [AlertsArrived(seq=9), InboxChanged(alert=AlertId("a")), ShiftHint()]
    assert not merged
    merged.alerts(9)
    assert not merged


def test_of_a_headset_the_last_that_was_said_is_told() -> None:
    merged, marta, luca = Merged(), OperatorId("marta"), OperatorId("luca")
    for who, present in ((marta, True), (luca, True), (marta, False)):
        merged.headset(who, present)
    assert merged
    assert merged.take() == [
        HeadsetPresent(operator=marta, present=False),
        HeadsetPresent(operator=luca, present=True),
    ]
    assert not merged


def test_who_comes_anew_is_told_that_there_are_alerts() -> None:
    merged = Merged()
    merged.alerts(4)
    merged.take()
    merged.again()
    assert merged.take() == [AlertsArrived(seq=4), ShiftHint()]


def test_no_more_alerts_are_remembered_than_allowed() -> None:
    merged = Merged()
    for number in range(INBOXES_MAX + 10):
        merged.inbox(AlertId(str(number)))
    told = merged.take()
    assert len(told) == INBOXES_MAX
    assert told[-1] == InboxChanged(alert=AlertId(str(INBOXES_MAX + 9)))


@pytest.mark.parametrize("long", [False, True])
def test_a_hint_is_told_at_once(tmp_path: Path, long: bool) -> None:
    folder = tmp_path / LONG / LONG if long else tmp_path
    folder.mkdir(parents=True, exist_ok=True)

    async def story() -> None:
        actors = Actors(folder / "b.sock")
        async with hints_at(folder / "b.sock") as hints:
            await wait_until_async(lambda: hints.connected)
            hints.inbox(AlertId("a"))
            hints.shift()
            await wait_until_async(lambda: ShiftHint() in actors.heard)
            assert InboxChanged(alert=AlertId("a")) in actors.heard
        actors.end()

    asyncio.run(story())


def test_case_10_a_storm_makes_few_messages(tmp_path: Path) -> None:
    async def story() -> None:
        actors = Actors(tmp_path / "b.sock")
        async with hints_at(tmp_path / "b.sock") as hints:
            await wait_until_async(lambda: hints.connected)
            for seq in range(1, 2001):
                hints.alerts(seq)
                if seq % 100 == 0:
                    await asyncio.sleep(0)
            await wait_until_async(lambda: AlertsArrived(seq=2000) in actors.heard)
            assert len(actors.heard) < 100
        actors.end()

    asyncio.run(story())


def test_hints_are_kept_while_nobody_listens_and_told_when_somebody_does(tmp_path: Path) -> None:
    async def story() -> None:
        async with hints_at(tmp_path / "b.sock") as hints:
            hints.alerts(5)
            hints.inbox(AlertId("a"))
            assert not hints.connected
            actors = Actors(tmp_path / "b.sock")
            await wait_until_async(lambda: len(actors.heard) == 2)
            assert actors.heard == [AlertsArrived(seq=5), InboxChanged(alert=AlertId("a"))]
            actors.end()

    asyncio.run(story())


def test_another_bridge_in_the_same_place_is_found(tmp_path: Path) -> None:
    async def story() -> None:
        first = Actors(tmp_path / "b.sock")
        async with hints_at(tmp_path / "b.sock") as hints:
            hints.alerts(5)
            await wait_until_async(lambda: first.heard == [AlertsArrived(seq=5)])
            first.end()
            await wait_until_async(lambda: not hints.connected)
            second = Actors(tmp_path / "b.sock")
            await wait_until_async(lambda: AlertsArrived(seq=5) in second.heard)
            hints.alerts(6)
            await wait_until_async(lambda: AlertsArrived(seq=6) in second.heard)
            second.end()

    asyncio.run(story())


def test_who_listens_and_reads_nothing_keeps_nobody_waiting(tmp_path: Path) -> None:
    async def story() -> None:
        listener = bridge_socket.listen(tmp_path / "b.sock")
        async with hints_at(tmp_path / "b.sock") as hints:
            for number in range(20_000):
                hints.inbox(AlertId(f"{number:064}"))
                if number % 50 == 0:
                    await asyncio.sleep(0)
            assert hints.connected
        listener.close()

    asyncio.run(story())


ENVELOPES = [b"", b"a", b"x" * 300, b"\xc4" * 70_000]


@pytest.mark.parametrize("size", [1, 2, 7, 1000, 10**6])
def test_frames_are_taken_in_whatever_pieces_they_come(size: int) -> None:
    wire = b"".join(map(frame, ENVELOPES))
    frames = Frames()
    found: list[bytes] = []
    for start in range(0, min(len(wire), len(wire)), size):
        found.extend(frames.feed(wire[start : start + size]))
        if size == 1 and start > 600:
            found.extend(frames.feed(wire[start + 1 :]))
            break
    assert found == ENVELOPES


def test_a_frame_that_is_cut_off_is_none() -> None:
    assert list(Frames().feed(frame(b"whole") + frame(b"cut")[:-1])) == [b"whole"]


@pytest.mark.parametrize("garbage", [b"\xc1", b"GET / HTTP/1.1\r\n", b"\x93\x01\x02\x03"])
def test_what_is_not_framed_is_refused(garbage: bytes) -> None:
    with pytest.raises(BadFrame):
        list(Frames().feed(garbage))


@given(st.binary(max_size=200))
def test_any_bytes_are_frames_or_refused(data: bytes) -> None:
    with suppress(BadFrame):
        assert all(isinstance(framed, bytes) for framed in Frames().feed(data))
