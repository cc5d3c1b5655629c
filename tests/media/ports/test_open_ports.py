"""A path is opened by one conference at a time, and again only when its former port is closed."""

from __future__ import annotations

import threading

import pytest

from media.ports.open_ports import OpenPorts
from media.ports.voice_port import VoicePort, VoicePortMissing, VoicePortSpec
from tests.media.conference.test_conference import FakePort
from tests.waiting import wait_until


class Port(FakePort):
    """Takes its time to close, as a driver does."""

    def __init__(self) -> None:
        super().__init__(440)
        self.closes = threading.Event()
        self.closes.set()

    def close(self) -> None:
        self.closed = True
        self.closes.wait(10)

    def is_wanted(self) -> bool:
        return False


class Opener:
    def __init__(self) -> None:
        self.opened: list[Port] = []
        self.fault: Exception | None = None

    def __call__(self, spec: VoicePortSpec) -> VoicePort:
        if self.fault is not None:
            raise self.fault
        self.opened.append(Port())
        return self.opened[-1]


TTY = VoicePortSpec(path="/dev/v1")


def test_it_waits_for_the_former_port() -> None:
    opener = Opener()
    ports = OpenPorts(opener)
    first = ports.open(TTY)
    opener.opened[0].closes.clear()
    second = threading.Thread(target=ports.open, args=(TTY,))
    second.start()
    closing = threading.Thread(target=first.close)
    closing.start()
    wait_until(lambda: opener.opened[0].closed)
    second.join(0.05)
    assert len(opener.opened) == 1, "its close has begun, and has not returned"
    opener.opened[0].closes.set()
    wait_until(lambda: len(opener.opened) == 2)
    closing.join(10)
    second.join(10)


def test_a_second_close_does_not_free_the_path_of_the_next_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media.ports.open_ports.CLOSES_WITHIN_S", 0.02)
    ports = OpenPorts(Opener())
    first = ports.open(TTY)
    first.close()
    ports.open(TTY)
    first.close()
    with pytest.raises(VoicePortMissing):
        ports.open(TTY)


def test_a_port_that_stays_open_is_an_error_and_not_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media.ports.open_ports.CLOSES_WITHIN_S", 0.02)
    opener = Opener()
    ports = OpenPorts(opener)
    ports.open(TTY)
    with pytest.raises(VoicePortMissing, match="/dev/v1: another conference of this process has the port"):
        ports.open(TTY)
    assert len(opener.opened) == 1


def test_what_could_not_be_opened_is_tried_again_at_once() -> None:
    opener = Opener()
    ports = OpenPorts(opener)
    opener.fault = VoicePortMissing("/dev/v1: no such device")
    with pytest.raises(VoicePortMissing, match="no such device"):
        ports.open(TTY)
    opener.fault = None
    ports.open(TTY).close()
    assert opener.opened[0].closed


@pytest.mark.parametrize("kind", ["unix", "node"])
def test_what_is_shared_by_nature_is_opened_at_once(kind: str) -> None:
    opener = Opener()
    ports = OpenPorts(opener)
    spec = VoicePortSpec(path="a", kind=kind)
    ports.open(spec)
    ports.open(spec)
    assert len(opener.opened) == 2
