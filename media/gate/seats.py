"""Who has which voice at a voice gate, and who waits for one: the newest that wants it. Pure.

A bridge's successor has to get what the dead one had, before anybody has noticed its death. So the newer has
it; but the older, which at once would want it back, does not get it as long as the newer is there: the bridge
of a node that was cut off and the one that took its place would tear it from each other for ever.
"""

from __future__ import annotations

from collections import deque
from typing import Final, Generic, NamedTuple, TypeVar

from media.gate.protocol import Knock

Visitor = TypeVar("Visitor")
Guest = TypeVar("Guest")

MOST_VOICES: Final = 128
_MOST_OUSTED: Final = 64


class Reception(NamedTuple, Generic[Visitor]):
    """What becomes of a knock."""

    refused: str = ""
    """Why it is turned away; empty: it is not."""
    opens: bool = False
    """Whether the port is to be opened now; else that is being done already."""
    overtaken: Visitor | None = None
    """Who has waited for the same voice until now."""


class _Seat(Generic[Guest]):
    def __init__(self, guest: Guest, caller: bytes) -> None:
        self.guest = guest
        self.caller = caller
        self.ousted: deque[bytes] = deque(maxlen=_MOST_OUSTED)


class Seats(Generic[Visitor, Guest]):
    """See the module."""

    def __init__(self) -> None:
        self._seats: dict[str, _Seat[Guest]] = {}
        self._waiting: dict[str, Visitor | None] = {}
        """By the name whose port is being opened; None: who has waited has gone."""

    @property
    def guests(self) -> list[Guest]:
        """Who has a voice; may be looked at from any thread."""
        return [seat.guest for seat in tuple(self._seats.values())]

    def knocks(self, visitor: Visitor, knock: Knock) -> Reception[Visitor]:
        """Somebody who may come in wants a voice."""
        seat = self._seats.get(knock.name)
        if seat is not None and knock.caller in seat.ousted:
            return Reception(refused=f"another conference has the voice of {knock.name}")
        if knock.name in self._waiting:
            before, self._waiting[knock.name] = self._waiting[knock.name], visitor
            return Reception(overtaken=before)
        if seat is None and len(self._seats) + len(self._waiting) >= MOST_VOICES:
            return Reception(refused="this gate relays as many voices as it can")
        self._waiting[knock.name] = visitor
        return Reception(opens=True)

    def waits(self, visitor: Visitor) -> bool:
        """Whether a port is being opened for it."""
        return any(one is visitor for one in self._waiting.values())

    def left(self, visitor: Visitor) -> None:
        """It waits no longer."""
        for name, one in self._waiting.items():
            if one is visitor:
                self._waiting[name] = None

    def opened(self, name: str) -> Visitor | None:
        """The opening is over, well or not: who has waited for it."""
        return self._waiting.pop(name)

    def sit(self, guest: Guest, knock: Knock) -> Guest | None:
        """It has the voice now; who has had it until now, if anybody."""
        seat = self._seats.get(knock.name)
        if seat is None:
            self._seats[knock.name] = _Seat(guest, knock.caller)
            return None
        if seat.caller != knock.caller:
            seat.ousted.append(seat.caller)
        before, seat.guest, seat.caller = seat.guest, guest, knock.caller
        return before

    def gone(self, name: str, guest: Guest) -> None:
        """It has it no more, and anybody may have it."""
        seat = self._seats.get(name)
        if seat is not None and seat.guest is guest:
            del self._seats[name]
