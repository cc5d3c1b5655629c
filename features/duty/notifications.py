"""Written notifications to people on duty: short messages by the center's lines, all others by couriers.

Each is in the journal before it is sent; one in progress when a process died is sent again under its old id.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from features.duty.read_model import Watching
from features.duty.words import Told
from gateways.callouts.channels.sending import Notice, failure_of
from gateways.callouts.decider import LINE_US, Try
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
from store.sms_outbox import ask_text, became

TOGETHER_US: Final = Instant(60 * SECOND)
"""Time in which joined alarms are collected into one message to the person who has taken a callout."""
TEXT_US: Final = Instant(600 * SECOND)
"""Validity of a short message: a later delivery would report outdated facts."""
Letter = tuple[Contact, Notice]
Brought = tuple[Notice, Sent]


class Writing:
    """Sender of written notifications. Each method raises JournalError."""

    def __init__(
        self,
        journal: Journal,
        setup: Setup,
        node: NodeId,
        watching: Watching,
        courier: Courier[Letter, Brought],
        told: Callable[[Callout, Person], Told],
    ) -> None:
        """`told`: returns the words for a person."""
        self._journal, self._setup, self._node = journal, setup, node
        self._watching, self._courier, self._told = watching, courier, told
        self._away: set[str] = set()
        """Ids of notifications in progress."""
        self._log = logs.get("duty")

    def write(self, callout: Callout, tries: Sequence[Try], now_us: Instant) -> None:
        """Send these attempts by the network or a server."""
        numbers = range(len(callout.attempts) + 1, len(callout.attempts) + 1 + len(tries))

        def work(tx: Transaction) -> None:
            events: list[Event] = []
            for number, one in zip(numbers, tries, strict=True):
                text = None
                if one.way is DutyWay.SMS and why_number_unfit(E164(one.to), self._setup.settings) is None:
                    words = self._told(callout, one.person).sms
                    link = self._setup.settings.http.take_url(callout.id)
                    until = Instant(now_us + TEXT_US)
                    text = ask_text(
                        tx, E164(one.to), f"{words} {link or ''}".strip(), TextPurpose.ALARM, until
                    )
                events.append(one.tried(callout.id, number, text=text))
                if one.way is DutyWay.SMS and text is None:
                    events.append(
                        CalloutFailed(callout=callout.id, attempt=number, why=CalloutFailure.REFUSED)
                    )
            tx.append(Append(streams.DUTY, self._watching.callouts.version, tuple(events)))

        self._journal.transact(work)
        self._watching.look_at_callouts()

    def send_again(self, callout: Callout, people: Sequence[Person]) -> None:
        """Send open attempts, also those of a dead process: under the old id, which the receiver knows."""
        known = self._watching.callouts.get(callout.id) or callout
        by_id: dict[str, Person] = {one.id: one for one in people}
        for attempt in known.now:
            person = by_id.get(attempt.person)
            if attempt.way in (DutyWay.CALL, DutyWay.SMS) or attempt.node != self._node:
                continue
            if person is None or attempt.contact >= len(person.contacts):
                self._watching.append(
                    CalloutFailed(callout=known.id, attempt=attempt.number, why=CalloutFailure.LOST)
                )
                continue
            words = self._told(known, person)
            notice = Notice(
                callout=known.id,
                attempt=attempt.number,
                subject=words.subject,
                text=words.text,
                alarms=known.alarms,
                at=attempt.at,
                take_url=self._setup.settings.http.take_url(known.id),
            )
            if notice.id not in self._away:
                self._away.add(notice.id)
                self._courier.carry((person.contacts[attempt.contact], notice))

    def take_back(self) -> None:
        """Record the results that the couriers returned."""
        while (brought := self._courier.back()) is not None:
            notice, said = brought
            callout, number = notice.callout, notice.attempt
            self._away.discard(notice.id)
            if isinstance(said, Delivered):
                self._watching.append(CalloutTold(callout=callout, attempt=number))
            elif (why := failure_of(said)) is not None:
                self._log.warning("the notification of a person on duty fails", callout=callout, why=said.why)
                self._watching.append(CalloutFailed(callout=callout, attempt=number, why=why))

    def look_at_texts(self, callout: Callout, now_us: Instant) -> None:
        """Record the results of the callout's short messages."""
        for attempt in callout.now:
            if attempt.text is not None and (event := self._of_text(callout, attempt, now_us)) is not None:
                self._watching.append(event)

    def _of_text(self, callout: Callout, attempt: Attempt, now_us: Instant) -> Event | None:
        assert attempt.text is not None
        match became(self._journal, attempt.text):
            case Carried.FAILED | Carried.UNDELIVERED:
                why = CalloutFailure.AWAY
            case None if now_us - attempt.at < TEXT_US + LINE_US:
                return None
            case None:
                why = CalloutFailure.LOST
            case _:
                return CalloutTold(callout=callout.id, attempt=attempt.number)
        return CalloutFailed(callout=callout.id, attempt=attempt.number, why=why)

    def tell_takers(self, now_us: Instant) -> None:
        """Notify people who took a callout recently of alarms that joined since."""
        for callout in self._watching.callouts.ended:
            taken_at, joined_at = callout.taken_at, callout.joined_at
            if taken_at is None or joined_at is None or joined_at < taken_at:
                continue
            if callout.node != self._node:
                continue
            person = self._watching.roster.person(callout.taken_by)
            last_at = max((one.at for one in callout.attempts), default=taken_at)
            if person is None or last_at > joined_at or now_us - max(last_at, taken_at) < TOGETHER_US:
                self.look_at_texts(callout, now_us)
                self.send_again(callout, () if person is None else (person,))
                continue
            tries = tuple(
                Try(person=person, contact=number, way=one.way, round=callout.rounds, to=one.to)
                for number, one in enumerate(person.contacts)
                if one.way is not DutyWay.CALL
            )
            if tries:
                self.write(callout, tries, now_us)
