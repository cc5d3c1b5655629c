"""USSD codes such as `*123#`, sent to the network one at a time (3GPP TS 22.090), and the text of the
network's answer (`+CUSD`, 27.007 clause 7.15). Pure.

The answer is `+CUSD: <m>,"<text>",<dcs>`. The firmware, rather than the coding scheme <dcs>, decides the form
of the text: plain text, or hexadecimal digits of packed septets, of UCS-2, or of single octets. Each form
occurs with a <dcs> that names another form. Hexadecimal text is therefore decoded in all three ways, and the
result that resembles text most is used. An answer may have several lines: all lines after an opening quote
belong to the answer until the quote is closed.
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


def readable_text(text: str, dcs: int | None) -> str:
    """Return the readable text of the network's answer, on one line. `dcs`: the coding scheme, None if
    missing.
    """
    if _HEX.fullmatch(text) is None:
        return _printable(text)
    octets = bytes.fromhex(text)
    septets = decode_gsm7(unpack(octets, len(octets) * 8 // 7)).rstrip("\r@\x00")
    forms = {
        Alphabet.GSM7: septets,
        Alphabet.UCS2: decode_ucs2(octets) if len(octets) % 2 == 0 else "",
        Alphabet.DATA: octets.decode("latin-1"),
    }
    declared = alphabet_of(dcs) if dcs is not None else Alphabet.GSM7
    readings = [
        forms[declared],
        *(form for alphabet, form in forms.items() if alphabet is not declared),
        text,
    ]
    return _printable(max(readings, key=_text_likeness))


def pack_code(code: str) -> str:
    """Return the code in the form for firmware that accepts no plain text: packed septets, in hexadecimal
    (23.038 clause 6.1.2.3).
    """
    return pack(code.encode("ascii")).hex().upper()


def _text_likeness(text: str) -> float:
    """Return how much a string resembles text, at most 1; less without blanks and punctuation."""
    if not text:
        return -1.0
    good = sum(map(_character_likeness, text)) / len(text)
    return good if any(one.isspace() or one in ".,:" for one in text) else good - 0.5


def _character_likeness(one: str) -> float:
    """Return how usual the character is in text, 0 to 1: wrongly decoded septets show many `@` and `ø`."""
    if one.isascii():
        return (
            1.0 if one.isalnum() or one in " .,:/'-\r\n" else 0.5 if one.isprintable() and one != "@" else 0.0
        )
    known = unicodedata.name(one, "").startswith(_SCRIPTS) or unicodedata.category(one) in ("Sc", "Po", "Pd")
    return 0.5 if known else 0.0


def _printable(text: str) -> str:
    # On a terminal a control character is a command, and on a page some reverse the direction of text.
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


MAX_LINES: Final = 30
REST_OF_ANSWER_S: Final = 2.0
"""Seconds to wait for the rest of an answer."""

_CUSD: Final = re.compile(r"\+CUSD: ?(?P<how>\d)(?:, ?(?P<rest>.*))?", re.DOTALL)
_QUOTED: Final = re.compile(r'"(?P<text>.*)"(?:, ?(?P<dcs>\d+))?', re.DOTALL)
_NETWORK_WAITS: Final = 1


class UssdAnswer(msgspec.Struct, frozen=True):
    """The answer of the network, or of the modem in its place."""

    text: str
    """Text of the answer; empty for a refusal, an answer without text, or no answer in time."""
    session_open: bool
    """True if the network waits, or may wait, for more input; `AT+CUSD=2` must then end the session."""


class UssdRequest(msgspec.Struct, frozen=True):
    """A code that was sent and whose answer is pending. Times in seconds."""

    code: str
    until_s: float
    partial_lines: tuple[str, ...] = ()
    """Lines of an answer with an open quote."""
    rest_until_s: float = 0.0


def process_line(
    question: UssdRequest, line: str, now_s: float
) -> tuple[UssdRequest, UssdAnswer | None, bool]:
    """Process an unsolicited line. Return the new state; the answer once complete, else None; and True if the
    line belongs to the answer.
    """
    if line.startswith("+CUSD:"):
        lines: tuple[str, ...] = (line,)
    elif question.partial_lines:
        lines = (*question.partial_lines, line)
    else:
        return question, None, False
    if _is_open(" ".join(lines)) and len(lines) < MAX_LINES:
        until_s = question.rest_until_s or now_s + REST_OF_ANSWER_S
        return msgspec.structs.replace(question, partial_lines=lines, rest_until_s=until_s), None, True
    return question, _read(lines), True


def answer_at_timeout(question: UssdRequest, now_s: float) -> UssdAnswer | None:
    """Return the answer at the end of the waiting time, incomplete or empty; None before."""
    if question.partial_lines and now_s >= question.rest_until_s:
        return _read(question.partial_lines)
    return UssdAnswer("", session_open=True) if now_s >= question.until_s else None


def timeout_at_s(question: UssdRequest) -> float:
    """Return the time, in seconds, at which `answer_at_timeout` returns an answer."""
    return question.rest_until_s if question.partial_lines else question.until_s


def _is_open(text: str) -> bool:
    """Return True if the text has an opening quote and does not end with a closing quote or its <dcs>."""
    begin = text.find('"')
    return begin >= 0 and re.search(r'"(?:, ?\d+)?$', text[begin + 1 :]) is None


def _read(lines: tuple[str, ...]) -> UssdAnswer:
    match = _CUSD.fullmatch("\n".join(lines))
    if match is None:
        return UssdAnswer("", session_open=False)
    rest = match["rest"] or ""
    quoted = _QUOTED.fullmatch(rest)
    text, dcs = (rest, None) if quoted is None else (quoted["text"], quoted["dcs"])
    words = readable_text(text.strip('"'), None if dcs is None else int(dcs))
    return UssdAnswer(words, session_open=int(match["how"]) == _NETWORK_WAITS)


NETWORK_ANSWERS_S: Final = 20.0


class UssdSender:
    """Sender of USSD codes to one modem. Publishes each answer as `NetworkAnswered`."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._pending: UssdRequest | None = None
        """Code that waits for its answer."""

    def send(self, code: str, now_s: float, *, within_s: float) -> None:
        """Send a code; its answer is awaited for `within_s` seconds. A pending code is abandoned. Raises
        RequestRefused for an invalid code.
        """
        if CODE.fullmatch(code) is None:
            raise RequestRefused(f"not a USSD code: {code!r}")
        forms = [code, pack_code(code)]
        if self._channel.dialect.data.ussd == "packed":
            forms.reverse()
        self._pending = UssdRequest(code, now_s + within_s)
        self._submit(forms[0], forms[1], now_s)

    def process_line(self, text: str, now_s: float) -> bool:
        """Process an unsolicited line; return True if the line belongs to the pending answer."""
        if self._pending is None:
            return False
        self._pending, answer, belongs = process_line(self._pending, text, now_s)
        if answer is not None:
            self._publish_answer(answer, now_s)
        return belongs

    def tick(self, now_s: float) -> None:
        """Publish the answer as far as received if the waiting time is over."""
        if self._pending is not None and (answer := answer_at_timeout(self._pending, now_s)) is not None:
            self._publish_answer(answer, now_s)

    def next_deadline(self) -> float | None:
        """Return the time, in seconds, of the next necessary `tick`; None if no code is pending."""
        return None if self._pending is None else timeout_at_s(self._pending)

    def _submit(self, text: str, fallback: str, now_s: float) -> None:
        """Send the code in one form. `again`: the other form, sent if the modem refuses the first; empty if
        there is none. Some firmware returns OK only with the network's answer.
        """
        command = Command(text=f'AT+CUSD=1,"{text}",15', timeout_s=NETWORK_ANSWERS_S, urgency=Urgency.IDLE)
        self._channel.submit(command, now_s, self._on_result, fallback)

    def _on_result(self, fallback: str, finished: Finished, now_s: float) -> None:
        if self._pending is None or finished.outcome is Outcome.OK:
            return
        if finished.outcome is Outcome.ERROR and fallback:
            self._submit(fallback, "", now_s)
            return
        self._pending = None
        reason = finished.final or "the modem does not answer"
        self._channel.events.append(NetworkAnswered(at_s=now_s, words="", refused=reason))

    def _publish_answer(self, answer: UssdAnswer, now_s: float) -> None:
        self._pending = None
        self._channel.events.append(NetworkAnswered(at_s=now_s, words=answer.text))
        if answer.session_open and self._channel.engine.in_sync:
            self._channel.submit_text("AT+CUSD=2", Urgency.IDLE, now_s)
