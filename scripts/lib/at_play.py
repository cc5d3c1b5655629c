"""Player of one fuzzer input: bytes of a modem, with actions of the host and time between them.

The whole driver is played (engine, call table, start-up, escalation) under a clock of its own. An input may
also select the legs of a line that joins its legs in the network. The first byte chooses the dialect,
the legs, and whether the host's queries are answered. A byte from 0xF0 on is a step; all other bytes come
from the modem. `play` raises AssertionError if something grows beyond its bounds or never ends. All other
errors pass through.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from gateways.gsm.at.parse import Direction
from gateways.gsm.calls.book import MAX_CALLS
from gateways.gsm.dialects.loading import installed_dialects
from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import CallEvent, CallReleased, Event, InputFailed, Ref, VoiceReady
from gateways.gsm.errors import RequestRefused
from gateways.gsm.line.legs_on_line import LegsOnLine, Order
from gateways.gsm.tracing.trace import Side, read_trace
from messages.calls import AnswerCall, AttachCall, CallReport, CallState, DialCall, HangUpCall
from messages.ids import E164, LegId, LineId

TRACES: Final = Path(__file__).resolve().parents[2] / "tests" / "traces"
NAMES: Final = installed_dialects().names()
USER: Final = E164("+393331112223")
STEP: Final = 0xF0
ANSWERED: Final = 0x80
"""Bit of the first byte: the host's commands are answered with OK."""
WITH_LEGS: Final = 0x40
"""Bit of the first byte: steps are orders of legs, on a line that joins its legs in the network."""

MOST_DIALS: Final = 8
MOST_COMMANDS: Final = 400
"""Most queued commands: messages on a SIM, the start-up, and the commands of a few calls."""
MOST_TICKS: Final = 5_000
"""Most ticks in one wait: only a deadline that does not move needs more."""
_SPLIT: Final = re.compile(rb"([\xf0-\xff])")
_ROW: Final = re.compile(rb"\+CLCC: ?(?P<index>\d+), ?[01], ?(?P<stat>\d)[^\r\n]*")
_QUERY: Final = re.compile(rb"AT(\+\w+)\?\r")


class Played:
    """A driver with its clock, a modem that knows only OK, and the calls that the modem has reported."""

    def __init__(self, first: int) -> None:
        self.driver = Driver(installed_dialects(), NAMES[(first & ~(ANSWERED | WITH_LEGS)) % len(NAMES)])
        self.answers = bool(first & ANSWERED)
        self.now_s = 0.0
        self.dials = 0
        self.rows: dict[bytes, bytes] = {}
        """Rows of the modem's list of calls, by index."""
        self.ended: set[int] = set()
        self.driver.on_port_opened(self.now_s)
        self.exchange()

    def exchange(self) -> None:
        """Answer the host's output, or drop it; check the events."""
        for _ in range(MOST_COMMANDS):
            self.go_on()
            written = self.driver.take_output()
            for event in self.driver.take_events():
                self.happened(event)
            if not written or not self.answers:
                break
            self.driver.receive(_answers(written, self.rows.values()), self.now_s)
        self.check()

    def go_on(self) -> None:
        """Run the pending actions of the layers above the driver."""

    def happened(self, event: Event) -> None:
        """Check an event of the driver."""
        assert not isinstance(event, InputFailed), f"a line was left out: {event.error}"
        if isinstance(event, CallReleased):
            assert event.call not in self.ended, "a call was released twice"
            self.ended.add(event.call)

    def next_s(self) -> float | None:
        """Return the next deadline; None if there is none."""
        return self.driver.next_deadline()

    def check(self) -> None:
        """Check the invariants of every moment."""
        calls = self.driver.calls()
        assert len(calls) <= MAX_CALLS + MOST_DIALS, f"{len(calls)} calls"
        assert len({view.call for view in calls}) == len(calls)
        assert self.driver.pending_commands <= MOST_COMMANDS, f"{self.driver.pending_commands} commands wait"

    def hear(self, data: bytes) -> None:
        """Pass bytes of the modem to the driver; rows of calls in them enter the modem's list."""
        for row in _ROW.finditer(data):
            self.rows.pop(row["index"], None)
            if row["stat"] != b"6" and len(self.rows) < MAX_CALLS:
                self.rows[row["index"]] = row[0]
        self.driver.receive(data, self.now_s)
        self.exchange()

    def wait(self, seconds: float) -> None:
        """Advance the clock by `seconds`, with a tick at each deadline. Raises AssertionError."""
        until_s = self.now_s + seconds
        for _ in range(MOST_TICKS):
            due_s = self.next_s()
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
        self.driver.on_port_lost(self.now_s)
        self.wait(0.25)
        self.driver.on_port_opened(self.now_s)

    def restarted(self) -> None:
        self.driver.on_port_opened(self.now_s, listen_first=True)


class PlayedLegs(Played):
    """A driver with the line's legs, of two alerts: dialled, answered and joined as far as possible."""

    def __init__(self, first: int) -> None:
        self.ordered: list[tuple[LegId, E164, int | None]] = []
        self.over: set[LegId] = set()
        self.legs: LegsOnLine | None = None
        super().__init__(first)
        self.start_legs()

    def start_legs(self) -> None:
        """Start the process of the legs, at first without any leg."""
        self.legs = LegsOnLine(LineId("one"), self.driver, first_number=0, voice_path="", number_within_s=1.5)

    def go_on(self) -> None:
        if self.legs is not None:
            for report in self.legs.join_calls(self.now_s):
                self.reported(report)

    def happened(self, event: Event) -> None:
        super().happened(event)
        if self.legs is not None and isinstance(event, CallEvent | VoiceReady):
            report = self.legs.on_event(event, self.now_s)
            if isinstance(report, CallReport):
                self.reported(report)

    def reported(self, report: CallReport) -> None:
        assert report.leg not in self.over or report.state is CallState.RELEASED, "a leg came back to life"
        if report.state is CallState.RELEASED:
            self.over.add(report.leg)

    def next_s(self) -> float | None:
        times = (super().next_s(), None if self.legs is None else self.legs.next_s(self.now_s))
        return min((time for time in times if time is not None), default=None)

    def check(self) -> None:
        super().check()
        if self.legs is not None:
            assert len(self.legs.ringing.to_publish(self.now_s)) <= MAX_CALLS + MOST_DIALS

    def order(self, order: Order) -> None:
        """Carry out an order of a leg."""
        assert self.legs is not None
        self.reported(self.legs.execute(order, self.now_s))

    def new_leg(self, call: int | None = None) -> tuple[LegId, E164] | None:
        """Return a leg without an order so far; of three legs the third belongs to another alert."""
        if self.dials >= MOST_DIALS:
            return None
        self.dials += 1
        number = E164(f"{USER[:-1]}{self.dials}")
        leg = LegId(f"a{1 + (self.dials % 3 == 0)}:{self.dials}")
        self.ordered.append((leg, number, call))
        return leg, number

    def dial(self) -> None:
        if (new := self.new_leg()) is not None:
            self.order(DialCall(leg=new[0], attempt=1, number=new[1]))

    def adopt(self) -> None:
        """Attach a leg that existed before this process to its call."""
        if (new := self.new_leg()) is not None:
            self.order(AttachCall(leg=new[0], attempt=1, number=new[1], answered=True))

    def answer(self) -> None:
        assert self.legs is not None
        for ringing in self.legs.ringing.to_publish(self.now_s)[:1]:
            if (new := self.new_leg(ringing.call)) is not None:
                self.order(AnswerCall(leg=new[0], attempt=1, call=ringing.call, number=ringing.number))

    def hang_up(self) -> None:
        for leg, number, call in self.ordered[-2:]:
            self.order(HangUpCall(leg=leg, attempt=1, number=number, call=call))

    def digit(self) -> None:
        for leg, number, call in self.ordered[-1:]:
            self.order(AttachCall(leg=leg, attempt=1, number=number, call=call, digits="5#"))

    def hold(self) -> None:
        """Repeat the last order, as happens every second. The legs have no order to hold."""
        for leg, number, call in self.ordered[-1:]:
            if call is None:
                self.order(DialCall(leg=leg, attempt=1, number=number))
            else:
                self.order(AnswerCall(leg=leg, attempt=1, call=call, number=number))

    def restarted(self) -> None:
        super().restarted()
        self.over.clear()
        self.start_legs()


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
        lambda: driver.end_all_calls(played.now_s, "unplugged"),
    )


def play(data: bytes) -> Played:
    """Play the input to its end, then 60 s of silence. Raises AssertionError as described for this module."""
    first = data[0] if data else 0
    played = PlayedLegs(first) if first & WITH_LEGS else Played(first)
    steps = _steps(played)
    for piece in _SPLIT.split(data[1:]):
        if len(piece) == 1 and piece[0] >= STEP:
            with suppress(RequestRefused):
                steps[piece[0] - STEP]()
            played.exchange()
        elif piece:
            played.hear(piece)
    # After any input: once the modem is silent, pending work must end.
    played.wait(60.0)
    return played


def seeds() -> Iterator[bytes]:
    """Yield the output of the modems in the recorded sessions, in their dialects, with waits between."""
    for path in sorted(TRACES.rglob("*.trace")):
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
        for choice in (first, first | ANSWERED, first | WITH_LEGS, first | WITH_LEGS | ANSWERED):
            yield bytes((choice,)) + b"".join(pieces)


def _answers(written: bytes, rows: Iterable[bytes]) -> bytes:
    said = b""
    for line in written.split(b"\r")[:-1]:
        if line.endswith(b"AT+CLCC"):
            said += b"".join(b"\r\n" + row for row in rows) + b"\r\n"
        query = _QUERY.fullmatch(line.lstrip(b"\x1b") + b"\r")
        said += b"\r\n" + query[1] + b": 1\r\n" if query is not None else b""
        said += b"\r\nOK\r\n"
    return said
