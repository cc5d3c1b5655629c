"""What clients are told, and how it is put into JSON or MessagePack.

An answer is in MessagePack when the client accepts it, or sent MessagePack and says nothing else.
Times are RFC 3339 in UTC, in both.
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
    Doubt,
    Instant,
    OperatorCommand,
    OperatorId,
    Outcome,
    Party,
    Proof,
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
    """The alert is durable. `deadline_at`: when the app calls 112 by itself. `nodes`: the newest list of the
    addresses at which the center can be asked, in the order in which to try; absent where there is one.
    `calls_from`: from which numbers the center may call; absent where none is configured.
    `proof`: by what it counts as the phone's own; `doubt`: why a signature did not."""

    alert: Id
    received_at: Moment
    deadline_at: Moment
    advice: Advice
    nodes: tuple[str, ...] = ()
    calls_from: tuple[E164, ...] = ()
    proof: Proof | None = None
    doubt: Doubt | None = None


class LegAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One party's call."""

    party: Party
    state: LegState
    attempt: int
    since: Moment
    heard: bool = True
    """False: it is not known whether the party, who is on the line, hears and is heard."""


class AlertState(msgspec.Struct, frozen=True, kw_only=True):
    """Where the alert stands, for the app. `version` goes into `?since=` of the next long poll."""

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
    """The numbers from which the center may call the user."""
    proof: Proof = Proof.APP
    """By what it counts as the phone's own."""
    silent: bool = False
    """The phone is to be dark and quiet, whoever has said so."""
    psap_knows: tuple[PsapKnows, ...] = ()
    """Facts that 112 was told for certain; none once a cancellation was tried."""
    psap_place_at: Moment | None = None
    """When the user was at the place that 112 knows. Null: 112 was told it in words, or knows none."""
    writes_until: Moment | None = None
    """The moment until which a closed alert's messages go on 112's page. Null: messages are not taken."""


class MessageAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the dialogue."""

    number: int
    """From 1, in their order."""
    id: str
    """The writer's own."""
    mine: bool
    """The user has written it; else the operator."""
    at: Moment
    text: str
    asks: bool
    """To be answered by yes or no."""
    answer: str = ""
    """`yes` or `no`, once the user has answered it."""
    arrived: bool
    read: bool
    """By the other side."""


class MessagesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What has come or changed. `version` goes into `?since=` of the next question."""

    alert: Id
    version: int
    messages: tuple[MessageAnswer, ...]


class Kept(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """It is in the journal. Not `durable`: in memory alone, and acted on all the same."""

    alert: Id
    durable: bool = True


class CommandAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The command is in the journal; what comes of it is shown by the alert.

    Not `durable`: in memory alone, and acted on all the same.
    """

    alert: Id
    command: OperatorCommand
    durable: bool = True


class ShiftAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The shift as it stands now. Not `durable`: in memory alone. `seq`: the journal's, with the change."""

    operator: str
    state: ShiftState
    reason: str = ""
    durable: bool = True
    seq: int = 0


class SignOnLink(msgspec.Struct, frozen=True, kw_only=True):
    """Signs the operator on once, to a new password or passkey: `/console/#token=CODE`, until then."""

    operator: OperatorId
    code: Secret
    until: Moment


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why it was not done. `path` names the field at fault, `$` the whole body.

    An alert that is not durable and is handled all the same is named, with its deadline.
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
    """The instant as text: `2026-11-24T21:46:48.200000Z`."""
    moment = _EPOCH + timedelta(microseconds=at_us)
    return moment.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def told_link(operator: OperatorId, code: str, until: Instant) -> SignOnLink:
    """The code with its end."""
    return SignOnLink(operator=operator, code=code, until=rfc3339(until))


def picture_of(link: str) -> tuple[str, ...]:
    """A QR code (ISO 18004), a row of `1` and `0` for each line; without its quiet zone."""
    import segno

    return tuple("".join(str(dot) for dot in row) for row in segno.make_qr(link, error="m").matrix)


def derived(kind: type[S], of: object, **differs: object) -> S:
    """The answer made of what the center has itself: each field is what `of` has by that name, but for those
    that differ. What the answer has as a moment is an instant there.
    """
    moments = _moments(kind)
    for name in kind.__struct_fields__:
        if name not in differs:
            value = getattr(of, name)
            differs[name] = rfc3339(value) if name in moments and value is not None else value
    return kind(**differs)


@cache
def _moments(kind: type[msgspec.Struct]) -> frozenset[str]:
    """The fields that are moments, or moments and null."""
    hints = get_type_hints(kind, include_extras=True)
    return frozenset(name for name, told in hints.items() if told == Moment or Moment in get_args(told))


def header(connection: AnyConnection, name: bytes) -> str | None:
    """One header, without building the table of all."""
    for key, value in connection.scope["headers"]:
        if key == name:
            return value.decode("latin-1")
    return None


def answer(connection: AnyConnection, value: msgspec.Struct, status: int = 200) -> Response[bytes]:
    """The struct in the form that the client wants."""
    if wants_msgpack(connection):
        return Response(_msgpack.encode(value), status_code=status, media_type=MSGPACK)
    return Response(_json.encode(value), status_code=status, media_type=JSON)


def wants_msgpack(connection: AnyConnection) -> bool:
    """Whether this client reads MessagePack."""
    accept = header(connection, b"accept")
    if accept is None or accept == "*/*":
        sent = header(connection, b"content-type")
        return sent is not None and "msgpack" in sent
    return "msgpack" in accept


def said(kind: type[msgspec.Struct], description: str) -> ResponseSpec:
    """How an answer is documented."""
    return ResponseSpec(kind, description=description, generate_examples=False)


def no_store(response: Response[bytes]) -> Response[bytes]:
    """It is about persons: nothing on the way keeps it."""
    response.headers["cache-control"] = "no-store"
    return response
