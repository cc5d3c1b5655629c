"""Raises a storm upon a center from outside, and judges by the journal what has become of it."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Final

import httpx
import msgspec

from center.node.launching import child_environment
from messages import events as ev
from messages.base import Message
from messages.ids import SECOND, AlertId, Instant, OperatorId, Party, ShiftState
from model.alert.live import LiveCases
from model.rules.deadline import Urgency, least_us, urgency
from model.rules.proof import rank_of
from model.settings import Settings
from store import streams
from store.journal.following import FollowedFolds
from store.journal.journal import Append, Journal
from store.registry.registry import Registry
from tests.support.center import Center
from tests.support.storm import AppsSettings, ConsoleSettings, Seen, Told
from tests.support.used import pss_kb

USUAL: Final = Settings()
GRACE_US: Final = Instant(SECOND)
"""An alert counts as passed over that was there for so long before, and for so long afterwards."""
LEAD_S: Final = 1.5
"""Until processes that raise alerts have started."""


def phone_of(kind: str, number: int) -> str:
    """An operator's or a user's number."""
    return f"+3902000008{number:02d}" if kind == "operator" else f"+39333{number:07d}"


def prepare(journal: Journal, operators: int) -> dict[OperatorId, str]:
    """Operators with phones and tokens, all on shift; the demo operator is not."""
    registry = Registry(journal)
    tokens = {}
    for n in range(operators):
        operator = registry.add_operator(f"Operator {n}", phone_of("operator", n), by="storm").id
        tokens[operator] = registry.issue_token(operator, by="storm")
        _shift(journal, operator, ShiftState.READY)
    _shift(journal, OperatorId("demo"), ShiftState.OFF)
    return tokens


def _shift(journal: Journal, operator: OperatorId, state: ShiftState) -> None:
    changed = ev.ShiftChanged(operator=operator, state=state)
    journal.append(Append(streams.operator(operator), None, (changed,)))


class Storm:
    """The processes that raise alerts and look on. `begin`, `console`, then `end`."""

    def __init__(self, made: Center, folder: Path) -> None:
        self._made, self._folder = made, folder
        self._stop = folder / "stop"
        self._running: list[subprocess.Popen[bytes]] = []
        self._apps: list[Path] = []
        self._seen = folder / "seen"

    def begin(self, alerts: int, seconds: float, spread_s: float, processes: int, first: int = 0) -> float:
        """So many alerts in so many seconds; when it begins, by the wall clock."""
        chance = random.Random(112)
        begin_at = time.time() + LEAD_S
        key = (self._made.state.path / "keys" / "app.key").read_text().strip()
        url = httpx.URL(self._made.address)
        for n in range(processes):
            numbers = range(first + n, first + alerts, processes)
            out = self._folder / f"told-{n}"
            settings = AppsSettings(
                host=url.host,
                port=url.port or 80,
                key=key,
                out=str(out),
                stop=str(self._stop),
                phones=tuple(phone_of("user", number) for number in numbers),
                raised_before_s=tuple(chance.uniform(0.0, spread_s) for _ in numbers),
                begin_at=begin_at,
                rate_per_s=alerts / seconds / processes,
            )
            self._apps.append(out)
            self._start("apps", settings, f"apps-{n}")
        return begin_at

    def console(self, token: str) -> None:
        """An operator's screen, from now on."""
        url = self._made.address.replace("http", "ws", 1) + "/v1/console"
        settings = ConsoleSettings(url=url, token=token, out=str(self._seen), stop=str(self._stop))
        self._start("console", settings, "console")

    def _start(self, kind: str, settings: msgspec.Struct, name: str) -> None:
        path = self._folder / f"{name}.json"
        path.write_bytes(msgspec.json.encode(settings))
        self._running.append(
            subprocess.Popen(
                [sys.executable, "-m", "tests.support.storm", kind, str(path)], env=child_environment(None)
            )
        )

    def end(self) -> tuple[list[Told], Seen]:
        """What the apps and the console have lived through."""
        self._stop.touch()
        for process in self._running:
            process.wait(30)
        told = [
            one for out in self._apps for one in msgspec.msgpack.decode(out.read_bytes(), type=list[Told])
        ]
        return told, msgspec.msgpack.decode(self._seen.read_bytes(), type=Seen)

    def kill(self) -> None:
        """End what still runs."""
        for process in self._running:
            if process.poll() is None:
                process.kill()
                process.wait()


class Operators(threading.Thread):
    """Does the operators' part: whoever has been reached is asked, and it was a false alarm."""

    def __init__(self, made: Center, journal: Journal, tokens: dict[OperatorId, str]) -> None:
        super().__init__(daemon=True)
        self._made, self._tokens = made, tokens
        self._live = LiveCases()
        self._following = FollowedFolds(journal, self._live)
        self._ordered: dict[AlertId, float] = {}
        self._over = threading.Event()
        self._http = httpx.Client(base_url=made.address, timeout=30)

    def run(self) -> None:
        while not self._over.wait(0.2):  # not at every commit: that would be measured too
            self._following.catch_up()
            for alert, case in list(self._live.cases.items()):
                if case.operator in self._tokens and case.answered(Party.USER):
                    self._order(alert, self._tokens[case.operator])

    def _order(self, alert: AlertId, token: str) -> None:
        if time.monotonic() - self._ordered.get(alert, 0.0) > 2.0:
            self._ordered[alert] = time.monotonic()
            try:
                order(self._http, alert, "declare_false_alarm", token)
            except httpx.TransportError:
                return

    def end(self) -> None:
        """Go home."""
        self._over.set()
        self.join()
        self._following.close()
        self._http.close()


def order(http: httpx.Client, alert: AlertId, command: str, token: str) -> int:
    """A key on an operator's screen; the answer's status."""
    answer = http.post(
        f"/v1/alerts/{alert}/commands",
        json={"command": command},
        headers={"Authorization": f"Bearer {token}"},
    )
    return answer.status_code


# ---------------------------------------------------------------------------------------- judgement


class Story(msgspec.Struct, kw_only=True):
    """What the journal says of one alert. Times are microseconds UTC."""

    alert: AlertId
    rank: tuple[bool, int, int]
    """Real before test, then by proof, then the deadline: who is to be opened first."""
    received_at: int
    there_at: int
    """When it was written down."""
    deadline_at: int
    advised_at: int | None = None
    opened_at: int | None = None
    reached_at: int | None = None
    missed_at: int | None = None
    closed_at: int | None = None
    outcome: str = ""


class Judgement:
    """The journal, read from one place on."""

    def __init__(self, waited_us: Instant = GRACE_US) -> None:
        self._waited_us = waited_us
        self.stories: dict[AlertId, Story] = {}
        self.passed_over: list[tuple[AlertId, AlertId, int, int]] = []
        """Opened, the one passed over, how much earlier its deadline was and how long it had waited."""
        self.waiting_max = 0
        self._waiting: dict[AlertId, Story] = {}

    def read(self, journal: Journal, after: int = 0) -> Judgement:
        """Take in everything."""
        seq = after
        while found := journal.read_all(seq, 5000):
            seq = found[-1].seq
            for one in found:
                alert = streams.alert_of(one.stream)
                if alert is not None:
                    self._take(alert, one.at_us, one.event)
        self.passed_over = [one for one in self.passed_over if self._was_not_next(one[0], one[1])]
        return self

    def _was_not_next(self, opened: AlertId, other: AlertId) -> bool:
        """Whether the other was not being opened at the same time: workers that are told together are not
        all as quick."""
        at, then = self.stories[opened].opened_at, self.stories[other].opened_at
        return at is not None and (then is None or then > at + self._waited_us)

    def _take(self, alert: AlertId, at: int, event: Message) -> None:
        if isinstance(event, ev.AlertReceived):
            story = Story(
                alert=alert,
                rank=(event.test, rank_of(event.proof, event.doubt), event.deadline_at),
                received_at=event.received_at,
                there_at=at,
                deadline_at=event.deadline_at,
            )
            self.stories[alert] = self._waiting[alert] = story
            self.waiting_max = max(self.waiting_max, len(self._waiting))
            return
        known = self.stories.get(alert)
        if known is None:
            return
        match event:
            case ev.AdviceChanged():
                known.advised_at = known.advised_at or at
            case ev.CaseOpened():
                if self._waiting.pop(alert, None) is not None:
                    known.opened_at = at
                    self._compare(known, at)
            case ev.UserRang() | ev.UserReached():
                known.reached_at = known.reached_at or at
            case ev.DeadlineMissed():
                known.missed_at = known.missed_at or at
            case ev.AlertClosed(outcome=outcome):
                known.closed_at, known.outcome = at, outcome.value
                self._waiting.pop(alert, None)

    def _compare(self, opened: Story, at: int) -> None:
        """Whether another should have been opened before this one."""
        # It was decided a moment before; perhaps when this one could still be reached and the other not.
        earliest = at - self._waited_us
        cusp = min(at, max(earliest, opened.deadline_at - least_us(USUAL)))
        before = [
            one
            for one in self._waiting.values()
            if one.there_at < earliest
            and all(_urgency(one, then) < _urgency(opened, then) for then in (at, cusp, earliest))
        ]
        if before:
            first = min(before, key=lambda one: one.rank)
            self.passed_over.append(
                (opened.alert, first.alert, opened.deadline_at - first.deadline_at, at - first.there_at)
            )


def _urgency(one: Story, at: int) -> Urgency:
    test, rank, deadline_at = one.rank
    return urgency(test, rank, Instant(deadline_at), Instant(at), USUAL)


# ------------------------------------------------------------------------------------------- memory


def memory(made: Center) -> dict[str, int]:
    """Kilobytes by role; of roles that there are several of, the sum."""
    found: dict[str, int] = {}
    for row in made.ps():
        if row["role"] != "Carrier":
            found[row["role"]] = found.get(row["role"], 0) + pss_kb(row["pid"])
    return found
