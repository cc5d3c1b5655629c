"""An alert needs two lines, its operator's and the user's: who has one of them and not the other. Pure.

Were lines given to whoever asks first, a storm's first operators would take all of them, and sit there with
nobody to talk to: no line would be left to call a user on, and none would ever come free.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from messages.ids import AlertId, OperatorLine, Party
from messages.lines import RequestLine
from model.case import Case
from model.policy import Duress, Policy

NOBODY: Final[frozenset[Party]] = frozenset()
_BOTH: Final = frozenset((Party.OPERATOR, Party.USER))


class Pairs(msgspec.Struct, frozen=True, kw_only=True):
    """What alerts still lack."""

    begun: Mapping[AlertId, frozenset[Party]] = {}
    """Alerts that hold a line, or were granted one just now, and whom each has yet to call."""
    asking: frozenset[Party] = NOBODY
    """Whom the alert that asks has yet to call, if it holds no line so far."""


def lacking(case: Case | None, in_hand: Iterable[Party], policy: Policy) -> frozenset[Party]:
    """Whom the alert has yet to call for the first time; `in_hand` are those whose line was just granted."""
    wanted = _BOTH - frozenset(in_hand)
    if policy.operator_line is not OperatorLine.ON_DEMAND:
        wanted -= {Party.OPERATOR}
    if case is None:
        return wanted
    if case.leaving:
        return NOBODY
    if case.operator is not None or any(leg.live for leg in case.of(Party.OPERATOR)):
        wanted -= {Party.OPERATOR}
    quiet = case.duress and policy.duress is Duress.PSAP_FIRST
    if case.of(Party.USER) or case.phone is None or quiet:
        # Further attempts are asked for like anything else: 112 is a key away from the operator.
        wanted -= {Party.USER}
    return wanted


def needed(request: RequestLine, pairs: Pairs) -> int:
    """How many lines have to be free for this one to be granted: what it lets begin, it must let go on."""
    if request.emergency or request.party is Party.PSAP:
        return 1
    before = pairs.begun.get(request.alert)
    lacks = pairs.asking if before is None else before
    after = lacks - {request.party}
    if before is not None and request.party in before and not after:
        return 1
    others = sum(len(missing) for alert, missing in pairs.begun.items() if alert != request.alert)
    return 1 + len(after) + others
