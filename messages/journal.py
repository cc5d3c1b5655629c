"""Events as they are written in the journal, and as an export shows them.

The `type` column repeats the event's tag, so that a reader of an older version can tell which events it
does not know; the data holds the tag too, so that it decodes by itself.
"""

from __future__ import annotations

from typing import ClassVar, Final

import msgspec

from messages.base import MALFORMED, Message
from messages.envelope import DecodeError, EncodeError, decode_error
from messages.event_kinds import decoder
from messages.events import Event
from messages.ids import Instant, NodeId
from messages.rows import ListItem, Sentence, listing


class Unreadable(Message, frozen=True, kw_only=True, tag="event.unreadable"):
    """What stands in place of an event that this version cannot read. It is never written."""

    sentence: ClassVar = Sentence("{kind} CANNOT BE READ: {fault}", "{kind} NON SI PUÒ LEGGERE: {fault}")
    listed: ClassVar = listing(ListItem("warn", "bad", "Cannot be read: {text}"), text="kind")

    kind: str
    """As its row has it."""
    fault: str
    damaged: bool
    """Not even its form is sound; else it is of a newer version."""


AnyEvent = Event | Unreadable
"""What is read; what is written is an Event."""


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """One event with its place in the journal."""

    seq: int
    """Place in the whole journal; grows, may have holes."""
    stream: str
    version: int
    """Place in its stream, from 1, without holes."""
    at_us: Instant
    node: NodeId
    epoch: int
    event: AnyEvent


_encoder: Final = msgspec.msgpack.Encoder()


def event_type(event: AnyEvent) -> str:
    """The event's tag, `leg.answered`."""
    tag = type(event).__struct_config__.tag
    if not isinstance(tag, str):
        raise EncodeError(f"{type(event).__name__} has no tag")
    return tag


def is_kind(event: AnyEvent, kind: type[Event]) -> bool:
    """Whether it is of this kind, also where it cannot be read."""
    return isinstance(event, kind) or (
        isinstance(event, Unreadable) and event.kind == kind.__struct_config__.tag
    )


def encode_event(event: AnyEvent) -> bytes:
    """The event as MessagePack, tag included. Raises EncodeError, also for one that could not be read."""
    if isinstance(event, Unreadable):
        raise EncodeError(f"{event.kind} could not be read")
    try:
        return _encoder.encode(event)
    except (TypeError, ValueError, OverflowError, msgspec.MsgspecError) as error:
        raise EncodeError(str(error)) from error


def decode_event(data: bytes) -> Event:
    """The event in `data`. Raises DecodeError with the path of the fault."""
    try:
        return decoder().decode(data)
    except MALFORMED as error:
        raise decode_error(error) from error


__all__ = [
    "AnyEvent",
    "DecodeError",
    "EncodeError",
    "Recorded",
    "Unreadable",
    "decode_event",
    "encode_event",
    "event_type",
    "is_kind",
]
