"""Process that assigns a worker to every alert, and makes alerts of calls and short messages.

The process follows the journal, which also holds what the web accepted while the process was down.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import ClassVar, Final

from thespian.actors import ActorAddress

from actors.alert_intake.decider import CONFIRM_US, State, Worker, on_worker_status, plan, preemptable_tests
from actors.alert_intake.incoming import CallOutcome, InputGuard, VoiceAlerts, as_unread, signal_of
from messages import calls, cases
from messages.envelope import Envelope
from messages.events import TextUnreadable
from messages.ids import E164, SECOND, AlertId, Channel, Check, Instant, LineId, Role, TextPurpose, WorkerId
from messages.lines import PreemptCase
from messages.sms import SmsArrived, SmsKept
from model.alert.case import Case
from model.alert.live import LiveCases
from model.rules.calls.silent_and_duress import is_hushed
from model.rules.messages.advice import AdviceReason, call_112_now
from model.rules.signal import Signal
from model.setup import Setup
from runtime.actor import CenterActor
from runtime.logs import Outage
from runtime.published.peers import least_busy
from store import streams
from store.alerts.accepting import Accepted, accept, accept_undecoded
from store.errors import JournalError
from store.journal.following import FollowedFolds
from store.journal.journal import Append, Journal
from store.journal.notify import topic_of_kind
from store.journal.projections import Operators
from store.journal.rebuild import is_under_test
from store.nodes.owners import owned_alerts, reassign_alert
from store.sms_outbox import loopback_text_id, record_arrival, request_text
from store.streams import StreamKind

SOON_US: Final = Instant(SECOND // 20)
"""Pause between two runs until all workers have reported their state, in microseconds."""
WORKERS_US: Final = Instant(SECOND // 5)
"""Pause after an assignment before new workers are requested: starting a worker takes the processor from the
assigned one. In microseconds.
"""
WAITING_US: Final = Instant(SECOND // 5)
"""Pause between two runs while alerts wait for a worker, in microseconds."""
REST: Final = 4
"""Pause after a run, in durations of that run: a storm commits without end, and with thousands of open alerts
a run takes tens of milliseconds. After an assignment the factor is 1: a worker that closes one alert after
the other is free again at once.
"""
HANDED_ON_AT_ONCE: Final = 20
RAW_MOST: Final = 4096
"""Longest kept text of an unreadable short message, in characters: more than a network carries."""
CHECK_RINGS_US: Final = Instant(30 * SECOND)
"""Longest time that a network rings a line after a check was preempted and its call hung up, in
microseconds.
"""
ADVISED_AT_ONCE: Final = 250
"""Alerts in one transaction: enough for a cheap flush, too few to make the web wait for the lock."""


class AlertIntakeActor(CenterActor):
    """AlertIntake: opens cases for new alerts, merges duplicates, assigns the earliest deadline first."""

    role: ClassVar[Role] = Role.ALERT_INTAKE

    def started(self) -> None:
        """Read the open alerts, and request the state of all workers."""
        self._setup = self.env.settings_as(Setup)
        self._journal = self.close_at_end(self.env.open_journal_as(Journal))
        self._live = LiveCases()
        self._mine: dict[AlertId, Case] = {}
        """Open alerts of this node; all open alerts if the node is the only one."""
        self._operators = Operators()
        self._follower = self.close_at_end(
            FollowedFolds(self._journal, self._live, self._operators, about=topic_of_kind(StreamKind.INBOX))
        )
        self._door = InputGuard(self.log)
        self._voice = VoiceAlerts(self._setup)
        self._checks: dict[tuple[LineId, E164], Instant] = {}
        """Time at which a check's call was last seen live, by its line and its number."""
        for case in self._live.cases.values():
            if case.inbound_call is not None:
                self._voice.record_call(case.inbound_call.line, case.inbound_call.call)
        self._state = State(started_at=self.now_us())
        self._told_workers: cases.WorkerWanted | None = None
        self._given_us = Instant(0)
        self._settled = False
        self._rests_until_us = Instant(0)
        self._no_journal = Outage(self.log, "the journal cannot be read")
        for entry in self.env.directory.all_of(Role.ALERT_CASE):
            self.tell(Role.ALERT_CASE, entry.key, cases.AskCase())
        self._assign()

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """Handle the state that a worker reports, an incoming call, or a received short message."""
        body = envelope.body
        match body:
            case cases.CaseStatus(worker=name, alert=alert):
                self._state = on_worker_status(
                    self._state, Worker(worker=name, incarnation=envelope.incarnation, alert=alert)
                )
                self._soon()
            case calls.IncomingCall(line=line, call=call):
                if self._door.read(
                    (line, call), lambda: self._on_incoming_call(body), lambda: self._raised_by(body)
                ):
                    self._assign()
            case SmsArrived(key=key):
                accepted = self._door.read(
                    key, lambda: self._on_sms(body), lambda: self._on_sms(as_unread(body))
                )
                if accepted is not None:
                    self._assign()
                    self._acknowledge(body, accepted)
            case calls.IncomingCallGone(line=line, call=call):
                self._voice.forget_call(line, call)
            case _:
                super().receive(envelope, sender)

    def tick(self, now_us: Instant) -> None:
        """Poll the journal again: a lost notification costs a second, never an alert."""
        self._ask_workers()
        self._assign()
        self._preempt_tests()

    def timer(self, timer: object, now_us: Instant) -> None:
        """Assign alerts again: workers may have reported, or an alert may have waited for PATIENCE_US."""
        self._assign()

    def _ask_workers(self) -> None:
        """Request the state of every worker that has not reported since its last start.

        A worker reports its state once, at its start; if that report is lost, its alert would wait endlessly.
        """
        for entry in self.env.directory.places_of(Role.ALERT_CASE):
            known = self._state.workers.get(WorkerId(entry.key))
            if entry.ready and (known is None or known.incarnation < entry.incarnation):
                self.tell(Role.ALERT_CASE, entry.key, cases.AskCase())

    def _preempt_tests(self) -> None:
        """Preempt tests of users who have raised a real alert meanwhile."""
        for alert, leg in preemptable_tests(self._mine.values()):
            given = self._state.assigned.get(alert)
            if given is not None:
                self.tell(Role.ALERT_CASE, given.worker, PreemptCase(alert=alert, leg=leg), alert)

    # ------------------------------------------------------------ assignment to workers

    def _soon(self) -> None:
        """Run now, or after the pause that follows the last run."""
        self.run_no_sooner(self._rests_until_us, self._follower.fileno(), self._assign)

    def _assign(self) -> None:
        begun_us = self.now_us()
        given = self._assign_alerts()
        ended_us = self.now_us()
        self._rests_until_us = Instant(ended_us + (1 if given else REST) * (ended_us - begun_us))

    def _assign_alerts(self) -> bool:
        """Assign alerts to workers; return True if an alert was assigned."""
        try:
            self._follower.catch_up()
            self._mine = self._of_this_node()
        except JournalError as error:
            self._no_journal.failed(error)
            # The descriptor stays readable: pause until the next scheduled run.
            self.unwatch(self._follower.fileno())
            return False
        self._no_journal.works()
        self._note_checks()
        self.watch(self._follower.fileno(), self._soon)
        cases_there = self.env.directory.places_of(Role.ALERT_CASE)
        now_us = self.now_us()
        made = plan(
            self._state,
            self._mine,
            {WorkerId(entry.key): entry.incarnation for entry in cases_there},
            now_us,
            starting={WorkerId(entry.key) for entry in cases_there if not entry.ready},
            holding=self._holding(),
            settings=self._setup.settings,
            node=self.env.node,
            on_shift=self._operators.on_shift,
        )
        self._state = made.state
        if made.settled and not self._settled:
            self._settled = True
            self.log.info(
                "the workers have reported", workers=len(self._state.workers), alerts=len(self._mine)
            )
        if made.open:
            self._given_us = now_us
        for alert, worker in made.open:
            self.tell(Role.ALERT_CASE, worker, cases.OpenCase(alert=alert), alert)
        for alert, worker in made.give_back:
            self.tell(Role.ALERT_CASE, worker, cases.ReturnCase(alert=alert), alert)
        if not made.settled:
            self.at(Instant(now_us + SOON_US), "look")
        elif made.waiting:
            self.at(Instant(now_us + WAITING_US), "look")
        if made.open:
            # A case that has not confirmed its alert by then receives the order again, without a second's
            # delay.
            self.at(Instant(now_us + CONFIRM_US), "confirm")
        # Limited to the maximum: in a storm the count would otherwise change at every run.
        lacking = (alert for alert in made.waiting if alert not in made.held_back)
        served = tuple(islice(lacking, self._setup.settings.limits.live_cases))
        legs = [leg for alert in served for leg in self._mine[alert].legs.values() if leg.live]
        wanted = cases.WorkerWanted(
            busy=len(made.state.assigned),
            waiting=len(served),
            voiceless=any(leg.joined for leg in legs),
            lines=tuple(sorted({leg.line for leg in legs})),
        )
        self._want_workers(wanted, now_us)
        self._advise(made.advise)
        self._hand_over_waiting(made.waiting)
        return bool(made.open)

    def _hand_over_waiting(self, waiting: Sequence[AlertId]) -> None:
        """Pass waiting alerts of a draining node to the least busy node; begun alerts stay."""
        if not waiting or not self.env.draining:
            return
        to = least_busy(self.env.peers.places)
        if to is None:
            return
        for alert in waiting[:HANDED_ON_AT_ONCE]:
            try:
                if reassign_alert(self._journal, alert, self.env.node, to):
                    self.log.info("the alert is handed to another node", alert=alert, node=to)
            except JournalError as error:
                self.log.error(
                    "the alert cannot be handed over to another node", alert=alert, error=str(error)
                )
                return

    def _of_this_node(self) -> dict[AlertId, Case]:
        """Return the open alerts that this node handles. Raises JournalError."""
        if not self._journal.shared:
            return self._live.cases
        leased = owned_alerts(self._journal, self.env.node)
        return {alert: case for alert, case in self._live.cases.items() if alert in leased}

    def _holding(self) -> set[WorkerId]:
        """Return the workers that may hold calls."""
        roles = (Role.CALL_LEG, Role.CONFERENCE_BRIDGE)
        entries = (entry for role in roles for entry in self.env.directory.places_of(role))
        return {WorkerId(entry.key.partition("/")[0]) for entry in entries}

    def _want_workers(self, wanted: cases.WorkerWanted, now_us: Instant) -> None:
        """Report the number of required workers: at once while alerts wait, else after `WORKERS_US`."""
        due_us = Instant(now_us if wanted.waiting else self._given_us + WORKERS_US)
        if wanted == self._told_workers:
            return
        if now_us < due_us:
            self.at(due_us, "look")
        elif self.tell(Role.SUPERVISOR, "", wanted):
            self._told_workers = wanted

    def _advise(self, alerts: Sequence[AlertId]) -> None:
        """Advise the apps of these alerts to call 112: no worker is available for them now."""
        advice = call_112_now(AdviceReason.ALL_AT_WORK)
        for first in range(0, len(alerts), ADVISED_AT_ONCE):
            part = alerts[first : first + ADVISED_AT_ONCE]
            try:
                self._journal.append(*(Append(streams.inbox(alert), None, (advice,)) for alert in part))
            except JournalError as error:
                self.log.error(
                    "the advice to call 112 cannot be written", alerts=len(alerts) - first, error=str(error)
                )
                return

    # ------------------------------------------------------------ voice alerts

    def _on_incoming_call(self, call: calls.IncomingCall) -> bool | None:
        """Handle an incoming call of any caller, known or unknown, as an alert, except a line test. Return
        True if the call is a new alert.
        """
        if self._is_own_call(call):
            # The modem repeats the report while the call rings, even after the line has been assigned
            # elsewhere.
            self._voice.record_call(call.line, call.call)
            self.tell(Role.LINE_TEST, "", call)
            return None
        raised = (case for case in self._live.cases.values() if case.phone == call.number)
        verdict = self._voice.outcome_of(call, hushed=any(is_hushed(case) for case in raised))
        if verdict is CallOutcome.REJECT:
            self.tell(Role.GSM_MODEM, call.line, calls.RejectCall(call=call.call))
        if verdict is CallOutcome.WAIT or verdict is CallOutcome.KNOWN:
            return None
        return self._raised_by(call)

    def _raised_by(self, call: calls.IncomingCall) -> bool | None:
        """Write a signal for the call; return True if the signal is in the journal, None if the write
        failed.
        """
        now_us = self.now_us()
        signal = Signal(
            channel=Channel.VOICE,
            received_at=now_us,
            phone=call.number,
            line=call.line,
            call=call.call,
        )
        try:
            accept(self._journal, signal, self._setup.settings.deadline.seconds)
        except JournalError as error:
            # The modem repeats the report every second while the call rings.
            self.log.error(
                "the incoming call cannot be written to the journal", line=call.line, error=str(error)
            )
            return None
        self._voice.record_call(call.line, call.call)
        return True

    def _is_own_call(self, call: calls.IncomingCall) -> bool:
        """Return True for a call of the center's own: to a line reserved for a test, or of a check to a line
        that was reserved until an alert took the line.
        """
        if call.number not in self._own_numbers():
            return False
        try:
            self._follower.catch_up()
            self._note_checks()
            return is_under_test(self._journal, call.line) or self._is_a_checks(call)
        except JournalError as error:
            self.log.error("the journal cannot be read", line=call.line, error=str(error))
            return False

    def _note_checks(self) -> None:
        now_us = self.now_us()
        for case in self._live.cases.values():
            if case.check is Check.CALL:
                for leg in case.legs.values():
                    if leg.live and leg.number is not None:
                        self._checks[leg.line, leg.number] = now_us

    def _is_a_checks(self, call: calls.IncomingCall) -> bool:
        since_us = self.now_us() - CHECK_RINGS_US
        self._checks = {way: at_us for way, at_us in self._checks.items() if at_us >= since_us}
        numbers = self._numbers()
        return any(
            numbers.get(line) == call.number and number == numbers.get(call.line)
            for line, number in self._checks
        )

    def _numbers(self) -> dict[LineId, E164]:
        """Return the numbers of all lines of the center: a check may be called by a line of another node."""
        lines = (*self._setup.settings.lines, *self.env.peers.lines)
        return {spec.line: spec.number for spec in lines if spec.number}

    def _own_numbers(self) -> set[E164]:
        return set(self._numbers().values())

    # ------------------------------------------------------------ short messages

    def _on_sms(self, sms: SmsArrived) -> Accepted | None:
        """Accept a short message as an alert, from any sender except services and the center's own lines."""
        if self._is_ours(sms):
            self.tell(Role.GSM_MODEM, sms.line, SmsKept(key=sms.key))
            return None
        signal = signal_of(sms, self._own_numbers(), self.now_us())
        if signal is None:
            # The text is not logged: it may be private.
            self.log.info("the text message raises no alert", line=sms.line, service=sms.service)
            self.tell(Role.GSM_MODEM, sms.line, SmsKept(key=sms.key))
            return None
        try:
            accepted = self._accept_text(sms, signal)
        except JournalError as error:
            # The modem repeats the report every second.
            self.log.error(
                "the incoming text message cannot be written to the journal", line=sms.line, error=str(error)
            )
            return None
        if self._journal.durable:
            self.tell(Role.GSM_MODEM, sms.line, SmsKept(key=sms.key))
        return accepted

    def _acknowledge(self, sms: SmsArrived, accepted: Accepted) -> None:
        """Send an acknowledgement to the sender of a new alert, if configured."""
        settings = self._setup.settings
        if not accepted.created or not settings.sms.acknowledge or sms.number is None:
            return
        number, until = sms.number, Instant(self.now_us() + round(settings.deadline.seconds * SECOND))
        try:
            self._journal.transact(
                lambda tx: request_text(tx, number, settings.sms.acknowledge, TextPurpose.MESSAGE, until)
            )
        except JournalError as error:
            self.log.error(
                "the acknowledgement of a text message cannot be written", line=sms.line, error=str(error)
            )

    def _accept_text(self, sms: SmsArrived, signal: Signal) -> Accepted:
        """Write the signal of a message, readable or not. Raises JournalError."""
        within_s = self._setup.settings.deadline.seconds
        if not sms.unread:
            return accept(self._journal, signal, within_s)
        text = TextUnreadable(
            line=sms.line, key=sms.key, reason=sms.reason, sender=sms.sender, raw=sms.unread[:RAW_MOST]
        )
        return accept_undecoded(self._journal, signal, text, within_s)

    def _is_ours(self, sms: SmsArrived) -> bool:
        """Return True for a message from one line of the center to another; its arrival is then recorded."""
        text = loopback_text_id(sms.text)
        if text is None:
            return False
        try:
            return self._journal.transact(lambda tx: record_arrival(tx, text, sms.line))
        except JournalError as error:
            # The message is then handled as from any other sender.
            self.log.error("the self-test of a text message cannot be read", line=sms.line, error=str(error))
            return False
