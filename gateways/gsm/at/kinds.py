"""What kind of line it is, by its text and the command in flight: a final result, an echo, what noise has
left of an answer. Pure; where it belongs the engine decides.
"""

from __future__ import annotations

import re
from typing import Final

from gateways.gsm.at.commands import Command, Finals
from gateways.gsm.at.results import Outcome, Rules

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
