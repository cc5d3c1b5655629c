"""What a watcher keeps of a center while it is struck: its journal, folded; the carrier's calls; its size."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

import httpx
from msgspec.structs import replace
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from messages import events as ev
from messages.ids import AlertId, Role
from messages.journal import Recorded
from model.alert.case import Case
from model.alert.evolve import begin, evolve
from store import streams
from store.errors import JournalError, JournalRenumbered
from store.journal.journal import Journal
from tests.chaos.harness.call_book import CallBook
from tests.chaos.harness.view import Call
from tests.chaos.nemesis.world import World

_AT_ONCE: Final = 1000
_SAMPLE_S: Final = 5.0
HELD_FOR_EACH: Final = 3
"""Descriptors that a Supervisor has of each actor, of which there are more the more alerts there are."""


class Story:
    """The journal as far as it was read, and every case. Looks are one thread's, reading is anybody's."""

    def __init__(self, open_journal: Callable[[], Journal], book: CallBook) -> None:
        self._open, self._book = open_journal, book
        self._journal: Journal | None = None
        self.calls: list[Call] = []
        self._forget()

    def _forget(self) -> None:
        self.recorded: list[Recorded] = []
        self.cases: dict[AlertId, Case] = {}
        self.shifts: dict[str, str] = {}

    @property
    def open_cases(self) -> dict[AlertId, Case]:
        """Those that are not closed."""
        return {alert: case for alert, case in list(self.cases.items()) if case.closed_at is None}

    def look(self) -> None:
        """Read on; what cannot be read just now is read next time."""
        with suppress(httpx.TransportError):
            self.calls = self._book.read()
        try:
            self._journal = self._journal or self._open()
            while batch := self._journal.read_all(self.recorded[-1].seq if self.recorded else 0, _AT_ONCE):
                for one in batch:
                    self._take(one)
        except JournalRenumbered:
            self._forget()
            self.close()
        except JournalError:
            self.close()

    def _take(self, one: Recorded) -> None:
        self.recorded.append(one)
        alert = streams.alert_of(one.stream)
        if alert is not None:
            case, now = self.cases.get(alert), None
            with suppress(Exception):  # that it cannot be told is found by the judge
                now = begin(one) if case is None else evolve(case, one)
            if now is not None:
                self.cases[alert] = now
        if isinstance(one.event, ev.ShiftChanged):
            self.shifts[str(one.event.operator)] = str(one.event.state)

    def read_again(self) -> None:
        """All of it once more, as whoever comes later reads it; but what was erased as it was before."""
        live = self.recorded
        self._forget()
        self.close()
        self.look()
        self.recorded = as_before_erasing(self.recorded, live)

    def close(self) -> None:
        """Let go of the journal."""
        journal, self._journal = self._journal, None
        if journal is not None:
            journal.close()


def as_before_erasing(now: Sequence[Recorded], live: Sequence[Recorded]) -> list[Recorded]:
    """The journal of now, with the numbers of erased alerts that were read while they were there."""
    erased = {streams.alert_of(one.stream) for one in now if isinstance(one.event, ev.AlertErased)}
    known = {(one.stream, one.version): one.event for one in live if streams.alert_of(one.stream) in erased}
    return [replace(one, event=known.get((one.stream, one.version), one.event)) for one in now]


class Console:
    """An admin's console, which asks for what it has missed after each break; its picture of the alerts."""

    def __init__(self, world: World) -> None:
        self._url = f"{world.center.address.replace('http', 'ws', 1)}/v1/console"
        self._headers = {"Authorization": f"Bearer {world.tokens[-1]}"}
        self._seq = 0
        self.cases: dict[str, dict[str, Any]] = {}
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def end(self) -> None:
        """Watch nothing more."""
        self._ends.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ends.wait(0.3):
            url = self._url + (f"?since={self._seq}" if self._seq else "")
            with (
                suppress(OSError, TimeoutError, WebSocketException),
                connect(url, additional_headers=self._headers, max_size=None, open_timeout=5) as link,
            ):
                while not self._ends.is_set():
                    self._take(json.loads(link.recv(timeout=5)))

    def _take(self, said: dict[str, Any]) -> None:
        if said["type"] == "snapshot":
            self.cases = {}
        if said["type"] in ("snapshot", "events"):
            self._seq = said["seq"]
            self.cases |= {case["alert"]: case for case in said.get("cases") or ()}
            for gone in said.get("gone") or ():
                self.cases.pop(gone, None)


class Sizes:
    """Memory and descriptors of every process, every few seconds, for as long as it lives."""

    def __init__(self) -> None:
        self.of: dict[tuple[str, str, int], list[tuple[float, int, int]]] = defaultdict(list)
        """By role, key and pid: when, kB, descriptors."""
        self._last_s = 0.0

    def look(self, world: World) -> None:
        """Once more, where it is time."""
        now_s = time.monotonic()
        if now_s - self._last_s < _SAMPLE_S:
            return
        self._last_s = now_s
        for node in world.each:
            there = node.places()  # a Supervisor holds descriptors for the actors of its own node
            held = {Role.SUPERVISOR: HELD_FOR_EACH * len(there)}
            for place in there:
                with suppress(OSError):
                    pid = place.process.pid
                    rss = os.sysconf("SC_PAGE_SIZE") // 1024 * _resident_pages(pid)
                    descriptors = len(os.listdir(f"/proc/{pid}/fd")) - held.get(place.role, 0)
                    self.of[str(place.role), place.key, pid].append((now_s, rss, descriptors))


def _resident_pages(pid: int) -> int:
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1])
