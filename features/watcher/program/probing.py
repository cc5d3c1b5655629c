"""Probes of a center's intake from outside, along the path of a phone, with results counted by the minute."""

from __future__ import annotations

import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterable
from itertools import islice, takewhile
from typing import Final

import httpx
import msgspec
from msgspec.structs import replace

from messages.ids import SECOND, Instant
from model.availability import ProbeResult

WITHIN_S: Final = 8.0
KEPT_MINUTES: Final = 40 * 24 * 60
TOLD: Final = 3_000
"""Maximal number of rows in one answer: two days, some 100 KB."""


class Prober:
    """Thread that probes at an interval. Each probe opens a new connection, as a phone in danger does."""

    def __init__(
        self, url: str, every_s: float, authority: str, now_us: Callable[[], Instant], told: Probing
    ) -> None:
        self._url, self._every_s, self._now_us, self._told = url, every_s, now_us, told
        self._trust = trust_in(authority)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="prober", daemon=True)

    def start(self) -> None:
        """Start probing."""
        self._thread.start()

    def stop(self) -> None:
        """Stop probing."""
        self._over.set()

    def _run(self) -> None:
        while not self._over.is_set():
            began = self._now_us()
            answered = not ask(self._url, self._trust)
            took_us = self._now_us() - began
            self._told.add(began, took_us, answered=answered)
            self._over.wait(max(0.0, self._every_s - took_us / SECOND))


def trust_in(authority: str) -> ssl.SSLContext:
    """Return a TLS context that trusts this authority, PEM, or else the machine's. Raises OSError."""
    return ssl.create_default_context(cafile=authority or None)


def ask(url: str, trust: ssl.SSLContext) -> str:
    """Return why the intake does not answer; empty if it answers."""
    try:
        with httpx.Client(verify=trust, timeout=WITHIN_S, follow_redirects=False) as client:
            status = client.get(url).status_code
            return "" if status == 200 else f"answers {status}"
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return str(error) or type(error).__name__


class CenterProbe(msgspec.Struct, frozen=True, array_like=True):
    """A minute of one center's probes, as a line of the watcher's file."""

    center: str
    row: ProbeResult


class Probing:
    """Results of the probes: the last answered one, and a row for each minute if the center accepts rows.
    Thread-safe.
    """

    def __init__(self, watcher: str, rows: Iterable[ProbeResult] = (), *, takes_rows: bool = True) -> None:
        """`rows`: of an earlier watcher; of one minute the last counts."""
        self._watcher = watcher
        self._takes_rows = takes_rows
        self._lock = threading.Lock()
        known = {one.minute: one for one in rows} if takes_rows else {}
        self._rows: deque[ProbeResult] = deque((known[one] for one in sorted(known)), maxlen=KEPT_MINUTES)
        self._answered: Instant | None = None
        # The last row may belong to the current minute.
        self._written = self._rows[-1].minute - 1 if self._rows else 0
        """Last minute whose row was returned by `unwritten`."""

    def add(self, at: Instant, took_us: int, *, answered: bool) -> None:
        """Add the result of a probe sent at this time."""
        minute = at // (60 * SECOND)
        with self._lock:
            if answered:
                self._answered = at
            if not self._takes_rows:
                return
            # After a clock was set back these minutes lie in the future, and would block the others.
            while self._rows and self._rows[-1].minute > minute:
                self._rows.pop()
                self._written = min(self._written, minute - 1)
            if not self._rows or self._rows[-1].minute != minute:
                self._rows.append(
                    ProbeResult(watcher=self._watcher, minute=minute, tried=0, failed=0, worst_ms=0)
                )
            row = self._rows[-1]
            self._rows[-1] = replace(
                row,
                tried=row.tried + 1,
                failed=row.failed + (not answered),
                worst_ms=max(row.worst_ms, took_us // 1000),
            )

    def answered(self) -> Instant | None:
        """Return when the last answered probe was sent, once; None if not newer."""
        with self._lock:
            found, self._answered = self._answered, None
            return found

    def taken(self, minute: int) -> None:
        """Drop the rows up to this minute, which the center has stored."""
        with self._lock:
            while self._rows and self._rows[0].minute <= minute:
                self._rows.popleft()

    def whole(self, now_us: Instant) -> tuple[ProbeResult, ...]:
        """Return the rows of past minutes, the oldest first, up to the size of one answer."""
        this = now_us // (60 * SECOND)
        with self._lock:
            return tuple(islice(takewhile(lambda one: one.minute < this, self._rows), TOLD))

    def unwritten(self, before_minute: int) -> list[ProbeResult]:
        """Return the rows of minutes before this one that were not returned yet."""
        with self._lock:
            found = [one for one in self._rows if self._written < one.minute < before_minute]
            self._written = max(self._written, before_minute - 1)
            return found

    def __len__(self) -> int:
        """Return the number of stored rows."""
        return len(self._rows)

    @property
    def rows(self) -> tuple[ProbeResult, ...]:
        """All stored rows."""
        with self._lock:
            return tuple(self._rows)
