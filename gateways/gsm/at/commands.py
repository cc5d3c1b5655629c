"""An AT command as the engine needs it, the outcome of a command, and the kind of line that ends a command: a
final result, an echo, or the remains of an answer after noise. Pure; the engine decides where a line belongs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from enum import Enum, IntEnum
from typing import Final, NewType

import msgspec

Ticket = NewType("Ticket", int)
"""Number of a submitted command in the engine's events."""


class Urgency(IntEnum):
    """Priority of a waiting command; commands of equal urgency are written in the order of arrival."""

    HANG_UP = 0
    ANSWER = 1
    DIAL = 2
    CONTROL = 3
    """Hold, swap, join, one DTMF digit, the voice path."""
    TRUTH = 4
    """The list of calls (27.007 +CLCC), and the cause of a call's end."""
    SET_UP = 5
    IDLE = 6


class FinalCodes(Enum):
    """Final result codes that end the command, besides OK, the errors and the dialect's own refusals."""

    PLAIN = "plain"
    CALL = "call"
    """Also `NO CARRIER`, `BUSY`, `NO ANSWER`, `NO DIALTONE` (V.250 clause 6.3): for ATD and ATA only."""


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A command line without its CR, and the marks that separate its answer from other lines."""

    text: str
    timeout_s: float
    urgency: Urgency
    prefix: str = ""
    """Beginning of the answer lines (`+CLCC:`). Empty: the command has no answer lines with a prefix."""
    unprefixed: bool = False
    """True if answer lines have no prefix (ATI, +CGMM), or follow a prefixed line (+CMGR): every line that is
    not a known unsolicited code is an answer line."""
    finals: FinalCodes = FinalCodes.PLAIN
    payload: bytes = b""
    """Bytes sent after the prompt, including ctrl-Z (+CMGS)."""
    answer_ends: bool = False
    """True if the answer line is the last line: some firmware sends no OK behind the answer."""
    any_byte_aborts: bool = False
    """True if no byte may be written while the command is pending, except a command meant to end it."""
    interrupts: bool = False
    """True if the command may be written while an `any_byte_aborts` command is pending: a hang-up."""
    until_s: float = math.inf
    """Time after which the command is not written, however long it has waited."""

    @property
    def wire(self) -> bytes:
        """Bytes of the command line."""
        return self.text.encode("ascii") + b"\r"


_VERB: Final = re.compile(r"AT(?P<name>[+^*#$%]\w+)(?P<op>\?|=\?|=)?", re.IGNORECASE)
_ANSWERING_ACTIONS: Final = frozenset(
    {"+CLCC", "+CSQ", "+CEER", "+CPAS", "+CNUM", "+CMGL", "+CIMI", "+COPS", "+CBC", "^SYSINFO", "^HCSQ"}
)
_ANSWERING_SETS: Final = frozenset(
    {"+CPBR", "+CRSM", "+CMGR", "+CMGS", "+CMGL", "+CLCK", "+CCFC", "+CUSD", "+QCFG"}
)
_UNPREFIXED: Final = re.compile(r"AT(?:I\d?|\+(?:CGM[IMR]|CGSN|GM[IMR]|GSN|CIMI))", re.IGNORECASE)


def prefix_of(text: str) -> str:
    """Return the prefix of a command's answer lines by 27.007's rule; empty if it has only a final result.

    A set command has no prefix, so that an unsolicited `+CLIP:` during `AT+CLIP=1` stays unsolicited.
    """
    match = _VERB.fullmatch(text) or _VERB.match(text)
    if match is None:
        return ""
    name, op = match["name"].upper(), match["op"]
    if (
        op in ("?", "=?")
        or (op is None and name in _ANSWERING_ACTIONS)
        or (op == "=" and name in _ANSWERING_SETS)
    ):
        return name + ":"
    return ""


def is_unprefixed(text: str) -> bool:
    """Return True if the answer comes without a prefix (27.007 clause 5.1 and V.250 clause 6.1)."""
    return _UNPREFIXED.fullmatch(text) is not None or text.upper().startswith(("AT+CMGR=", "AT+CMGL"))


def command_from_wire(text: str, *, urgency: Urgency = Urgency.IDLE) -> Command:
    """Return a command that another program sent (a trace, a terminal), as far as its text shows."""
    stripped = text.strip()
    upper = stripped.upper()
    return Command(
        text=stripped,
        timeout_s=0.0,
        urgency=urgency,
        prefix=prefix_of(stripped),
        unprefixed=is_unprefixed(stripped),
        finals=FinalCodes.CALL if upper.startswith(("ATD", "ATA")) else FinalCodes.PLAIN,
    )


class Outcome(Enum):
    """Outcome of a command."""

    OK = "ok"
    ERROR = "error"
    """ERROR, +CME ERROR, +CMS ERROR, or the dialect's own refusal: the modem works and declines."""
    CALL_FAILED = "call_failed"
    """NO CARRIER, BUSY, NO ANSWER, NO DIALTONE, for ATD and ATA."""
    TIMED_OUT = "timed_out"
    ABORTED = "aborted"
    """A hang-up was written over the command, or the port was reopened."""
    TOO_LATE = "too_late"
    """The command was not written: its time was over (`Command.until_s`)."""


class EngineRules(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a dialect that the engine needs."""

    is_known_code: Callable[[str], bool]
    """Test for an unsolicited code of this dialect."""
    takes_next_line: Callable[[str], bool]
    """Test for an unsolicited code with one line of payload (`+CMT:`)."""
    refusals: tuple[re.Pattern[str], ...] = ()
    """Final results beyond the standard's that mean ERROR (`COMMAND NOT SUPPORT`)."""
    unterminated: re.Pattern[str] | None = None
    resync: tuple[str, ...] = ("AT+CMEE?", "AT+CMGF?", "AT+CRC?")
    """Queries with an unmistakable answer; used in turn, so that a late answer fits only its own query."""
    resync_timeout_s: float = 1.0
    gap_s: float = 0.0
    """Pause that the modem needs between a final result and the next command."""


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a command."""

    ticket: Ticket
    command: Command
    outcome: Outcome
    sent_s: float | None
    """Time when the command was written; None if it never was."""
    lines: tuple[str, ...] = ()
    """Answer lines, in order."""
    final: str = ""
    """Final result as received; empty for a timeout."""
    maybe_damaged: bool = False
    """True if a line in between may have been an answer line that a bad cable damaged."""


class Unsolicited(msgspec.Struct, frozen=True, kw_only=True):
    """A line that is no answer: a URC, a final result without its command, or noise."""

    text: str
    payload: str | None = None


class BytesDropped(msgspec.Struct, frozen=True, kw_only=True):
    """A line without an end was discarded."""

    count: int


class InSync(msgspec.Struct, frozen=True, kw_only=True):
    """The commands and their answers match each other (again)."""


class SyncLost(msgspec.Struct, frozen=True, kw_only=True):
    """No query was answered. Every queued command was given up; `Engine.start` is needed."""


EngineEvent = Finished | Unsolicited | BytesDropped | InSync | SyncLost


_ERROR: Final = re.compile(r"(?:\+CM[ES] )?ERROR(?:: ?(?P<code>.*))?")
"""Text behind a bare `ERROR` is in no standard; some firmware sends it nevertheless."""
_CALL_FAILED: Final = re.compile(r"NO CARRIER|BUSY|NO ANSWER|NO DIAL ?TONE")
_PDU: Final = re.compile(r"(?:[0-9A-Fa-f]{2}){7,}")
_EMBEDDED_ROW: Final = re.compile(r"(?:^|\D)\d ?, ?[01] ?, ?[0-6] ?, ?\d ?, ?[01](?:\D|$)")
_EMBEDDED_CODE: Final = re.compile(r"(?<=[^\"])[+^*#$][A-Z]{3,}:")


def outcome_of(text: str, command: Command, rules: EngineRules) -> Outcome | None:
    """Return the outcome if this line ends the command; None if it is no final result of the command."""
    if text == "OK":
        return Outcome.OK
    if _ERROR.fullmatch(text) or any(refusal.fullmatch(text) for refusal in rules.refusals):
        return Outcome.ERROR
    if command.finals is FinalCodes.CALL:
        if _CALL_FAILED.fullmatch(text):
            return Outcome.CALL_FAILED
        if text.startswith("CONNECT"):
            return Outcome.OK
    return None


def is_pdu(text: str) -> bool:
    """Return True if the line is the PDU behind `+CMT:`, recognised by its hex digits."""
    return _PDU.fullmatch(text) is not None


def embedded_code_at(text: str) -> int | None:
    """Return the index in the line where an unsolicited code begins behind noise or behind a code without its
    end; None without such a code."""
    inner = _EMBEDDED_CODE.search(text)
    return None if inner is None else inner.start()


def error_code(final: str) -> str:
    """Return the code or text behind `+CME ERROR:` (27.007 clause 9.2) or `ERROR:`; empty without either."""
    match = _ERROR.fullmatch(final)
    return (match["code"] or "").strip() if match is not None else ""


def looks_damaged(text: str, prefix: str) -> bool:
    """Return True if an unknown line may be an answer line damaged by a bad cable. A code that is only
    unknown is not damaged."""
    return (
        not text.isascii()
        or _EMBEDDED_ROW.search(text) is not None
        or (len(text) < len(prefix) and prefix.startswith(text))
    )


def strip_echo(text: str, sent: str) -> str:
    """Return the line without the modem's echo of the command; empty if the line was only the echo."""
    if text == sent:
        return ""
    if len(sent) > 2 and text.startswith(sent):
        rest = text[len(sent) :].lstrip()
        return rest if rest[:1] in tuple("+^*#$") or rest in ("OK", "ERROR") else text
    if len(sent) >= 6 and text.endswith(sent):
        return text[: -len(sent)].rstrip()
    return text
