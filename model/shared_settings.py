"""Settings that the nodes of one center are meant to have alike, and where they differ. Pure.

An alert is handled by the settings of the node that has it: where they differ, the loss of a node changes the
rules in the middle of the alert. Sizes that belong to a machine, and its lines, may differ.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from messages.ids import NodeId
from model.policy import Policy

OF_THE_MACHINE: Final = frozenset({"live_cases", "idle_crews", "inbound_lines_kept", "lines_kept_from_tests"})
"""Fields of Policy that say how much one machine can do."""

_encode = msgspec.msgpack.Encoder(order="deterministic").encode


def checksums(policy: Policy) -> dict[str, int]:
    """Return the CRC-32 of each field that all nodes are meant to have alike, by the field's name.

    The lines that are spared from recording are left out: each node has lines of its own.
    """
    shared = replace(policy, recording=replace(policy.recording, spared=()))
    return {
        name: zlib.crc32(_encode(getattr(shared, name)))
        for name in Policy.__struct_fields__
        if name not in OF_THE_MACHINE
    }


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
