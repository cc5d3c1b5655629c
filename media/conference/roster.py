"""Members of a conference, and their ports.

Requests come from any thread; the media thread reads the roster once per tick and reports lost ports. Ports
are opened and closed on other threads: a failing USB device can block open() and close() for seconds, and
only its own leg may fall silent. A port is closed only after the media thread's last use, since the number of
its descriptor may be reused a moment later.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from media.ports.voice_port import VoicePort, VoicePortError, VoicePortSpec
from media.sound.frames import FRAME_MS

RETRY_MS = 200
SOCKET_RETRY_MS = 40
"""Retry interval of a headset's socket, in milliseconds: a retry costs one system call, and the headset
returns before its operator misses a word.
"""

OpenPort = Callable[[VoicePortSpec], VoicePort]
Spawn = Callable[[Callable[[], None]], None]
"""Function that runs blocking work on another thread. Raises RuntimeError if no thread is available."""


class Present(NamedTuple):
    """Leg with an open port."""

    leg: str
    port: VoicePort
    fresh: bool
    """True if the port was opened since the last tick."""


class TickView(NamedTuple):
    """Roster as one tick sees it."""

    legs: tuple[str, ...]
    """All members, with or without an open port."""
    present: tuple[Present, ...]
    anew: tuple[str, ...]
    """New members of this tick; one may have the name of an earlier member."""
    heard_by: Mapping[str, frozenset[str]]
    """Only hearers of each restricted leg; a leg without an entry is heard by all. Replaced, never
    changed.
    """


class _Member:
    def __init__(self, leg: str, spec: VoicePortSpec | None, port: VoicePort | None) -> None:
        self.leg = leg
        self.spec = spec  # None: joined by an open port, which is not reopened here
        self.port = port
        self.new = True
        self.fresh = True
        self.opening = spec is not None
        self.retry_at: int | None = None  # tick; None: not yet decided by the media thread
        self.trouble = ""


class Roster:
    """Members of one conference. `changes` grows whenever a member joined, left or lost its port."""

    def __init__(self, open_port: OpenPort, spawn: Spawn) -> None:
        self._open_port = open_port
        self._spawn = spawn
        self._lock = threading.Lock()
        self._members: dict[str, _Member] = {}
        self._heard_by: Mapping[str, frozenset[str]] = {}
        self._departed: list[VoicePort] = []
        self.changes = 0

    # -- requests, from any thread

    def offer(self, leg: str, port: VoicePort) -> None:
        """Add the leg through this open port; the roster closes the port."""
        with self._lock:
            old = self._members.get(leg)
            if old is None or old.port is not port:
                self._retire(leg)
                self._members[leg] = _Member(leg, None, port)
                self.changes += 1

    def reconcile(self, wanted: Mapping[str, VoicePortSpec], heard_by: Mapping[str, Collection[str]]) -> None:
        """Set the members and their hearers. A member with an equal spec is not touched."""
        new: list[_Member] = []
        audience = {leg: frozenset(hearers) for leg, hearers in heard_by.items()}
        with self._lock:
            if audience != self._heard_by:
                self._heard_by = audience
            for leg in self._members.keys() - wanted.keys():
                self._forget(leg)
            for leg, spec in wanted.items():
                if leg not in self._members or self._members[leg].spec != spec:
                    self._retire(leg)
                    self._members[leg] = _Member(leg, spec, None)
                    new.append(self._members[leg])
        for member in new:
            self._begin_opening(member, member.spec)

    def drop(self, leg: str) -> None:
        """Remove the leg; no effect if absent."""
        with self._lock:
            self._forget(leg)

    # -- the media thread's side

    def turn(self, tick: int) -> TickView:
        """Return the members of this tick, and retry missing ports that are due."""
        due: list[_Member] = []
        present: list[Present] = []
        anew: list[str] = []
        with self._lock:
            for member in self._members.values():
                if member.new:
                    anew.append(member.leg)
                    member.new = False
                if member.port is not None:
                    present.append(Present(member.leg, member.port, member.fresh))
                    member.fresh = False
                elif member.spec is not None and not member.opening:
                    if member.retry_at is None:
                        member.retry_at = tick + _retry_ticks(member.spec)
                    elif tick >= member.retry_at:
                        member.opening = True
                        due.append(member)
            turn = TickView(tuple(self._members), tuple(present), tuple(anew), self._heard_by)
        for member in due:
            self._begin_opening(member, member.spec)
        return turn

    def close_departed(self) -> None:
        """Close the ports of former members; the caller guarantees that no tick uses these ports."""
        with self._lock:
            departed, self._departed = self._departed, []
        while departed:
            try:
                self._spawn(departed[-1].close)
            except RuntimeError:
                with self._lock:
                    self._departed += departed
                return
            departed.pop()

    def lose(self, lost: Present, error: Exception, tick: int) -> None:
        """Release a port that failed in this tick; it is opened again from the next tick on."""
        with self._lock:
            member = self._members.get(lost.leg)
            if member is not None and member.port is lost.port:
                self._departed.append(lost.port)
                member.port = None
                member.trouble = _words(error)
                member.retry_at = tick + 1
                self.changes += 1

    # -- for all threads

    def ports(self) -> dict[str, VoicePort]:
        """Return the open ports by leg."""
        with self._lock:
            return {leg: member.port for leg, member in self._members.items() if member.port is not None}

    def lost(self) -> dict[str, str]:
        """Return the legs with a port that failed to open or was lost, with the reason."""
        with self._lock:
            return {leg: m.trouble for leg, m in self._members.items() if m.port is None and m.trouble}

    # -- inside

    def _forget(self, leg: str) -> None:
        if leg in self._members:
            self._retire(leg)
            self.changes += 1

    def _retire(self, leg: str) -> None:
        member = self._members.pop(leg, None)
        if member is not None and member.port is not None:
            self._departed.append(member.port)

    def _begin_opening(self, member: _Member, spec: VoicePortSpec | None) -> None:
        if spec is None:
            return
        try:
            self._spawn(lambda: self._open(member, spec))
        except RuntimeError as error:
            with self._lock:
                self.changes += member.trouble != _words(error)
                member.trouble, member.opening, member.retry_at = _words(error), False, None

    def _open(self, member: _Member, spec: VoicePortSpec) -> None:
        port: VoicePort | None = None
        trouble = ""
        try:
            port = self._open_port(spec)
        except Exception as error:  # a fault of a driver leads to a retry; `lost` reports the reason
            trouble = _words(error)
        with self._lock:
            wanted = self._members.get(member.leg) is member
            if wanted:
                self.changes += port is not None or trouble != member.trouble
                member.port, member.trouble = port, trouble
                member.fresh, member.opening, member.retry_at = True, False, None
        if not wanted and port is not None:
            port.close()


def _retry_ticks(spec: VoicePortSpec) -> int:
    return (SOCKET_RETRY_MS if spec.kind == "unix" else RETRY_MS) // FRAME_MS


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, VoicePortError) else repr(error)
