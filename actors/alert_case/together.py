"""Operator and user on lines that cannot be joined: she is called again beside the user. Pure.

That happens where the user was up before anybody else: her own call came in on another line, or her deadline
left no time to wait for an operator. A line that gives no voice to the host joins only its own calls.
"""

from __future__ import annotations

from typing import Final

from actors.alert_case.hand import NOTHING, Hand, Step, hang_up
from messages.base import Joins
from messages.ids import Instant, Party
from model.case import Case
from model.policy import Policy

APART: Final = "apart"


def bring_together(case: Case, _hand: Hand, _policy: Policy, _now_us: Instant) -> Step:
    """Her call ends as one that was lost: from then on she, or whoever is there, is called again."""
    operator, user = case.operator_leg, case.there(Party.USER)
    if operator is None or user is None or operator.line == user.line or case.leaving:
        return NOTHING
    if operator.joins is user.joins is Joins.HOST:
        return NOTHING
    return Step(events=(hang_up(operator, APART),))
