"""The short message of the center's that a line sends: it is the line's in the journal before the modem hears
of it. What became of it is written down by the same process, or, where that dies, by the TrunkPool.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import Ref, SmsReported, SmsSent
from gateways.gsm.errors import GsmError
from gateways.gsm.line.journal import LineJournal
from messages.events import TextFailed, TextSent
from messages.ids import SECOND, LineId, TextFailure, TextId, TextPurpose
from store.texts import SENT_WITHIN_US

REPORTED: Final = (TextPurpose.DIALOGUE, TextPurpose.INVITATION)
"""Somebody waits to know whether the phone has it."""
MOST_REPORTS: Final = 64


class Sending:
    """Of one line, one text at a time."""

    def __init__(self, line: LineId, driver: Driver, journal: LineJournal) -> None:
        self._line = line
        self._driver = driver
        self._journal = journal
        self._ended: tuple[TextId, TextSent | TextFailed] | None = None
        """What could not be written down yet."""
        self._reported = False
        """Whether the network was asked to report on the one that is on its way."""
        self._reports: deque[SmsReported] = deque(maxlen=MOST_REPORTS)
        """Those that may be about the one that is on its way."""

    def order(self, text: TextId, now_s: float) -> None:
        """Send it, if no other line has begun to. The line has to be free."""
        if self._driver.sends_sms or self._ended is not None:
            return
        begun = self._journal.begin_text(text)
        if begun is None:
            return
        try:
            self._reported = begun.purpose in REPORTED
            within_s = SENT_WITHIN_US / SECOND
            self._driver.send_sms(
                Ref(text), begun.to, begun.words, now_s, within_s=within_s, report=self._reported
            )
        except GsmError as error:
            self._end(text, TextFailed(cause=TextFailure.UNFIT, line=self._line, text=str(error)))

    def hear(self, event: SmsSent) -> None:
        """What became of it."""
        text = TextId(event.ref)
        if event.failure is not None:
            self._end(text, TextFailed(cause=event.failure, line=self._line, text=event.text))
        else:
            last = event.references[-1] if event.references else None
            sent = TextSent(
                line=self._line,
                reference=last,
                references=event.references if self._reported else (),
                awaits=self._reported and self._driver.tells_delivery,
            )
            self._end(text, sent)

    def reported(self, event: SmsReported) -> None:
        """The network says what has become of a part of one: perhaps before it has said that it takes it."""
        self._reports.append(event)
        self._tell_reports()

    def tell_again(self) -> None:
        """Write down what could not be, each second."""
        if self._ended is not None:
            self._end(*self._ended)
        self._tell_reports()

    def _tell_reports(self) -> None:
        if self._driver.sends_sms or self._ended is not None:
            return
        while self._reports:
            event = self._reports.popleft()
            self._journal.report_text(event.reference, event.recipient, event.status)

    def _end(self, text: TextId, became: TextSent | TextFailed) -> None:
        self._ended = None if self._journal.end_text(text, became) else (text, became)
