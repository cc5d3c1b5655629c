"""Response bodies, and their encoding as JSON or MessagePack.

A response is in MessagePack if the client accepts MessagePack, or sent MessagePack without an `Accept`
header. Times are RFC 3339 in UTC, in both forms.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated, Any, Final, TypeVar, get_args, get_type_hints

import msgspec
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.openapi import ResponseSpec

from gateways.http.wire.decoding import JSON, MSGPACK
from messages.ids import (
    E164,
    Advice,
    Assurance,
    Doubt,
    Instant,
    OperatorCommand,
    OperatorId,
    Outcome,
    Party,
    PsapKnows,
    ShiftState,
)
from model.alert.leg import LegState
from model.alert.phase import Phase

S = TypeVar("S", bound=msgspec.Struct)
Moment = Annotated[str, msgspec.Meta(description="RFC 3339, UTC.", examples=["2026-11-24T21:46:48.200000Z"])]
Id = Annotated[str, msgspec.Meta(examples=["1jcktbvq28k4mz70pr"])]

Secret = Annotated[str, msgspec.Meta(description="Told once: it is kept as a hash.")]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_json: Final = msgspec.json.Encoder()
_msgpack: Final = msgspec.msgpack.Encoder()

AnyRequest = Request[Any, Any, Any]
AnyConnection = ASGIConnection[Any, Any, Any, Any]


class AlertAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Receipt for a durable alert. `deadline_at`: the moment at which the app calls 112 by itself.

    `nodes`: the newest list of the center's addresses, in the order in which to try; absent if there is one
    node. `calls_from`: the numbers from which the center may call; absent if none is configured. `proof`: the
    assurance level of the alert as the phone's own. `doubt`: why a signature did not count.
    """

    alert: Id
    received_at: Moment
    deadline_at: Moment
    advice: Advice
    nodes: tuple[str, ...] = ()
    calls_from: tuple[E164, ...] = ()
    proof: Assurance | None = None
    doubt: Doubt | None = None


class LegAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Call of one party."""

    party: Party
    state: LegState
    attempt: int
    since: Moment
    heard: bool = True
    """False if the party is on the line and it is unknown whether the audio passes both ways."""


class AlertState(msgspec.Struct, frozen=True, kw_only=True):
    """State of the alert, for the app. `version` goes into `?since=` of the next long poll."""

    alert: Id
    version: int
    phase: Phase
    received_at: Moment
    deadline_at: Moment
    advice: Advice
    operator_assigned: bool
    legs: tuple[LegAnswer, ...]
    test: bool
    cancelled: bool
    closed_at: Moment | None
    outcome: Outcome | None
    calls_from: tuple[E164, ...] = ()
    """Numbers from which the center may call the user."""
    proof: Assurance = Assurance.APP
    """Assurance level of the alert as the phone's own."""
    silent: bool = False
    """True if the phone must stay dark and quiet, as requested by any signal of the alert."""
    psap_knows: tuple[PsapKnows, ...] = ()
    """Facts that 112 has certainly received; none after an attempt to cancel."""
    psap_place_at: Moment | None = None
    """Time of the user's position that 112 knows. Null: 112 got the place in words, or knows none."""
    writes_until: Moment | None = None
    """Moment until which 112's page shows new messages of a closed alert. Null: messages are refused."""


class MessageAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Message of the dialogue."""

    number: int
    """Number in the order of the messages, from 1."""
    id: str
    """Id chosen by the writer."""
    mine: bool
    """True if the user wrote the message, False if an operator did."""
    at: Moment
    text: str
    asks: bool
    """True if the message expects yes or no."""
    answer: str = ""
    """`yes` or `no` once the user has answered; otherwise empty."""
    arrived: bool
    read: bool
    """True if the other side has read the message."""


class MessagesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """New or changed messages. `version` goes into `?since=` of the next request."""

    alert: Id
    version: int
    messages: tuple[MessageAnswer, ...]


class Kept(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Receipt for a report about an alert. Not `durable`: in memory alone, and still handled."""

    alert: Id
    durable: bool = True


class CommandAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Receipt for a command; the alert shows the result. Not `durable`: in memory alone, still handled."""

    alert: Id
    command: OperatorCommand
    durable: bool = True


class ShiftAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """State of the shift. Not `durable`: in memory alone. `seq`: position of the change in the journal."""

    operator: str
    state: ShiftState
    reason: str = ""
    durable: bool = True
    seq: int = 0


class SignOnLink(msgspec.Struct, frozen=True, kw_only=True):
    """Link for one sign-on, to set a password or passkey: `/console/#token=CODE`, valid until `until`."""

    operator: OperatorId
    code: Secret
    until: Moment


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Reason why a request failed. `path` names the field at fault, `$` the whole body.

    An alert that is not durable is handled nevertheless; the answer names the alert and its deadline.
    """

    reason: Annotated[str, msgspec.Meta(examples=["Expected `float` <= 90.0"])]
    path: Annotated[str, msgspec.Meta(examples=["$.position.lat"])] = ""
    code: Annotated[
        str,
        msgspec.Meta(
            description="Of a 401 or 409 which refusal, of a 403 which doubt.", examples=["psap_absent"]
        ),
    ] = ""
    is_now: Annotated[
        str, msgspec.Meta(description="Of a 409 `changed_meanwhile`: what the field at `path` holds.")
    ] = ""
    advice: Advice | None = None
    alert: Id | None = None
    received_at: Moment | None = None
    deadline_at: Moment | None = None


def rfc3339(at_us: Instant) -> str:
    """Return the instant as text: `2026-11-24T21:46:48.200000Z`."""
    moment = _EPOCH + timedelta(microseconds=at_us)
    return moment.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def sign_on_link(operator: OperatorId, code: str, until: Instant) -> SignOnLink:
    """Return the link for a sign-on with this code."""
    return SignOnLink(operator=operator, code=code, until=rfc3339(until))


def picture_of(link: str) -> tuple[str, ...]:
    """Return a QR code (ISO 18004), a row of `1` and `0` for each line, without the quiet zone."""
    import segno

    return tuple("".join(str(dot) for dot in row) for row in segno.make_qr(link, error="m").matrix)


def derived(kind: type[S], of: object, **differs: object) -> S:
    """Return a struct of `kind`, made of the fields of `of` with the same names, except the fields in
    `differs`. Fields that are moments in `kind` are instants in `of`.
    """
    moments = _moments(kind)
    for name in kind.__struct_fields__:
        if name not in differs:
            value = getattr(of, name)
            differs[name] = rfc3339(value) if name in moments and value is not None else value
    return kind(**differs)


@cache
def _moments(kind: type[msgspec.Struct]) -> frozenset[str]:
    """Return the names of the fields that are moments, or moments and null."""
    hints = get_type_hints(kind, include_extras=True)
    return frozenset(name for name, told in hints.items() if told == Moment or Moment in get_args(told))


def header(connection: AnyConnection, name: bytes) -> str | None:
    """Return the value of one header, or None, without building a table of all headers."""
    for key, value in connection.scope["headers"]:
        if key == name:
            return value.decode("latin-1")
    return None


def answer(connection: AnyConnection, value: msgspec.Struct, status: int = 200) -> Response[bytes]:
    """Return the response with the struct in the form that the client expects."""
    if wants_msgpack(connection):
        return Response(_msgpack.encode(value), status_code=status, media_type=MSGPACK)
    return Response(_json.encode(value), status_code=status, media_type=JSON)


def wants_msgpack(connection: AnyConnection) -> bool:
    """Return True if the client expects MessagePack: by `Accept`, else by the type of its own body."""
    accept = header(connection, b"accept")
    if accept is None or accept == "*/*":
        sent = header(connection, b"content-type")
        return sent is not None and "msgpack" in sent
    return "msgpack" in accept


def said(kind: type[msgspec.Struct], description: str) -> ResponseSpec:
    """Return the description of a response for OpenAPI."""
    return ResponseSpec(kind, description=description, generate_examples=False)


def no_store(response: Response[bytes]) -> Response[bytes]:
    """Forbid caches to keep the response, because it is about persons; return the response."""
    response.headers["cache-control"] = "no-store"
    return response
