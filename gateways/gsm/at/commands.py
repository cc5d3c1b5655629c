"""One AT command as the engine needs to know it, what is told of its end, and what kind of line ends it: a
final result, an echo, what noise has left of an answer. Pure; where a line belongs the engine decides.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from enum import Enum, IntEnum
from typing import Final, NewType

import msgspec

Ticket = NewType("Ticket", int)
"""Names one submitted command in the engine's answers."""


class Urgency(IntEnum):
    """Who goes first when several commands wait; equals go in the order in which they came."""

    HANG_UP = 0
    ANSWER = 1
    DIAL = 2
    CONTROL = 3
    """Hold, swap, join, one DTMF digit, the voice path."""
    TRUTH = 4
    """The list of calls (27.007 +CLCC), and why one ended."""
    SET_UP = 5
    IDLE = 6


class Finals(Enum):
    """Which final result codes end the command, besides OK, the errors and the dialect's own."""

    PLAIN = "plain"
    CALL = "call"
    """`NO CARRIER`, `BUSY`, `NO ANSWER`, `NO DIALTONE` too (V.250 clause 6.3): ATD and ATA alone."""


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A command line, without its CR, and how its answer is told from everything else."""

    text: str
    timeout_s: float
    urgency: Urgency
    prefix: str = ""
    """Answer lines begin with this (`+CLCC:`). Empty: the command has none."""
    bare: bool = False
    """Answer lines have no prefix (ATI, +CGMM), or follow a prefixed one (+CMGR): any line that is no known
    unsolicited code is one."""
    finals: Finals = Finals.PLAIN
    payload: bytes = b""
    """Sent after the prompt, its ctrl-Z included (+CMGS)."""
    answer_ends: bool = False
    """The answer line is the last one: some firmware sends no OK behind it."""
    any_byte_aborts: bool = False
    """Nothing may be written while it is pending, except what is meant to end it."""
    interrupts: bool = False
    """May be written while an `any_byte_aborts` command is pending: a hang-up."""
    until_s: float = math.inf
    """Not written any more from then on, however long it has waited."""

    @property
    def wire(self) -> bytes:
        """The bytes of the command line."""
        return self.text.encode("ascii") + b"\r"


_VERB: Final = re.compile(r"AT(?P<name>[+^*#$%]\w+)(?P<op>\?|=\?|=)?", re.IGNORECASE)
_ANSWERING_ACTIONS: Final = frozenset(
    {"+CLCC", "+CSQ", "+CEER", "+CPAS", "+CNUM", "+CMGL", "+CIMI", "+COPS", "+CBC", "^SYSINFO", "^HCSQ"}
)
_ANSWERING_SETS: Final = frozenset(
    {"+CPBR", "+CRSM", "+CMGR", "+CMGS", "+CMGL", "+CLCK", "+CCFC", "+CUSD", "+QCFG"}
)
_BARE: Final = re.compile(r"AT(?:I\d?|\+(?:CGM[IMR]|CGSN|GM[IMR]|GSN|CIMI))", re.IGNORECASE)


def prefix_of(text: str) -> str:
    """The prefix of a command's answer lines by 27.007's rule; empty when it answers with a final alone.

    A set command has none, so that an unsolicited `+CLIP:` during `AT+CLIP=1` stays one.
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


def is_bare(text: str) -> bool:
    """Whether the answer comes without a prefix (27.007 clause 5.1 and V.250 clause 6.1)."""
    return _BARE.fullmatch(text) is not None or text.upper().startswith(("AT+CMGR=", "AT+CMGL"))


def seen_on_wire(text: str, *, urgency: Urgency = Urgency.IDLE) -> Command:
    """The command that somebody else sent, as far as its text tells (a trace, a terminal)."""
    stripped = text.strip()
    upper = stripped.upper()
    return Command(
        text=stripped,
        timeout_s=0.0,
        urgency=urgency,
        prefix=prefix_of(stripped),
        bare=is_bare(stripped),
        finals=Finals.CALL if upper.startswith(("ATD", "ATA")) else Finals.PLAIN,
    )


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


_ERROR: Final = re.compile(r"(?:\+CM[ES] )?ERROR(?:: ?(?P<code>.*))?")
"""Words behind a bare `ERROR` are no standard's, and yet some firmware's."""
_CALL_FAILED: Final = re.compile(r"NO CARRIER|BUSY|NO ANSWER|NO DIAL ?TONE")
_PDU: Final = re.compile(r"(?:[0-9A-Fa-f]{2}){7,}")
_ROW_INSIDE: Final = re.compile(r"(?:^|\D)\d ?, ?[01] ?, ?[0-6] ?, ?\d ?, ?[01](?:\D|$)")
_CODE_INSIDE: Final = re.compile(r"(?<=[^\"])[+^*#$][A-Z]{3,}:")


def outcome_of(text: str, command: Command, rules: Rules) -> Outcome | None:
    """How this line ends the command; none where it is no final result of it."""
    if text == "OK":
        return Outcome.OK
    if _ERROR.fullmatch(text) or any(refusal.fullmatch(text) for refusal in rules.refusals):
        return Outcome.ERROR
    if command.finals is Finals.CALL:
        if _CALL_FAILED.fullmatch(text):
            return Outcome.CALL_FAILED
        if text.startswith("CONNECT"):
            return Outcome.OK
    return None


def is_pdu(text: str) -> bool:
    """Whether it is the line behind `+CMT:`, known by its hex digits."""
    return _PDU.fullmatch(text) is not None


def code_inside(text: str) -> int | None:
    """Where an unsolicited code begins that noise, or a code that lost its end, ran into; none without."""
    inner = _CODE_INSIDE.search(text)
    return None if inner is None else inner.start()


def error_code(final: str) -> str:
    """The code or words behind `+CME ERROR:` (27.007 clause 9.2), or `ERROR:`; empty where there are none."""
    match = _ERROR.fullmatch(final)
    return (match["code"] or "").strip() if match is not None else ""


def looks_spoilt(text: str, prefix: str) -> bool:
    """Whether an unknown line may be what a bad cable has left of an answer line: a code that is merely
    unknown is not."""
    return (
        not text.isascii()
        or _ROW_INSIDE.search(text) is not None
        or (len(text) < len(prefix) and prefix.startswith(text))
    )


def without_echo(text: str, sent: str) -> str:
    """The line without the command that the modem echoed into it; empty when it was the echo alone."""
    if text == sent:
        return ""
    if len(sent) > 2 and text.startswith(sent):
        rest = text[len(sent) :].lstrip()
        return rest if rest[:1] in tuple("+^*#$") or rest in ("OK", "ERROR") else text
    if len(sent) >= 6 and text.endswith(sent):
        return text[: -len(sent)].rstrip()
    return text
