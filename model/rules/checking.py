"""What a check has shown: how far an alert has come on the way from the phone to the voice. Pure.

A check is a test that no operator is called for (`messages.ids.Check`); it ends by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from messages import events as ev
from messages.ids import AlertId, Check, Instant
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

    alert: AlertId
    check: Check
    received_at: Instant
    after_s: dict[Link, float]
    """When each link was reached, in seconds since the receipt; what is missing was not."""

    @property
    def over(self) -> bool:
        """Whether it is closed."""
        return Link.CLOSED in self.after_s

    @property
    def ok(self) -> bool:
        """Whether all of the chain holds."""
        return self.broken_at is None

    @property
    def broken_at(self) -> Link | None:
        """The first link that was not reached; while the check is not over, the one it stands before."""
        return next((link for link in LINKS[self.check] if link not in self.after_s), None)


def chain(recorded: Sequence[Recorded]) -> Chain | None:
    """What the two streams of an alert say of it; None for what is no check."""
    case = fold(recorded)
    if case is None or case.check is None:
        return None
    reached: dict[Link, Instant] = {}
    for link, at in _reached(recorded):
        reached.setdefault(link, at)
    return Chain(
        alert=case.alert,
        check=case.check,
        received_at=case.received_at,
        after_s={
            link: round(max(0, reached[link] - case.received_at) / 1e6, 3)
            for link in LINKS[case.check]
            if link in reached
        },
    )


def _reached(recorded: Iterable[Recorded]) -> Iterable[tuple[Link, Instant]]:
    for one in recorded:
        link = _link(one.event)
        if link is not None:
            yield link, one.at_us


def _link(event: AnyEvent) -> Link | None:
    match event:
        case ev.AlertReceived():
            return Link.RECEIVED
        case ev.CaseOpened():
            return Link.OPENED
        case ev.LegOriginating():
            return Link.DIALLED
        case ev.LegRinging():
            return Link.RANG
        case ev.LegAnswered():
            return Link.ANSWERED
        case ev.BridgeJoined(legs=legs) if any(place(leg) == "user" for leg in legs):
            return Link.JOINED
        case ev.CheckHeard():
            return Link.HEARD
        case ev.AlertClosed():
            return Link.CLOSED
        case _:
            return None
