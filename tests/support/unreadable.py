"""Rows of the journal that this version cannot read, written by hand."""

from __future__ import annotations

from typing import Final

import msgspec

from messages.ids import NodeId
from store.journal.journal import Journal

DAMAGED: Final = b"\xc1\x00"
"""No MessagePack."""


def newer(kind: str, **fields: object) -> bytes:
    """What a newer version writes: sound, and of a kind or with a field that this one does not know."""
    return msgspec.msgpack.encode({"type": kind, **fields})


def write(journal: Journal, stream: str, kind: str, data: bytes = DAMAGED) -> None:
    """Put it at the end of the stream."""
    journal.transact(
        lambda tx: tx.restore(
            [(tx.seq + 1, stream, tx.version(stream) + 1, kind, tx.at_us, NodeId("b"), 0, data)]
        )
    )
