"""Which number is called for 112 (S8), and whether it is an emergency number."""

from __future__ import annotations

from typing import Final

from messages.ids import E164
from model.case import Case
from model.policy import Policy

EMERGENCY_NUMBERS: Final = frozenset({"112", "113", "115", "118", "911", "999", "000", "08", "110", "119"})
"""Numbers that a network routes to an emergency service: TS 22.101 clause 10.1.1 and Italy's own."""


def is_emergency(number: str) -> bool:
    """Whether a modem would dial this as an emergency call (teleservice 12)."""
    return number in EMERGENCY_NUMBERS


def psap_number(case: Case, policy: Policy) -> E164 | None:
    """The number to call for this alert. None when a test may call none (case 20).

    A PSAP can be reached by an ordinary number, agreed with it, which no dial guard knows: so a
    test calls the number for tests and no other, whatever the switches say.
    """
    return policy.psap_test_number if case.test else policy.psap_number


def psap_number_for(case: Case, policy: Policy, failed: int) -> E164 | None:
    """The number after `failed` attempts: twice the first, then the alternate, then in turn (case 15)."""
    first = case.psap.number if case.psap is not None else psap_number(case, policy)
    alternate = None if case.test else policy.psap_alternate
    if alternate is None or failed < 2:
        return first
    return alternate if failed % 2 == 0 else first
