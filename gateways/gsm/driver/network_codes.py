"""Codes for the network (`*123#`), sent one at a time, and what it says to them (27.007 clause 7.15)."""

from __future__ import annotations

from typing import Final

from gateways.gsm.at.commands import Command, Urgency
from gateways.gsm.at.results import Finished, Outcome
from gateways.gsm.driver.channel import Channel
from gateways.gsm.driver.events import NetworkAnswered
from gateways.gsm.errors import RequestRefused
from gateways.gsm.ussd.reading import CODE, packed
from gateways.gsm.ussd.session import Answer, Question, due_s, heard, overdue

NETWORK_ANSWERS_S: Final = 20.0


class NetworkCodes:
    """See the module."""

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
