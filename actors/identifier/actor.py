"""Process that finds the user of a phone number or an enrolled device. The registry is its only source."""

from __future__ import annotations

from typing import ClassVar, Final

from thespian.actors import ActorAddress

from actors.identifier.decider import Person, identity
from messages.cases import Identified, Identify
from messages.envelope import Envelope
from messages.ids import AlertId, Role, UserId
from runtime.actor import CenterActor
from store.alarms import NodeAlarms
from store.errors import StoreError
from store.journal.journal import Journal
from store.registry.people import User
from store.registry.registry import Registry
from store.registry.users import records

UNREADABLE: Final = "record.unreadable"


class IdentifierActor(CenterActor):
    """Identifier: answers each `Identify` request of a case."""

    role: ClassVar[Role] = Role.IDENTIFIER

    def started(self) -> None:
        """Open the registry."""
        self._journal = self.close_at_end(self.env.open_journal_as(Journal))
        self._registry = Registry(self._journal)
        self._alarms = NodeAlarms(self._journal, self.env.node)
        self._unreadable: dict[AlertId, str] = {}

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """Answer an `Identify` request with the user of the number or the device, or with no user."""
        body = envelope.body
        match body:
            case Identify():
                self.answer(sender, self._look_up(body), body.alert)
                self._raise_unreadable()
            case _:
                super().receive(envelope, sender)

    def _look_up(self, asked: Identify) -> Identified:
        try:
            by_phone = self._registry.user_by_phone(asked.phone) if asked.phone else None
            by_device = self._registry.user_by_device(asked.device) if asked.device else None
            known = by_phone or by_device
            tells = known is not None and self._tells(known.id, asked.alert)
        except StoreError as error:
            # A failure must not delay the alert: a user who is not identified gets full service.
            self.log.error("the registry cannot be read", error=str(error))
            return Identified(alert=asked.alert)
        return identity(asked, _person(by_phone, tells), _person(by_device, tells))

    def _tells(self, user: UserId, alert: AlertId) -> bool:
        kept = self._journal.at_one_moment(lambda one: records.read_record(one, user))
        if kept.unreadable:
            self.log.error("the record of the user cannot be read", user=user, fault=kept.unreadable)
            self._unreadable[alert] = f"The record of user {user} cannot be read: {kept.unreadable}"
        return kept.record.tells

    def _raise_unreadable(self) -> None:
        # Runs after the answer, because the alert waits for the answer.
        if not self._unreadable:
            return
        try:
            self._alarms.tell({(UNREADABLE, alert): words for alert, words in self._unreadable.items()})
        except StoreError as error:
            self.log.error("the journal cannot be used", error=str(error))
            return  # retried with the next alert
        self._unreadable.clear()


def _person(user: User | None, tells: bool) -> Person | None:
    if user is None:
        return None
    return Person(user=user.id, phones=user.phones, language=user.language, name=user.name, tells=tells)
