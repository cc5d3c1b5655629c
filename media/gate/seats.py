"""Owners of the voices at a voice gate, and the waiting clients: the newest client gets a voice. Pure.

The successor of a dead bridge must get its voice before the death is detected: so the newer client has it.
The older one would request the voice again at once; it is refused while the newer is present. Otherwise the
bridge of a disconnected node and its replacement would take the voice from each other endlessly.
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
    """Outcome of a client's request for a voice (knock)."""

    refused: str = ""
    """Reason for the refusal; empty if accepted."""
    opens: bool = False
    """True if the port must be opened now; otherwise that is in progress."""
    overtaken: Visitor | None = None
    """Client that waited for the voice until now."""


class _Seat(Generic[Guest]):
    def __init__(self, guest: Guest, caller: bytes) -> None:
        self.guest = guest
        self.caller = caller
        self.ousted: deque[bytes] = deque(maxlen=_MOST_OUSTED)


class Seats(Generic[Visitor, Guest]):
    """Voices of a gate with their sessions and waiting clients."""

    def __init__(self) -> None:
        self._seats: dict[str, _Seat[Guest]] = {}
        self._waiting: dict[str, Visitor | None] = {}
        """Waiting client by the name of a port that is being opened; None if the client has gone."""

    @property
    def guests(self) -> list[Guest]:
        """Sessions; readable from any thread."""
        return [seat.guest for seat in tuple(self._seats.values())]

    def knocks(self, visitor: Visitor, knock: Knock) -> Reception[Visitor]:
        """Handle the request of an authenticated client for a voice; return the outcome."""
        seat = self._seats.get(knock.name)
        if seat is not None and knock.caller in seat.ousted:
            return Reception(refused=f"another conference has the voice of {knock.name}")
        if knock.name in self._waiting:
            before, self._waiting[knock.name] = self._waiting[knock.name], visitor
            return Reception(overtaken=before)
        if seat is None and len(self._seats) + len(self._waiting) >= MOST_VOICES:
            return Reception(refused="this gate relays its largest number of voices")
        self._waiting[knock.name] = visitor
        return Reception(opens=True)

    def waits(self, visitor: Visitor) -> bool:
        """Return True if a port is being opened for the client."""
        return any(one is visitor for one in self._waiting.values())

    def left(self, visitor: Visitor) -> None:
        """Remove a waiting client."""
        for name, one in self._waiting.items():
            if one is visitor:
                self._waiting[name] = None

    def opened(self, name: str) -> Visitor | None:
        """End the opening of a port, successful or not; return the client that waited; None if no client
        waits any more.
        """
        return self._waiting.pop(name)

    def sit(self, guest: Guest, knock: Knock) -> Guest | None:
        """Assign the voice to a session; return the previous session, or None."""
        seat = self._seats.get(knock.name)
        if seat is None:
            self._seats[knock.name] = _Seat(guest, knock.caller)
            return None
        if seat.caller != knock.caller:
            seat.ousted.append(seat.caller)
        before, seat.guest, seat.caller = seat.guest, guest, knock.caller
        return before

    def gone(self, name: str, guest: Guest) -> None:
        """Release the voice of a session; any client may have it now."""
        seat = self._seats.get(name)
        if seat is not None and seat.guest is guest:
            del self._seats[name]
