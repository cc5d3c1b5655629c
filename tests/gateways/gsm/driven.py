"""The driver at a modem that says what a trace says, when the trace says it.

The trace's dials, answers and hang-ups are asked of the driver at their times; whatever it sends is answered
as the trace's own host was answered by then, and by a modem of no peculiarities where that host never asked
it. The list of calls is what the observer makes of the trace up to then. No clock, no port.
"""

from __future__ import annotations

import heapq
import itertools
import math
import re
from collections import defaultdict
from collections.abc import Callable
from typing import Final, NamedTuple

from gateways.gsm.at.parse import Stat
from gateways.gsm.calls.call import CallView
from gateways.gsm.dialects.dialect import CompiledDialect
from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import CallId, Event, Ref
from gateways.gsm.errors import RequestRefused
from gateways.gsm.tracing.replay import SessionObserver, dialect_of
from gateways.gsm.tracing.trace import Entry, Side, Trace
from tests.gateways.gsm.bench import DIALECTS, FakeModem

BEFORE_S: Final = 30.0
"""So long before the trace begins the port is opened."""
AFTER_S: Final = 8.0
TICK_S: Final = 1e-6
"""An answer comes behind what the trace says at that time, whatever sums of floats say."""
_LINE: Final = re.compile(rb"[\r\n]*[^\r\n]+[\r\n]*")
_FINAL: Final = re.compile(
    r"OK|(?:\+CM[ES] )?ERROR.*|NO CARRIER|BUSY|NO ANSWER|NO DIALTONE|COMMAND NOT SUPPORT"
)
_HANG_UP: Final = re.compile(r"AT(?:\+CHUP|H0?|\+QHUP=\d+,(?P<quectel>\d)|\+CHLD=1(?P<one>\d))")
_VERB: Final = re.compile(r"AT([+^*]?[A-Z]+)")


class Answer(NamedTuple):
    """What the trace's modem answered to one command."""

    asked_s: float
    before: str
    """The command before it: some are refused unless another went ahead."""
    pieces: list[tuple[float, bytes]]
    """Each with the seconds since the command."""


class TraceModem:
    """The trace's side of it: what it answers by when, what it says unasked, and its calls."""

    def __init__(self, trace: Trace, dialect: CompiledDialect) -> None:
        self._dialect = dialect
        self._observer = SessionObserver(dialect)
        self._fake = FakeModem()
        self._listed: list[str] = []
        self._places: dict[CallId, int] = {}
        """What the modem will call each call, which no line may have said yet."""
        for entry in trace.entries:
            self.witness(entry)
            self._places |= {
                view.call: view.index for view in self._observer.calls() if view.index is not None
            }
        self._observer, self._listed = SessionObserver(dialect), []
        self.unasked: list[tuple[float, bytes]] = []
        self._answers: dict[str, list[Answer]] = defaultdict(list)
        self._before = ""
        asked, answer = "", Answer(0.0, "", [])
        for entry in trace.entries:
            if entry.side is Side.HOST:
                asked = entry.data.decode("latin-1").strip().upper()
                answer, self._before = Answer(entry.at_s, self._before, []), _key(asked)
                self._answers[_key(asked)].append(answer)
            for piece in _LINE.findall(entry.data) if entry.side is Side.MODEM else ():
                line = piece.decode("latin-1").strip()
                verb = _VERB.match(asked)
                is_code = dialect.find(line) is not None and not (verb and line.startswith(verb[1] + ":"))
                if not asked or (
                    is_code and not (_FINAL.fullmatch(line) and asked.startswith(("ATD", "ATA")))
                ):
                    self.unasked.append((entry.at_s, piece))
                    continue
                answer.pieces.append((entry.at_s - answer.asked_s, piece))
                if _FINAL.match(line):
                    asked = ""

    def witness(self, entry: Entry) -> None:
        match entry.side:
            case Side.HOST:
                self._observer.on_host_bytes(entry.data, entry.at_s)
            case Side.MODEM:
                self._observer.on_modem_bytes(entry.data, entry.at_s)
                rows = re.findall(r"\+CLCC: ?([^\r\n]*)", entry.data.decode("latin-1"))
                self._listed = rows if rows and b"OK" in entry.data else self._listed
            case Side.LOST:
                self._observer.on_port_lost(entry.at_s, "gone")

    def calls(self) -> list[CallView]:
        return [view for view in self._observer.calls() if not view.ending]

    def _rows(self) -> list[str]:
        """The bodies of +CLCC now: the calls, and beside them what no call is."""
        calls = self.calls()
        if calls and any(self._dialect.is_conference(row) for row in self._listed):
            return self._listed
        return [row for row in self._listed if self._dialect.is_phantom(row)] + [
            f"{self._places.get(view.call, place)},{view.direction:d},{view.state:d},0,"
            f'{view.in_conference:d},"{view.caller}",145'
            for place, view in enumerate(calls, 1)
        ]

    def answer(self, text: str, now_s: float) -> list[tuple[float, bytes]]:
        before, self._before = self._before, _key(text)
        known = self._answers[_key(text)]
        known = [one for one in known if one.before == before] or known
        if known and text != self._dialect.data.calls:
            return ([one for one in known if one.asked_s <= now_s] or known[:1])[-1].pieces
        self._fake.rows = self._rows()
        self._fake.write(text.encode("latin-1") + b"\r")
        return [(0.0, self._fake.take())]


def whole(data: bytes) -> list[bytes]:
    return [data]


class Driven:
    """See the module. `heard`: what is left of a piece of the modem's, and in which parts it comes. After the
    trace everything is heard as it was sent, for so long. `late_s`: how long the modem's bytes are on their
    way.
    """

    def __init__(
        self,
        trace: Trace,
        heard: Callable[[bytes], list[bytes]] = whole,
        after_s: float = AFTER_S,
        late_s: float = 0.0,
    ) -> None:
        dialect = dialect_of(trace, DIALECTS)
        self.driver = Driver(DIALECTS, dialect.key)
        self.modem = TraceModem(trace, dialect)
        self.events: list[Event] = []
        self.before: list[Event] = []
        """What was told before the trace began."""
        self._heard, self._late_s = heard, late_s
        self._now_s = -BEFORE_S
        self._due: list[tuple[float, int, bytes]] = []
        self._orders = itertools.count()
        self._typed = b""
        self.driver.on_port_opened(self._now_s)
        self._pass_to(0.0)
        self.before, self.events = self.events, []
        for at_s, piece in self.modem.unasked:
            self._later(at_s, piece)
        for entry in trace.entries:
            self._pass_to(math.nextafter(entry.at_s, -math.inf))
            self._now_s = max(self._now_s, entry.at_s)
            self.modem.witness(entry)
            if entry.side is Side.HOST:
                self._ask(entry.data.decode("latin-1").strip().upper())
            elif entry.side is Side.LOST:
                self.driver.on_port_lost(self._now_s)
                self.driver.end_all_calls(self._now_s, "gone")
            self._pass_to(entry.at_s)
        self._heard = whole
        self._pass_to(self._now_s + after_s)

    def _ask(self, text: str) -> None:
        """What the trace's host has sent, where it is about calls, asked of the driver."""
        calls = self.driver.calls()
        comes_in = [view.call for view in calls if view.state in (Stat.INCOMING, Stat.WAITING)]
        try:
            if text.startswith("ATD"):
                self.driver.dial(Ref(f"leg{self._now_s}"), re.sub(r"[^+*#\d]", "", text[3:]), self._now_s)
            elif text == "ATA" or (text == "AT+CHLD=2" and comes_in):
                self.driver.answer(comes_in[0], self._now_s)
            elif text == "AT+CHLD=0" and comes_in:
                self.driver.hang_up(comes_in[0], self._now_s)
            elif text == "AT+CHLD=2" and any(view.state is Stat.ACTIVE for view in calls):
                self.driver.hold(next(view.call for view in calls if view.state is Stat.ACTIVE), self._now_s)
            elif text == "AT+CHLD=2":
                self.driver.swap(self._now_s)
            elif text == "AT+CHLD=3":
                self.driver.conference(self._now_s)
            elif text.startswith("AT+VTS="):
                self.driver.send_digit(calls[0].call, text[-1], self._now_s)
            elif (hang_up := _HANG_UP.fullmatch(text)) is not None:
                index = hang_up["quectel"] or hang_up["one"]
                for view in calls:
                    if index is None or str(view.index) == index:
                        self.driver.hang_up(view.call, self._now_s)
        except (RequestRefused, IndexError):
            pass  # where the modem's words were spoilt the driver may not know of the call

    def _pass_to(self, until_s: float) -> None:
        for _ in range(20_000):
            self._exchange()
            deadline_s = self.driver.next_deadline()
            due_s = self._due[0][0] if self._due else math.inf
            next_s = min(due_s, math.inf if deadline_s is None else deadline_s)
            if next_s > until_s:
                self._now_s = max(self._now_s, until_s)
                return
            self._now_s = max(self._now_s, next_s)
            if due_s <= self._now_s:
                for part in self._heard(heapq.heappop(self._due)[2]):
                    self.driver.receive(part, self._now_s)
            else:
                self.driver.tick(self._now_s)
        raise AssertionError("the driver's deadline does not move")

    def _exchange(self) -> None:
        self._typed += self.driver.take_output(self._now_s)
        while (end := re.search(rb"[\r\x1a]", self._typed)) is not None:
            text, self._typed = (
                self._typed[: end.start()].decode("latin-1").strip("\x1b"),
                self._typed[end.end() :],
            )
            if text.upper().startswith("AT"):
                for after_s, piece in self.modem.answer(text, self._now_s):
                    self._later(self._now_s + after_s + TICK_S, piece)
        self.events += self.driver.take_events()

    def _later(self, at_s: float, data: bytes) -> None:
        heapq.heappush(self._due, (at_s + self._late_s, next(self._orders), data))


def _key(text: str) -> str:
    """One for all dials, one for all ways to hang up."""
    upper = text.upper()
    return "dial" if upper.startswith("ATD") else "hang up" if _HANG_UP.fullmatch(upper) else upper
