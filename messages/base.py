"""Base class of all messages, and small structs shared by several subjects."""

from __future__ import annotations

import math
from enum import IntEnum, StrEnum
from typing import ClassVar, Final

import msgspec

from messages.ids import Instant, Nearness
from messages.rows import Sentence

MALFORMED: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""Exceptions that msgspec raises for undecodable bytes. Text that is not UTF-8, and nesting that is too deep,
are no MsgspecError: a reader that forgets them crashes on a damaged file.
"""


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Immutable message. Subclasses set `tag`, which is permanent on the wire."""


class FeatureEvent(Message, frozen=True, kw_only=True):
    """An event of a feature, in streams of the feature. The rules of an alert ignore such events, and none of
    their data is personal.
    """

    not_personal: ClassVar[dict[str, str]] = {}
    """Reason why a text field reveals no person, by field name."""


MOST_ACCURACY_M: Final = 1e8
"""Greatest radius in metres with a meaning: the whole earth lies within it."""


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Position reported by the user's phone (WGS 84)."""

    sentence: ClassVar = Sentence(
        "{lat:degrees} {lon:degrees}[ ±{accuracy_m:metres} m]",
        "{lat:degrees} {lon:degrees}[ ±{accuracy_m:metres} m]",
    )

    lat: float
    """Degrees north, −90 to 90."""
    lon: float
    """Degrees east, −180 to 180."""
    at: Instant
    """Time of the measurement; the time of the receipt if the phone gave none."""
    accuracy_m: float | None = None
    """Radius in metres, at most MOST_ACCURACY_M; None if the phone gave none, or an invalid one."""
    source: str = ""
    """Method of measurement: `gps`, `wifi`, `cell`, …; empty if unknown."""

    def __post_init__(self) -> None:
        # Checked here, since every source and every reader of a journal constructs this class: MessagePack
        # can carry inf and NaN, which no page can round.
        radius_m = self.accuracy_m
        if radius_m is not None and not (math.isfinite(radius_m) and 0 <= radius_m <= MOST_ACCURACY_M):
            msgspec.structs.force_setattr(self, "accuracy_m", None)


class Gains(msgspec.Struct, frozen=True, kw_only=True):
    """Gain of a line's voice at its port in dB; a negative gain attenuates."""

    in_db: float = 0.0
    """Gain of the voice from the modem."""
    out_db: float = 0.0
    """Gain of the voice to the modem."""
    agc: bool = False
    """True if quiet voices from the modem are slowly amplified beyond `in_db`."""


NO_GAINS: Final = Gains()


class VoicePace(StrEnum):
    """Pace of the voice sent to a modem."""

    CLOCK = "clock"
    """The center's clock: a frame every 20 ms."""
    MODEM = "modem"
    """The modem's pace: as many bytes as the modem sends (`media.ports.terminal_bytes`)."""


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Address that may be stated for a position, as exact as its accuracy allows (`model.address`)."""

    sentence: ClassVar = Sentence(
        "[{?nearness=near}near ]{street}[{?nearness=street}, number not certain| {number}][, {town}]"
        " ({distance_m} m away)",
        "[{?nearness=near}vicino a ]{street}[{?nearness=street}, numero non certo| {number}][, {town}]"
        " (a {distance_m} m)",
    )

    lat: float
    """Latitude of the position; degrees north."""
    lon: float
    """Longitude of the position; degrees east."""
    accuracy_m: float
    """Radius of the position in metres."""
    nearness: Nearness
    street: str
    number: str = ""
    """House number; only with `Nearness.NUMBER`."""
    town: str = ""
    """Town; empty if the source names none."""
    distance_m: int
    """Distance from the position to the nearest address of the street, in metres."""


class VoicePort(msgspec.Struct, frozen=True, kw_only=True):
    """Port at which the ConferenceBridge can open the voice of a line."""

    path: str
    rate_hz: int = 8000
    frame_bytes: int = 320
    """Bytes of one 20 ms frame, s16le."""
    kind: str = "tty"
    """Kind as in `media.ports.voice_port`: `tty`, `unix`, `alsa`, or `node` with path `HOST:PORT/NAME`."""
    gains: Gains = NO_GAINS
    """Gains; NO_GAINS for a voice of another node, which is amplified where its port is."""
    pace: VoicePace = VoicePace.CLOCK


class Joins(StrEnum):
    """Method by which a line joins the parties of an alert."""

    HOST = "host"
    """Each party has its own line: the host receives the voices, and the ConferenceBridge mixes them."""
    NETWORK = "network"
    """All parties are on this line, joined by the network (22.084): the host receives no voice."""
    NONE = "none"
    """The line cannot join parties."""


class HangupCause(IntEnum):
    """Cause of a call's end (ITU-T Q.850, table 1). Above 127: the center's own causes, for calls that never
    reached a network.
    """

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
    """The modem was unplugged or reset, and the call has ended with it."""
    LINE_TAKEN = 201
    """The modem already carries another leg."""
    GUARDED = 202
    """The dial guard refused an emergency number."""
    NODE_LOST = 204
    """The line's node has lost contact; its modem may still hold the call."""
