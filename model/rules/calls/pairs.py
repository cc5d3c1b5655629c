"""An alert needs two lines, its operator's and the user's: who has one of them and not the other. Pure.

Were lines given to whoever asks first, a storm's first operators would take all of them, and sit there with
nobody to talk to: no line would be left to call a user on, and none would ever come free.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from messages.ids import AlertId, OperatorLine, Party
from model.alert.case import Case
from model.rules.calls.own_line import is_own
from model.rules.calls.silent_and_duress import quiet
from model.settings import Settings

NOBODY: Final[frozenset[Party]] = frozenset()
_BOTH: Final = frozenset((Party.OPERATOR, Party.USER))


class Pairs(msgspec.Struct, frozen=True, kw_only=True):
    """What alerts still lack."""

    begun: Mapping[AlertId, frozenset[Party]] = {}
    """Alerts that hold a line, or were granted one just now, and whom each has yet to call."""
    asking: frozenset[Party] = NOBODY
    """Whom the alert that asks has yet to call, if it holds no line so far."""


def lacking(case: Case | None, in_hand: Iterable[Party], settings: Settings) -> frozenset[Party]:
    """Whom the alert has yet to call for the first time since it was opened.

    `in_hand` are those whose line was just granted.
    """
    wanted = _BOTH - frozenset(in_hand)
    if settings.operator.line is not OperatorLine.ON_DEMAND:
        wanted -= {Party.OPERATOR}
    if case is None:
        return wanted
    if case.leaving:
        return NOBODY
    operator = case.operator is not None or any(leg.live for leg in case.of(Party.OPERATOR))
    if operator or case.check is not None:
        wanted -= {Party.OPERATOR}
    called = any(leg.since >= (case.reopened_at or 0) for leg in case.of(Party.USER))
    if called or case.phone is None or quiet(case, settings) or case.dial_withheld:
        # Further attempts are asked for like anything else: 112 is a key away from the operator.
        wanted -= {Party.USER}
    return wanted


def begun(case: Case) -> bool:
    """Whether it holds a line that is not one to 112."""
    return any(
        leg.live and not leg.emergency and leg.party is not Party.LISTENER and not is_own(leg.line)
        for leg in case.legs.values()
    )


def needed(alert: AlertId | None, party: Party, pairs: Pairs) -> int:
    """How many lines have to be free for one to be granted: what it lets begin, it must let go on.

    `alert` is None for the line of an operator's shift.
    """
    if party is Party.PSAP:
        return 1
    if party is Party.LISTENER or alert is None:
        return 1 + sum(len(missing) for missing in pairs.begun.values())
    before = pairs.begun.get(alert)
    lacks = pairs.asking if before is None else before
    after = lacks - {party}
    if before is not None and party in before and not after:
        return 1
    others = sum(len(missing) for other, missing in pairs.begun.items() if other != alert)
    return 1 + len(after) + others
