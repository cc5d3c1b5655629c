"""Actor that posts the ends of this node's alerts. No other process waits for it.

Pending ends follow from the journal: ends of the last days without a recorded result. After a death between
the answer and that record the message is posted again, under its old id.
"""

from __future__ import annotations

from typing import ClassVar, Final, NamedTuple

import msgspec
from sqlalchemy import bindparam, text

from features.webhooks.decider import (
    KEPT_US,
    TYPE,
    End,
    PendingEnd,
    add_news,
    after_delivery,
    away,
    failed,
    next_of,
)
from features.webhooks.events import EndNotTold, EndTold
from features.webhooks.settings import WebhookSettings
from gateways.outside import Delivered, Later, Refused, Sent
from gateways.webhook import host_of, post, rfc3339
from messages.events import AlertClosed
from messages.ids import Instant, NodeId, Role
from messages.journal import Recorded
from model.alert.case import Case
from model.setup import Setup
from runtime.actor import CenterActor
from runtime.logs import Outage
from runtime.threads import Courier, ThreadCourier, Waker
from store import streams
from store.alarms import NodeAlarms
from store.alerts.sheets import read_sheet
from store.database.query import Query
from store.database.schema import event
from store.errors import StoreError
from store.journal import rows
from store.journal.history import seq_at
from store.journal.journal import Append, Journal

PAGE: Final = 5_000
"""Places of the journal in one query: some milliseconds."""
_ENDS: Final = Query(
    rows.with_keys()
    .where(
        event.c.seq > bindparam("after"),
        event.c.seq <= bindparam("upto"),
        text("type IN ('alert.closed', 'webhook.told', 'webhook.not_told')"),
    )
    .order_by(event.c.seq),
    "after",
    "upto",
)
AWAY: Final = "webhook.away"
OVER: Final = "Ended alerts are accepted again."


class Message(NamedTuple):
    """A message to be posted. `name`: its id, stable over repetitions."""

    name: str
    content: bytes


class WebhooksActor(CenterActor):
    """Actor that posts the alerts that ended at this node."""

    role: ClassVar[Role] = Role.FEATURE

    def started(self) -> None:
        """Find all pending ends again."""
        setup = self.env.settings_as(Setup)
        self._own, self._here_alone = WebhookSettings.of(setup.settings), setup.simulated
        self._journal = self.close_at_end(self.env.open_journal_as(Journal))
        self._alarms = NodeAlarms(self._journal, self.env.node)
        self._outage = Outage(self.log, "the journal cannot be used")
        self._waker = self.close_at_end(Waker())
        self._courier = self.courier()
        self._queue: dict[End, PendingEnd] = {}
        self._read = seq_at(self._journal, Instant(self.now_us() - KEPT_US), self._journal.last_seq())
        self._carried: End | None = None
        self._became: tuple[End, EndTold | EndNotTold] | None = None
        """Result not yet recorded in the journal."""
        self.watch(self._waker.fileno(), self._back)
        self._look()

    def courier(self) -> Courier[Message, Sent]:
        """Return the courier of messages."""
        return ThreadCourier(self._deliver, self._waker, "webhooks")

    def tick(self, now_us: Instant) -> None:
        """Post new ends, and retry: within a second is soon enough."""
        self._look()

    def _back(self) -> None:
        self._waker.take()
        self._look()

    def _look(self) -> None:
        now_us = self.now_us()
        try:
            self._read, ends = news(self._journal, self.env.node, self._read)
            self._queue = add_news(self._queue, ends)
            self._take_answer(now_us)
            self._send(now_us)
            self._alarms.tell({(AWAY, host_of(self._own.url) or ""): away(self._queue, now_us)}, over=OVER)
        except StoreError as error:
            self._outage.failed(error)
        else:
            self._outage.works()

    def _send(self, now_us: Instant) -> None:
        while self._carried is None and self._became is None and (end := next_of(self._queue, now_us)):
            sheet = read_sheet(self._journal, end.alert)
            if sheet is None or (sheet.case.test and not self._own.tests):
                del self._queue[end]
                continue
            self._carried = end
            self._courier.deliver(message(end, self._queue[end], sheet.case))

    def _take_answer(self, now_us: Instant) -> None:
        sent = self._courier.take_result()
        end = self._carried
        if sent is not None and end is not None:
            self._carried = None
            match sent:
                case Delivered():
                    self._queue = after_delivery(self._queue, end)
                    self._became = end, EndTold(alert=end.alert, version=end.version)
                case Refused(why=why):
                    del self._queue[end]
                    self._became = end, EndNotTold(alert=end.alert, version=end.version, reason=why)
                case Later(why=why):
                    self.log.warning("the end of the alert cannot be posted", alert=end.alert, reason=why)
                    if (owed := failed(self._queue[end], why, now_us)) is not None:
                        self._queue[end] = owed
                    else:
                        del self._queue[end]
                        self._became = end, EndNotTold(alert=end.alert, version=end.version, reason=why)
        if self._became is not None:
            _, event = self._became
            stream = streams.feature("webhooks", self.env.node)
            self._journal.append(Append(stream, None, (event,)))
            self._became = None

    def _deliver(self, message: Message) -> Sent:
        own = self._own
        return post(
            own.url,
            message.name,
            message.content,
            key="webhooks.key_file",
            key_file=own.key_file,
            authority=own.authority,
            here_alone=self._here_alone,
        )


def message(end: End, owed: PendingEnd, case: Case) -> Message:
    """Return the message. It names neither the user nor the position."""
    data = {
        "alert": end.alert,
        "test": case.test,
        "raised_at": rfc3339(case.raised_at),
        "closed_at": rfc3339(owed.at),
        "outcome": owed.outcome,
    }
    said = {"type": TYPE, "timestamp": rfc3339(owed.at), "data": data}
    return Message(end.name, msgspec.json.encode(said))


def news(journal: Journal, node: NodeId, after: int) -> tuple[int, list[tuple[End, PendingEnd | None]]]:
    """Return the place up to which the journal was read, and ends written by `node` after `after`.

    With None: an end with a recorded result. Raises JournalError.
    """
    last, found = journal.last_seq(), []
    while after < last:
        upto = min(last, after + PAGE)
        found += rows.events_from(journal.rows(_ENDS, after, upto))
        after = upto
    return last, [pair for one in found if one.node == node and (pair := _heard(one)) is not None]


def _heard(one: Recorded) -> tuple[End, PendingEnd | None] | None:
    match one.event:
        case EndTold() | EndNotTold() as event:
            return End(event.alert, event.version), None
        case AlertClosed(outcome=outcome) if (alert := streams.alert_of(one.stream)) is not None:
            return End(alert, one.version), PendingEnd(at=one.at_us, outcome=outcome)
        case _:
            return None
