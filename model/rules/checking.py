"""What a check has shown: how far an alert has come on the way from the phone to the voice. Pure.

A check is a test that no operator is called for (`messages.ids.Check`); it ends by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec

from messages import events as ev
from messages.ids import Check
from messages.journal import AnyEvent, Recorded
from model.alert.evolve import fold
from model.alert.leg import place


class Link(StrEnum):
    """The links of the chain, in their order."""

    RECEIVED = "received"
    """The alert is durable."""
    OPENED = "opened"
    """An AlertCase has it."""
    DIALLED = "dialled"
    """A modem was told to call the phone."""
    RANG = "rang"
    ANSWERED = "answered"
    JOINED = "joined"
    """Its voice is in the conference."""
    HEARD = "heard"
    """A voice came over that call."""
    CLOSED = "closed"


LINKS: Final = {Check.ARRIVAL: (Link.RECEIVED, Link.OPENED, Link.CLOSED), Check.CALL: tuple(Link)}
"""Which of them each kind of check has."""


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one check."""

    check: Check
    after_s: dict[Link, float]
    """When each link was reached, in seconds since the receipt; what is missing was not."""

    @property
    def over(self) -> bool:
        """Whether it is closed."""
        return Link.CLOSED in self.after_s

    @property
    def broken_at(self) -> Link | None:
        """The first link that was not reached, or while the check is not over the one it stands before. None:
        all of the chain holds.
        """
        return next((link for link in LINKS[self.check] if link not in self.after_s), None)


def chain_of(recorded: Sequence[Recorded]) -> Chain | None:
    """What the two streams of an alert say of it; None for what is no check."""
    case = fold(recorded)
    if case is None or case.check is None:
        return None
    reached: dict[Link, float] = {}
    for one in recorded:
        if (link := _link(one.event)) is not None:
            reached.setdefault(link, round(max(0, one.at_us - case.received_at) / 1e6, 3))
    return Chain(check=case.check, after_s=reached)


_BY_EVENT: Final[dict[type[AnyEvent], Link]] = {
    ev.AlertReceived: Link.RECEIVED,
    ev.CaseOpened: Link.OPENED,
    ev.LegOriginating: Link.DIALLED,
    ev.LegRinging: Link.RANG,
    ev.LegAnswered: Link.ANSWERED,
    ev.CheckHeard: Link.HEARD,
    ev.AlertClosed: Link.CLOSED,
}


def _link(event: AnyEvent) -> Link | None:
    if isinstance(event, ev.BridgeJoined) and any(place(leg) == "user" for leg in event.legs):
        return Link.JOINED
    return _BY_EVENT.get(type(event))
