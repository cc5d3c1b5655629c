"""Byte format of a backup: blocks, each preceded by its length, in one gzip stream.

Both parts and both kinds of database use this format: `Begin`, then rows of tables and small files, then
`End`. A file without `End` is truncated. Values of rows have the type of their column, independent of the
database. Pure; `age.py` encrypts and `writer.py` writes.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, Final

import msgspec

from messages.base import MALFORMED
from messages.ids import Instant
from store.errors import TransferError

FORM: Final = 1
_LENGTH: Final = struct.Struct(">I")
_LONGEST: Final = 256 * 2**20
_STEP: Final = 2**20
"""Bytes unpacked at a time."""
_FREELY: Final = 16 * 2**20
_MOST_RATIO: Final = 100
"""The largest ratio of unpacked to read bytes, above `_FREELY`: more is no backup and fills the memory."""
_GZIP: Final = 16 + zlib.MAX_WBITS
_QUICKLY: Final = 1
"""The lowest level: a tenth of the size, in a fifth of the time that reading takes."""


class Part(StrEnum):
    """Part of a backup: each is a file."""

    LASTING = "lasting"
    """Data that is only added to, with personal data encrypted: may be kept for years."""
    KEYS = "keys"
    """Keys of the encrypted data, and data that can be erased: only the newest may be kept."""


class Begin(msgspec.Struct, frozen=True, kw_only=True, tag="begin"):
    """Header of a backup file."""

    part: Part
    origin: str
    """Identity of the journal, equal in both parts of a backup; empty for a journal without events."""
    made_at: Instant
    """Moment of the snapshot, equal in both parts of a backup."""
    node: str
    version: str
    revision: str
    """Schema revision of the tables: a step of the migrations."""
    form: int = FORM
    signed_by: str
    """Fingerprint of the certificate that signs the stream."""


class Rows(msgspec.Struct, frozen=True, kw_only=True, tag="rows"):
    """Some rows of a table, in the table's order."""

    table: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class File(msgspec.Struct, frozen=True, kw_only=True, tag="file"):
    """A small file; its name is a path without `..`."""

    name: str
    content: bytes


class End(msgspec.Struct, frozen=True, kw_only=True, tag="end"):
    """Totals at the end of the stream."""

    rows: dict[str, int]
    """Number of rows by table."""
    digest: str = ""
    """Digest of the events, as computed by `store.journal.verify`."""


Block = Begin | Rows | File | End
_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Block)


def encoded(blocks: Iterable[Block]) -> Iterator[bytes]:
    """Encode the blocks as a compressed stream, in pieces of any length."""
    packer = zlib.compressobj(_QUICKLY, wbits=_GZIP)
    for block in blocks:
        said = _encoder.encode(block)
        if piece := packer.compress(_LENGTH.pack(len(said)) + said):
            yield piece
    yield packer.flush()


class Reader:
    """Decoder of the stream, fed with pieces of any length."""

    def __init__(self) -> None:
        self._unpacker = zlib.decompressobj(_GZIP)
        self._rest = bytearray()
        self._packed = 0
        self._last: Block | None = None

    def feed(self, piece: bytes) -> Iterator[Block]:
        """Yield the blocks completed by this piece. Raises TransferError for damaged or other data."""
        self._packed += len(piece)
        try:
            more = True
            while more:
                unpacked = self._unpacker.decompress(piece, _STEP)
                piece = self._unpacker.unconsumed_tail
                more = bool(piece) or len(unpacked) == _STEP
                self._rest += unpacked
                yield from self._whole()
                if len(self._rest) > max(_FREELY, _MOST_RATIO * self._packed):
                    raise TransferError("is damaged: it unpacks to more than any backup holds")
        except (zlib.error, *MALFORMED) as error:
            raise TransferError(f"is not a backup, or is damaged: {error}") from error

    def _whole(self) -> Iterator[Block]:
        while (size := self._size()) is not None and len(self._rest) >= size:
            block = _decoder.decode(bytes(self._rest[_LENGTH.size : size]))
            del self._rest[:size]
            self._follows(block)
            yield block

    def finish(self) -> None:
        """Check that the stream is complete. Raises TransferError if the stream is cut short."""
        if not isinstance(self._last, End) or self._rest:
            raise TransferError("is cut short")

    def _size(self) -> int | None:
        if len(self._rest) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._rest)
        if length > _LONGEST:
            raise TransferError("is not a backup")
        return _LENGTH.size + int(length)

    def _follows(self, block: Block) -> None:
        if isinstance(block, Begin) is not (self._last is None) or isinstance(self._last, End):
            raise TransferError("is damaged: its blocks are out of order")
        if isinstance(block, Begin) and block.form > FORM:
            raise TransferError(f"was made by a newer version ({block.version})")
        self._last = block
