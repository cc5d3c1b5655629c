"""Membership of a node among the nodes that share a database: its duration, the view of another node, and the
settings that all nodes must share, with their differences. Pure.

The node that owns an alert applies its own settings: if they differ, the loss of a node changes the rules in
the middle of the alert. Sizes that belong to a machine, its files and its lines may differ.
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
"""Duration of a membership that is not renewed."""
RENEW_US: Final = Instant(3 * SECOND // 10)
"""Interval between two renewals: four may fail."""
CLOCK_OFF_US: Final = Instant(2 * SECOND)
"""Greatest clock difference from the database; beyond, a node decides too late or too early."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A node as the database has it."""

    node: NodeId
    term: int
    until_us: Instant
    """End of the membership by the database's clock; 0 after an orderly leave."""
    address: str
    """Private address on which the node's actors and its voice gate listen."""
    places: bytes
    """State that the node publishes about itself, for `runtime.published.peers`."""
    draining: bool
    alive: bool
    """True if the membership was valid when read."""
    age_us: int = 0
    """Age of the last renewal when read, in microseconds of the database's clock; 0 after an orderly leave.
    """

    @property
    def left(self) -> bool:
        """True if the node has announced its leave."""
        return self.until_us == 0


SHARED: Final = frozenset({
    "region", "language", "voice_alert", "duress", "psap", "deadline", "operator", "user", "alert",
    "dialling", "recording", "retention", "sms",
})  # fmt: skip
"""Keys and tables of the settings that decide how alerts are handled."""
NOT_SHARED: Final = frozenset({"recording.trunks"})
"""Each node has trunks of its own; additions of a feature to a table belong to a node, too."""

_encode = msgspec.msgpack.Encoder(order="deterministic").encode


def checksums(settings: Settings) -> dict[str, int]:
    """Return the CRC-32 of each key that all nodes must share, by the key's path."""
    return {path: zlib.crc32(_encode(value)) for path, value in _shared(settings)}


def _shared(settings: Settings) -> Iterator[tuple[str, object]]:
    # For an area the outline counts, not the path of its file.
    routes = tuple(replace(route, area_file="") for route in settings.psap.route)
    settings = replace(settings, psap=replace(settings.psap, route=routes))
    for name, kind in ((one.name, one.type) for one in fields(Settings) if one.name in SHARED):
        value = getattr(settings, name)
        if isinstance(value, msgspec.Struct):
            keys = ((f"{name}.{key}", getattr(value, key)) for key in kind.__struct_fields__)
            yield from ((path, one) for path, one in keys if path not in NOT_SHARED)
        else:
            yield name, value


def differing_settings(
    of_nodes: Mapping[NodeId, Mapping[str, int]],
) -> dict[str, tuple[tuple[NodeId, ...], ...]]:
    """Return the keys that differ, each with groups of the nodes that share a value.

    A node with a version that does not publish a key is left out of that key.
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
