"""Owners of the voices at a voice gate, and the waiting clients: the newest client gets a voice. Pure.

The successor of a dead bridge must get its voice before the death is detected: so the newer client has it.
The older one would request the voice again at once; it is refused while the newer is present. Otherwise the
bridge of a disconnected node and its replacement would take the voice from each other endlessly.
"""

from __future__ import annotations

from collections import deque
from typing import Final, Generic, NamedTuple, TypeVar

from media.gate.protocol import VoiceRequest

PendingClient = TypeVar("PendingClient")
VoiceSession = TypeVar("VoiceSession")

MOST_VOICES: Final = 128
_MAX_EVICTED: Final = 64


class RequestOutcome(NamedTuple, Generic[PendingClient]):
    """Outcome of a client's request for a voice."""

    refusal: str = ""
    """Reason for the refusal; empty if accepted."""
    opens_port: bool = False
    """True if the port must be opened now; otherwise that is in progress."""
    superseded: PendingClient | None = None
    """Client that waited for the voice until now."""


class _VoiceOwner(Generic[VoiceSession]):
    def __init__(self, session: VoiceSession, caller: bytes) -> None:
        self.session = session
        self.caller = caller
        self.evicted: deque[bytes] = deque(maxlen=_MAX_EVICTED)


class VoiceOwners(Generic[PendingClient, VoiceSession]):
    """Voices of a gate with their sessions and waiting clients."""

    def __init__(self) -> None:
        self._owners: dict[str, _VoiceOwner[VoiceSession]] = {}
        self._waiting: dict[str, PendingClient | None] = {}
        """Waiting client by the name of a port that is being opened; None if the client has gone."""

    @property
    def sessions(self) -> list[VoiceSession]:
        """Sessions; readable from any thread."""
        return [owner.session for owner in tuple(self._owners.values())]

    def on_request(self, client: PendingClient, request: VoiceRequest) -> RequestOutcome[PendingClient]:
        """Handle the request of an authenticated client for a voice; return the outcome."""
        owner = self._owners.get(request.name)
        if owner is not None and request.caller in owner.evicted:
            return RequestOutcome(refusal=f"another conference has the voice of {request.name}")
        if request.name in self._waiting:
            before, self._waiting[request.name] = self._waiting[request.name], client
            return RequestOutcome(superseded=before)
        if owner is None and len(self._owners) + len(self._waiting) >= MOST_VOICES:
            return RequestOutcome(refusal="this gate relays its largest number of voices")
        self._waiting[request.name] = client
        return RequestOutcome(opens_port=True)

    def is_waiting(self, client: PendingClient) -> bool:
        """Return True if a port is being opened for the client."""
        return any(one is client for one in self._waiting.values())

    def remove_waiting(self, client: PendingClient) -> None:
        """Remove a waiting client."""
        for name, one in self._waiting.items():
            if one is client:
                self._waiting[name] = None

    def on_opened(self, name: str) -> PendingClient | None:
        """End the opening of a port, successful or not; return the client that waited; None if no client
        waits any more.
        """
        return self._waiting.pop(name)

    def assign(self, session: VoiceSession, request: VoiceRequest) -> VoiceSession | None:
        """Assign the voice to a session; return the previous session, or None."""
        owner = self._owners.get(request.name)
        if owner is None:
            self._owners[request.name] = _VoiceOwner(session, request.caller)
            return None
        if owner.caller != request.caller:
            owner.evicted.append(owner.caller)
        before, owner.session, owner.caller = owner.session, session, request.caller
        return before

    def release(self, name: str, session: VoiceSession) -> None:
        """Release the voice of a session; any client may have it now."""
        owner = self._owners.get(name)
        if owner is not None and owner.session is session:
            del self._owners[name]
