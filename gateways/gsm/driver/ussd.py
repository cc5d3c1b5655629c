"""Codes for the network like `*123#` (USSD, 3GPP TS 22.090), sent one at a time, and the words in its
answer (`+CUSD`, 27.007 clause 7.15), in whichever of their many forms. Pure.

What stands between the quotes depends on the firmware more than on the <dcs> behind them: the text itself,
octets of packed septets in hexadecimal, UCS-2 in hexadecimal, or single octets so, and all of them have
been seen with a <dcs> that says otherwise. So what is hexadecimal is read in each way, and what reads like
words counts. An answer may go over several lines, of which the modem's other lines know nothing: what
follows an open quote belongs to it until the quote is closed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import msgspec

from gateways.gsm.at.commands import Command, Finished, Outcome, Urgency
from gateways.gsm.driver.channel import Channel
from gateways.gsm.driver.events import NetworkAnswered
from gateways.gsm.errors import RequestRefused
from gateways.gsm.sms.alphabet import Alphabet, alphabet_of, decode_gsm7, decode_ucs2, pack, unpack

_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2}){4,}")
_SCRIPTS: Final = ("LATIN", "GREEK", "CYRILLIC")
CODE: Final = re.compile(r"[*#][0-9*#]{1,30}#")


def words_of(text: str, dcs: int | None) -> str:
    """What the network has said."""
    if _HEX.fullmatch(text) is None:
        return _tidy(text)
    octets = bytes.fromhex(text)
    septets = decode_gsm7(unpack(octets, len(octets) * 8 // 7)).rstrip("\r@\x00")
    forms = {
        Alphabet.GSM7: septets,
        Alphabet.UCS2: decode_ucs2(octets) if len(octets) % 2 == 0 else "",
        Alphabet.DATA: octets.decode("latin-1"),
    }
    said = alphabet_of(dcs) if dcs is not None else Alphabet.GSM7
    readings = [forms[said], *(form for alphabet, form in forms.items() if alphabet is not said), text]
    return _tidy(max(readings, key=_like_words))


def packed(code: str) -> str:
    """The code for firmware that takes no text: packed septets, in hexadecimal (23.038 clause 6.1.2.3)."""
    return pack(code.encode("ascii")).hex().upper()


def _like_words(text: str) -> float:
    """How much it is like what stands on a screen, at most 1; what is only digits is no words."""
    if not text:
        return -1.0
    good = sum(map(_usual, text)) / len(text)
    return good if any(one.isspace() or one in ".,:" for one in text) else good - 0.5


def _usual(one: str) -> float:
    """How often such a character stands in words, roughly: septets that are none make many an `@` and `ø`."""
    if one.isascii():
        return (
            1.0 if one.isalnum() or one in " .,:/'-\r\n" else 0.5 if one.isprintable() and one != "@" else 0.0
        )
    known = unicodedata.name(one, "").startswith(_SCRIPTS) or unicodedata.category(one) in ("Sc", "Po", "Pd")
    return 0.5 if known else 0.0


def _tidy(text: str) -> str:
    # On a terminal a control character is an order, and on a page one turns the words round.
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


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


NETWORK_ANSWERS_S: Final = 20.0


class NetworkCodes:
    """Those of one modem, through its channel."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._asked: Question | None = None
        """A code of which the answer is waited for."""

    def ask(self, code: str, now_s: float, *, within_s: float) -> None:
        """Send a code. Raises RequestRefused for what is none."""
        if CODE.fullmatch(code) is None:
            raise RequestRefused(f"not a network's code: {code!r}")
        forms = [code, packed(code)]
        if self._channel.dialect.data.ussd == "packed":
            forms.reverse()
        self._asked = Question(code, now_s + within_s)
        self._send(forms[0], forms[1], now_s)

    def hears(self, text: str, now_s: float) -> bool:
        """Whether the line belongs to an answer of the network's that somebody waits for."""
        if self._asked is None:
            return False
        self._asked, answer, belongs = heard(self._asked, text, now_s)
        if answer is not None:
            self._answered(answer, now_s)
        return belongs

    def tick(self, now_s: float) -> None:
        """Time has passed."""
        if self._asked is not None and (answer := overdue(self._asked, now_s)) is not None:
            self._answered(answer, now_s)

    def next_deadline(self) -> float | None:
        """When `tick` has something to do."""
        return None if self._asked is None else due_s(self._asked)

    def _send(self, text: str, again: str, now_s: float) -> None:
        """Some firmware says OK only with the network's answer. `again`: how else to write it, where the
        modem refuses it so."""
        command = Command(text=f'AT+CUSD=1,"{text}",15', timeout_s=NETWORK_ANSWERS_S, urgency=Urgency.IDLE)
        self._channel.submit(command, now_s, self._sent, again)

    def _sent(self, again: str, finished: Finished, now_s: float) -> None:
        if self._asked is None or finished.outcome is Outcome.OK:
            return
        if finished.outcome is Outcome.ERROR and again:
            self._send(again, "", now_s)
            return
        self._asked = None
        said = finished.final or "the modem does not answer"
        self._channel.events.append(NetworkAnswered(at_s=now_s, words="", refused=said))

    def _answered(self, answer: Answer, now_s: float) -> None:
        self._asked = None
        self._channel.events.append(NetworkAnswered(at_s=now_s, words=answer.words))
        if answer.waits and self._channel.engine.in_sync:
            self._channel.ask("AT+CUSD=2", Urgency.IDLE, now_s)
