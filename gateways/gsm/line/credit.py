"""The credit of the line's SIM: queried when ordered and the line is free, and published in a file.

A text from the number that answers such queries is never an alert, whether a query is pending or not.
"""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import NetworkAnswered, SmsReceived
from gateways.gsm.errors import GsmError
from gateways.gsm.line.credit_order import CODE_WITHIN_US, answered, failed, taken_up, turn
from gateways.gsm.line.journal import LineJournal
from messages.credit import CreditFailure, LineCredit
from messages.ids import SECOND, Instant, LineId
from model.settings.lines import CreditSettings
from runtime.published import line_files


class LineCreditAsking:
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
        self._now: LineCredit | None = None

    def look(self, now_us: Instant, *, free: bool) -> None:
        """Continue with the present order; called each second."""
        order = line_files.credit_order_of(self._run, self._line)
        if order is None:
            self._now = None
            return
        if self._now is None or self._now.order != order.order:
            before = line_files.credit_of(self._state, self._line)
            self._now = None
            self._told(taken_up(order, before, now_us))
        assert self._now is not None
        credit, is_due = turn(self._now, self._question, now_us, free=free)
        # Written before the query: a process that dies after the query must not repeat it.
        self._told(credit)
        if is_due:
            self._ask(credit, now_us)

    def heard(self, event: NetworkAnswered, now_us: Instant) -> None:
        """Process the network's answer to a code."""
        if self._now is None:
            return
        if event.refused and self._now.ended_at is None:
            self._told(failed(self._now, CreditFailure.REFUSED, now_us, event.refused))
        else:
            self._told(answered(self._now, self._question, event.words, now_us))

    def is_answer(self, event: SmsReceived, now_us: Instant) -> bool:
        """Return True if the text is from the number that answers queries; it answers a pending query."""
        if not self._question.sms_to:
            return False
        if self._question.sms_to not in (event.sender, event.number):
            return False
        if self._now is not None:
            self._told(answered(self._now, self._question, event.text, now_us))
        return True

    def _ask(self, credit: LineCredit, now_us: Instant) -> None:
        if not self._question.ussd:
            if not self._journal.ask_credit(self._question.sms_to, self._question.words):
                self._told(failed(credit, CreditFailure.REFUSED, now_us))
            return
        try:
            within_s = CODE_WITHIN_US / SECOND - 5
            self._driver.send_ussd(self._question.ussd, now_us / SECOND, within_s=within_s)
        except GsmError as error:
            self._told(failed(credit, CreditFailure.REFUSED, now_us, str(error)))

    def _told(self, credit: LineCredit) -> None:
        if credit == self._now:
            return
        self._now = credit
        line_files.tell_credit(self._state, replace(credit, text=credit.text[:300]))
        if credit.ended_at is not None:
            line_files.forget_credit_order(self._run, self._line)
