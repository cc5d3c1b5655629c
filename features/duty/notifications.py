"""Written notifications to people on duty: short messages by the center's lines, all others by couriers.

Each is in the journal before it is sent; one in progress when a process died is sent again under its old id.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from features.duty.read_model import DutyReadModel
from features.duty.words import NotificationText
from gateways.callouts.channels.sending import Notification, failure_of
from gateways.callouts.decider import LINE_US, PlannedAttempt
from gateways.outside import Delivered, Sent
from messages.events import CalloutFailed, CalloutTold, Event
from messages.ids import (
    E164,
    SECOND,
    CalloutFailure,
    Carried,
    DutyWay,
    Instant,
    NodeId,
    TextPurpose,
)
from model.callouts.callout import Attempt, Callout
from model.callouts.roster import Contact, Person
from model.rules.calls.withheld_numbers import why_number_unfit
from model.setup import Setup
from runtime import logs
from runtime.threads import Courier
from store import streams
from store.journal.journal import Append, Journal, Transaction
from store.sms_outbox import delivery_of, request_text

COLLECTED_US: Final = Instant(60 * SECOND)
"""Time in which joined alarms are collected into one message to the person who has taken a callout."""
TEXT_US: Final = Instant(600 * SECOND)
"""Validity of a short message: a later delivery would report outdated facts."""
SendJob = tuple[Contact, Notification]
SendResult = tuple[Notification, Sent]


class NotificationSender:
    """Sender of written notifications. Each method raises JournalError."""

    def __init__(
        self,
        journal: Journal,
        setup: Setup,
        node: NodeId,
        model: DutyReadModel,
        courier: Courier[SendJob, SendResult],
        words_for: Callable[[Callout, Person], NotificationText],
    ) -> None:
        """`words_for`: returns the words for a person."""
        self._journal, self._setup, self._node = journal, setup, node
        self._model, self._courier, self._words_for = model, courier, words_for
        self._in_progress: set[str] = set()
        """Ids of notifications in progress."""
        self._log = logs.get("duty")

    def begin_attempts(self, callout: Callout, attempts: Sequence[PlannedAttempt], now_us: Instant) -> None:
        """Send these attempts by the network or a server."""
        numbers = range(len(callout.attempts) + 1, len(callout.attempts) + 1 + len(attempts))

        def append(tx: Transaction) -> None:
            events: list[Event] = []
            for number, one in zip(numbers, attempts, strict=True):
                text = None
                if one.way is DutyWay.SMS and why_number_unfit(E164(one.to), self._setup.settings) is None:
                    words = self._words_for(callout, one.person).sms
                    link = self._setup.settings.http.take_url(callout.id)
                    until = Instant(now_us + TEXT_US)
                    text = request_text(
                        tx, E164(one.to), f"{words} {link or ''}".strip(), TextPurpose.ALARM, until
                    )
                events.append(one.tried_event(callout.id, number, text=text))
                if one.way is DutyWay.SMS and text is None:
                    events.append(
                        CalloutFailed(callout=callout.id, attempt=number, why=CalloutFailure.REFUSED)
                    )
            tx.append(Append(streams.DUTY, self._model.callouts.version, tuple(events)))

        self._journal.transact(append)
        self._model.refresh_callouts()

    def send_open_attempts(self, callout: Callout, people: Sequence[Person]) -> None:
        """Send open attempts, also those of a dead process: under the old id, which the receiver knows."""
        known = self._model.callouts.get(callout.id) or callout
        by_id: dict[str, Person] = {one.id: one for one in people}
        for attempt in known.now:
            person = by_id.get(attempt.person)
            if attempt.way in (DutyWay.CALL, DutyWay.SMS) or attempt.node != self._node:
                continue
            if person is None or attempt.contact >= len(person.contacts):
                self._model.append(
                    CalloutFailed(callout=known.id, attempt=attempt.number, why=CalloutFailure.LOST)
                )
                continue
            words = self._words_for(known, person)
            notification = Notification(
                callout=known.id,
                attempt=attempt.number,
                subject=words.subject,
                text=words.text,
                alarms=known.alarms,
                at=attempt.at,
                take_url=self._setup.settings.http.take_url(known.id),
            )
            if notification.id not in self._in_progress:
                self._in_progress.add(notification.id)
                self._courier.deliver((person.contacts[attempt.contact], notification))

    def record_results(self) -> None:
        """Record the results that the couriers returned."""
        while (result := self._courier.take_result()) is not None:
            notification, sent = result
            callout, number = notification.callout, notification.attempt
            self._in_progress.discard(notification.id)
            if isinstance(sent, Delivered):
                self._model.append(CalloutTold(callout=callout, attempt=number))
            elif (why := failure_of(sent)) is not None:
                self._log.warning("the notification of a person on duty fails", callout=callout, why=sent.why)
                self._model.append(CalloutFailed(callout=callout, attempt=number, why=why))

    def record_text_results(self, callout: Callout, now_us: Instant) -> None:
        """Record the results of the callout's short messages."""
        for attempt in callout.now:
            if (
                attempt.text is not None
                and (event := self._text_result(callout, attempt, now_us)) is not None
            ):
                self._model.append(event)

    def _text_result(self, callout: Callout, attempt: Attempt, now_us: Instant) -> Event | None:
        assert attempt.text is not None
        match delivery_of(self._journal, attempt.text):
            case Carried.FAILED | Carried.UNDELIVERED:
                why = CalloutFailure.AWAY
            case None if now_us - attempt.at < TEXT_US + LINE_US:
                return None
            case None:
                why = CalloutFailure.LOST
            case _:
                return CalloutTold(callout=callout.id, attempt=attempt.number)
        return CalloutFailed(callout=callout.id, attempt=attempt.number, why=why)

    def notify_takers(self, now_us: Instant) -> None:
        """Notify people who took a callout recently of alarms that joined since."""
        for callout in self._model.callouts.ended:
            taken_at, joined_at = callout.taken_at, callout.joined_at
            if taken_at is None or joined_at is None or joined_at < taken_at:
                continue
            if callout.node != self._node:
                continue
            person = self._model.roster.person(callout.taken_by)
            last_at = max((one.at for one in callout.attempts), default=taken_at)
            if person is None or last_at > joined_at or now_us - max(last_at, taken_at) < COLLECTED_US:
                self.record_text_results(callout, now_us)
                self.send_open_attempts(callout, () if person is None else (person,))
                continue
            attempts = tuple(
                PlannedAttempt(person=person, contact=number, way=one.way, round=callout.rounds, to=one.to)
                for number, one in enumerate(person.contacts)
                if one.way is not DutyWay.CALL
            )
            if attempts:
                self.begin_attempts(callout, attempts, now_us)
