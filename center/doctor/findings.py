"""What the doctor finds: one line for each thing looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum

import msgspec


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


Check = Callable[[], Iterator[Finding]]


def ok(check: str, text: str) -> Finding:
    """It is as it should be."""
    return Finding(check=check, verdict=Verdict.OK, text=text)


def warn(check: str, text: str) -> Finding:
    """It works, and somebody should see to it."""
    return Finding(check=check, verdict=Verdict.WARN, text=text)


def fail(check: str, text: str) -> Finding:
    """It does not work."""
    return Finding(check=check, verdict=Verdict.FAIL, text=text)


def examined(name: str, check: Check) -> list[Finding]:
    """What a check finds; a check that itself fails is a finding, too, and the others go on."""
    found: list[Finding] = []
    try:
        found.extend(check())
    except Exception as error:  # the edge: a doctor that stops at the first sick organ is no use
        found.append(fail(name, f"could not be checked: {type(error).__name__}: {error}"))
    return found
