"""Sources that the benchmark of recovery observes from outside: directory, journal and log.

All times are of the machine's own clock: the commit of an event, the writing of a line in the log.
`tests.support.hearing` shows what the phones have heard.
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
    """Return the condition's value once it is true. Raises TimeoutError."""
    end = time.monotonic() + within_s
    while not (value := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"not within {within_s:g} s: {what}")
        time.sleep(every_s)
    return value


class Places:
    """The directory, polled."""

    def __init__(self, state: StateDir) -> None:
        self._directory = FileDirectory(state.run)

    def find(self, role: Role, key: str = "") -> Entry | None:
        """Return the actor's entry in the directory; None if the directory has no such actor."""
        return next((one for one in self._directory.read() if (one.role, one.key) == (role, key)), None)

    def all_of(self, role: Role) -> tuple[Entry, ...]:
        """Return all actors of the role."""
        return self._directory.all_of(role)

    def successor(self, dead: Entry, within_s: float = 30.0) -> tuple[Entry, float]:
        """Return the next incarnation once it has started, and the time at which it was seen."""

        def look() -> Entry | None:
            found = self.find(dead.role, dead.key)
            return found if found and found.ready and found.incarnation > dead.incarnation else None

        return until(f"another {dead.role} {dead.key}", look, within_s), time.time()


class Log:
    """The structured log, from its end at the creation of this object."""

    def __init__(self, state: StateDir) -> None:
        self._path = state.logs / "center.jsonl"
        self._at = self._path.stat().st_size
        self.lines: list[dict[str, Any]] = []

    def read(self) -> list[dict[str, Any]]:
        """Return all lines since the creation of this object, each with `at` in seconds since 1970."""
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
        """Return the first line with this event and these fields; None if the log has no such line."""
        return next(
            (
                line
                for line in self.read()
                if line["event"] == event and all(line.get(name) == value for name, value in fields.items())
            ),
            None,
        )


def processes_of(state: Path) -> Iterator[ProcessId]:
    """Yield every process of the node in this state directory, except the carrier."""
    yield from marked(state)


def living(pid: int) -> bool:
    """Return True if the process runs."""
    process = identity(pid)
    return process is not None and is_alive(process)


def operators(journal: Journal, phones: list[str]) -> dict[OperatorId, str]:
    """Add operators with these phones, all on shift; return their tokens. The demo operator's shift ends."""
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
    """Post an order as the operator of the token."""
    return made.http.post(
        f"/v1/alerts/{alert}/commands",
        json={"command": command, "text": "bench"},
        headers={"Authorization": f"Bearer {token}"},
    )


def first(journal: Journal, stream: str, kind: type, after: Instant, **fields: object) -> Recorded | None:
    """Return the stream's first event of this kind, with these fields, after that time; None if none."""
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
