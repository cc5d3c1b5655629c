"""Process that watches every deadline from the journal, independent of the cases.

The process also detects cases without progress, whose actors the Supervisor then restarts; lines without
sound; and unreadable entries of the journal. The watchdog sends no message to a case: its findings go to the
journal and to the Supervisor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from thespian.actors import ActorAddress

from actors.deadline_watchdog.alarms import (
    CLOSED,
    DAMAGED,
    SOUND,
    SilentLines,
    UnreadableEntries,
    lines_without_sound,
)
from actors.deadline_watchdog.decider import InboxEvents, Means, deadline_events, next_deadline
from actors.deadline_watchdog.stuck import Finding, State, forget, look_for_stuck, still_stuck
from actors.deadline_watchdog.view import LINE_FOR_112, MeansView
from messages.envelope import Envelope
from messages.events import AlarmCleared, AlarmRaised
from messages.ids import AlertId, Instant, Role
from messages.lines import AskLine, LineReport, NodeLines
from messages.supervision import RestartWanted
from model.alarms.active import STUCK, with_cleared_alarms
from model.alert.case import Case
from model.setup import Setup
from runtime.actor import CenterActor
from runtime.logs import Outage
from store import streams
from store.alarms import NodeAlarms
from store.errors import JournalError
from store.journal.following import FollowedFolds
from store.journal.journal import Append, Journal
from store.nodes.owners import owned_alerts

AT_ONCE: Final = 500
"""Maximum number of alerts in one transaction: one flush for many alerts, and other writers wait little."""
REST: Final = 9
"""Pause after a run, as a multiple of the run's duration, so that the processor stays free for the actors
that serve alerts. With a thousand deadlines a second, deadlines are marked in groups, a third of a second
late.
"""


class DeadlineWatchdogActor(CenterActor):
    """Watchdog of deadlines: writes missed deadlines and advice to the inboxes of alerts, and requests the
    restart of stuck actors.
    """

    role: ClassVar[Role] = Role.DEADLINE_WATCHDOG

    def started(self) -> None:
        """Read the open alerts and follow the journal from then on."""
        self._setup = self.env.settings_as(Setup)
        self._journal = self.close_at_end(self.env.open_journal_as(Journal))
        self._view = MeansView(self._setup, self.env.node, self.now_us())
        self._silent, self._unreadable = SilentLines(), UnreadableEntries()
        view = self._view
        self._follower = self.close_at_end(
            FollowedFolds(
                self._journal, view.live, view.lines, view.operators, self._silent, self._unreadable
            )
        )
        self._alarms = NodeAlarms(self._journal, self.env.node)
        self._stuck = State()
        self._no_journal = Outage(self.log, "the journal cannot be read")
        self._no_leases = Outage(self.log, "the leases cannot be read")
        self._leased: Mapping[AlertId, int] = {}
        for spec in self._setup.settings.lines:
            self.tell(Role.GSM_MODEM, spec.line, AskLine())
        self._write_forecast()

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """Process the report of one line, or of all lines of another node."""
        match envelope.body:
            case LineReport() as report:
                self._view.store_report(report, self.now_us())
            case NodeLines(reports=reports):
                for report in reports:
                    self._view.store_report(report, self.now_us())
            case _:
                super().receive(envelope, sender)

    def tick(self, now_us: Instant) -> None:
        """Repeat the forecast, and search for stuck cases and faults. Runs every second.

        No deadline is missed between two ticks: the deadline of a new alert is far more than a second away,
        and every known deadline has a timer.
        """
        means = self._write_forecast()
        if means is not None:
            self._look_for_stuck(means)
            self._publish_alarms()

    def timer(self, timer: object, now_us: Instant) -> None:
        """Repeat the forecast; the timer is set to the next deadline."""
        self._write_forecast()

    # ------------------------------------------------------------ deadlines

    def _write_forecast(self) -> Means | None:
        """Write the events of missed and endangered deadlines, and set the timer to the next deadline. Return
        the available means; None if the journal cannot be read.
        """
        began_us = self.now_us()
        known = self._follow()
        now_us = self.now_us()
        means = self._means(now_us)
        cases = self._cases()
        verdicts = deadline_events(cases.values(), means, self._setup.settings, now_us)
        for first in range(0, len(verdicts), AT_ONCE):
            self._write(verdicts[first : first + AT_ONCE])
        done_us = self.now_us()
        due = next_deadline(cases.values(), done_us)
        if due is None:
            self.cancel("deadline")
        else:
            self.at(Instant(max(due, done_us + REST * (done_us - began_us))), "deadline")
        return means if known else None

    def _follow(self) -> bool:
        try:
            self._follower.catch_up()
        except JournalError as error:
            self._no_journal.failed(error)
            self._stuck = forget(self._stuck)
            return False
        self._no_journal.works()
        return True

    def _means(self, now_us: Instant) -> Means:
        workers = self.env.directory.all_of(Role.ALERT_CASE)
        return self._view.means(workers, now_us, self.env.peers.places)

    def _cases(self) -> Mapping[AlertId, Case]:
        """Return the open alerts that this node watches: all alerts if the journal belongs to this node
        alone, else those with a lease of this node. An alert without a lease gets a node within two seconds.
        """
        if not self._journal.shared:
            return self._view.live.cases
        try:
            self._leased = owned_alerts(self._journal, self.env.node)
            self._no_leases.works()
        except JournalError as error:
            self._no_leases.failed(error)
        return {alert: case for alert, case in self._view.live.cases.items() if alert in self._leased}

    def _write(self, verdicts: Sequence[InboxEvents]) -> None:
        """Append the events to the alerts' inboxes, without an expected version: a conflict in one inbox must
        not undo the others.
        """
        appends = [Append(streams.inbox(one.alert), None, one.events) for one in verdicts]
        try:
            self._journal.append(*appends)
        except JournalError as error:
            # Not repeated here: the next run decides again from the present state.
            self.log.error(
                "the deadline verdicts cannot be written and stay pending",
                alerts=len(verdicts),
                error=str(error),
            )

    # ------------------------------------------------------------ alarms

    def _publish_alarms(self) -> None:
        """Raise and clear alarms: for each line of this node without sound, for an emergency trunk without a
        usable line on any node, and for unreadable entries.
        """
        own = {spec.line for spec in self._setup.settings.lines}
        broken = {line: is_so for line, is_so in self._silent.broken.items() if line in own}
        no_line = self._view.no_line_for_112(self.now_us(), self.env.peers.places)
        try:
            self._alarms.tell(lines_without_sound(broken), over=SOUND)
            self._alarms.tell(no_line, over=LINE_FOR_112, reworded=True)
            # Clear also the alarms about an alert that was closed while no watchdog was running: `found` has
            # only alarms about open alerts.
            before = [key for key in self._alarms.stands if key[0] == DAMAGED and streams.alert_of(key[1])]
            self._alarms.tell(with_cleared_alarms(self._unreadable.found, before), over=CLOSED)
        except JournalError as error:
            self.log.error("the alarms cannot be written and stay pending", error=str(error))

    # ------------------------------------------------------------ stuck cases

    def _look_for_stuck(self, means: Means) -> None:
        made = look_for_stuck(self._stuck, self._cases(), means, self._setup.settings, self.now_us())
        alarms = [AlarmRaised(alarm=STUCK, subject=one.alert, text=_text(one)) for one in made.stuck]
        over = [AlarmCleared(alarm=STUCK, subject=alert) for alert in made.well]
        if alarms or over:
            try:
                self._journal.append(Append(streams.node(self.env.node), None, (*alarms, *over)))
            except JournalError as error:
                # While the journal cannot be written no case can make progress, and no restart would help.
                self.log.error("the journal cannot be written", stuck=len(alarms), error=str(error))
                self._stuck = forget(self._stuck)
                return
        self._stuck = made.state
        if made.stuck and self._follow():
            now_us = self.now_us()
            cases, settings = self._cases(), self._setup.settings
            for finding in still_stuck(made.stuck, cases, self._means(now_us), settings, now_us):
                self._restart(finding)

    def _restart(self, finding: Finding) -> None:
        self.log.error(
            "the alert is stuck and its actors are restarted",
            alert=finding.alert,
            reason=finding.reason,
            restarts=finding.restarts,
        )
        for role, key in finding.whom:
            entry = self.env.directory.find(role, key)
            if entry is None:
                continue
            wanted = RestartWanted(
                role=role, key=key, incarnation=entry.incarnation, reason=f"{finding.alert} {finding.reason}"
            )
            self.tell(Role.SUPERVISOR, "", wanted, finding.alert)


def _text(finding: Finding) -> str:
    what = f"No progress: {finding.reason}."
    if finding.whom:
        return f"{what} The center restarts the actors of the alert."
    return f"{what} Restarts have not helped: handle the alert by phone."
