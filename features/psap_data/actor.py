"""The DataSender: sends data of alerts to 112's own systems. No call or other work depends on it.

Pending messages follow from the journal (`features.psap_data.due`): each message is recorded before its first
byte leaves, and so is its result. After a death between the two records the message is sent again, under its
old id.
"""

from __future__ import annotations

from typing import ClassVar, Final

from msgspec.structs import replace

from features.psap_data.due import KEEPS_ON_US, PendingData, over, pending_data, wanted
from features.psap_data.formats import parcel_of
from features.psap_data.outlets import Parcel, outlet_of
from features.psap_data.retrying import (
    REFUSED,
    DeliveryUncertain,
    Outcome,
    Received,
    Refused,
    RetryState,
    away,
    begun,
    failed,
    first,
    taken,
)
from features.psap_data.settings import DataTarget
from features.psap_data.store import recent_sheets, who_is
from messages.events import DataReceived, DataRefused, DataSent, Event
from messages.ids import AlertId, Instant, Role
from model.alarms.active import Key
from model.alert.case import Case
from model.alert.live import Live
from model.record import PsapPerson
from model.setup import Setup
from model.telling.sheet import Sheet, begin, evolve, fold
from runtime.actor import CenterActor
from runtime.logs import Outage
from runtime.threads import Courier, ThreadCourier, Waker
from store import streams
from store.alarms import NodeAlarms
from store.errors import JournalError, StoreError
from store.journal.following import FollowedFolds
from store.journal.journal import Append, Journal, Transaction

LOOKS_EVERY_US: Final = Instant(200_000)
"""Minimal time between two polls: positions may come from many alerts."""


class LatelyOpen(Live[Sheet]):
    """Open alerts, and recently closed alerts for which a message may still be pending."""

    def __init__(self) -> None:
        super().__init__(begin, evolve, lambda sheet: sheet.case)
        self.closed: dict[AlertId, Sheet] = {}

    def known(self, alert: AlertId) -> Sheet | None:
        return self.cases.get(alert) or self.closed.get(alert)

    def keep(self, known: Sheet) -> None:
        super().keep(known)
        if known.case.closed_at is None:
            self.closed.pop(known.case.alert, None)
        else:
            self.closed[known.case.alert] = known

    def all(self, now_us: Instant) -> dict[AlertId, Sheet]:
        """Return all alerts, and drop those that can have no pending message."""
        self.closed = {alert: sheet for alert, sheet in self.closed.items() if not over(sheet.case, now_us)}
        return {**self.closed, **self.cases}


class DataSenderActor(CenterActor):
    """Actor that sends data of the alerts whose cases belong to this node."""

    role: ClassVar[Role] = Role.DATA_SENDER

    def started(self) -> None:
        """Find all pending messages again."""
        setup = self.env.settings_as(Setup)
        self._targets = [one for one in DataTarget.of(setup.settings) if not one.is_feed]
        self._journal = self.close_at_end(self.env.open_journal_as(Journal))
        self._shares = setup.settings.psap.shares
        self._live = LatelyOpen()
        self._follower = self.close_at_end(FollowedFolds(self._journal, self._live))
        for sheet in recent_sheets(self._journal, Instant(self.now_us() - KEEPS_ON_US)):
            self._live.keep(sheet)
        self._alarms = NodeAlarms(self._journal, self.env.node)
        self._waker = self.close_at_end(Waker())
        self._couriers = {target.name: self.courier(target) for target in self._targets}
        self._tries = {target.name: RetryState() for target in self._targets}
        self._answers: dict[str, tuple[PendingData, Event]] = {}
        """Results not yet recorded in the journal."""
        self._carried: dict[str, PendingData] = {}
        self._looked_us = self.now_us()
        self._outage = Outage(self.log, "the journal cannot be used")
        self.watch(self._waker.fileno(), self._back)
        self.watch(self._follower.fileno(), self._woken)
        self._look()

    def courier(self, target: DataTarget) -> Courier[Parcel, Outcome]:
        """Return the courier for this target."""
        return ThreadCourier(outlet_of(target).deliver, self._waker, f"to {target.name}")

    def tick(self, now_us: Instant) -> None:
        """Retry pending messages, and report targets that fail."""
        self._look()
        found: dict[Key, str] = {}
        for name, tries in self._tries.items():
            found |= away(name, tries, now_us)
        self._tell(found)

    def timer(self, timer: object, now_us: Instant) -> None:
        """Poll after a change of the journal."""
        self._look()

    def _woken(self) -> None:
        self.run_no_sooner(Instant(self._looked_us + LOOKS_EVERY_US), self._follower.fileno(), self._look)

    def _back(self) -> None:
        self._waker.take()
        self._look()

    # ------------------------------------------------------------ pending messages

    def _look(self) -> None:
        self._looked_us = now_us = self.now_us()
        self.watch(self._follower.fileno(), self._woken)
        try:
            self._take_answers(now_us)
            self._follower.catch_up()
            for target in self._targets:
                self._serve(target, now_us)
        except StoreError as error:
            # No message leaves that the journal does not have; polled again in a second.
            self._outage.failed(error)
        else:
            self._outage.works()

    def _serve(self, target: DataTarget, now_us: Instant) -> None:
        tries = self._tries[target.name]
        if tries.busy is not None or now_us < tries.next_at or target.name in self._answers:
            return
        due = first(self._due(target, now_us), tries)
        if due is None:
            if tries.since is not None:
                # Drop the delivery: its outcome is unknown, and a newer version replaces it.
                self._tries[target.name] = RetryState()
            return
        alert = due.alert.alert
        if not due.begun:
            due = self._journal.transact(lambda tx: self._begin(tx, alert, target, now_us))
            if due is None:
                return
        self._tries[target.name] = begun(tries, alert, now_us)
        self._carried[target.name] = due
        self._couriers[target.name].deliver(parcel_of(due, target))

    def _due(self, target: DataTarget, now_us: Instant) -> dict[AlertId, PendingData]:
        found: dict[AlertId, PendingData] = {}
        for alert, sheet in self._live.all(now_us).items():
            if self._is_ours(sheet.case) and (target.name in sheet.data or wanted(sheet.case)):
                due = pending_data(sheet, target, self._who(sheet.case), now_us)
                if due is not None:
                    found[alert] = due
        return found

    def _begin(
        self, tx: Transaction, alert: AlertId, target: DataTarget, now_us: Instant
    ) -> PendingData | None:
        """Record the message under the write lock, by the current state of the alert: of two senders one
        finds it recorded already.
        """
        recorded = sorted(
            (*tx.read(streams.inbox(alert)), *tx.read(streams.case(alert))), key=lambda one: one.seq
        )
        sheet = fold(recorded)
        due = None if sheet is None else pending_data(sheet, target, self._who(sheet.case), now_us)
        if due is None or due.begun:
            return due
        sent = DataSent(target=target.name, version=due.version, kind=due.kind, digest=due.digest)
        written = tx.append(Append(streams.inbox(alert), None, (sent,)))
        # The journal's time, so that a repeated message is identical.
        return replace(due, at=written[0].at_us)

    def _who(self, case: Case) -> PsapPerson | None:
        return who_is(self._journal, case.user, self._shares)

    def _is_ours(self, case: Case) -> bool:
        return case.owner is not None and case.owner.node == self.env.node

    # ------------------------------------------------------------ results

    def _take_answers(self, now_us: Instant) -> None:
        for name, courier in self._couriers.items():
            outcome = courier.take_result()
            if outcome is not None:
                self._answered(name, outcome, now_us)
        for name, (due, event) in list(self._answers.items()):
            self._journal.append(Append(streams.inbox(due.alert.alert), None, (event,)))
            del self._answers[name]

    def _answered(self, name: str, outcome: Outcome, now_us: Instant) -> None:
        due = self._carried.pop(name)
        match outcome:
            case Received(receipt=receipt):
                self._tries[name] = taken(self._tries[name], due.alert.alert)
                self._answers[name] = due, DataReceived(target=name, version=due.version, receipt=receipt)
                self._tell({(REFUSED, name): ""})
            case Refused(status=status, reason=reason):
                self._tries[name] = taken(self._tries[name], due.alert.alert)
                self._answers[name] = (
                    due,
                    DataRefused(target=name, version=due.version, status=status, reason=reason),
                )
                self._tell({(REFUSED, name): f"{name} refuses the data of an alert ({status})."})
            case DeliveryUncertain(reason=reason):
                self._tries[name] = failed(self._tries[name], reason, now_us)
                self.log.warning(
                    "the data of the alert cannot be delivered to the target", target=name, reason=reason
                )

    def _tell(self, found: dict[Key, str]) -> None:
        try:
            self._alarms.tell(found, over="The target accepts the data of alerts again.")
        except JournalError as error:
            self.log.error("the alarms cannot be written and stay pending", error=str(error))
