"""What a run leaves to be judged: everything that was seen from outside, and what was done. Plain data."""

from __future__ import annotations

from dataclasses import dataclass, field

from messages import events as ev
from messages.ids import Outcome, Party
from messages.journal import Recorded
from tests.chaos.harness.view import Call, People


@dataclass(frozen=True, kw_only=True)
class LineStruck:
    """A modem was unplugged, garbled or muted."""

    line: str
    kind: str
    from_s: float
    """Seconds since 1970."""


@dataclass(frozen=True, kw_only=True)
class Struck:
    """Processes of one role that were hit, and when somebody stood in each one's place again."""

    role: str
    kind: str
    at_s: float
    names: tuple[str, ...]
    recovered_s: dict[str, float] = field(default_factory=dict)
    """By name, seconds from the strike until the successor was ready."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Whose place was not taken again while the run was watched."""
        return tuple(name for name in self.names if name not in self.recovered_s)


@dataclass(frozen=True, kw_only=True)
class Given:
    """An order of the operator's and its answer: a status, or 0 where nobody answered."""

    command: str
    status: int
    allowed: bool = False
    """Whether the journal showed, before and after a refusal, a case that allows it."""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One alert from its beginning to its end, or to where it stood still."""

    people: People
    accepted: bool
    """Whether the app has its receipt, or the user's call was answered."""
    outcome: Outcome
    """The right one."""
    asked: dict[Party, int]
    """How often each party is called, or calls, when no line fails."""
    events: tuple[Recorded, ...] = ()
    """Of the alert's two streams, in the journal's order."""
    seized: tuple[ev.LineSeized, ...] = ()
    calls: tuple[Call, ...] = ()
    lines_struck: tuple[LineStruck, ...] = ()
    struck: tuple[Struck, ...] = ()
    given: tuple[Given, ...] = ()
    numbers_of_lines: frozenset[str] = frozenset()
    stood_still: str = ""
    """The step that did not come; empty where all came."""
    silent: bool = False
    """Whether the step that did not come was that they hear each other."""
    unwell: tuple[str, ...] = ()
    """What was not again as before the alert, some time after its end."""
