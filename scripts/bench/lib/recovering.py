"""What the bench of recovery looks at from outside: directory, journal and log.

Everything is timed by the machine's own clock: an event by when it was committed, a line of the log by when
it was written. What the phones have heard of it `tests.support.hearing` tells.
"""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx

from application.state.processes import ProcessId, identity, is_alive, marked
from application.state.state_dir import StateDir
from messages import events as ev
from messages.ids import AlertId, Instant, OperatorId, Role, ShiftState
from messages.journal import Recorded
from runtime.published.directory import Entry, FileDirectory
from store import streams
from store.journal.journal import Append, Journal
from store.registry.registry import Registry
from tests.support.center import Center

T = TypeVar("T")

LOOK_S: Final = 0.001


def until(what: str, condition: Callable[[], T | None], within_s: float = 30.0, every_s: float = LOOK_S) -> T:
    """The condition's value once it is true. Raises TimeoutError."""
    end = time.monotonic() + within_s
    while not (value := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"not within {within_s:g} s: {what}")
        time.sleep(every_s)
    return value


class Places:
    """The directory, read again and again."""

    def __init__(self, state: StateDir) -> None:
        self._directory = FileDirectory(state.run)

    def find(self, role: Role, key: str = "") -> Entry | None:
        """The actor as the Supervisor knows it."""
        return next((one for one in self._directory.read() if (one.role, one.key) == (role, key)), None)

    def all_of(self, role: Role) -> tuple[Entry, ...]:
        """Everyone of the role."""
        return self._directory.all_of(role)

    def successor(self, dead: Entry, within_s: float = 30.0) -> tuple[Entry, float]:
        """The next incarnation once it has started, and when that was seen."""

        def look() -> Entry | None:
            found = self.find(dead.role, dead.key)
            return found if found and found.ready and found.incarnation > dead.incarnation else None

        return until(f"another {dead.role} {dead.key}", look, within_s), time.time()


class Log:
    """The structured log, from where it ended when this was made."""

    def __init__(self, state: StateDir) -> None:
        self._path = state.logs / "center.jsonl"
        self._at = self._path.stat().st_size
        self.lines: list[dict[str, Any]] = []

    def read(self) -> list[dict[str, Any]]:
        """All lines since then, each with `at`, seconds of the wall clock."""
        with self._path.open("rb") as file:
            file.seek(self._at)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._at += len(whole)
        for line in whole.splitlines():
            said = json.loads(line)
            said["at"] = datetime.datetime.fromisoformat(said["timestamp"]).timestamp()
            self.lines.append(said)
        return self.lines

    def said(self, event: str, **fields: object) -> dict[str, Any] | None:
        """The first line of this kind."""
        return next(
            (
                line
                for line in self.read()
                if line["event"] == event and all(line.get(name) == value for name, value in fields.items())
            ),
            None,
        )


def processes_of(state: Path) -> Iterator[ProcessId]:
    """Every process of the node in this state directory, the carrier excepted."""
    yield from marked(state)


def living(pid: int) -> bool:
    """Whether it runs."""
    process = identity(pid)
    return process is not None and is_alive(process)


def operators(journal: Journal, phones: list[str]) -> dict[OperatorId, str]:
    """Operators with these phones, all on shift, and their tokens; the demo operator goes home."""
    registry = Registry(journal)
    tokens = {}
    for n, phone in enumerate(phones):
        operator = registry.add_operator(f"Operator {n}", phone, by="bench").id
        tokens[operator] = registry.issue_token(operator, by="bench")
        _shift(journal, operator, ShiftState.READY)
    _shift(journal, OperatorId("demo"), ShiftState.OFF)
    return tokens


def _shift(journal: Journal, operator: OperatorId, state: ShiftState) -> None:
    changed = ev.ShiftChanged(operator=operator, state=state)
    journal.append(Append(streams.operator(operator), None, (changed,)))


def order(made: Center, alert: AlertId, command: str, token: str) -> httpx.Response:
    """A key on that operator's screen."""
    return made.http.post(
        f"/v1/alerts/{alert}/commands",
        json={"command": command, "text": "bench"},
        headers={"Authorization": f"Bearer {token}"},
    )


def first(journal: Journal, stream: str, kind: type, after: Instant, **fields: object) -> Recorded | None:
    """The stream's first event of this kind after that time."""
    return next(
        (
            one
            for one in journal.read(stream)
            if isinstance(one.event, kind)
            and one.at_us > after
            and all(getattr(one.event, name) == value for name, value in fields.items())
        ),
        None,
    )
