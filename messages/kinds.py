"""Every kind of event: those of `messages.events`, and those that features have of their own."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, Final, get_args

import msgspec

from messages.base import FeatureEvent
from messages.events import Event

KERNEL: Final[tuple[type[Event], ...]] = tuple(kind for kind in get_args(Event) if kind is not FeatureEvent)
_kinds: tuple[type[Event], ...] = KERNEL
_decoder: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(reduce(or_, KERNEL))


def know(of_features: Iterable[type[FeatureEvent]]) -> None:
    """Have this process read these as well, in place of those of features that it knew before."""
    global _kinds, _decoder
    _kinds = (*KERNEL, *of_features)
    _decoder = msgspec.msgpack.Decoder(union())


def kinds() -> tuple[type[Event], ...]:
    """Return all kinds that this process reads."""
    return _kinds


def union() -> Any:
    """Return them as one type."""
    return reduce(or_, _kinds)


def types() -> frozenset[str]:
    """Return their tags, as the journal's column `type` has them."""
    return frozenset(str(kind.__struct_config__.tag) for kind in _kinds)


def decoder() -> msgspec.msgpack.Decoder[Event]:
    """Return what reads an event of any of them."""
    return _decoder
