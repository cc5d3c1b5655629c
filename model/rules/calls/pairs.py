"""Pairs of lines: each alert needs a line for its operator and one for its user. Alerts with only one of
them. Pure.

If each request were granted a line at once, the first operators of a storm would take all lines without a
user to talk to: no line would be left to call a user, and none would become free.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from messages.ids import AlertId, OperatorLine, Party
from model.alert.case import Case
from model.rules.calls.own_line import is_own_line
from model.rules.calls.silent_and_duress import must_not_ring
from model.settings import Settings

NOBODY: Final[frozenset[Party]] = frozenset()
_BOTH: Final = frozenset((Party.OPERATOR, Party.USER))


class LinePairs(msgspec.Struct, frozen=True, kw_only=True):
    """Lines that alerts still lack."""

    begun: Mapping[AlertId, frozenset[Party]] = {}
    """Alerts that hold a line, or were just granted one, with the parties each has yet to call."""
    asking: frozenset[Party] = NOBODY
    """Parties that the requesting alert has yet to call, if it holds no line so far."""


def parties_to_call(case: Case | None, in_hand: Iterable[Party], settings: Settings) -> frozenset[Party]:
    """Return the parties that the alert has yet to call for the first time since it was opened.

    `in_hand`: parties with a line just granted.
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
    if called or case.phone is None or must_not_ring(case, settings) or case.dial_withheld:
        # Further attempts are requested like any other line: 112 is one key away from the operator.
        wanted -= {Party.USER}
    return wanted


def holds_line(case: Case) -> bool:
    """Return True if the alert holds a line other than a line to 112."""
    return any(
        leg.live and not leg.emergency and leg.party is not Party.LISTENER and not is_own_line(leg.line)
        for leg in case.legs.values()
    )


def lines_needed(alert: AlertId | None, party: Party, pairs: LinePairs) -> int:
    """Return how many lines must be free to grant one: an alert that begins must be able to go on.

    `alert`: None for the line of an operator's shift.
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
