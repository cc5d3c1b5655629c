"""Rows of the journal and files that this version cannot read, written by hand."""

from __future__ import annotations

from typing import Final

import msgspec

from messages.ids import NodeId
from store.journal.journal import Journal

DAMAGED: Final = b"\xc1\x00"
"""No MessagePack."""
GARBAGE: Final = {
    "nothing": b"",
    "cut short": b"\x81\xa7entries",
    "no form at all": b"\xc1 nothing",
    "another type": b"\x93\x01\x02\x03",
    "text that is not UTF-8": b"\x81\xacincarnations\x81\xa3\xff\xfe\xfd\x01",
    "a length beyond the end": b"\x81\xacincarnations\xdf\xff\xff\xff\xff",
    "nested too deep": b"\x81\xa1x" + b"\x91" * 100_000,
    "JSON: another type": b"[1, 2]",
    "JSON: cut short": b'{"line": "a',
    "JSON: text that is not UTF-8": b'{"line": "\xff\xfe", "name": "\xff\xfe", "at": "\xff", "boot": "\xff"}',
    "JSON: another encoding": '{"line": "a"}'.encode("utf-16"),
    "JSON: nested too deep": b'{"x": ' + b"[" * 100_000,
    "JSON: a number beyond all": b'{"version": 1' + b"0" * 5000 + b"}",
    "too long": bytes(17 << 20),
}
"""What a file or a row may hold after a fault of the disk, the memory or another version."""


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
