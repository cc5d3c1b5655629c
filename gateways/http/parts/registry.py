"""Registry queries of the web: keys, operators, names, PINs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import TypeVar

from gateways.console.people import OperatorRecord
from gateways.console.views.case import PersonView
from gateways.http.security.hash_queue import HashQueue, Lane
from gateways.http.security.throttle import network
from messages.ids import Assurance, OperatorId, PersonId, UserId
from model.alert.case import Case
from model.record import SHARED, SharedField, shared_with_psap
from model.rules.pins import PinVerdict
from runtime.clock import Clock
from store.journal.journal import Journal
from store.registry.access import authenticators
from store.registry.access.authenticators import Authenticator
from store.registry.access.sessions import Session, addresses_of, changes_of, session_of_secret
from store.registry.devices import DeviceKey, apparent_key_of
from store.registry.people import Operator, StaffRole, distinct_names
from store.registry.registry import Access, Registry
from store.registry.users import records
from store.registry.users.users import read_user
from store.roster import roster_of

T = TypeVar("T")


class PinLane(IntEnum):
    """Priority of PIN checks."""

    PROVED = 0
    """PIN for an alert raised by an enrolled phone: possibly the duress PIN."""
    OWN = 1
    """PIN in a request of an enrolled phone about the person's own data."""
    CLAIMED = 2
    """PIN for any other alert: a holder of the app's key can raise any number of alerts."""


class PasswordLane(IntEnum):
    """Priority of password checks."""

    FAMILIAR = 0
    """Password from a network of the operator's earlier sign-ons."""
    STRANGE = 1


class RegistryQueries:
    """Queries of one registry. Each query raises StoreError if the registry cannot be read."""

    def __init__(
        self, registry: Registry, journal: Journal, clock: Clock, shares: tuple[SharedField, ...] = SHARED
    ) -> None:
        """Keep the parameters. `shares`: parts of a record that 112 may receive."""
        self._shares = shares
        self._registry = registry
        self._journal = journal
        self._clock = clock
        # One at a time, because each hash takes 64 MiB.
        self._passwords = HashQueue(1, (Lane(1, 4), Lane(1, 4)), lasts_s=0.1)
        # Two at a time, because each hash takes 7 MiB and alerts need a free processor.
        self._pins = HashQueue(2, (Lane(2, 64), Lane(1, 8), Lane(1, 8)), lasts_s=0.05)

    def app_key_is_known(self, key: str) -> bool:
        """Return True if the app key is valid."""
        return self._registry.app_key_name(key) is not None

    def device_key(self, device: str) -> DeviceKey | None:
        """Return the key of a phone that is enrolled, or only seems enrolled; None if unknown."""
        return apparent_key_of(self._journal, device)

    def operator_of_token(self, token: str) -> OperatorId | None:
        """Return the operator who holds the token; None for an invalid token."""
        operator = self._registry.operator_by_token(token)
        return None if operator is None else operator.id

    def operator_of_recovery(self, code: str) -> OperatorId | None:
        """Return the operator whom the recovery code signs on; None for an invalid code."""
        return authenticators.operator_of_recovery(self._journal, code, self._clock.now_us())

    def on_duty(self) -> dict[PersonId, str]:
        """Return the names of the people on the center's duty roster, by id. Raises StoreError."""
        return {one.id: one.name for one in roster_of(self._journal).roster.people}

    def operator(self, operator: OperatorId) -> Operator | None:
        """Return the operator with this id; None for an unknown id."""
        return self._registry.operator(operator)

    def authenticator(self, which: bytes) -> Authenticator | None:
        """Return the authenticator with this id; None for an unknown id."""
        return authenticators.by_id(self._journal, which)

    def authenticators(self, operator: OperatorId) -> list[Authenticator]:
        """Return the operator's second factors, oldest first."""
        return authenticators.of_operator(self._journal, operator)

    def access(self) -> Access:
        """Return all valid credentials as of now."""
        return self._registry.access(self._clock.now_us())

    def session_of(self, secret: str) -> Session | None:
        """Return the session of a cookie's secret; None for an invalid secret."""
        return session_of_secret(self._journal, secret, self._clock.now_us())

    def changes_of(self, operator: OperatorId) -> int:
        """Return a number that grows with every change of the operator's credentials."""
        return changes_of(self._journal, operator)

    def role_of(self, operator: OperatorId) -> StaffRole | None:
        """Return the operator's role; None for an unknown operator."""
        found = self._registry.operator(operator)
        return None if found is None else found.role

    def operator_called(self, who: str) -> OperatorId | None:
        """Return the operator with this id, name or number; None if there is none, or several."""
        found = self._registry.called(who)
        return None if found is None else found.id

    def is_shared(self, who: str) -> bool:
        """Return True if several operators have this name or number."""
        return self._registry.is_shared(who)

    def signed_on_from(self, operator: OperatorId) -> frozenset[str]:
        """Return the networks from which the operator has signed on before."""
        return frozenset(network(one) for one in addresses_of(self._journal, operator))

    async def password_is(self, operator: OperatorId | None, password: str, *, familiar: bool) -> bool:
        """Return True if the password is the operator's. The check takes as long for an unknown operator
        (None).

        `familiar`: the password comes from a network of an earlier sign-on. Raises Busy.
        """
        if operator is None:
            await self._passwords.pretend(PasswordLane.STRANGE)
            return False
        lane = PasswordLane.FAMILIAR if familiar else PasswordLane.STRANGE
        return await self._passwords.run(lane, lambda: self._registry.password_is(operator, password))

    def operators(self) -> Mapping[OperatorId, OperatorRecord]:
        """Return all operators by id."""
        everybody = self._registry.operators()
        names = distinct_names(everybody)
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
        """Return the user's data for the console; None if unknown."""
        found, kept = self._journal.at_one_moment(
            lambda one: (read_user(one, user), records.read_record(one, user))
        )
        if found is None:
            return None
        return PersonView(
            first_name=found.first_name,
            last_name=found.last_name,
            language=found.language,
            notes=found.notes,
            record=kept.record,
            for_112=shared_with_psap(kept.record, self._shares),
        )

    async def pin_verdict(self, case: Case, pin: str) -> PinVerdict:
        """Return the verdict on a PIN of the alert's user. Raises Busy.

        For an unknown user the verdict is NONE_SET, after the same time.
        """
        lane = PinLane.PROVED if case.proof is Assurance.DEVICE else PinLane.CLAIMED
        user = await asyncio.to_thread(lambda: case.user or self._user_of(case))
        if user is None:
            await self._pins.pretend(lane)
            return PinVerdict.NONE_SET
        return await self._pins.run(lane, lambda: self._registry.check_pin(user, pin))

    async def in_turn(self, look: Callable[[], T]) -> T:
        """Run the check of a PIN in a phone's request about the person's own data, in turn. Raises Busy."""
        return await self._pins.run(PinLane.OWN, look)

    def _user_of(self, case: Case) -> UserId | None:
        """Return the user of phone or device: the duress PIN counts before the Identifier's answer."""
        found = None if case.phone is None else self._registry.user_by_phone(case.phone)
        if found is None and case.device is not None:
            found = self._registry.user_by_device(case.device)
        return None if found is None else found.id
