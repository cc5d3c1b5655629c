"""Names for the screen: the operators, and whose alert it is; the registry's, remembered for seconds. And who
of the room may still order something in a closed alert (`model.orders.effects`), as it is now.

No personal data is written anywhere from here, and none goes into a log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol, TypeVar

import msgspec

from gateways.console.picture import Shift
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
    """An operator as the registry has it."""

    operator: OperatorId
    name: str
    number: E164 | None = None
    role: StaffRole = StaffRole.OPERATOR
    has_second_factor: bool = False
    on_call: bool = False
    """Called when nobody on shift answers."""


class Register(Protocol):
    """The registry, as far as it is asked here. Raises StoreError."""

    def operators(self) -> Mapping[OperatorId, OperatorRecord]: ...
    def person(self, user: UserId) -> PersonView | None: ...
    def on_duty(self) -> Mapping[PersonId, str]: ...


class People:
    """The registry's answers. What it cannot say now is left out: the alert counts more than the name."""

    def __init__(self, register: Register, clock: Clock) -> None:
        self._register = register
        self._clock = clock
        self._operators: tuple[Instant, Mapping[OperatorId, OperatorRecord]] = (Instant(0), {})
        self._duty: tuple[Instant, Mapping[PersonId, str]] = (Instant(0), {})
        self._persons: dict[UserId, tuple[Instant, PersonView | None]] = {}
        self.log = logs.get("console.people")

    def operators(self) -> Mapping[OperatorId, OperatorRecord]:
        """The active ones."""
        until, known = self._operators
        if self._clock.now_us() >= until:
            known = self._ask(self._register.operators, known)
            self._operators = (self._until(), known)
        return known

    def on_duty(self) -> Mapping[PersonId, str]:
        """The names of those on the roster of the center itself."""
        until, known = self._duty
        if self._clock.now_us() >= until:
            known = self._ask(self._register.on_duty, known)
            self._duty = (self._until(), known)
        return known

    def look_again(self) -> None:
        """Ask for the operators at the next use: one who signs on has perhaps another role since a moment."""
        self._operators = (Instant(0), self._operators[1])

    def look_again_at(self, user: UserId) -> None:
        """Ask for this person at the next use: something was changed."""
        self._persons.pop(user, None)

    def person(self, user: UserId | None) -> PersonView | None:
        """Who it is; None for one who is not identified, or erased meanwhile."""
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
            self.log.error("the registry cannot be asked", reason=str(error))
            return otherwise


class Room:
    """Who is there, in which role, and who of them is on shift."""

    def __init__(
        self, staff: Mapping[OperatorId, OperatorRecord], shifts: Mapping[OperatorId, Shift], now_us: Instant
    ) -> None:
        self._staff = staff
        self._shifts = shifts
        self._now_us = now_us

    def why_not(self, case: Case, command: OperatorCommand, by: OperatorId) -> Refusal | None:
        """Why `by` may not order this in the closed alert; None where it may be."""
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
    """As `reopen` would be answered now. Raises JournalError."""
    return why_none_reopened(journal, [case])[0]


def why_none_reopened(journal: Journal, cases: Sequence[Case]) -> list[Refusal | None]:
    """The same of each of some, as of one moment. Raises JournalError."""
    return journal.snapshot(lambda on: [reopening.why_not(on, case) for case in cases])
