"""One input of the fuzzer, played: bytes of a modem, and in between what the host and the time do.

The whole driver is played (engine, call table, start-up, ladder), under a clock of its own. The first byte
chooses the dialect, and whether somebody answers the host's queries; a byte from 0xF0 on is a step,
everything else is the modem's. `play` raises AssertionError when something grows beyond its bounds or never
ends, and whatever the driver raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from gateways.gsm.at.parse import Direction
from gateways.gsm.call_book import MOST_CALLS
from gateways.gsm.dialects import installed
from gateways.gsm.driver import Driver
from gateways.gsm.errors import RequestRefused
from gateways.gsm.events import CallReleased, Ref
from gateways.gsm.trace import Side, read_trace

TRACES: Final = Path(__file__).resolve().parents[2] / "tests" / "traces"
NAMES: Final = installed().names()
USER: Final = "+393331112223"
STEP: Final = 0xF0
ANSWERED: Final = 0x80
"""In the first byte: the host's commands are answered with OK."""

MOST_DIALS: Final = 8
MOST_COMMANDS: Final = 400
"""Queued at once: a SIM's messages, the start-up, and what a few calls ask for."""
MOST_TICKS: Final = 5_000
"""In one wait: a deadline that does not move would need more."""
_SPLIT: Final = re.compile(rb"([\xf0-\xff])")
_QUERY: Final = re.compile(rb"AT(\+\w+)\?\r")


class Played:
    """A driver and its clock, with a modem that knows no more than OK."""

    def __init__(self, first: int) -> None:
        self.driver = Driver(installed(), NAMES[(first & ~ANSWERED) % len(NAMES)])
        self.answers = bool(first & ANSWERED)
        self.now_s = 0.0
        self.dials = 0
        self.ended: set[int] = set()
        self.driver.opened(self.now_s)
        self.exchange()

    def exchange(self) -> None:
        """What the host has written is answered, or not; what has happened is looked at."""
        for _ in range(MOST_COMMANDS):
            written = self.driver.take_output()
            for event in self.driver.take_events():
                if isinstance(event, CallReleased):
                    assert event.call not in self.ended, "a call was released twice"
                    self.ended.add(event.call)
            if not written or not self.answers:
                break
            self.driver.receive(_answers(written), self.now_s)
        self.check()

    def check(self) -> None:
        """What must hold at any moment."""
        calls = self.driver.calls()
        assert len(calls) <= MOST_CALLS + MOST_DIALS, f"{len(calls)} calls"
        assert len({view.call for view in calls}) == len(calls)
        assert self.driver.waiting <= MOST_COMMANDS, f"{self.driver.waiting} commands wait"

    def hear(self, data: bytes) -> None:
        """The modem says this."""
        self.driver.receive(data, self.now_s)
        self.exchange()

    def wait(self, seconds: float) -> None:
        """Time passes."""
        until_s = self.now_s + seconds
        for _ in range(MOST_TICKS):
            due_s = self.driver.next_deadline()
            if due_s is None or due_s > until_s:
                self.now_s = until_s
                return
            self.now_s = max(self.now_s, due_s)
            self.driver.tick(self.now_s)
            self.exchange()
        raise AssertionError("the driver's deadline does not move")

    def dial(self) -> None:
        if self.dials < MOST_DIALS:
            self.dials += 1
            self.driver.dial(Ref(f"leg{self.dials}"), USER, self.now_s)

    def adopt(self) -> None:
        if self.dials < MOST_DIALS:
            self.dials += 1
            self.driver.adopt(Ref(f"leg{self.dials}"), USER, self.now_s, direction=Direction.IN)

    def answer(self) -> None:
        for view in self.driver.calls()[:1]:
            self.driver.answer(view.call, self.now_s)

    def hang_up(self) -> None:
        for view in self.driver.calls():
            self.driver.hang_up(view.call, self.now_s)

    def hold(self) -> None:
        for view in self.driver.calls()[:1]:
            self.driver.hold(view.call, self.now_s)

    def digit(self) -> None:
        for view in self.driver.calls()[-1:]:
            self.driver.send_digit(view.call, "5", self.now_s)

    def unplugged(self) -> None:
        self.driver.port_lost(self.now_s)
        self.wait(0.25)
        self.driver.opened(self.now_s)

    def restarted(self) -> None:
        self.driver.opened(self.now_s, listen_first=True)


def _steps(played: Played) -> tuple[Callable[[], None], ...]:
    driver = played.driver
    return (
        lambda: played.wait(0.05),
        lambda: played.wait(0.5),
        lambda: played.wait(3.0),
        lambda: played.wait(30.0),
        played.dial,
        played.answer,
        played.hang_up,
        played.hold,
        lambda: driver.conference(played.now_s),
        played.digit,
        played.adopt,
        lambda: driver.swap(played.now_s),
        played.unplugged,
        played.restarted,
        lambda: driver.poll_calls(played.now_s),
        lambda: driver.calls_lost(played.now_s, "unplugged"),
    )


def play(data: bytes) -> Played:
    """See the module."""
    played = Played(data[0] if data else 0)
    steps = _steps(played)
    for piece in _SPLIT.split(data[1:]):
        if len(piece) == 1 and piece[0] >= STEP:
            with suppress(RequestRefused):
                steps[piece[0] - STEP]()
            played.exchange()
        elif piece:
            played.hear(piece)
    # Whatever was said: with nothing more to hear, what hangs in the air comes down.
    played.wait(60.0)
    return played


def seeds() -> Iterator[bytes]:
    """What the modems of the recorded sessions have said, in their dialects, with waits in between."""
    for path in sorted(TRACES.glob("*/*.trace")):
        trace = read_trace(path.read_text("utf-8"))
        first = NAMES.index(path.parent.name)
        pieces = [
            bytes((STEP + 4,))
            if entry.data.startswith(b"ATD")
            else b""
            if entry.side is Side.HOST
            else entry.data + bytes((STEP + 1,))
            for entry in trace.entries
        ]
        for choice in (first, first | ANSWERED):
            yield bytes((choice,)) + b"".join(pieces)


def _answers(written: bytes) -> bytes:
    said = b""
    for line in written.split(b"\r")[:-1]:
        query = _QUERY.fullmatch(line.lstrip(b"\x1b") + b"\r")
        said += b"\r\n" + query[1] + b": 1\r\n" if query is not None else b""
        said += b"\r\nOK\r\n"
    return said
