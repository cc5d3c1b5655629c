"""All kinds of events, those of `messages.events` and those of features; and the personal fields of alert
events, which are encrypted, each with its kind.

A field is personal by its annotation, `text: Annotated[str, PersonalKind.WORDS] = ""`. Only fields with an
empty default can be personal: an event with that default is an event with erased data.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, Final, get_args, get_type_hints

import msgspec

from messages.base import FeatureEvent, Message
from messages.events import Event
from messages.ids import PersonalKind

KERNEL: Final[tuple[type[Event], ...]] = tuple(kind for kind in get_args(Event) if kind is not FeatureEvent)
_kinds: tuple[type[Event], ...] = KERNEL
_decoder: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(reduce(or_, KERNEL))


def know(of_features: Iterable[type[FeatureEvent]]) -> None:
    """Register the events of features with this process, in place of those registered before."""
    global _kinds, _decoder
    _kinds = (*KERNEL, *of_features)
    _decoder = msgspec.msgpack.Decoder(union())


def kinds() -> tuple[type[Event], ...]:
    """Return all kinds that this process can read."""
    return _kinds


def union() -> Any:
    """Return the union of all kinds as one type."""
    return reduce(or_, _kinds)


def types() -> frozenset[str]:
    """Return the tags of all kinds, as stored in the journal's column `type`."""
    return frozenset(str(kind.__struct_config__.tag) for kind in _kinds)


def decoder() -> msgspec.msgpack.Decoder[Event]:
    """Return the decoder for events of any kind."""
    return _decoder


def _personal(kind: type[Message]) -> dict[str, PersonalKind]:
    hints = get_type_hints(kind, include_extras=True)
    marks = {name: getattr(hint, "__metadata__", ()) for name, hint in hints.items()}
    return {name: mark for name, found in marks.items() for mark in found if isinstance(mark, PersonalKind)}


_FIELDS: Final = {kind: fields for kind in KERNEL if (fields := _personal(kind))}
PERSONAL: Final = {str(kind.__struct_config__.tag): fields for kind, fields in _FIELDS.items()}
"""Personal fields by event type."""
EMPTY: Final = {
    str(kind.__struct_config__.tag): {
        one.name: one.default for one in msgspec.structs.fields(kind) if one.name in fields
    }
    for kind, fields in _FIELDS.items()
}
"""Values of the personal fields after erasure, by event type."""
