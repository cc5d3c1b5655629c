"""Requests of the web to the VoiceIngest of its node, and the answers: one JSON line each way.

The socket is `run/ear/ingest.sock`. The connection of a `WatchRequest` stays open until the phone's
connection is over; the kernel closes it when the VoiceIngest dies. The connection of a `RelayRequest` carries
packets of a phone without UDP afterwards: two bytes of length (big-endian) before each.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from messages.ids import AlertId

MAX_LINE: Final = 1 << 17
"""Longest line in bytes; an offer has at most 16 KiB."""


class IngestRequest(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Request for the microphone of one alert."""

    alert: AlertId


class OfferRequest(IngestRequest, frozen=True, kw_only=True, tag="offer"):
    """An SDP offer; answered by OfferAccepted or OfferRefused."""

    sdp: str


class RelayRequest(IngestRequest, frozen=True, kw_only=True, tag="relay"):
    """Packets over the web follow, each as in the WebSocket's messages."""


class EndRequest(IngestRequest, frozen=True, kw_only=True, tag="end"):
    """End the connection with this serial; an empty serial: the whole microphone."""

    serial: str = ""


class WatchRequest(IngestRequest, frozen=True, kw_only=True, tag="watch"):
    """Answered once the connection with this serial is over."""

    serial: str


class StatesRequest(msgspec.Struct, frozen=True, tag="states", tag_field="type"):
    """Answered by the states of all microphones."""


Request = OfferRequest | RelayRequest | EndRequest | WatchRequest | StatesRequest


class OfferAccepted(msgspec.Struct, frozen=True, kw_only=True, tag="accepted", tag_field="type"):
    """Answer to an offer."""

    serial: str
    sdp: str


class OfferRefused(msgspec.Struct, frozen=True, kw_only=True, tag="refused", tag_field="type"):
    """The offer is not accepted."""

    status: int
    """HTTP status for the phone."""
    why: str


class Done(msgspec.Struct, frozen=True, tag="done", tag_field="type"):
    """The request is carried out, or the watched connection is over."""


def ingest_socket(run: Path) -> Path:
    """Return the path of the VoiceIngest's socket."""
    return run / "ear" / "ingest.sock"


def voice_socket(run: Path, alert: AlertId) -> Path:
    """Return the path at which a conference opens the microphone of an alert."""
    return run / "ear" / f"{alert}.voice"
