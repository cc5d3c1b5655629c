"""Process of one live alert: read the journal, decide, write the decision, then publish the desired state.

Only state from the journal is published, and is published again every second or two. The process keeps no
state outside the journal except pending offers, which reserve nothing.
"""

from __future__ import annotations

from typing import ClassVar, Final

from msgspec.structs import replace
from thespian.actors import ActorAddress

from actors.alert_case.claims import claims
from actors.alert_case.decider import Decision, decide
from actors.alert_case.pending import OfferRequest, PendingOffers, answers
from actors.alert_case.recording import with_recording
from actors.alert_case.reports import CaseReport
from actors.alert_case.wishes import (
    desired_bridge,
    desired_legs,
    is_elsewhere,
    is_settled,
    is_taken_over,
)
from messages import bridge, cases, lines, operators, supervision
from messages.calls import CallReport
from messages.envelope import Body, Envelope
from messages.events import CaseReturned, DialogueTexted
from messages.ids import SECOND, AlertId, BridgeId, Instant, Role, WorkerId
from messages.journal import Recorded
from model.alert.case import Case
from model.alert.evolve import evolve, fold
from model.alert.leg import place_of
from model.alert.parts import Owner
from model.rules.vouching import may_release_worker
from model.setup import Setup
from runtime.actor import CenterActor
from runtime.logs import Outage
from store import streams
from store.alarms import NodeAlarms
from store.alerts.texting import append_with_contact_texts, request_dialogue_texts
from store.errors import JournalError, LeaseLost, StoreMisuse, VersionConflict
from store.journal.journal import Append, Journal, Transaction
from store.journal.notify import NotificationListener
from store.nodes.owners import owned_alerts

RETRY_US = Instant(SECOND // 5)
"""Pause before the next attempt after a failed write to the journal, in microseconds."""
SETTLED_REPEAT_US: Final = Instant(3 * SECOND // 2)
"""Age of the published state after which a tick repeats it while all parties are joined, in microseconds:
every second tick. An actor without orders for three seconds asks for them.
"""
_TURNS = 8


class AlertCaseActor(CenterActor):
    """AlertCase of a worker: idle, or the owner of one alert."""

    role: ClassVar[Role] = Role.ALERT_CASE

    def started(self) -> None:
        """Open the journal and report this worker as free; the AlertIntake answers with `case.open` if it is
        not.
        """
        self._settings = self.env.settings_as(Setup).settings
        self._journal = self.close_at_end(self.env.open_journal_as(Journal))
        self._alarms = NodeAlarms(self._journal, self.env.node)
        self._no_writing = Outage(self.log, "the journal cannot be written")
        self._no_reading = Outage(self.log, "the journal cannot be read")
        self._case: Case | None = None
        self._ceded = False
        """True if another node owns the alert by now and this worker still holds calls of its parties."""
        self._pending = PendingOffers(opened_at=self.now_us())
        self._inbox: NotificationListener | None = None
        """Subscription to the inbox of the current alert."""
        self._me = Owner(node=self.env.node, worker=WorkerId(self.key), incarnation=self.incarnation)
        self._published: dict[tuple[Role, str], Body] = {}
        self._repeated_at = Instant(0)
        """Time at which the desired state was last repeated."""
        self._asked: set[OfferRequest] = set()
        self._places: set[str] = set()
        self._say_status()

    def stopping(self) -> None:
        """Unsubscribe from the inbox; calls stay up."""
        self._listen(None)

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """Handle an order of the AlertIntake, a report of a leg or the bridge, or an offer of an operator or
        a line.
        """
        body = envelope.body
        match body:
            case cases.OpenCase(alert=alert):
                self._open(alert)
            case cases.AskCase():
                self._say_status()
            case cases.ReturnCase(alert=alert) if self._has(alert):
                self._return_alert()
            case CallReport() | bridge.BridgeReport() | lines.PreemptCase() if self._has(envelope.alert):
                self._decide_and_publish(body)
            case cases.Identified(alert=alert) | operators.OperatorsOffered(alert=alert) if self._has(alert):
                self._on_offer(body)
            case lines.LineGranted() | lines.LineRefused() if self._has(envelope.alert):
                self._on_offer(body)
            case cases.LegReady(place=place):
                self._leg_asks(place, envelope.alert)
            case bridge.BridgeReady():
                self._bridge_asks(envelope.alert)
            case _:
                self.log.debug("message dropped: it is for another case", kind=type(body).__name__)

    def tick(self, now_us: Instant) -> None:
        """Read the inbox and repeat the desired state; every second tick once all parties are joined."""
        settled = self._case is not None and is_settled(self._case)
        if not settled or now_us - self._repeated_at >= SETTLED_REPEAT_US:
            self._published.clear()
            self._repeated_at = now_us
        self._asked.clear()
        self._poll_inbox()

    def timer(self, timer: object, now_us: Instant) -> None:
        """Decide again at the time that the decider has requested."""
        if self._case is not None:
            self._decide_and_publish()

    # ------------------------------------------------------------ ownership of an alert

    def _has(self, alert: AlertId | None) -> bool:
        return self._case is not None and self._case.alert == alert

    def _say_status(self) -> None:
        alert = None if self._case is None else self._case.alert
        self.tell(Role.ALERT_INTAKE, "", cases.CaseStatus(worker=self._me.worker, alert=alert), alert)

    def _open(self, alert: AlertId) -> None:
        if self._case is not None:
            self._say_status()
            return
        self._open_case(alert)

    def _open_case(self, alert: AlertId) -> None:
        """Read the alert from the journal and decide, regardless of the state of this worker."""
        self._ceded = False
        self._listen(alert)
        case = fold(self._journal.read_streams(streams.inbox(alert), streams.case(alert)))
        if case is None or case.closed_at is not None:
            self.log.info(
                "the alert is not opened: it does not exist or is closed",
                alert=alert,
                closed=case is not None,
            )
            self._listen(None)
            self._say_status()
            return
        self._case, self._pending = case, PendingOffers(opened_at=self.now_us())
        self._published.clear()
        self._asked.clear()
        self._decide_and_publish()
        self.set_alert(alert if self._case is not None else None)

    def _listen(self, alert: AlertId | None) -> None:
        """Subscribe to the inbox of this alert and to no other; None: unsubscribe."""
        if self._inbox is not None:
            self.unwatch(self._inbox.fileno())
            self._inbox.close()
            self._inbox = None
        if alert is None:
            return
        try:
            self._inbox = self._journal.notify.listen(streams.inbox(alert))
        except (OSError, StoreMisuse) as error:
            # An alert is served even if no socket is left: its inbox is polled each second.
            self.log.error(
                "the inbox of the alert cannot be watched and is polled", alert=alert, error=str(error)
            )
        else:
            self.watch(self._inbox.fileno(), self._poll_inbox)

    def _return_alert(self) -> None:
        """Return the alert to the queue of alerts without a worker, unless work on the alert has begun."""
        case = self._case
        if case is None or case.owner != self._me or not may_release_worker(case):
            return
        try:
            stream = streams.case(case.alert)
            self._journal.append(Append(stream, case.case_version, (CaseReturned(),)))
        except JournalError as error:
            # The AlertIntake repeats its request while the condition lasts.
            self.log.warning(
                "the alert's return to its node cannot be written", alert=case.alert, error=str(error)
            )
            return
        self._release_alert()

    def _release_alert(self) -> None:
        """Release the legs and the bridge of this worker: the alert is closed or has another owner."""
        self._listen(None)
        alert = None if self._case is None else self._case.alert
        for place in sorted(self._places):
            self.tell(Role.CALL_LEG, f"{self.key}/{place}", cases.RestLeg(), alert)
        if alert is not None:
            nobody = bridge.SetMembers(alert=alert, bridge=BridgeId(alert), members=())
            self.tell(Role.CONFERENCE_BRIDGE, self.key, nobody, alert)
        self._case, self._ceded = None, False
        self._places.clear()
        self.cancel("wake")
        self.set_alert(None)
        self._say_status()

    def _release_previous_worker(self, before: Owner | None) -> None:
        """Release the legs and the bridge of the previous owner's worker: two mixers would write to the same
        ports.
        """
        case = self._case
        if case is None or before is None or case.owner != self._me or before.worker == self._me.worker:
            return
        if before.node != self._me.node:
            # A worker of another node releases its own legs or is dead; and workers of all nodes have the
            # same names.
            return
        for leg in case.legs.values():
            self.tell(Role.CALL_LEG, f"{before.worker}/{place_of(leg.leg)}", cases.RestLeg(), case.alert)
        empty = bridge.SetMembers(alert=case.alert, bridge=BridgeId(case.alert), members=())
        self.tell(Role.CONFERENCE_BRIDGE, before.worker, empty, case.alert)

    # ------------------------------------------------------------ decisions

    def _on_offer(
        self,
        answer: cases.Identified | operators.OperatorsOffered | lines.LineGranted | lines.LineRefused,
    ) -> None:
        before, self._pending = self._pending, self._pending.take(answer)
        if self._pending != before:
            # After an answer that changes nothing the request stays pending: repeated at once, it would loop
            # endlessly.
            self._asked = {want for want in self._asked if not answers(answer, want)}
        self._decide_and_publish()

    def _decide_and_publish(self, *heard: CaseReport) -> None:
        """Decide, write and publish; start again from the journal if another writer came first."""
        for _ in range(_TURNS):
            if self._case is None or self._ceded:
                return
            try:
                now_us = self.now_us()
                before = self._case.owner
                decision = decide(self._case, heard, self._pending, self._me, self._settings, now_us)
                self._write(decision)
            except VersionConflict as conflict:
                if not self._reread(conflict):
                    return
                continue
            except LeaseLost as lost:
                self.log.warning(
                    "another node holds the lease of the alert", alert=self._case.alert, error=str(lost)
                )
                self._check_ownership()
                return
            except JournalError as error:
                # Reports arrive again every second; a decision that could not be written is made again then.
                self._no_writing.failed(error)
                self.at(Instant(self.now_us() + RETRY_US), "wake")
                return
            self._release_previous_worker(before)
            self._publish_desired_state(decision)
            return
        self.log.error(
            "writing the alert is delayed by concurrent writers",
            alert=self._case.alert if self._case else None,
        )
        self.at(Instant(self.now_us() + RETRY_US), "wake")

    def _poll_inbox(self) -> None:
        """Read new entries of the inbox and decide; runs after each commit to the inbox, and each second."""
        if self._inbox is not None:
            self._inbox.drain()
        if self._case is None:
            return
        if self._ceded:
            self._check_ownership()
            return
        try:
            self._case = self._with_inbox(self._case)
            if self._journal.shared and not self._is_still_mine(self._case):
                self._check_ownership()
                return
            self._no_reading.works()
        except JournalError as error:
            self._no_reading.failed(error)
        self._decide_and_publish()

    def _with_inbox(self, case: Case) -> Case:
        for recorded in self._journal.read(streams.inbox(case.alert), case.inbox_version):
            case = evolve(case, recorded)
        return case

    def _is_still_mine(self, case: Case) -> bool:
        """Return True if this process alone has written the story of the alert; a node that was frozen learns
        here that another node has taken over.
        """
        return self._journal.version(streams.case(case.alert)) <= case.case_version

    def _write(self, decision: Decision) -> None:
        if self._case is None or not decision.events:
            self._pending = decision.pending
            return
        before, events, settings = self._case, decision.events, self._settings
        news = self._alarms.news(claims(before, self._pending, events, self.env.node))

        def write(tx: Transaction) -> tuple[Recorded, ...]:
            request_dialogue_texts(
                tx, before, [one.number for one in events if isinstance(one, DialogueTexted)]
            )
            return append_with_contact_texts(tx, before, news(tx), settings)

        recorded = self._journal.transact(write)
        self._no_writing.works()
        own = streams.case(self._case.alert)
        for one in recorded:
            if one.stream == own:
                self._case = evolve(self._case, one)
        self._pending = decision.pending

    def _check_ownership(self) -> None:
        """Check whether another node owns the alert; if so, release the alert but not its parties.

        Legs and bridge keep their calls until the new owner has them, or has called the parties on other
        lines. The lease decides the ownership, not an event: the alert may have returned before anything was
        written.
        """
        if self._case is None:
            return
        alert = self._case.alert
        try:
            case = fold(self._journal.read_streams(streams.inbox(alert), streams.case(alert)))
            is_ours = alert in owned_alerts(self._journal, self.env.node)
        except JournalError as error:
            self.log.error("the journal cannot be read", error=str(error))
            case, is_ours = None, False
        if case is None or not (self._ceded or is_elsewhere(case, self._me)):
            self.at(Instant(self.now_us() + RETRY_US), "wake")
        elif is_ours and case.closed_at is None:
            self.log.info("the alert has returned to this node", alert=alert)
            self._open_case(alert)
        elif is_taken_over(case):
            self.log.info(
                "the alert is released: another node has taken over the alert and its calls", alert=alert
            )
            self._release_alert()
        elif not self._ceded:
            self.log.info(
                "another node has the alert; this node keeps the calls until that node has taken them over",
                alert=alert,
            )
            self._ceded = True

    def _reread(self, conflict: VersionConflict) -> bool:
        """Reread the state from the journal. Return False if the alert has another owner."""
        if self._case is None:
            return False
        alert = self._case.alert
        if conflict.stream == streams.inbox(alert):
            self._case = self._with_inbox(self._case)
            return True
        if conflict.stream != streams.case(alert):
            self._pending = _without(self._pending, conflict.stream)
            return True
        mine = self._case.owner == self._me
        case = fold(self._journal.read_streams(streams.inbox(alert), streams.case(alert)))
        if case is None or case.closed_at is not None or (mine and case.owner != self._me):
            if case is not None and is_elsewhere(case, self._me):
                self._check_ownership()
            else:
                self.log.info("the alert is released: another AlertCase has the alert", alert=alert)
                self._release_alert()
            return False
        self._case = case
        return True

    # ------------------------------------------------------------ publishing

    def _publish_desired_state(self, decision: Decision) -> None:
        case = self._case
        if case is None:
            return
        if case.closed_at is not None:
            self._release_alert()
            return
        if case.owner == self._me:
            for place, wish in desired_legs(case).items():
                self._places.add(place)
                if not self._publish_once(Role.CALL_LEG, f"{self.key}/{place}", wish):
                    self._want_legs(place)
            name = "" if self._pending.identity is None else self._pending.identity.name
            members = with_recording(desired_bridge(case, name), case, self._settings)
            if (
                members.members
                or (Role.CONFERENCE_BRIDGE, self.key) in self._published
                or case.bridge is not None
            ):
                self._publish_once(Role.CONFERENCE_BRIDGE, self.key, members)
        for want in decision.wants:
            if want not in self._asked:
                self._asked.add(want)
                self.tell(_WHOM[type(want)], "", want, case.alert)
        if decision.wake_at is None:
            self.cancel("wake")
        else:
            self.at(decision.wake_at, "wake")

    def _publish_once(self, role: Role, key: str, wish: Body) -> bool:
        """Send the desired state unless sent since its last repetition. Return False if the receiver is
        unknown.
        """
        if self._published.get((role, key)) == wish:
            return True
        if not self.tell(role, key, wish, self.alert_of_case()):
            return False
        self._published[(role, key)] = wish
        return True

    def _want_legs(self, place: str) -> None:
        """Request more legs: a worker starts with one operator's leg, and a wider search needs more (case
        7).
        """
        if place.startswith("op") and (operators := int(place.removeprefix("op"))) > 1:
            wanted = supervision.LegsWanted(worker=self._me.worker, operators=operators)
            self.tell(Role.SUPERVISOR, "", wanted, self.alert_of_case())

    def alert_of_case(self) -> AlertId | None:
        """Alert in hand; None if the worker is idle."""
        return None if self._case is None else self._case.alert

    def _leg_asks(self, place: str, alert: AlertId | None) -> None:
        """Answer a leg of this worker that has just started, or has received no order for a while."""
        key = f"{self.key}/{place}"
        if alert is not None and (self._is_over(alert) or not self._needs(place, alert)):
            self.tell(Role.CALL_LEG, key, cases.RestLeg(), alert)
        self._publish_again(Role.CALL_LEG, key)

    def _bridge_asks(self, alert: AlertId | None) -> None:
        if alert is not None and self._is_over(alert):
            nobody = bridge.SetMembers(alert=alert, bridge=BridgeId(alert), members=())
            self.tell(Role.CONFERENCE_BRIDGE, self.key, nobody, alert)
        self._publish_again(Role.CONFERENCE_BRIDGE, self.key)

    def _needs(self, place: str, alert: AlertId) -> bool:
        """Return True if the leg in that place has a call to serve; also True while this worker is idle."""
        return self._case is None or (self._has(alert) and place in desired_legs(self._case))

    def _is_over(self, alert: AlertId) -> bool:
        """Return True if this worker is certain to have no work left on that alert.

        A worker that has just started may be about to receive the alert again, with the calls that its legs
        and its bridge still hold.
        """
        if self._case is not None:
            return self._case.alert != alert
        try:
            case = fold(self._journal.read_streams(streams.inbox(alert), streams.case(alert)))
        except JournalError as error:
            self.log.error("the journal cannot be read", error=str(error))
            return False
        if case is None or case.closed_at is not None:
            return True
        if is_elsewhere(case, self._me):
            return is_taken_over(case)
        return case.owner is not None and case.owner.worker != self._me.worker

    def _publish_again(self, role: Role, key: str) -> None:
        """Publish the complete desired state to this actor again."""
        self._published.pop((role, key), None)
        self._decide_and_publish()


_WHOM = {
    cases.Identify: Role.IDENTIFIER,
    operators.RequestOperators: Role.OPERATOR_POOL,
    lines.RequestLine: Role.TRUNK_POOL,
}


def _without(pending: PendingOffers, stream: str) -> PendingOffers:
    """Return the offers without those invalidated by a conflict on that stream."""
    kind, name = streams.parse(stream)
    offers = tuple(offer for offer in pending.offers if kind != "operator" or offer.operator != name)
    granted = {key: line for key, line in pending.lines.items() if kind != "line" or line.line != name}
    return replace(pending, offers=offers, lines=granted)
