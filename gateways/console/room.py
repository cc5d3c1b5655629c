"""Who of the room may still order something in a closed alert (`model.orders.afterwards`), as it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateways.console.people import OperatorRecord
from gateways.console.picture import Shift
from messages.ids import Instant, OperatorCommand, OperatorId, ShiftState
from model.alert.case import Case
from model.orders.afterwards import why_not
from model.orders.refusals import Refusal
from store.alerts import reopening
from store.journal.journal import Journal
from store.registry.people import StaffRole


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
        return why_not(case, command, by, self._now_us, supervisor=supervises, alone=alone)

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
    """The same of each of some, in one transaction. Raises JournalError."""
    return journal.transact(lambda on: [reopening.why_not(on, case) for case in cases], beside=True)
