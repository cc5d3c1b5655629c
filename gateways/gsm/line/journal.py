"""The journal as a line's process reads and writes it: the calls left by an earlier process, the line's
quarantine, its alarms, and the short messages that it sends.
"""

from __future__ import annotations

from gateways.gsm.line.alarm import LineAlarms, LineHealth
from messages.events import (
    AlarmCleared,
    AlarmRaised,
    LineQuarantined,
    LineReturned,
    TextFailed,
    TextSent,
)
from messages.ids import E164, Instant, LineId, NodeId, TextId
from model.alarms.active import Alarm
from model.alert.case import Case
from model.alert.leg import Leg
from model.alert.live import LiveCases
from runtime.logs import Logger
from store import streams
from store.alarms import NodeAlarms
from store.alerts.texting import begin_sending
from store.errors import JournalError
from store.journal.journal import Append, Journal
from store.journal.rebuild import case_on_line, is_held_outside_alerts, is_quarantined, rebuild
from store.sms_outbox import Text, end_text, record_delivery_report, request_credit_text

QUARANTINED = "line.quarantined"


class LineJournal:
    """The journal of one line. Only the constructor raises JournalError: a later error is logged, and the
    caller repeats the attempt.
    """

    def __init__(self, journal: Journal, line: LineId, node: NodeId, log: Logger) -> None:
        self._journal = journal
        self._line = line
        self._node = node
        self._log = log
        self._alarms = NodeAlarms(journal, node)
        self.case = case_on_line(journal, line)
        """The case that had the line when this process began."""
        self.quarantined = is_quarantined(journal, line)

    def legs_at_start(self) -> list[Leg]:
        """Return the legs whose calls an earlier process has left on this line; such a call may still be in a
        dial that any written byte aborts.
        """
        return [] if self.case is None else self._legs_here(self.case)

    def read_legs(self) -> list[Leg] | None:
        """Return the legs that are on this line according to the journal. None if the journal cannot be read,
        or if the line is used by an operator's nailed-up call or by a test.
        """
        live = LiveCases()
        try:
            if is_held_outside_alerts(self._journal, self._line):
                return None
            # All cases: a line that takes a second call in has been seized twice.
            rebuild(self._journal, live)
        except JournalError as error:
            self._log.error("the journal cannot be read", line=self._line, error=str(error))
            return None
        return [leg for case in live.cases.values() for leg in self._legs_here(case)]

    def quarantine(self, reason: str) -> None:
        """Record that the line is out of service for this reason."""
        self.quarantined = True
        raised = AlarmRaised(alarm=QUARANTINED, subject=self._line, text=reason)
        self._append(raised, LineQuarantined(line=self._line, reason=reason))

    def return_to_service(self) -> None:
        """Record that the line is in service again. If the record cannot be written, it stays pending."""
        cleared = AlarmCleared(alarm=QUARANTINED, subject=self._line)
        self.quarantined = not self._append(cleared, LineReturned(line=self._line))

    def is_alarm_active(self, alarm: str) -> bool:
        """Return True if this alarm of the line is active; False if not, or if the journal cannot be read."""
        try:
            return (alarm, self._line) in self._alarms.stands
        except JournalError as error:
            self._log.error("the journal cannot be read", line=self._line, error=str(error))
            return False

    def record_alarms(self, alarm: LineAlarms, health: LineHealth, now_us: Instant) -> None:
        """Record the changes of the alarms; changes that cannot be written stay pending."""
        try:
            self._alarms.tell(alarm.alarm_texts(health, self._alarms.stands, now_us))
        except JournalError as error:
            self._log.error("the journal cannot be written", line=self._line, error=str(error))

    def begin_text(self, text: TextId) -> Text | None:
        """Return the text, assigned to this line for sending. None if it is not assigned, or if the
        assignment cannot be written.
        """
        try:
            return self._journal.transact(lambda tx: begin_sending(tx, text, self._line))
        except JournalError as error:
            self._log.error(
                "the journal cannot be written: no text message is sent", line=self._line, error=str(error)
            )
            return None

    def end_text(self, text: TextId, outcome: TextSent | TextFailed) -> bool:
        """Record the outcome of the text; return True if written."""
        try:
            self._journal.transact(lambda tx: end_text(tx, text, outcome))
        except JournalError as error:
            self._log.error("the journal cannot be written", line=self._line, error=str(error))
            return False
        return True

    def request_credit_text(self, to: str, words: str) -> bool:
        """Order a text from this line to the number that reports the SIM's credit; return True if written."""
        try:
            self._journal.transact(lambda tx: request_credit_text(tx, self._line, E164(to), words))
        except JournalError as error:
            self._log.error("the journal cannot be written", line=self._line, error=str(error))
            return False
        return True

    def report_text(self, reference: int, recipient: str, status: int) -> None:
        """Record the network's report on a sent text. An unwritten report is lost: nothing waits for it."""
        try:
            self._journal.transact(
                lambda tx: record_delivery_report(tx, self._line, reference, recipient, status)
            )
        except JournalError as error:
            self._log.error(
                "the delivery report of a text message cannot be written and is lost",
                line=self._line,
                error=str(error),
            )

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    def _legs_here(self, case: Case) -> list[Leg]:
        """Return the case's legs on this line, including legs given up while this node was unreachable: their
        calls are here."""
        live = (leg for leg in case.legs.values() if leg.live)
        return [leg for leg in (*live, *case.calls_on_lost_nodes.values()) if leg.line == self._line]

    def _append(self, alarm: Alarm, event: LineQuarantined | LineReturned) -> bool:
        try:
            self._journal.append(
                Append(streams.node(self._node), None, (alarm,)),
                Append(streams.line(self._line), None, (event,)),
            )
        except JournalError as error:
            self._log.error("the journal cannot be written", line=self._line, error=str(error))
            return False
        return True
