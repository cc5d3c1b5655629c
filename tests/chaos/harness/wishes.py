"""What an operator would order of a case next, as the page offers it. Pure."""

from __future__ import annotations

from messages.ids import OperatorCommand, Party
from model.alert.case import Case


def wishes(case: Case) -> tuple[OperatorCommand, ...]:
    """What the operator would do now: the first of these that is allowed."""
    joined = {leg.party for leg in case.legs.values() if leg.joined}
    if {Party.USER, Party.PSAP} <= joined:
        return (OperatorCommand.LEAVE,)
    if Party.PSAP in joined:
        return (OperatorCommand.LEAVE if case.briefing_at is not None else OperatorCommand.BRIEFING_GIVEN,)
    return (OperatorCommand.TAKE, OperatorCommand.CALL_PSAP, OperatorCommand.CLOSE)
