"""Events as written in the journal, and as exported.

The `type` column repeats the event's tag, so that a reader of an older version can recognise unknown events;
the data holds the tag too, so that it decodes without the column.
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
    """Stand-in for an event that this version cannot read. Never written."""

    sentence: ClassVar = Sentence("{kind} CANNOT BE READ: {fault}", "{kind} NON SI PUÒ LEGGERE: {fault}")
    listed: ClassVar = listing(ListItem("warn", "bad", "Cannot be read: {text}"), text="kind")

    kind: str
    """Tag from the event's row."""
    fault: str
    damaged: bool
    """True if not even the form is sound; False: an event of a newer version."""


AnyEvent = Event | Unreadable
"""An event as read; only an Event is written."""


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """An event with its place in the journal."""

    seq: int
    """Place in the whole journal; grows, may have gaps."""
    stream: str
    version: int
    """Place in its stream, from 1, without gaps."""
    at_us: Instant
    node: NodeId
    epoch: int
    event: AnyEvent


_encoder: Final = msgspec.msgpack.Encoder()


def event_type(event: AnyEvent) -> str:
    """Return the event's tag, such as `leg.answered`. Raises EncodeError for a type without a tag."""
    tag = type(event).__struct_config__.tag
    if not isinstance(tag, str):
        raise EncodeError(f"{type(event).__name__} has no tag")
    return tag


def is_kind(event: AnyEvent, kind: type[Event]) -> bool:
    """Return True for an event of this kind, even if unreadable."""
    return isinstance(event, kind) or (
        isinstance(event, Unreadable) and event.kind == kind.__struct_config__.tag
    )


def encode_event(event: AnyEvent) -> bytes:
    """Return the event as MessagePack, tag included. Raises EncodeError, also for an unreadable event."""
    if isinstance(event, Unreadable):
        raise EncodeError(f"{event.kind} could not be read")
    try:
        return _encoder.encode(event)
    except (TypeError, ValueError, OverflowError, msgspec.MsgspecError) as error:
        raise EncodeError(str(error)) from error


def decode_event(data: bytes) -> Event:
    """Return the event in `data`. Raises DecodeError with the path of the fault."""
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
