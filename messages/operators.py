"""Between an AlertCase and the OperatorPool."""

from __future__ import annotations

import msgspec

from messages.base import Message
from messages.ids import E164, AlertId, Instant, OperatorId, OperatorLine


class OperatorOffer(msgspec.Struct, frozen=True, kw_only=True):
    """One operator who can be had by appending `operator.reserved` to her stream at this version."""

    operator: OperatorId
    version: int
    number: E164 | None = None
    mode: OperatorLine = OperatorLine.ON_DEMAND
    name: str = ""


class RequestOperators(Message, frozen=True, kw_only=True, tag="operators.request"):
    """Name operators for this alert. The answer holds nothing: the append at `version` does."""

    alert: AlertId
    language: str = ""
    wanted: int = 1
    """How many at the most; 0 asks for all who are free (case 7)."""
    avoid: tuple[OperatorId, ...] = ()
    """Those who have already been tried for this alert."""
    named: OperatorId | None = None
    """This one and no other: she takes the case herself (`take`), or it is handed over to her."""
    test: bool = False
    """A test alert: real ones are served first."""
    deadline_at: Instant = Instant(0)
    """The alert's deadline: the earliest is served first."""
    on_call: bool = False
    """Nobody on shift answered: the on-call numbers too (case 8)."""


class OperatorsOffered(Message, frozen=True, kw_only=True, tag="operators.offered"):
    """Who can be had; empty when nobody is free. The pool answers again by itself when that changes."""

    alert: AlertId
    offers: tuple[OperatorOffer, ...]
    on_shift: int
    """How many are signed on and not paused, free or not."""
