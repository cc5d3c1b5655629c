"""One AT command as the engine needs to know it, and what a command seen on the wire expects."""

from __future__ import annotations

import math
import re
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
