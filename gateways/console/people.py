"""Names of operators and users from the registry, cached for seconds; and the orders that operators on shift
may give in a closed alert (`model.orders.effects`).

This module writes no personal data, neither to a file nor to a log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol, TypeVar

import msgspec

from gateways.console.read_model import Shift
from gateways.console.views.case import PersonView
from messages.ids import E164, SECOND, Instant, OperatorCommand, OperatorId, PersonId, ShiftState, UserId
from model.alert.case import Case
from model.orders.effects import why_not_afterwards
from model.orders.refusals import Refusal
from runtime import logs
from runtime.clock import Clock
from store.alerts import reopening
from store.errors import StoreError
from store.journal.journal import Journal
from store.registry.people import StaffRole

T = TypeVar("T")

REMEMBERED_S: Final = 5


class OperatorRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An operator as in the registry."""

    operator: OperatorId
    name: str
    number: E164 | None = None
    role: StaffRole = StaffRole.OPERATOR
    has_second_factor: bool = False
    on_call: bool = False
    """True if the operator is called when no operator on shift answers."""


class Register(Protocol):
    """The queries of the registry that consoles need. Raises StoreError."""

    def operators(self) -> Mapping[OperatorId, OperatorRecord]: ...
    def person(self, user: UserId) -> PersonView | None: ...
    def on_duty(self) -> Mapping[PersonId, str]: ...


class People:
    """A cache of the registry. If the registry fails, names are left out: the alert counts more than the
    name.
    """

    def __init__(self, register: Register, clock: Clock) -> None:
        self._register = register
        self._clock = clock
        self._operators: tuple[Instant, Mapping[OperatorId, OperatorRecord]] = (Instant(0), {})
        self._duty: tuple[Instant, Mapping[PersonId, str]] = (Instant(0), {})
        self._persons: dict[UserId, tuple[Instant, PersonView | None]] = {}
        self.log = logs.get("console.people")

    def operators(self) -> Mapping[OperatorId, OperatorRecord]:
        """Return the active operators."""
        until, known = self._operators
        if self._clock.now_us() >= until:
            known = self._ask(self._register.operators, known)
            self._operators = (self._until(), known)
        return known

    def on_duty(self) -> Mapping[PersonId, str]:
        """Return the names of the people on the center's own roster."""
        until, known = self._duty
        if self._clock.now_us() >= until:
            known = self._ask(self._register.on_duty, known)
            self._duty = (self._until(), known)
        return known

    def refresh(self) -> None:
        """Refresh the operators at the next use: the role of an operator who signs on may have changed."""
        self._operators = (Instant(0), self._operators[1])

    def refresh_person(self, user: UserId) -> None:
        """Refresh this person at the next use: the data have changed."""
        self._persons.pop(user, None)

    def person(self, user: UserId | None) -> PersonView | None:
        """Return the person; None if the user is not identified, or has been erased."""
        if user is None:
            return None
        until, known = self._persons.get(user, (Instant(0), None))
        if self._clock.now_us() >= until:
            if len(self._persons) > 1000:
                self._persons.clear()
            known = self._ask(lambda: self._register.person(user), known)
            self._persons[user] = (self._until(), known)
        return known

    def _until(self) -> Instant:
        return Instant(self._clock.now_us() + REMEMBERED_S * SECOND)

    def _ask(self, question: Callable[[], T], otherwise: T) -> T:
        try:
            return question()
        except StoreError as error:
            self.log.error("the registry cannot be read", reason=str(error))
            return otherwise


class OperatorsView:
    """The operators, their roles and their shifts."""

    def __init__(
        self, staff: Mapping[OperatorId, OperatorRecord], shifts: Mapping[OperatorId, Shift], now_us: Instant
    ) -> None:
        self._staff = staff
        self._shifts = shifts
        self._now_us = now_us

    def refusal(self, case: Case, command: OperatorCommand, by: OperatorId) -> Refusal | None:
        """Return why `by` may not give this order in the closed alert; None if the order is allowed."""
        supervises = self._supervises(by)
        others = [one for one in self._staff if one != by and self._on_shift(one)]
        alone = not any(self._supervises(one) or one in case.had_by for one in others)
        return why_not_afterwards(case, command, by, self._now_us, supervisor=supervises, alone=alone)

    def _supervises(self, operator: OperatorId) -> bool:
        known = self._staff.get(operator)
        return known is not None and known.role.may(StaffRole.SUPERVISOR)

    def _on_shift(self, operator: OperatorId) -> bool:
        shift = self._shifts.get(operator)
        return shift is not None and shift.state is not ShiftState.OFF


def why_not_reopened(journal: Journal, case: Case) -> Refusal | None:
    """Return why `reopen` would be refused now; None if it would be accepted. Raises JournalError."""
    return why_none_reopened(journal, [case])[0]


def why_none_reopened(journal: Journal, cases: Sequence[Case]) -> list[Refusal | None]:
    """Return for each alert why `reopen` would be refused, as of the same moment. Raises JournalError."""
    return journal.snapshot(lambda on: [reopening.reopening_refusal(on, case) for case in cases])
