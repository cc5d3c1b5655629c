"""An alert needs two lines, its operator's and the user's: who has one of them and not the other. Pure.

Were lines given to whoever asks first, a storm's first operators would take all of them, and sit there with
nobody to talk to: no line would be left to call a user on, and none would ever come free.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from messages.ids import AlertId, Party
from messages.lines import RequestLine
from model.rules.pairs import NOBODY


class Pairs(msgspec.Struct, frozen=True, kw_only=True):
    """What alerts still lack."""

    begun: Mapping[AlertId, frozenset[Party]] = {}
    """Alerts that hold a line, or were granted one just now, and whom each has yet to call."""
    asking: frozenset[Party] = NOBODY
    """Whom the alert that asks has yet to call, if it holds no line so far."""


def needed(request: RequestLine, pairs: Pairs) -> int:
    """How many lines have to be free for this one to be granted: what it lets begin, it must let go on."""
    if request.emergency or request.party is Party.PSAP:
        return 1
    if request.party is Party.LISTENER or request.operator is not None:
        return 1 + sum(len(missing) for missing in pairs.begun.values())
    before = None if request.alert is None else pairs.begun.get(request.alert)
    lacks = pairs.asking if before is None else before
    after = lacks - {request.party}
    if before is not None and request.party in before and not after:
        return 1
    others = sum(len(missing) for alert, missing in pairs.begun.items() if alert != request.alert)
    return 1 + len(after) + others
