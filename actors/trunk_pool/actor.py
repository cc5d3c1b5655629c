"""Process that grants lines, from the seizures in the journal and the reports of the modems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from msgspec.structs import replace
from thespian.actors import ActorAddress

from actors.trunk_pool.decider import (
    GRANTED_FOR_US,
    Granted,
    Held,
    WaitingLeg,
    gives_way,
    grant,
    is_urgent,
    leaves_lines,
    order,
    preempted,
    served_with,
    used,
    yields,
)
from actors.trunk_pool.lines import FRESH_US, Line, batched, last_resort
from actors.trunk_pool.text_queue import TextQueue
from actors.trunk_pool.texting import leg_of, line_for
from actors.trunk_pool.withheld import DialGate, refused
from messages.base import Joins
from messages.envelope import Envelope
from messages.events import LineSeized
from messages.ids import E164, SECOND, AlertId, Instant, LegId, LineId, NodeId, Party, Role
from messages.lines import (
    AskLine,
    GiveWay,
    LineGranted,
    LineRefused,
    LineReport,
    NodeLines,
    PreemptCase,
    RequestLine,
)
from messages.sms import SendText
from messages.trials import PROOF
from model.alarms.book import AlarmBook
from model.alarms.can_wait import lost_lines
from model.alert.case import Case
from model.alert.live import LiveCases
from model.rules.calls.joining import LineToJoin, is_setting_up, line_to_join
from model.rules.calls.own_line import is_own_line, operator_of
from model.rules.calls.pairs import LinePairs, parties_to_call
from model.rules.proof import PROVED
from model.rules.vouching import is_vouched
from model.settings.lines import Modem
from model.setup import Setup
from runtime.actor import CenterActor
from runtime.logs import Outage
from runtime.published.directory import Entry
from store.alarms import active_alarm_events
from store.errors import StoreError
from store.journal.following import FollowedFolds
from store.journal.journal import Journal
from store.journal.projections import LineHold, Lines
from store.streams import StreamKind

REST: Final = 3
"""Pause after a run over all waiting requests, in durations of that run; meanwhile only new requests are
served.
"""
LISTEN_US: Final = Instant(SECOND // 20)
"""Interval of reading the journal while a request waits for a line, in microseconds: a storm commits without
end.
"""


class TrunkPoolActor(CenterActor):
    """TrunkPool: chooses the line for a call or a short message; the emergency trunk is for 112 alone."""

    role: ClassVar[Role] = Role.TRUNK_POOL

    def started(self) -> None:
        """Read the seized lines, and request a report from every modem."""
        self._setup = self.env.settings_as(Setup)
        self._journal = self.close_at_end(self.env.open_journal_as(Journal))
        self._lines, self._live = Lines(), LiveCases()
        self._follower = self.close_at_end(FollowedFolds(self._journal, self._lines, self._live))
        self._alarms = AlarmBook(lambda _: None)
        for node in (self.env.node, *(place.node for place in self.env.peers.places)):
            for recorded in active_alarm_events(self._journal, node):
                self._alarms.apply(node, recorded)
        self._reports: dict[LineId, tuple[LineReport, Instant]] = {}
        self._granted: dict[LineId, Granted] = {}
        self._last_used: dict[LineId, Instant] = {}
        self._waiting: dict[tuple[LegId, int], tuple[WaitingLeg, ActorAddress]] = {}
        self._looked_us = Instant(0)
        self._rests_until_us = Instant(0)
        self._no_journal = Outage(self.log, "the journal cannot be read")
        self._dialling = DialGate(self._setup, self._journal, self.now_us())
        answering = (spec.credit.sms_to for spec in self._setup.settings.lines if spec.credit.asked)
        self._texts = TextQueue(self._setup.settings, self._journal, [one for one in answering if one])
        self._began_us = self.now_us()
        for spec in self._setup.settings.lines:
            self.tell(Role.GSM_MODEM, spec.line, AskLine())

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """Handle a request for a line, or a line's report."""
        body = envelope.body
        match body:
            case RequestLine(leg=leg, attempt=attempt):
                self._waiting[leg, attempt] = (WaitingLeg(request=body, asked_at=self.now_us()), sender)
                self._follow()
                self._serve(only=(leg, attempt), everybody=self.now_us() >= self._rests_until_us)
            case LineReport():
                self._on_line_report(body)
            case NodeLines(reports=reports):
                for report in reports:
                    self._on_line_report(report)
            case _:
                super().receive(envelope, sender)

    def tick(self, now_us: Instant) -> None:
        """Follow the journal, so that little is left to read at the next request.

        Not at every commit: that would take processor time from the actors that the commit is for.
        """
        self._dialling.refresh(now_us)
        self._refresh()
        self._have_text_sent(now_us)
        self._tell_other_nodes()

    def timer(self, timer: object, now_us: Instant) -> None:
        """Serve waiting requests after a commit."""
        self._refresh()

    def _on_line_report(self, report: LineReport) -> None:
        before = self._reports.get(report.line)
        self._reports[report.line] = (report, self.now_us())
        if self._waiting and (before is None or before[0] != report):
            self._serve()

    def _have_text_sent(self, now_us: Instant) -> None:
        """Order the next text to be sent, again each second until a line has begun: a repeated order sends
        nothing twice.
        """
        text = self._texts.next(self._own_numbers(), now_us)
        if text is None:
            return
        line = line_for(
            text.id,
            [one for one in self._all_lines() if not one.drained],
            self._granted,
            self._setup.settings,
            now_us,
            alerts=bool(self._live.cases or self._waiting),
            failed=self._texts.failed(now_us),
            only=text.line,
        )
        if line is not None:
            self._granted[line.line] = Granted(leg=leg_of(text.id), at=now_us)
            self.tell_node(line.node or self.env.node, Role.GSM_MODEM, line.line, SendText(text=text.id))

    def _tell_other_nodes(self) -> None:
        """Send the reports of this node's lines to the pools and watchdogs of the other nodes."""
        places = self.env.peers.places
        if not places:
            return
        own = (self._reports.get(spec.line) for spec in self._setup.settings.lines)
        since_us = self.now_us() - FRESH_US
        reports = tuple(known[0] for known in own if known is not None and known[1] >= since_us)
        for told in batched(reports):
            for place in places:
                for role in (Role.TRUNK_POOL, Role.DEADLINE_WATCHDOG):
                    self.tell_node(place.node, role, "", told)

    def _woken(self) -> None:
        due_us = max(Instant(self._looked_us + LISTEN_US), self._rests_until_us)
        self.run_no_sooner(due_us, self._follower.fileno(), self._refresh)

    def _refresh(self) -> None:
        self._follow()
        if self._waiting:
            self._serve()

    def _follow(self) -> None:
        self._looked_us = self.now_us()
        try:
            new = self._follower.catch_up()
        except StoreError as error:
            self._no_journal.failed(error)
            return
        self._no_journal.works()
        for recorded in new:
            self._dialling.apply(recorded)
            self._texts.apply(recorded)
            kind, _, node = recorded.stream.partition("-")
            if kind == StreamKind.NODE:
                self._alarms.apply(NodeId(node), recorded)
            if isinstance(recorded.event, LineSeized):
                self._last_used[recorded.event.line] = recorded.at_us
                self._granted = used(self._granted, recorded.event.line, recorded.event.leg)

    def _serve(self, only: tuple[LegId, int] | None = None, *, everybody: bool = True) -> None:
        """Grant free lines to waiting requests, the most urgent first; the request of `only` is answered in
        any case.

        Without `everybody`, only requests with priority over `only` for any line are served. Otherwise, in a
        flood, each request would cost one run over all alerts, and a vouched one would wait behind them.
        """
        now_us = self.now_us()
        lines = list(self._all_lines())
        still = order((one for one, _ in self._waiting.values()), now_us, self._setup.settings)
        alive: dict[tuple[LegId, int], tuple[WaitingLeg, ActorAddress]] = {}
        if only is not None and not everybody:
            served = served_with(only, still)
            rest = {(one.request.leg, one.request.attempt) for one in still if one not in served}
            alive = {key: entry for key, entry in self._waiting.items() if key in rest}
            still = served
        in_vain: list[RequestLine] = []
        urgent = False
        for waiting in still:
            request = waiting.request
            key = (request.leg, request.attempt)
            if (why := self._dialling.withheld(request, self._not_called(request), now_us)) is not None:
                _, sender = self._waiting[key]
                self.answer(sender, refused(request, why), request.alert)
                continue
            granted = self._granted_to_others(request)
            pairs = self._pairs(request, lines, granted, now_us)
            case = None if request.alert is None else self._live.cases.get(request.alert)
            others = self._beside(case, request.party)
            before = None if case is None else case.legs.get(request.leg)
            answer = grant(
                request,
                lines,
                granted,
                self._setup.settings,
                now_us,
                pairs,
                others,
                hung_up=before is not None and bool(before.reason) and not request.held,
                alerts=bool(self._live.cases) or any(not yields(one.request) for one in still),
            )
            if urgent and leaves_lines(request):
                reason = "an alert with evidence waits for a line"
                answer = LineRefused(leg=request.leg, attempt=request.attempt, reason=reason)
            if gives_way(request, in_vain):
                reason = "a real alert waits for a line"
                answer = LineRefused(leg=request.leg, attempt=request.attempt, reason=reason)
            _, sender = self._waiting[key]
            if isinstance(answer, LineGranted):
                self._granted[answer.line] = Granted(
                    leg=request.leg,
                    at=now_us,
                    alert=request.alert,
                    party=request.party,
                    nailed_up=request.operator is not None,
                )
            else:
                alive[key] = (waiting, sender)
                in_vain.append(request)
                urgent = urgent or is_urgent(request, pairs)
                if key == only:
                    self._preempt(request, lines)
            if key == only or isinstance(answer, LineGranted):
                self.answer(sender, answer, request.alert)
        self._waiting = alive
        if everybody:
            ended_us = self.now_us()
            self._rests_until_us = Instant(ended_us + REST * (ended_us - now_us))
        if alive:
            self.watch(self._follower.fileno(), self._woken)
        else:
            self.unwatch(self._follower.fileno())

    def _not_called(self, request: RequestLine) -> frozenset[E164]:
        """Return the center's own numbers, without the line that a self-test has reserved for the call of a
        check.
        """
        own = self._own_numbers()
        case = None if request.alert is None else self._live.cases.get(request.alert)
        if case is None or case.check is None:
            return own
        held = self._lines.lines
        ready = (spec.number for spec, *_ in self._specs() if _is_of_proof(held.get(spec.line)))
        return own.difference(number for number in ready if number)

    def _own_numbers(self) -> frozenset[E164]:
        """Return the numbers of all lines of the center."""
        return frozenset(spec.number for spec, *_ in self._specs() if spec.number)

    def _beside(self, case: Case | None, party: Party) -> LineToJoin | None:
        """Return the call that this party's call must join. The line's modem reports how it joins calls
        before a leg does.
        """
        found = line_to_join(case, party, self._setup.settings)
        if case is None or found is None:
            return None
        up = case.confirmed_answered(Party.USER) or case.operator_leg
        if up is None and self._carries_another_alert(found.line, case.alert):
            # The user calls in on a line in use by others, and will be declined and called back.
            return None
        known = self._reports.get(found.line)
        return found if known is None else replace(found, joins=known[0].joins)

    def _carries_another_alert(self, line: LineId, alert: AlertId) -> bool:
        others = (case for case in self._live.cases.values() if case.alert != alert)
        return any(leg.live and leg.line == line for case in others for leg in case.legs.values())

    def _granted_to_others(self, request: RequestLine) -> Held:
        """Return the grants that count for this request.

        A grant to an alert that is not vouched for withholds no line from a vouched one: an alert without an
        operator is granted lines that it does not use.
        """
        if request.rank != PROVED or yields(request):
            return self._granted
        return {
            line: one
            for line, one in self._granted.items()
            if one.alert is None or self._is_vouched(one.alert)
        }

    def _is_vouched(self, alert: AlertId) -> bool:
        case = self._live.cases.get(alert)
        return case is not None and not case.test and is_vouched(case)

    def _pairs(self, request: RequestLine, lines: list[Line], granted_to: Held, now_us: Instant) -> LinePairs:
        """Return the parties still to be called by alerts that have a line or are about to get one."""
        settings, cases = self._setup.settings, self._live.cases
        in_hand: dict[AlertId, set[Party]] = {}
        for line in lines:
            if line.emergency or line.joins is not Joins.HOST:
                # An alert on a line that joins in the network calls all parties on that line.
                continue
            granted = granted_to.get(line.line)
            fresh = granted is not None and now_us - granted.at < GRANTED_FOR_US
            if line.alert is not None:
                in_hand.setdefault(line.alert, set())
            elif fresh and granted is not None and granted.alert and granted.party:
                in_hand.setdefault(granted.alert, set()).add(granted.party)
        begun = {
            alert: parties_to_call(cases.get(alert), parties, settings) for alert, parties in in_hand.items()
        }
        if not request.test:
            # No line that a real alert needs is kept for a test.
            begun = {alert: lacks for alert, lacks in begun.items() if not self._is_test(alert)}
        if request.rank == PROVED and not yields(request):
            begun = {alert: lacks for alert, lacks in begun.items() if self._is_vouched(alert)}
        asking = None if request.alert is None else cases.get(request.alert)
        return LinePairs(begun=begun, asking=parties_to_call(asking, (), settings))

    def _is_test(self, alert: AlertId) -> bool:
        case = self._live.cases.get(alert)
        return case is not None and case.test

    def _preempt(self, request: RequestLine, lines: list[Line]) -> None:
        line = preempted(request, lines)
        if line is None and request.emergency:
            public = last_resort(request, lines, self._setup.settings)
            line = preempted(replace(request, emergency=False), public)
        if line is None or line.seized_by is None:
            return
        # Without the grant the test, which repeats its request as soon as its call has ended, would get the
        # line.
        self._granted[line.line] = Granted(
            leg=request.leg, at=self.now_us(), alert=request.alert, party=request.party
        )
        if line.alert is None:
            # The node that keeps the call depends on the operator's shift; only that node acts on the order.
            for node in (self.env.node, *(place.node for place in self.env.peers.places)):
                for whose in (Role.LINE_TEST, Role.DUTY_CALLER) if line.tried else (Role.OPERATOR_LINES,):
                    self.tell_node(node, whose, "", GiveWay(line=line.line))
            return
        preempt = PreemptCase(alert=line.alert, leg=line.seized_by)
        for node, entry in self._all_cases():
            if entry.alert == line.alert:
                self.tell_node(node, Role.ALERT_CASE, entry.key, preempt, line.alert)

    def _all_cases(self) -> Iterator[tuple[NodeId, Entry]]:
        for entry in self.env.directory.all_of(Role.ALERT_CASE):
            yield self.env.node, entry
        for place in self.env.peers.places:
            yield from ((place.node, entry) for entry in place.entries if entry.role is Role.ALERT_CASE)

    def _all_lines(self) -> Iterator[Line]:
        legs = (leg for case in self._live.cases.values() for leg in case.legs.values() if leg.live)
        stood_on = {operator_of(leg.line) for leg in legs if is_own_line(leg.line)}
        in_doubt = lost_lines(self._alarms, self.now_us())
        for spec, node, drained in self._specs():
            held = self._lines.lines.get(spec.line)
            report, heard_at = self._reports.get(spec.line, (None, self._began_us))
            case = None if held is None or held.alert is None else self._live.cases.get(held.alert)
            leg = None if case is None or held is None or held.leg is None else case.legs.get(held.leg)
            yield Line(
                line=spec.line,
                trunk=spec.trunk,
                emergency=spec.emergency,
                inbound=spec.takes_calls,
                version=0 if held is None else held.version,
                report=report,
                heard_at=heard_at,
                seized_by=None if held is None else held.leg,
                alert=None if held is None else held.alert,
                test=case is not None and case.test,
                nailed_up=held is not None and held.operator is not None,
                tried=held is not None and held.gives_way,
                stood_on=held is not None and held.operator in stood_on,
                setting_up=case is not None and is_setting_up(case, spec.line),
                party=None if leg is None else leg.party,
                quarantined=held is not None and held.quarantined,
                taken_out=held is not None and held.taken_out is not None,
                in_doubt=spec.line in in_doubt,
                last_used_at=self._last_used.get(spec.line, Instant(0)),
                node=node,
                drained=drained and not (held is not None and held.leg) and not (report and report.legs),
            )

    def _specs(self) -> Iterator[tuple[Modem, NodeId, bool]]:
        """Return the lines of all nodes: each with its node (empty for this one) and True if to be used last,
        as its node is draining.
        """
        for spec in self._setup.settings.lines:
            yield spec, NodeId(""), False
        places = self.env.peers.places
        all_drained = self.env.draining and all(place.draining for place in places)
        for place in places:
            for spec in place.lines:
                yield spec, place.node, place.draining and not all_drained


def _is_of_proof(hold: LineHold | None) -> bool:
    return hold is not None and hold.tester == PROOF
