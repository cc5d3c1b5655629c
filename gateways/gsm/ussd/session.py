"""One question to the network by a code, from the modem's lines to its answer. Pure; one at a time.

An answer may go over several lines, of which the modem's other lines know nothing: what follows an open quote
belongs to it until the quote is closed.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from gateways.gsm.ussd.reading import words_of

LINES_MOST: Final = 30
REST_S: Final = 2.0
"""So long the rest of an answer is waited for."""

_CUSD: Final = re.compile(r"\+CUSD: ?(?P<how>\d)(?:, ?(?P<rest>.*))?", re.DOTALL)
_QUOTED: Final = re.compile(r'"(?P<text>.*)"(?:, ?(?P<dcs>\d+))?', re.DOTALL)
_NETWORK_WAITS: Final = 1


class Answer(msgspec.Struct, frozen=True):
    """What the network, or the modem in its place, has said."""

    words: str
    """Empty: it has refused, or has nothing to say."""
    waits: bool
    """The network waits for more, and is to be told that there is none."""


class Question(msgspec.Struct, frozen=True):
    """Of which the answer is waited for."""

    code: str
    until_s: float
    opened: tuple[str, ...] = ()
    """The lines of an answer whose quote is open yet."""
    rest_until_s: float = 0.0


def heard(question: Question, line: str, now_s: float) -> tuple[Question, Answer | None, bool]:
    """A line that nobody has asked for; whether it belonged to the answer."""
    if line.startswith("+CUSD:"):
        lines: tuple[str, ...] = (line,)
    elif question.opened:
        lines = (*question.opened, line)
    else:
        return question, None, False
    if _is_open(" ".join(lines)) and len(lines) < LINES_MOST:
        until_s = question.rest_until_s or now_s + REST_S
        return msgspec.structs.replace(question, opened=lines, rest_until_s=until_s), None, True
    return question, _read(lines), True


def overdue(question: Question, now_s: float) -> Answer | None:
    """What is made of it once nothing more is waited for; None while something is."""
    if question.opened and now_s >= question.rest_until_s:
        return _read(question.opened)
    return Answer("", waits=True) if now_s >= question.until_s else None


def due_s(question: Question) -> float:
    """When `overdue` has something to say."""
    return question.rest_until_s if question.opened else question.until_s


def _is_open(text: str) -> bool:
    """A quote that was opened and is not closed at the end, before its <dcs>."""
    begin = text.find('"')
    return begin >= 0 and re.search(r'"(?:, ?\d+)?$', text[begin + 1 :]) is None


def _read(lines: tuple[str, ...]) -> Answer:
    match = _CUSD.fullmatch("\n".join(lines))
    if match is None:
        return Answer("", waits=False)
    rest = match["rest"] or ""
    quoted = _QUOTED.fullmatch(rest)
    text, dcs = (rest, None) if quoted is None else (quoted["text"], quoted["dcs"])
    words = words_of(text.strip('"'), None if dcs is None else int(dcs))
    return Answer(words, waits=int(match["how"]) == _NETWORK_WAITS)
