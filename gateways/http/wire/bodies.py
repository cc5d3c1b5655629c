"""Request bodies as strict structs, in JSON and MessagePack alike.

An unknown field is ignored, so that a newer app can use an older center. Any other mismatch is refused with
the path of the fault.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal

import msgspec
import phonenumbers

from gateways.http.wire.errors import NoSuchAlert
from messages.base import MOST_ACCURACY_M, Position
from messages.ids import E164, AlertId, BriefingField, Check, Instant, OperatorCommand, Party, ShiftState
from model.orders.table import ORDERS

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_PHONE: Final = re.compile(r"\+[0-9][0-9 ().\-/]{2,30}", re.ASCII)
_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
TEXT_MAX: Final = 4000
MESSAGE_MAX: Final = 1000
QUESTION_MAX: Final = 200
"""Maximum length of a spoken question, in characters."""
_OWN_ID: Final = r"^[A-Za-z0-9._-]{1,64}$(?!\n)"

Moment = Annotated[
    datetime,
    msgspec.Meta(
        tz=True,
        description="A moment with its offset (RFC 3339).",
        examples=["2026-11-24T21:46:48.200Z"],
    ),
]


class PositionBody(msgspec.Struct, frozen=True, kw_only=True):
    """Position reported by the phone (WGS 84)."""

    lat: Annotated[float, msgspec.Meta(ge=-90, le=90, description="Degrees north.", examples=[44.39058])]
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180, description="Degrees east.", examples=[8.97342])]
    accuracy_m: (
        Annotated[
            float, msgspec.Meta(ge=0, le=MOST_ACCURACY_M, description="Radius in metres.", examples=[18.0])
        ]
        | None
    ) = None
    at: Moment | None = None
    source: Annotated[str, msgspec.Meta(max_length=32, description="`gps`, `wifi`, `cell` …")] = ""

    def __post_init__(self) -> None:
        # MessagePack can carry NaN, and NaN passes any bound.
        for name in ("lat", "lon", "accuracy_m"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise ValueError(f"`{name}` is not a finite number")

    def position(self, received_at: Instant) -> Position:
        """Return the position for the journal, as of the receipt if undated. Raises ValueError."""
        return Position(
            lat=self.lat,
            lon=self.lon,
            at=received_at if self.at is None else instant(self.at),
            accuracy_m=self.accuracy_m,
            source=self.source,
        )


class AlertBody(msgspec.Struct, frozen=True, kw_only=True):
    """An alert. At least one of `phone` and `device` identifies the sender."""

    id: (
        Annotated[
            str,
            msgspec.Meta(
                min_length=1,
                max_length=64,
                pattern=_OWN_ID,
                description="The app's own id, so that sending it again makes no second alert.",
                examples=["a1f2c9d0"],
            ),
        ]
        | None
    ) = None
    phone: (
        Annotated[str, msgspec.Meta(max_length=40, description="E.164.", examples=["+393331112223"])] | None
    ) = None
    device: Annotated[str, msgspec.Meta(min_length=1, max_length=128)] | None = None
    raised_at: Moment | None = None
    test: bool = False
    silent: bool = False
    position: PositionBody | None = None
    battery_pct: Annotated[int, msgspec.Meta(ge=0, le=100, examples=[23])] | None = None
    check: (
        Annotated[
            Check,
            msgspec.Meta(
                description="Of a `test` that the phone has signed: no operator is called, and it ends by "
                "itself. `arrival`: nobody is called; `call`: the phone is. Without `test` it says nothing."
            ),
        ]
        | None
    ) = None
    checks_every_days: (
        Annotated[
            int,
            msgspec.Meta(
                ge=0,
                le=31,
                description="Of a check: each so many days the phone makes one by itself; 0: it does not.",
            ),
        ]
        | None
    ) = None

    def __post_init__(self) -> None:
        if self.phone is None and self.device is None:
            raise ValueError("at least one of `phone` and `device` is required")


class CancelBody(msgspec.Struct, frozen=True, kw_only=True):
    """Report by the holder of the phone that the alert was a mistake."""

    pin: Annotated[str, msgspec.Meta(min_length=1, max_length=32, examples=["4711"])]


class MessageBody(msgspec.Struct, frozen=True, kw_only=True):
    """Message written by the user."""

    id: Annotated[
        str,
        msgspec.Meta(
            pattern=_OWN_ID,
            description="The app's own id, so that sending it again makes no second message.",
            examples=["m1"],
        ),
    ]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MESSAGE_MAX, examples=["In the bathroom"])]
    answers: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            le=1_000_000,
            description="The `number` of the question that a `yes` or `no` answers; 0: none.",
        ),
    ] = 0

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("the message needs a `text`")


class SeenBody(msgspec.Struct, frozen=True, kw_only=True):
    """Report that messages of the operator have arrived, or were read."""

    upto: Annotated[int, msgspec.Meta(ge=1, le=1_000_000, description="The `number` of the last of them.")]
    read: Annotated[bool, msgspec.Meta(description="They are on a screen that is lit.")] = False


class CommandBody(msgspec.Struct, frozen=True, kw_only=True):
    """Command of an operator."""

    command: OperatorCommand
    text: Annotated[str, msgspec.Meta(max_length=TEXT_MAX, description="A note's text, or a remark.")] = ""
    to: (
        Annotated[
            str,
            msgspec.Meta(
                min_length=1,
                max_length=64,
                description="With `hand_over`: this operator and no other. Without: whoever can be had.",
                examples=["luca"],
            ),
        ]
        | None
    ) = None

    what: (
        Annotated[
            Literal["cannot_speak"],
            msgspec.Meta(description="With `announce`: what is said to 112. Without: the same."),
        ]
        | None
    ) = None

    party: (
        Annotated[
            Party,
            msgspec.Meta(
                description="With `another_line`: whose; without it whoever has no sound, else the user. "
                "With `send_digit`: into whose call, `psap` or `user`; without it 112's. "
                "With `reopen`: `psap`, if 112 is to be called again as well."
            ),
        ]
        | None
    ) = None

    id: (
        Annotated[
            str,
            msgspec.Meta(
                pattern=_OWN_ID,
                description="The order's own, one for each press of a key: the same again is no other order.",
            ),
        ]
        | None
    ) = None
    seen: (
        Annotated[
            int,
            msgspec.Meta(
                ge=0,
                le=2**53,
                description="The alert's `version` that the operator saw: the order is refused where "
                "something on which it rests has changed since. Without it: as the alert is now.",
            ),
        ]
        | None
    ) = None
    yes: Annotated[
        str,
        msgspec.Meta(max_length=500, description="Of a question: what is known of `field` by a yes."),
    ] = ""
    no: Annotated[str, msgspec.Meta(max_length=500, description="The same by a no.")] = ""
    language: (
        Annotated[
            str,
            msgspec.Meta(
                pattern=r"^[a-z]{2}$(?!\n)", description="Of a question that is spoken: `text`'s, ISO 639-1."
            ),
        ]
        | None
    ) = None
    question: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^([a-z0-9_-]{1,40}-[1-9])?$(?!\n)",
            description="Of a question that is spoken: its name, by protocol and key.",
            examples=["violence-3"],
        ),
    ] = ""
    asks: Annotated[bool, msgspec.Meta(description="With `write`: to be answered by yes or no.")] = False
    upto: Annotated[
        int,
        msgspec.Meta(ge=0, le=1_000_000, description="With `have_read`: the `number` of the last message."),
    ] = 0
    field: Annotated[
        BriefingField | None,
        msgspec.Meta(
            description="With `brief`: of what `text` is known. Without a text it is not any more. "
            "With a question: which field its answer fills."
        ),
    ] = None

    digit: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^[0-9*#]?$(?!\n)",
            description="With `send_digit`: the key for a voice menu. Each command is one press of it.",
            examples=["1"],
        ),
    ] = ""

    def __post_init__(self) -> None:
        row = ORDERS[self.command]
        given = {name for name in _BY_COMMAND if getattr(self, name)} | (
            {"text"} if self.text.strip() else set()
        )
        for name in sorted(given - row.needs - row.takes - {"id", "text"}):
            raise ValueError(f"`{name}` is only for {_those_with(name)}")
        if lacking := " and ".join(f"`{name}`" for name in sorted(row.needs - given)):
            raise ValueError(f"`{self.command}` needs {lacking}")
        if self.party not in (None, *row.parties):
            those = " or ".join(f"`{one}`" for one in row.parties)
            raise ValueError(f"with `{self.command}` the `party` is {those}")
        if "question" in row.needs and len(self.text) > QUESTION_MAX:
            raise ValueError(f"spoken text has at most {QUESTION_MAX} characters")
        if {"id", "text"} <= row.needs and len(self.text) > MESSAGE_MAX:
            raise ValueError(f"a message has at most {MESSAGE_MAX} characters")
        if self.command is OperatorCommand.WRITE and self.field is not None and not self.asks:
            raise ValueError("a message has a `field` only if it asks a question")
        if (self.yes or self.no) and self.field is None:
            raise ValueError("`yes` and `no` are only for messages with a `field`")


_BY_COMMAND: Final = ("id", "party", "digit", "upto", "to", "language", "question", "field")
"""Fields that belong to some commands only, or are required by some."""


def _those_with(name: str) -> str:
    """Return the commands that need or accept a field, in words."""
    *most, last = (f"`{row.command}`" for row in ORDERS.values() if name in row.needs | row.takes)
    return f"{', '.join(most)} and {last}" if most else last


class ShiftBody(msgspec.Struct, frozen=True, kw_only=True):
    """New state of the operator's own shift."""

    state: ShiftState
    reason: Annotated[
        str,
        msgspec.Meta(
            max_length=200,
            description="Why, for her colleagues. The console says `break`, `meal`, `training` or `other`.",
            examples=["break"],
        ),
    ] = ""
    seen: (
        Annotated[
            int,
            msgspec.Meta(
                ge=0,
                le=2**53,
                description="The journal's `seq` that the screen was as of: refused where the shift has "
                "changed since. Without it: as the shift is now.",
            ),
        ]
        | None
    ) = None


def instant(moment: datetime) -> Instant:
    """Return microseconds since 1970 UTC. Raises ValueError if the offset leads out of the calendar."""
    try:
        return Instant((moment - _EPOCH) // _MICROSECOND)
    except OverflowError as error:
        raise ValueError("not a date and time in RFC 3339") from error


def e164(phone: str) -> E164:
    """Return the number in E.164 form. Raises ValueError if no telephone number can have this form.

    Checked are the country code and the length (ITU-T E.164). Whether a number is in use stays unchecked,
    because numbering plans grow faster than their tables.
    """
    if _PHONE.fullmatch(phone):
        try:
            number = phonenumbers.parse(phone, None)
        except phonenumbers.NumberParseException as error:
            raise ValueError("not a telephone number in E.164") from error
        if phonenumbers.is_possible_number(number):
            return E164(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    raise ValueError("not a telephone number in E.164")


def is_alert_id(text: str) -> bool:
    """Return True if the text can be an alert id. `.` and `..` cannot: no client can put them in a path."""
    return _ID.fullmatch(text) is not None and text not in (".", "..")


def checked(text: str) -> AlertId:
    """Return the alert id in a path. Raises NoSuchAlert if the text cannot be an id."""
    if not is_alert_id(text):
        raise NoSuchAlert
    return AlertId(text)


def alert_id(text: str) -> AlertId:
    """Return the text as an alert id. Raises ValueError if the text cannot be an id."""
    if not is_alert_id(text):
        raise ValueError("letters, digits, `.`, `_` and `-`, at most 64")
    return AlertId(text)
