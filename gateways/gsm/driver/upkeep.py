"""What a modem needs besides calls: to be set up, asked now and then whether it is well, its SIM, its short
messages.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from gateways.gsm.at.commands import Command, Urgency
from gateways.gsm.at.parse import body_of, integer, split_fields
from gateways.gsm.at.results import Finished, Outcome
from gateways.gsm.driver.events import (
    CommandRefused,
    EmergencyNumbers,
    NetworkAnswered,
    Ready,
    SimState,
    SmsFailed,
    SmsReceived,
    SmsReported,
    SmsSent,
)
from gateways.gsm.driver.purposes import (
    CardAsking,
    Listing,
    NetworkAsking,
    NetworkLeaving,
    SimAsking,
    SmsSending,
    Watching,
)
from gateways.gsm.driver.startup import (
    EMERGENCY_QUERY,
    RADIO_ON,
    SIM_QUERY,
    STORED_SMS_QUERY,
    card_query,
    command_of,
)
from gateways.gsm.driver.state import ModemState
from gateways.gsm.sms.inbox import listed
from gateways.gsm.ussd.session import Answer, heard, overdue
from messages.ids import TextFailure

NETWORK_ANSWERS_S: Final = 20.0
_OURS_SET: Final = "AT+CMEE=1"


class Upkeep(ModemState):
    """See the module."""

    def _start_finished(self, finished: Finished, now_s: float) -> None:
        before = self._startup.chosen
        sim_before = self._startup.sim
        if finished.command.text == _OURS_SET:
            self._settings_taken = finished.outcome is Outcome.OK
        if finished.command.text == self.dialect.data.reports:
            self.tells_delivery = finished.outcome is Outcome.OK
        self._events += self._line.answer(finished, now_s)
        if finished.outcome is Outcome.ERROR:
            self._events.append(
                CommandRefused(at_s=now_s, command=finished.command.text, error=finished.final)
            )
        self._startup.result(finished, now_s)
        if self._startup.sim != sim_before:
            self._events.append(SimState(at_s=now_s, code=self._startup.sim))
        if self._startup.chosen is not before:
            self._use_dialect()
        self._stored_sms(finished, now_s)
        if finished.command.text == EMERGENCY_QUERY and self._startup.emergency_numbers:
            self._events.append(EmergencyNumbers(at_s=now_s, numbers=self._startup.emergency_numbers))
        if self._startup.done and self._opened_sim:
            # What needs the SIM was refused before it was open; the whole is repeated.
            self._opened_sim = False
            self._startup.begin()
        elif self._startup.done and not self._ready_said and not self._needs_start:
            self._ready_said = True
            self._line.begin(now_s)
            self._events.append(Ready(at_s=now_s, identity=self.identity))
            # Behind everything that a line needs to carry calls: a slow SIM needs long for its messages.
            for query in (*self._line.service_queries(self.dialect.data.service.ask), STORED_SMS_QUERY):
                self._ask_idly(query, now_s)

    def _next_watch_s(self) -> float | None:
        if not self._ready_said or not self._engine.idle:
            return None
        return self._line.due_s(self.dialect.data.poll.idle_s)

    def _watch(self, now_s: float) -> None:
        """A sparse sign of life; it also finds out early that a modem has fallen silent."""
        due_s = self._next_watch_s()
        if due_s is None or now_s < due_s:
            return
        for query in self._line.queries(now_s, self.dialect.data.service.ask):
            if query == STORED_SMS_QUERY and self.voiceless:
                # It may have been asked before it was up: a modem that has voice would be lost for ever.
                self._startup.voice_left = True
            if query != SIM_QUERY:
                self._ask_idly(query, now_s)
            elif self._startup.sim != "READY":
                # A card that is put in, or opened by hand, does not always say so.
                self._ask_sim(now_s)
            else:
                self._submit(command_of(self.dialect, query, Urgency.IDLE), SimAsking(), now_s)
        # A call of which nothing was heard (on a bad cable, or its codes come out elsewhere) is in the list.
        self._table.want_look()

    def _ask_idly(self, query: str, now_s: float) -> None:
        purpose = Listing(now_s) if query == STORED_SMS_QUERY else Watching()
        self._submit(command_of(self.dialect, query, Urgency.IDLE), purpose, now_s)

    def _radio(self, now_s: float) -> None:
        if self._line.radio_is_to_be_on(now_s):
            self._submit(command_of(self.dialect, RADIO_ON, Urgency.SET_UP), Watching(), now_s)

    def _sim(self, code: str, now_s: float) -> None:
        before = self._startup.sim
        if code == before:
            return
        self._startup.sim = code
        self._ask_card(now_s)
        self._events.append(SimState(at_s=now_s, code=code))
        if code == "READY" and before and not self._needs_start:
            self._opened_sim = not self._startup.done
            if self._startup.done:
                self._ready_said = False
                self._startup.begin()

    def _ask_sim(self, now_s: float) -> None:
        if not self._has(SimAsking()):
            self._submit(command_of(self.dialect, SIM_QUERY, Urgency.SET_UP), SimAsking(), now_s)
            # One that was put in the place of another may wait for the same.
            self._ask_card(now_s)

    def _ask_card(self, now_s: float) -> None:
        self._startup.card = None
        if not self._has(CardAsking()):
            self._submit(card_query(self.dialect), CardAsking(), now_s)

    def _stored_sms(self, finished: Finished, now_s: float) -> None:
        if finished.command.text == STORED_SMS_QUERY and finished.outcome is Outcome.OK:
            for index, pdu in listed(finished.lines):
                self._sms(pdu, now_s, stored=index)

    def _ask_network(self, text: str, purpose: NetworkAsking, now_s: float) -> None:
        """Some firmware says OK only with the network's answer."""
        command = Command(text=f'AT+CUSD=1,"{text}",15', timeout_s=NETWORK_ANSWERS_S, urgency=Urgency.IDLE)
        self._submit(command, purpose, now_s)

    def _network_asked(self, purpose: NetworkAsking, finished: Finished, now_s: float) -> None:
        question = self._asked_network
        if question is None or finished.outcome is Outcome.OK:
            return
        if finished.outcome is Outcome.ERROR and purpose.again:
            self._ask_network(purpose.again, NetworkAsking(), now_s)
            return
        self._asked_network = None
        said = finished.final or "the modem does not answer"
        self._events.append(NetworkAnswered(at_s=now_s, words="", refused=said))

    def _network_says(self, text: str, now_s: float) -> bool:
        """Whether the line belongs to an answer of the network's that somebody waits for."""
        if self._asked_network is None:
            return False
        question, answer, belongs = heard(self._asked_network, text, now_s)
        self._asked_network = question
        if answer is not None:
            self._network_has_said(answer, now_s)
        return belongs

    def _network_overdue(self, now_s: float) -> None:
        if self._asked_network is not None and (answer := overdue(self._asked_network, now_s)) is not None:
            self._network_has_said(answer, now_s)

    def _network_has_said(self, answer: Answer, now_s: float) -> None:
        self._asked_network = None
        self._events.append(NetworkAnswered(at_s=now_s, words=answer.words))
        if answer.waits and self._engine.in_sync:
            self._submit(command_of(self.dialect, "AT+CUSD=2", Urgency.IDLE), NetworkLeaving(), now_s)

    def _send_part(self, sending: SmsSending, now_s: float) -> None:
        """The next part of a message, once the one before it is through: of a message that is refused or
        late nothing more is sent, and what is urgent comes in between.
        """
        (pdu, length), *rest = sending.rest
        command = Command(
            text=f"AT+CMGS={length}",
            timeout_s=sending.until_s - now_s,
            urgency=Urgency.SET_UP,
            prefix="+CMGS:",
            payload=pdu.encode("ascii") + b"\x1a",
            until_s=sending.until_s,
        )
        self._submit(command, replace(sending, rest=tuple(rest)), now_s)

    def _sms(self, pdu: str, now_s: float, *, stored: int | None) -> None:
        event: SmsReceived | SmsReported | SmsFailed | None = self._inbox.add(pdu, now_s, stored=stored)
        if event is not None:
            self._events.append(event)


def taken(sending: SmsSending, finished: Finished) -> SmsSending:
    """With the reference that the network has given to the part (+CMGS, 27.005 clause 3.5.1), if it has."""
    answer = body_of(finished.lines[0]) if finished.lines else ""
    reference = integer(split_fields(answer)[0])
    if reference is None or finished.outcome is not Outcome.OK:
        return sending
    return replace(sending, references=(*sending.references, reference))


def sms_sent(sending: SmsSending, finished: Finished, now_s: float) -> SmsSent:
    """What the end of +CMGS says of the message whose last part it was to send."""
    failure = None
    if finished.outcome is Outcome.ERROR:
        failure = TextFailure.REFUSED
    elif finished.sent_s is None:
        failure = TextFailure.TOO_LATE
    elif finished.outcome is not Outcome.OK:
        failure = TextFailure.UNKNOWN
    return SmsSent(
        at_s=now_s,
        ref=sending.ref,
        failure=failure,
        text=finished.final,
        references=sending.references,
    )
