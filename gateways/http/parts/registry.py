"""The registry as the web asks it: keys, operators, names, PINs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import TypeVar

from gateways.console.people import OperatorRecord
from gateways.console.views.case import PersonView
from gateways.http.door.hash_queue import HashQueue, Lane
from gateways.http.door.throttle import network
from messages.ids import OperatorId, PersonId, Proof, UserId
from model.alert.case import Case
from model.record import SHARED, Shared, shared
from model.rules.pins import PinVerdict
from runtime.clock import Clock
from store.journal.journal import Journal
from store.registry.access import authenticators
from store.registry.access.authenticators import Authenticator
from store.registry.access.sessions import Session, addresses_of, changes_of, of_secret
from store.registry.devices import DeviceKey, known_of
from store.registry.people import Operator, StaffRole, told_apart
from store.registry.registry import Access, Registry
from store.registry.users import records
from store.registry.users.users import read_user
from store.roster import roster_of

T = TypeVar("T")


class PinLane(IntEnum):
    """In which order PINs are looked at."""

    PROVED = 0
    """Of an alert that an enrolled phone has raised: it may be the duress PIN."""
    OWN = 1
    """With which an enrolled phone asks for the person's own things."""
    CLAIMED = 2
    """Of any other alert: whoever has the app's key can raise as many as pleases."""


class PasswordLane(IntEnum):
    """In which order passwords are looked at."""

    FAMILIAR = 0
    """From where the operator has signed on before."""
    STRANGE = 1


class RegistryQueries:
    """One registry, asked. Each question raises StoreError where it cannot be read."""

    def __init__(
        self, registry: Registry, journal: Journal, clock: Clock, shares: tuple[Shared, ...] = SHARED
    ) -> None:
        """`shares`: what of a record 112 may be told."""
        self._shares = shares
        self._registry = registry
        self._journal = journal
        self._clock = clock
        # One at a time, for the 64 MiB that each takes.
        self._passwords = HashQueue(1, (Lane(1, 4), Lane(1, 4)), lasts_s=0.1)
        # Few at a time, for the 7 MiB that each takes; a processor is left for alerts.
        self._pins = HashQueue(2, (Lane(2, 64), Lane(1, 8), Lane(1, 8)), lasts_s=0.05)

    def app_key_is_known(self, key: str) -> bool:
        """Whether an app may use this key."""
        return self._registry.app_key_name(key) is not None

    def device_key(self, device: str) -> DeviceKey | None:
        """The key of a phone that is enrolled, or only seems so."""
        return known_of(self._journal, device)

    def operator_of_token(self, token: str) -> OperatorId | None:
        """Whose token this is."""
        operator = self._registry.operator_by_token(token)
        return None if operator is None else operator.id

    def operator_of_recovery(self, code: str) -> OperatorId | None:
        """Whom this recovery code signs on."""
        return authenticators.operator_of_recovery(self._journal, code, self._clock.now_us())

    def on_duty(self) -> dict[PersonId, str]:
        """The names of those on the roster of the center itself. Raises StoreError."""
        return {one.id: one.name for one in roster_of(self._journal).roster.people}

    def operator(self, operator: OperatorId) -> Operator | None:
        """The operator of this id."""
        return self._registry.operator(operator)

    def authenticator(self, which: bytes) -> Authenticator | None:
        """The authenticator of this id."""
        return authenticators.by_id(self._journal, which)

    def authenticators(self, operator: OperatorId) -> list[Authenticator]:
        """The operator's second factors, oldest first."""
        return authenticators.of_operator(self._journal, operator)

    def access(self) -> Access:
        """Who is let in now."""
        return self._registry.access(self._clock.now_us())

    def session_of(self, secret: str) -> Session | None:
        """The session of a cookie's secret."""
        return of_secret(self._journal, secret, self._clock.now_us())

    def changes_of(self, operator: OperatorId) -> int:
        """Grows whenever what proves this operator is changed."""
        return changes_of(self._journal, operator)

    def role_of(self, operator: OperatorId) -> StaffRole | None:
        """What the operator may do; None for nobody."""
        found = self._registry.operator(operator)
        return None if found is None else found.role

    def operator_called(self, who: str) -> OperatorId | None:
        """The operator of this id, name or number."""
        found = self._registry.called(who)
        return None if found is None else found.id

    def is_shared(self, who: str) -> bool:
        """Whether several operators have this name or number."""
        return self._registry.is_shared(who)

    def signed_on_from(self, operator: OperatorId) -> frozenset[str]:
        """The networks from which the operator has signed on before."""
        return frozenset(network(one) for one in addresses_of(self._journal, operator))

    async def password_is(self, operator: OperatorId | None, password: str, *, familiar: bool) -> bool:
        """Whether it is the operator's; takes as long for nobody. `familiar`: it comes from where the
        operator has signed on before. Raises Busy.
        """
        if operator is None:
            await self._passwords.pretend(PasswordLane.STRANGE)
            return False
        lane = PasswordLane.FAMILIAR if familiar else PasswordLane.STRANGE
        return await self._passwords.run(lane, lambda: self._registry.password_is(operator, password))

    def operators(self) -> Mapping[OperatorId, OperatorRecord]:
        """All operators."""
        everybody = self._registry.operators()
        names = told_apart(everybody)
        return {
            one.id: OperatorRecord(
                operator=one.id,
                name=names[one.id],
                number=one.phone,
                role=one.role,
                has_second_factor=one.has_second_factor,
                on_call=one.on_call,
            )
            for one in everybody
        }

    def person(self, user: UserId) -> PersonView | None:
        """Who this user is."""
        found, kept = self._journal.at_one_moment(lambda one: (read_user(one, user), records.read(one, user)))
        if found is None:
            return None
        return PersonView(
            first_name=found.first_name,
            last_name=found.last_name,
            language=found.language,
            notes=found.notes,
            record=kept.record,
            for_112=shared(kept.record, self._shares),
        )

    async def pin_verdict(self, case: Case, pin: str) -> PinVerdict:
        """What this PIN is of the alert's user; NONE_SET, after the same time, where nobody is known. Raises
        Busy.
        """
        lane = PinLane.PROVED if case.proof is Proof.DEVICE else PinLane.CLAIMED
        user = await asyncio.to_thread(lambda: case.user or self._user_of(case))
        if user is None:
            await self._pins.pretend(lane)
            return PinVerdict.NONE_SET
        return await self._pins.run(lane, lambda: self._registry.check_pin(user, pin))

    async def in_turn(self, look: Callable[[], T]) -> T:
        """Look at the PIN with which a phone asks for its person's own things. Raises Busy."""
        return await self._pins.run(PinLane.OWN, look)

    def _user_of(self, case: Case) -> UserId | None:
        """The Identifier may not have spoken yet; the duress PIN counts from the first second."""
        found = None if case.phone is None else self._registry.user_by_phone(case.phone)
        if found is None and case.device is not None:
            found = self._registry.user_by_device(case.device)
        return None if found is None else found.id
