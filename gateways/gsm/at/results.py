"""What the command engine is told of a dialect, and what it reports."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum

import msgspec

from gateways.gsm.at.commands import Command, Ticket


class Outcome(Enum):
    """How a command ended."""

    OK = "ok"
    ERROR = "error"
    """ERROR, +CME ERROR, +CMS ERROR, or the dialect's own refusal: the modem lives and declines."""
    CALL_FAILED = "call_failed"
    """NO CARRIER, BUSY, NO ANSWER, NO DIALTONE, for ATD and ATA."""
    TIMED_OUT = "timed_out"
    ABORTED = "aborted"
    """A hang-up was written over it, or the port was opened anew."""
    TOO_LATE = "too_late"
    """It was not written: its time was over (`Command.until_s`)."""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine has to know of a dialect."""

    known: Callable[[str], bool]
    """Whether the line is an unsolicited code of this dialect."""
    takes_next_line: Callable[[str], bool]
    """Whether an unsolicited code is followed by one line of payload (`+CMT:`)."""
    refusals: tuple[re.Pattern[str], ...] = ()
    """Final results beyond the standard's that mean ERROR (`COMMAND NOT SUPPORT`)."""
    unterminated: re.Pattern[str] | None = None
    resync: tuple[str, ...] = ("AT+CMEE?", "AT+CMGF?", "AT+CRC?")
    """Queries whose answer nothing else looks like; in turn, so that a late answer fits none but its own."""
    resync_timeout_s: float = 1.0
    gap_s: float = 0.0
    """Pause that the modem needs between a final result and the next command."""


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """A command has ended."""

    ticket: Ticket
    command: Command
    outcome: Outcome
    sent_s: float | None
    """When it was written; none when it never was."""
    lines: tuple[str, ...] = ()
    """Its answer lines, in order."""
    final: str = ""
    """The final result as it came; empty for a timeout."""
    disturbed: bool = False
    """Something came in between that may have been an answer line before a bad cable spoilt it."""


class Unsolicited(msgspec.Struct, frozen=True, kw_only=True):
    """A line that answers nothing: a URC, a stray final result, or noise."""

    text: str
    payload: str | None = None


class BytesDropped(msgspec.Struct, frozen=True, kw_only=True):
    """A line that never ended was thrown away."""

    count: int


class InSync(msgspec.Struct, frozen=True, kw_only=True):
    """Question and answer fit each other (again)."""


class SyncLost(msgspec.Struct, frozen=True, kw_only=True):
    """No query was answered. Every queued command has been given up; `start` begins anew."""


EngineEvent = Finished | Unsolicited | BytesDropped | InSync | SyncLost
