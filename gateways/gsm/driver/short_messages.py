"""Short messages in and out: sent part by part, read from the modem's storage, deleted (27.005)."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from gateways.gsm.at.commands import Command, Finished, Outcome, Urgency
from gateways.gsm.at.parse import body_of, parse_int, split_fields
from gateways.gsm.driver.channel import Channel
from gateways.gsm.driver.events import Ref, SmsSent
from gateways.gsm.sms.inbox import Inbox, listed_pdus, stored_pdu
from gateways.gsm.sms.pdu import write_submit
from messages.ids import TextFailure

MAX_STORED: Final = 255


class _Sending(msgspec.Struct, frozen=True):
    """A part of a message, and the parts that follow: PDUs with their lengths."""

    ref: Ref
    rest: tuple[tuple[str, int], ...]
    until_s: float
    """Time by which all parts have to be sent."""
    references: tuple[int, ...] = ()
    """The network's references of the parts that it has accepted."""


class ShortMessages:
    """The short messages of one modem: sending, reading, deleting."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._inbox = Inbox(channel.region)
        self._reference = 0
        self._given_up = False
        """True if the modem has not answered since a message without an answer was given up."""

    @property
    def is_sending(self) -> bool:
        """True if a message is being sent, or was given up and the modem has not answered since."""
        on_its_way = bool(self._channel.pending(self._on_part_result))
        return on_its_way or (self._given_up and not self._channel.engine.in_sync)

    def on_modem_answering(self) -> None:
        """Note that the modem answers again."""
        self._given_up = False

    def send(self, ref: Ref, number: str, text: str, now_s: float, *, within_s: float, report: bool) -> None:
        """Send a message, in parts if needed; `SmsSent` reports the outcome. Raises PduError."""
        self._reference = (self._reference + 1) % 256
        parts = write_submit(number, text, reference=self._reference, report=report)
        self._send_part(_Sending(ref, tuple(parts), now_s + within_s), now_s)

    def read(self, index: int, now_s: float) -> None:
        """Read a stored message. Repeated requests, and more than any SIM holds, are ignored: a damaged line
        may name any index.
        """
        reading = self._channel.pending(self._on_read_result)
        if (index,) not in reading and len(reading) < MAX_STORED:
            self._channel.submit_text(f"AT+CMGR={index}", Urgency.SET_UP, now_s, self._on_read_result, index)

    def delete(self, index: int, now_s: float) -> None:
        """Delete a stored message from the modem."""
        self._channel.submit_text(f"AT+CMGD={index}", Urgency.IDLE, now_s)

    def on_pdu(self, pdu: str, now_s: float, *, stored: int | None = None) -> None:
        """Process a message, or a report about a message. `stored`: the modem's storage index."""
        event = self._inbox.add(pdu, now_s, stored=stored)
        if event is not None:
            self._channel.events.append(event)

    def on_list(self, finished: Finished, now_s: float) -> None:
        """Process the list of stored messages, or its failure."""
        if finished.outcome is Outcome.OK:
            for index, pdu in listed_pdus(finished.lines):
                self.on_pdu(pdu, now_s, stored=index)

    def tick(self, now_s: float) -> None:
        """Publish the messages whose missing parts have not arrived in time."""
        self._channel.events += self._inbox.take_overdue(now_s)

    def next_deadline(self) -> float | None:
        """Return the time, in seconds, of the next necessary `tick`; None if none is necessary."""
        return self._inbox.next_deadline()

    def _on_read_result(self, index: int, finished: Finished, now_s: float) -> None:
        if finished.outcome is Outcome.OK and (pdu := stored_pdu(finished.lines)) is not None:
            self.on_pdu(pdu, now_s, stored=index)

    def _send_part(self, sending: _Sending, now_s: float) -> None:
        """Send the next part of a message after the part before. After a refusal or a delay no further part
        is sent, and urgent commands come in between.
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
        sending = replace(sending, rest=tuple(rest))
        self._channel.submit(command, now_s, self._on_part_result, sending)

    def _on_part_result(self, sending: _Sending, finished: Finished, now_s: float) -> None:
        sending = _with_reference(sending, finished)
        if sending.rest and finished.outcome is Outcome.OK:
            self._send_part(sending, now_s)
        else:
            self._channel.events.append(_sms_sent_event(sending, finished, now_s))
            self._given_up = finished.outcome is Outcome.TIMED_OUT


def _with_reference(sending: _Sending, finished: Finished) -> _Sending:
    """Return the state with the network's reference for the part (+CMGS, 27.005 clause 3.5.1), if present."""
    answer = body_of(finished.lines[0]) if finished.lines else ""
    reference = parse_int(split_fields(answer)[0])
    if reference is None or finished.outcome is not Outcome.OK:
        return sending
    return replace(sending, references=(*sending.references, reference))


def _sms_sent_event(sending: _Sending, finished: Finished, now_s: float) -> SmsSent:
    """Return the outcome of the message, by the end of its last +CMGS."""
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
