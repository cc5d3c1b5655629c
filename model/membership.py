"""A node's membership among those that share one database: its length, one node as that has it, and the
settings that all of them are meant to have alike, and where they differ. Pure.

An alert is handled by the settings of the node that has it: where they differ, the loss of a node changes the
rules in the middle of the alert. Sizes that belong to a machine, its files and its lines may differ.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
from msgspec.structs import fields, replace

from messages.ids import SECOND, Instant, NodeId
from model.settings import Settings

TTL_US: Final = Instant(3 * SECOND // 2)
"""How long a membership lasts that is not renewed."""
RENEW_US: Final = Instant(3 * SECOND // 10)
"""Between two renewals: four may fail."""
CLOCK_OFF_US: Final = Instant(2 * SECOND)
"""A node whose clock is further from the database's than that decides too late, or too early."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One node as the database has it."""

    node: NodeId
    term: int
    until_us: Instant
    """By the database's clock; 0 where it has left in order."""
    address: str
    """Its private address: what its actors and its voice gate listen on."""
    places: bytes
    """What it says of itself, for `runtime.published.peers`."""
    draining: bool
    alive: bool
    """Whether its membership had not ended when it was read."""
    age_us: int = 0
    """How long before that it was renewed, by the database's clock; nothing where it has left."""

    @property
    def left(self) -> bool:
        """Whether it has said itself that it goes."""
        return self.until_us == 0


SHARED: Final = frozenset({
    "region", "language", "voice_alert", "duress", "psap", "deadline", "operator", "user", "alert",
    "dialling", "recording", "retention", "sms",
})  # fmt: skip
"""The keys and tables by which alerts are handled."""
NOT_SHARED: Final = frozenset({"recording.trunks"})
"""Each node has trunks of its own; and what a feature adds to a table is a node's own, too."""

_encode = msgspec.msgpack.Encoder(order="deterministic").encode


def checksums(settings: Settings) -> dict[str, int]:
    """Return the CRC-32 of each key that all nodes are meant to have alike, by the key's path."""
    return {path: zlib.crc32(_encode(value)) for path, value in _shared(settings)}


def _shared(settings: Settings) -> Iterator[tuple[str, object]]:
    # Of an area the outline counts, and not the path of its file.
    routes = tuple(replace(route, area_file="") for route in settings.psap.route)
    settings = replace(settings, psap=replace(settings.psap, route=routes))
    for name, kind in ((one.name, one.type) for one in fields(Settings) if one.name in SHARED):
        value = getattr(settings, name)
        if isinstance(value, msgspec.Struct):
            keys = ((f"{name}.{key}", getattr(value, key)) for key in kind.__struct_fields__)
            yield from ((path, one) for path, one in keys if path not in NOT_SHARED)
        else:
            yield name, value


def differing(of_nodes: Mapping[NodeId, Mapping[str, int]]) -> dict[str, tuple[tuple[NodeId, ...], ...]]:
    """Return the fields that are not alike, each with the nodes that have the same value in a group.

    A node whose version does not tell a field is left out of that field.
    """
    found: dict[str, tuple[tuple[NodeId, ...], ...]] = {}
    for name in sorted({name for told in of_nodes.values() for name in told}):
        groups: dict[int, list[NodeId]] = {}
        for node, told in sorted(of_nodes.items()):
            if name in told:
                groups.setdefault(told[name], []).append(node)
        if len(groups) > 1:
            found[name] = tuple(tuple(group) for group in groups.values())
    return found
