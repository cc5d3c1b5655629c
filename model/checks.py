"""Checks of the center's health: the form of a row, and the findings of a check. Pure.

A check is one row: its subject, its cost, its askers, the remedy, and the function that measures. The rows
are declared where the measurement can be made: `model.first_run`, `gateways.http.routes.health`,
`center.checks`, and in features. `center.checks.table.every` returns all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Generic, TypeVar

import msgspec

from messages.rows import Sentence

Subject = TypeVar("Subject")
Result = TypeVar("Result")


class Severity(StrEnum):
    """Severity of a finding."""

    OK = "ok"
    WARN = "warn"
    """The center runs; a person should act."""
    FAIL = "fail"
    """Alerts would suffer, or the center would not start."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Result of one check."""

    check: str
    verdict: Severity
    text: str


class CheckUser(StrEnum):
    """Consumer of the check."""

    DOCTOR = "doctor"
    """`securwoman doctor`, before the start and while the center runs."""
    LINES = "lines"
    """The console's page of lines, for a supervisor."""
    READY = "readyz"
    """`GET /readyz`, for monitoring of the center; also in the metrics."""
    START = "start"
    """The console's page of the first run: needs missing before real use."""
    HEARTBEAT = "heartbeat"
    """Watchers outside: the evidence of each heartbeat."""
    NIGHT = "night"
    """The nightly self-test."""
    WATCHER = "watcher"
    """`securwoman watch --check`, on the watcher's own machine."""


class Cost(StrEnum):
    """Cost of a check, which limits its askers and its frequency."""

    MEMORY = "memory"
    """No cost: the value is in memory."""
    FILES = "files"
    """Milliseconds: some files, the kernel, a read of the journal."""
    WORK = "work"
    """Up to seconds: a flush of a disk, the response of a server, a measured computation."""
    WHOLE = "whole"
    """Minutes and more, or a call: everything is read, or tried."""


class CheckRow(msgspec.Struct, frozen=True, kw_only=True):
    """Description of a check."""

    name: str
    """Name as shown to the asker. Permanent."""
    at: Sentence
    """Subject of the check."""
    do: Sentence
    """Remedy if the check fails."""
    cost: Cost
    asked: frozenset[CheckUser]


class Check(CheckRow, Generic[Subject, Result], frozen=True, kw_only=True):
    """A row with the function that measures."""

    look: Callable[[Subject], Result]


Look = Callable[[], Iterable[Finding]]


def ok(check: str, text: str) -> Finding:
    """Return a finding: all is well."""
    return Finding(check=check, verdict=Severity.OK, text=text)


def warn(check: str, text: str) -> Finding:
    """Return a finding: it works, and a person should act."""
    return Finding(check=check, verdict=Severity.WARN, text=text)


def fail(check: str, text: str) -> Finding:
    """Return a finding: it does not work."""
    return Finding(check=check, verdict=Severity.FAIL, text=text)


def run_check(name: str, look: Look) -> Iterator[Finding]:
    """Yield the findings of a check; an exception becomes a finding, too, so that the other checks run."""
    try:
        yield from look()
    except Exception as error:  # the edge: a doctor that stops at the first failing check is useless
        yield fail(name, f"could not be checked: {type(error).__name__}: {error}")
