"""Result of a check: the links that an alert has passed from the phone to the voice. Pure.

A check is a test without an operator (`messages.ids.Check`); it ends by itself.
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
from model.alert.leg import place_of


class Link(StrEnum):
    """Links of the chain, in their order."""

    RECEIVED = "received"
    """The alert is durable."""
    OPENED = "opened"
    """An AlertCase owns the alert."""
    DIALLED = "dialled"
    """A modem was ordered to call the phone."""
    RANG = "rang"
    ANSWERED = "answered"
    JOINED = "joined"
    """The phone's voice is in the conference."""
    HEARD = "heard"
    """A voice was heard on that call."""
    CLOSED = "closed"


LINKS: Final = {Check.ARRIVAL: (Link.RECEIVED, Link.OPENED, Link.CLOSED), Check.CALL: tuple(Link)}
"""Links of each kind of check."""


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """Result of one check."""

    check: Check
    after_s: dict[Link, float]
    """Time of each link reached, in seconds since the receipt; a missing link was not reached."""

    @property
    def over(self) -> bool:
        """True if the check is closed."""
        return Link.CLOSED in self.after_s

    @property
    def broken_at(self) -> Link | None:
        """First link not reached (in an open check: the next link); None if the whole chain is complete."""
        return next((link for link in LINKS[self.check] if link not in self.after_s), None)


def chain_of(recorded: Sequence[Recorded]) -> Chain | None:
    """Return the result of a check from its two streams; None if the alert is no check."""
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
    if isinstance(event, ev.BridgeJoined) and any(place_of(leg) == "user" for leg in event.legs):
        return Link.JOINED
    return _BY_EVENT.get(type(event))
