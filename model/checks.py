"""What is looked at to tell whether the center is well: the form of a row, and what a look finds. Pure.

A check is one row: what is looked at, what that costs, who asks for it, what to do, and the look itself, a
function of what its askers know. The rows lie where their looks can be made: `model.first_run`,
`gateways.http.routes.health`, `center.checks`, and in features. `center.checks.table.every` has all of
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Generic, TypeVar

import msgspec

from messages.rows import Sentence

At = TypeVar("At")
Found = TypeVar("Found")


class Verdict(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    """The center runs, and somebody should see to it."""
    FAIL = "fail"
    """Alerts would suffer, or the center would not start."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    check: str
    verdict: Verdict
    text: str


class Asker(StrEnum):
    """Who asks."""

    DOCTOR = "doctor"
    """`securwoman doctor`, before the start and while the center runs."""
    LINES = "lines"
    """The console's page of lines, for a supervisor."""
    READY = "readyz"
    """`GET /readyz`, for whoever watches the center; the figures have it, too."""
    START = "start"
    """The console's page of the first run: what is missing before real use."""
    HEARTBEAT = "heartbeat"
    """Those outside: the evidence of each heartbeat."""
    NIGHT = "night"
    """The night's proof."""
    WATCHER = "watcher"
    """`securwoman watch --check`, on the watcher's own machine."""


class Cost(StrEnum):
    """What a look takes, and so who may ask for it how often."""

    MEMORY = "memory"
    """Nothing: it is known."""
    FILES = "files"
    """Milliseconds: some files, the kernel, a read of the journal."""
    WORK = "work"
    """Up to seconds: a disk that is flushed, a server that answers, arithmetic that is measured."""
    WHOLE = "whole"
    """Minutes and more, or a call: everything is read, or tried."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a check."""

    name: str
    """As the asker tells it. Permanent."""
    at: Sentence
    """What is looked at."""
    do: Sentence
    """What to do where it is not well."""
    cost: Cost
    asked: frozenset[Asker]


class Check(Row, Generic[At, Found], frozen=True, kw_only=True):
    """A row with its look."""

    look: Callable[[At], Found]


Look = Callable[[], Iterable[Finding]]


def ok(check: str, text: str) -> Finding:
    """It is as it should be."""
    return Finding(check=check, verdict=Verdict.OK, text=text)


def warn(check: str, text: str) -> Finding:
    """It works, and somebody should see to it."""
    return Finding(check=check, verdict=Verdict.WARN, text=text)


def fail(check: str, text: str) -> Finding:
    """It does not work."""
    return Finding(check=check, verdict=Verdict.FAIL, text=text)


def examined(name: str, look: Look) -> Iterator[Finding]:
    """What a look finds; one that itself fails is a finding, too, and the others go on."""
    try:
        yield from look()
    except Exception as error:  # the edge: a doctor that stops at the first sick organ is no use
        yield fail(name, f"could not be checked: {type(error).__name__}: {error}")
