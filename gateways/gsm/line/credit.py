"""The credit of the line's SIM: queried when ordered and the line is free, and published in a file.

A text from the number that answers such queries is never an alert, whether a query is pending or not.
"""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import NetworkAnswered, SmsReceived
from gateways.gsm.errors import GsmError
from gateways.gsm.line.credit_order import CODE_WITHIN_US, advance, answered, failed, started
from gateways.gsm.line.journal import LineJournal
from messages.credit import CreditFailure, LineCredit
from messages.ids import SECOND, Instant, LineId
from model.settings.lines import CreditSettings
from runtime.published import line_files


class LineCreditQuery:
    """The credit query of one line, one order at a time."""

    def __init__(
        self,
        line: LineId,
        question: CreditSettings,
        driver: Driver,
        journal: LineJournal,
        run: Path,
        state: Path,
    ) -> None:
        self._line = line
        self._question = question
        self._driver = driver
        self._journal = journal
        self._run, self._state = run, state
        self._credit: LineCredit | None = None

    def continue_order(self, now_us: Instant, *, free: bool) -> None:
        """Continue with the present order; called each second."""
        order = line_files.credit_order_of(self._run, self._line)
        if order is None:
            self._credit = None
            return
        if self._credit is None or self._credit.order != order.order:
            before = line_files.credit_of(self._state, self._line)
            self._credit = None
            self._publish(started(order, before, now_us))
        assert self._credit is not None
        credit, is_due = advance(self._credit, self._question, now_us, free=free)
        # Written before the query: a process that dies after the query must not repeat it.
        self._publish(credit)
        if is_due:
            self._send_query(credit, now_us)

    def on_network_answer(self, event: NetworkAnswered, now_us: Instant) -> None:
        """Process the network's answer to a code."""
        if self._credit is None:
            return
        if event.refused and self._credit.ended_at is None:
            self._publish(failed(self._credit, CreditFailure.REFUSED, now_us, event.refused))
        else:
            self._publish(answered(self._credit, self._question, event.words, now_us))

    def take_answer(self, event: SmsReceived, now_us: Instant) -> bool:
        """Return True if the text is from the number that answers queries; it answers a pending query."""
        if not self._question.sms_to:
            return False
        if self._question.sms_to not in (event.sender, event.number):
            return False
        if self._credit is not None:
            self._publish(answered(self._credit, self._question, event.text, now_us))
        return True

    def _send_query(self, credit: LineCredit, now_us: Instant) -> None:
        if not self._question.ussd:
            if not self._journal.request_credit_text(self._question.sms_to, self._question.words):
                self._publish(failed(credit, CreditFailure.REFUSED, now_us))
            return
        try:
            within_s = CODE_WITHIN_US / SECOND - 5
            self._driver.send_ussd(self._question.ussd, now_us / SECOND, within_s=within_s)
        except GsmError as error:
            self._publish(failed(credit, CreditFailure.REFUSED, now_us, str(error)))

    def _publish(self, credit: LineCredit) -> None:
        if credit == self._credit:
            return
        self._credit = credit
        line_files.write_credit(self._state, replace(credit, text=credit.text[:300]))
        if credit.ended_at is not None:
            line_files.forget_credit_order(self._run, self._line)
