"""What a line's process reads in the journal, and what it writes there: whose calls a process before it has
left, that the line is out of service, its alarms, the short messages that it sends.
"""

from __future__ import annotations

from gateways.gsm.line.alarm import Health, LineAlarm
from messages.events import (
    AlarmCleared,
    AlarmRaised,
    LineQuarantined,
    LineReturned,
    TextFailed,
    TextSent,
)
from messages.ids import E164, Instant, LineId, NodeId, TextId
from model.alarms.standing import Alarm
from model.alert.case import Case
from model.alert.leg import Leg
from model.alert.live import LiveCases
from runtime.logs import Logger
from store import streams
from store.alarms import NodeAlarms
from store.alerts.texting import begin_if_fit
from store.errors import JournalError
from store.journal.journal import Append, Journal
from store.journal.rebuild import case_on_line, is_no_alerts, is_quarantined, rebuild
from store.texts import Text, ask_credit, end, report

QUARANTINED = "line.quarantined"


class LineJournal:
    """Of one line. Only the constructor raises JournalError: what cannot be read or written later is logged,
    and tried again by whoever asked for it.
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

    def legs_left(self) -> list[Leg]:
        """Whose calls a process before this one may have left: perhaps half-way dialled, which any byte
        would abort.
        """
        return [] if self.case is None else self._legs_here(self.case)

    def who_stands_here(self) -> list[Leg] | None:
        """The legs that the journal knows on this line. None where it cannot be read, and where a call is
        on it that is an operator's or a test's: then somebody does.
        """
        live = LiveCases()
        try:
            if is_no_alerts(self._journal, self._line):
                return None
            # All of them: a line that takes a second call in has been seized twice.
            rebuild(self._journal, live)
        except JournalError as error:
            self._log.error("the journal cannot be read", line=self._line, error=str(error))
            return None
        return [leg for case in live.cases.values() for leg in self._legs_here(case)]

    def quarantine(self, reason: str) -> None:
        """The line is out of service, and this is why."""
        self.quarantined = True
        raised = AlarmRaised(alarm=QUARANTINED, subject=self._line, text=reason)
        self._note(raised, LineQuarantined(line=self._line, reason=reason))

    def returned(self) -> None:
        """It is in service again, whoever took it out. Stays to be said where it cannot be written."""
        cleared = AlarmCleared(alarm=QUARANTINED, subject=self._line)
        self.quarantined = not self._note(cleared, LineReturned(line=self._line))

    def is_said(self, alarm: str) -> bool:
        """Whether this alarm of the line stands; no where that cannot be read."""
        try:
            return (alarm, self._line) in self._alarms.stands
        except JournalError as error:
            self._log.error("the journal cannot be read", line=self._line, error=str(error))
            return False

    def tell_alarms(self, alarm: LineAlarm, health: Health, now_us: Instant) -> None:
        """Write down what has changed of them, or, where that cannot be, leave it due."""
        try:
            self._alarms.tell(alarm.found(health, self._alarms.stands, now_us))
        except JournalError as error:
            self._log.error("could not be written down", line=self._line, error=str(error))

    def begin_text(self, text: TextId) -> Text | None:
        """The text, which from now on is this line's to send. None where it is not, and where that cannot be
        written down.
        """
        try:
            return self._journal.transact(lambda tx: begin_if_fit(tx, text, self._line))
        except JournalError as error:
            self._log.error("no short message is sent", line=self._line, error=str(error))
            return None

    def end_text(self, text: TextId, became: TextSent | TextFailed) -> bool:
        """What became of it; whether that is written down."""
        try:
            self._journal.transact(lambda tx: end(tx, text, became))
        except JournalError as error:
            self._log.error("could not be written down", line=self._line, error=str(error))
            return False
        return True

    def ask_credit(self, to: str, words: str) -> bool:
        """Have this line write to the number that tells what is left on its SIM; whether that is ordered."""
        try:
            self._journal.transact(lambda tx: ask_credit(tx, self._line, E164(to), words))
        except JournalError as error:
            self._log.error("could not be written down", line=self._line, error=str(error))
            return False
        return True

    def report_text(self, reference: int, recipient: str, status: int) -> None:
        """What the network says of what was sent. A report that cannot be written down is lost: nothing waits
        for it."""
        try:
            self._journal.transact(lambda tx: report(tx, self._line, reference, recipient, status))
        except JournalError as error:
            self._log.error("a report is lost", line=self._line, error=str(error))

    def close(self) -> None:
        """Let go of the journal."""
        self._journal.close()

    def _legs_here(self, case: Case) -> list[Leg]:
        """Also those that were given up while this node was not heard: what there is of them is here."""
        live = (leg for leg in case.legs.values() if leg.live)
        return [leg for leg in (*live, *case.calls_on_lost_nodes.values()) if leg.line == self._line]

    def _note(self, alarm: Alarm, event: LineQuarantined | LineReturned) -> bool:
        try:
            self._journal.append(
                Append(streams.node(self._node), None, (alarm,)),
                Append(streams.line(self._line), None, (event,)),
            )
        except JournalError as error:
            self._log.error("could not be written down", line=self._line, error=str(error))
            return False
        return True
