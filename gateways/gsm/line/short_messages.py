"""The short messages of a line: received messages are read, published until they are kept, and deleted from
the SIM; the center's own messages are sent.

No content of a message ends the line's process or is lost. A text that cannot be read is read once more, then
put aside: published as received, with its sender if readable. A message to send is assigned to the line in
the journal before the modem receives it. The outcome is recorded by this process or, if this process dies, by
the TrunkPool.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import Ref, SmsFailed, SmsReceived, SmsReported, SmsSent
from gateways.gsm.errors import GsmError, where_raised
from gateways.gsm.line.credit import LineCreditQuery
from gateways.gsm.line.files import FailedReads
from gateways.gsm.line.journal import LineJournal
from gateways.gsm.sms.pending_messages import PendingTexts, key_of, key_of_unreadable, unreadable_event
from messages.events import TextFailed, TextSent
from messages.ids import SECOND, Instant, LineId, TextFailure, TextId, TextPurpose
from messages.sms import SmsArrived
from runtime.logs import Logger
from store.sms_outbox import SENT_WITHIN_US


class IncomingTexts:
    """The messages that one line receives."""

    def __init__(
        self, line: LineId, driver: Driver, credit: LineCreditQuery, failed: FailedReads, log: Logger
    ) -> None:
        self._line = line
        self._driver = driver
        self._credit = credit
        self._failed = failed
        self._log = log
        self._texts = PendingTexts(line)
        self.last_unreadable: bool | None = None
        """True if the last message could not be read; None before the first."""

    @property
    def waiting(self) -> list[SmsArrived]:
        """Messages that have to be published (again), oldest first."""
        return self._texts.to_publish

    def on_received(self, event: SmsReceived, now_us: Instant) -> None:
        """Process a message that was received, or read again."""
        key = key_of(event)
        if self._failed.is_given_up(key):
            self._set_aside(unreadable_event(event, ""), now_us)
            return
        error = self._failed.read(key, lambda: self._read(event, now_us), now_us)
        if error is None:
            self.last_unreadable = False
            return
        self._log.error("the text message cannot be decoded", line=self._line, error=where_raised(error))
        if self._failed.is_given_up(key) or not event.stored:
            self._set_aside(unreadable_event(event, where_raised(error)), now_us)
        else:
            self._driver.read_sms(event.stored, now_us / SECOND)

    def on_unreadable(self, event: SmsFailed, now_us: Instant) -> None:
        """Process a message that cannot be read."""
        key = key_of_unreadable(event)
        if not event.from_other_party:
            # The message helps no user, and would fill the SIM until no message can come in.
            self._driver.delete_sms(event.stored, now_us / SECOND)
        elif self._failed.is_given_up(key) or self._failed.count_failure(key, now_us) or not event.stored:
            self._set_aside(event, now_us)
        else:
            self._log.warning("the text message cannot be decoded", line=self._line, error=event.text)
            self._driver.read_sms(event.stored, now_us / SECOND)

    def on_stored(self, key: str, now_us: Instant) -> None:
        """Delete the message from the SIM: it is kept elsewhere."""
        self._driver.delete_sms(self._texts.remove_stored(key), now_us / SECOND)

    def _read(self, event: SmsReceived, now_us: Instant) -> None:
        stored = event.stored if self._credit.take_answer(event, now_us) else self._texts.add(event, now_us)
        self._driver.delete_sms(stored, now_us / SECOND)

    def _set_aside(self, event: SmsFailed, now_us: Instant) -> None:
        if not event.from_other_party:
            self._driver.delete_sms(event.stored, now_us / SECOND)
            return
        self.last_unreadable = True
        self._log.error("the undecodable text message is set aside", line=self._line, error=event.text)
        self._driver.delete_sms(self._texts.add_unreadable(event), now_us / SECOND)


PURPOSES_WITH_REPORT: Final = (TextPurpose.DIALOGUE, TextPurpose.INVITATION)
"""Purposes with a sender who waits for the delivery report."""
MAX_REPORTS: Final = 64


class OutgoingTexts:
    """The messages that one line sends, one at a time."""

    def __init__(self, line: LineId, driver: Driver, journal: LineJournal) -> None:
        self._line = line
        self._driver = driver
        self._journal = journal
        self._unrecorded: tuple[TextId, TextSent | TextFailed] | None = None
        """Outcome that could not be recorded yet."""
        self._report_requested = False
        """True if the network was requested to report on the message being sent."""
        self._reports: deque[SmsReported] = deque(maxlen=MAX_REPORTS)
        """Reports that may concern the message being sent."""

    def send(self, text: TextId, now_s: float) -> None:
        """Send the text, if no other line has begun to. The line has to be free."""
        if self._driver.is_sending_sms or self._unrecorded is not None:
            return
        requested = self._journal.begin_text(text)
        if requested is None:
            return
        try:
            self._report_requested = requested.purpose in PURPOSES_WITH_REPORT
            within_s = SENT_WITHIN_US / SECOND
            self._driver.send_sms(
                Ref(text),
                requested.to,
                requested.words,
                now_s,
                within_s=within_s,
                report=self._report_requested,
            )
        except GsmError as error:
            self._record_outcome(text, TextFailed(cause=TextFailure.UNFIT, line=self._line, text=str(error)))

    def on_sent(self, event: SmsSent) -> None:
        """Record the outcome of the sent text."""
        text = TextId(event.ref)
        if event.failure is not None:
            self._record_outcome(text, TextFailed(cause=event.failure, line=self._line, text=event.text))
        else:
            last = event.references[-1] if event.references else None
            sent = TextSent(
                line=self._line,
                reference=last,
                references=event.references if self._report_requested else (),
                awaits=self._report_requested and self._driver.reports_delivery,
            )
            self._record_outcome(text, sent)

    def on_report(self, event: SmsReported) -> None:
        """Keep the network's report on a part of a text: it may precede the acceptance of that part."""
        self._reports.append(event)
        self._record_reports()

    def retry_records(self) -> None:
        """Retry the records that could not be written; called each second."""
        if self._unrecorded is not None:
            self._record_outcome(*self._unrecorded)
        self._record_reports()

    def _record_reports(self) -> None:
        if self._driver.is_sending_sms or self._unrecorded is not None:
            return
        while self._reports:
            event = self._reports.popleft()
            self._journal.report_text(event.reference, event.recipient, event.status)

    def _record_outcome(self, text: TextId, outcome: TextSent | TextFailed) -> None:
        self._unrecorded = None if self._journal.end_text(text, outcome) else (text, outcome)
