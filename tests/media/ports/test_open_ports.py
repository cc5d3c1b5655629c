"""A path is opened by one conference at a time, and again only when its former port is closed."""

from __future__ import annotations

import threading

import pytest

from media.ports.open_ports import OpenPorts
from media.ports.voice_port import VoicePort, VoicePortMissing, VoicePortSpec
from tests.media.conference.test_conference import FakePort
from tests.waiting import wait_until


class Port(FakePort):
    def fileno(self) -> int:
        return -1 if self.closed else 3


class Opener:
    def __init__(self) -> None:
        self.opened: list[Port] = []
        self.fault: Exception | None = None

    def __call__(self, spec: VoicePortSpec) -> VoicePort:
        if self.fault is not None:
            raise self.fault
        self.opened.append(Port(440))
        return self.opened[-1]


TTY = VoicePortSpec(path="/dev/v1")


def test_it_waits_for_the_former_port() -> None:
    opener = Opener()
    ports = OpenPorts(opener)
    ports.open(TTY)
    second = threading.Thread(target=ports.open, args=(TTY,))
    second.start()
    second.join(0.05)
    assert len(opener.opened) == 1
    opener.opened[0].close()
    wait_until(lambda: len(opener.opened) == 2)
    second.join(10)


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
    assert ports.open(TTY) is opener.opened[0]


@pytest.mark.parametrize("kind", ["unix", "node"])
def test_what_is_shared_by_nature_is_opened_at_once(kind: str) -> None:
    opener = Opener()
    ports = OpenPorts(opener)
    spec = VoicePortSpec(path="a", kind=kind)
    ports.open(spec)
    ports.open(spec)
    assert len(opener.opened) == 2
