"""An alert needs two lines, its operator's and the user's: whom it has yet to call. Pure.

Whoever grants lines keeps the second one for those who have the first, and whoever watches knows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from messages.ids import OperatorLine, Party
from model.alert.case import Case
from model.policy import Policy
from model.rules.calling import quiet
from model.rules.own_line import is_own

NOBODY: Final[frozenset[Party]] = frozenset()
_BOTH: Final = frozenset((Party.OPERATOR, Party.USER))


def lacking(case: Case | None, in_hand: Iterable[Party], policy: Policy) -> frozenset[Party]:
    """Whom the alert has yet to call for the first time since it was opened.

    `in_hand` are those whose line was just granted.
    """
    wanted = _BOTH - frozenset(in_hand)
    if policy.operator_line is not OperatorLine.ON_DEMAND:
        wanted -= {Party.OPERATOR}
    if case is None:
        return wanted
    if case.leaving:
        return NOBODY
    if case.operator is not None or any(leg.live for leg in case.of(Party.OPERATOR)):
        wanted -= {Party.OPERATOR}
    called = any(leg.since >= (case.reopened_at or 0) for leg in case.of(Party.USER))
    if called or case.phone is None or quiet(case, policy) or case.dial_withheld:
        # Further attempts are asked for like anything else: 112 is a key away from the operator.
        wanted -= {Party.USER}
    return wanted


def begun(case: Case) -> bool:
    """Whether it holds a line that is not one to 112."""
    return any(
        leg.live and not leg.emergency and leg.party is not Party.LISTENER and not is_own(leg.line)
        for leg in case.legs.values()
    )
