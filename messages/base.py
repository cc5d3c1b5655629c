"""The root of all messages, and the small structs that several subjects share."""

from __future__ import annotations

import math
from enum import IntEnum, StrEnum
from typing import ClassVar, Final

import msgspec

from messages.ids import Instant, Nearness
from messages.rows import Sentence

MALFORMED: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""Everything that msgspec raises for bytes that it cannot decode. Text that is not UTF-8, and nesting that is
too deep, are no MsgspecError: a reader that forgets them dies of a damaged file.
"""


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Something said once, never changed. Subclasses set `tag`, which is permanent on the wire."""


class FeatureEvent(Message, frozen=True, kw_only=True):
    """An event that a feature has of its own, in streams of its own. The rules of an alert know none of them,
    and nothing in it is personal.
    """

    not_personal: ClassVar[dict[str, str]] = {}
    """By each field that is a text: why it tells of nobody."""


MOST_ACCURACY_M: Final = 1e8
"""A radius beyond this tells nothing: the whole earth lies within it."""


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where the user's phone says that it is (WGS 84)."""

    sentence: ClassVar = Sentence(
        "{lat:degrees} {lon:degrees}[ ±{accuracy_m:metres} m]",
        "{lat:degrees} {lon:degrees}[ ±{accuracy_m:metres} m]",
    )

    lat: float
    """Degrees north, −90 to 90."""
    lon: float
    """Degrees east, −180 to 180."""
    at: Instant
    """When it was measured; the receipt's time where the phone gave none."""
    accuracy_m: float | None = None
    """Radius in metres, at most MOST_ACCURACY_M; none when the phone did not say, or said what is none."""
    source: str = ""
    """What measured it: `gps`, `wifi`, `cell`, …; empty when unknown."""

    def __post_init__(self) -> None:
        # Here, where every source and every reader of a journal comes by: MessagePack can carry inf and NaN,
        # which no page can round.
        radius_m = self.accuracy_m
        if radius_m is not None and not (math.isfinite(radius_m) and 0 <= radius_m <= MOST_ACCURACY_M):
            msgspec.structs.force_setattr(self, "accuracy_m", None)


class Gains(msgspec.Struct, frozen=True, kw_only=True):
    """By how much a line's voice is made louder (softer, where negative) at its port, in dB."""

    in_db: float = 0.0
    """What comes from the modem."""
    out_db: float = 0.0
    """What the modem is given."""
    agc: bool = False
    """Whether quiet voices that come from the modem are slowly made louder beyond `in_db`."""


NO_GAINS: Final = Gains()


class VoicePace(StrEnum):
    """What says how much is said to a modem."""

    CLOCK = "clock"
    """Ours: a frame every 20 ms."""
    MODEM = "modem"
    """As much as the modem says (`media.ports.terminal_bytes`)."""


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """What may be said of a position by name: no more than its accuracy allows (`model.address`)."""

    sentence: ClassVar = Sentence(
        "[{?nearness=near}near ]{street}[{?nearness=street}, number not certain| {number}][, {town}]"
        " ({distance_m} m away)",
        "[{?nearness=near}vicino a ]{street}[{?nearness=street}, numero non certo| {number}][, {town}]"
        " (a {distance_m} m)",
    )

    lat: float
    """Of the position; degrees north."""
    lon: float
    """Degrees east."""
    accuracy_m: float
    """The position's radius in metres."""
    nearness: Nearness
    street: str
    number: str = ""
    """With `Nearness.NUMBER` alone."""
    town: str = ""
    """Empty where the source names none."""
    distance_m: int
    """From the position to the nearest address of the street, in metres."""


class VoicePort(msgspec.Struct, frozen=True, kw_only=True):
    """Where the voice of a line can be opened by the ConferenceBridge."""

    path: str
    rate_hz: int = 8000
    frame_bytes: int = 320
    """Bytes of one 20 ms frame, s16le."""
    kind: str = "tty"
    """As in `media.ports.voice_port`: `tty`, `unix`, `alsa`, or `node` with `HOST:PORT/NAME` for a path."""
    gains: Gains = NO_GAINS
    """None of a voice of another node: where its port is, there it is amplified."""
    pace: VoicePace = VoicePace.CLOCK


class Joins(StrEnum):
    """How a line joins the parties of an alert."""

    HOST = "host"
    """Each on a line of its own: their voices come here, and the ConferenceBridge mixes them."""
    NETWORK = "network"
    """All of them on this one line, joined by the network (22.084): no voice comes here."""
    NONE = "none"
    """Not at all."""


class HangupCause(IntEnum):
    """Why a call ended (ITU-T Q.850, table 1). Above 127: our own, for what never reached a network."""

    UNALLOCATED = 1
    NORMAL = 16
    BUSY = 17
    NO_USER_RESPONDING = 18
    NO_ANSWER = 19
    SUBSCRIBER_ABSENT = 20
    REJECTED = 21
    DESTINATION_OUT_OF_ORDER = 27
    INVALID_NUMBER = 28
    NORMAL_UNSPECIFIED = 31
    NO_CIRCUIT = 34
    NETWORK_OUT_OF_ORDER = 38
    TEMPORARY_FAILURE = 41
    INTERWORKING = 127
    LINE_LOST = 200
    """The modem is gone or was reset; the call with it."""
    LINE_TAKEN = 201
    """The modem already carries another leg."""
    GUARDED = 202
    """The dial guard refused an emergency number."""
    NODE_LOST = 204
    """Nothing is heard of the line's node; its modem may still hold the call."""
