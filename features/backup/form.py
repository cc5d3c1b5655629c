"""What a backup is as bytes: blocks, each with its length before it, in one gzip stream.

The same for both of its parts and both kinds of database: `Begin`, then rows of tables and small files, then
`End`, without which it was cut short. Values of rows are of their column's type, whichever database they
came from. Pure; encrypting and writing are `age.py` and `writing.py`'s.
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
"""Unpacked at once."""
_FREELY: Final = 16 * 2**20
_MOST_RATIO: Final = 100
"""No backup unpacks to so many times of what was read: what does, above `_FREELY`, would fill the memory."""
_GZIP: Final = 16 + zlib.MAX_WBITS
_QUICKLY: Final = 1
"""The lowest level makes a tenth of it in a fifth of the time that reading takes."""


class Part(StrEnum):
    """Of the two files that a backup is."""

    LASTING = "lasting"
    """What nobody takes back, with what is personal sealed in it: may be kept for years."""
    KEYS = "keys"
    """What opens that, and what can be erased: the newest alone is kept."""


class Begin(msgspec.Struct, frozen=True, kw_only=True, tag="begin"):
    """What it is a backup of."""

    part: Part
    origin: str
    """By which two parts are known to be of one journal; empty for one without events."""
    made_at: Instant
    """The moment of its rows. Both parts of one backup have the same."""
    node: str
    version: str
    revision: str
    """The form of its tables: a step of the migrations."""
    form: int = FORM
    signed_by: str
    """The fingerprint of the certificate that signs the stream."""


class Rows(msgspec.Struct, frozen=True, kw_only=True, tag="rows"):
    """Some rows of a table, in its order."""

    table: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class File(msgspec.Struct, frozen=True, kw_only=True, tag="file"):
    """A small file; its name is a path without `..`."""

    name: str
    content: bytes


class End(msgspec.Struct, frozen=True, kw_only=True, tag="end"):
    """What there was."""

    rows: dict[str, int]
    """Of each table."""
    digest: str = ""
    """Of the events, as `store.journal.verify` has it."""


Block = Begin | Rows | File | End
_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Block)


def encoded(blocks: Iterable[Block]) -> Iterator[bytes]:
    """The stream, in pieces of any length."""
    packer = zlib.compressobj(_QUICKLY, wbits=_GZIP)
    for block in blocks:
        said = _encoder.encode(block)
        if piece := packer.compress(_LENGTH.pack(len(said)) + said):
            yield piece
    yield packer.flush()


class Reader:
    """The way back, fed with pieces of any length."""

    def __init__(self) -> None:
        self._unpacker = zlib.decompressobj(_GZIP)
        self._rest = bytearray()
        self._packed = 0
        self._last: Block | None = None

    def feed(self, piece: bytes) -> Iterator[Block]:
        """The blocks that are whole now. Raises TransferError for what is no backup, or is damaged."""
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
                    raise TransferError("is damaged: it unpacks to more than any backup does")
        except (zlib.error, *MALFORMED) as error:
            raise TransferError(f"is no backup, or is damaged: {error}") from error

    def _whole(self) -> Iterator[Block]:
        while (size := self._size()) is not None and len(self._rest) >= size:
            block = _decoder.decode(bytes(self._rest[_LENGTH.size : size]))
            del self._rest[:size]
            self._follows(block)
            yield block

    def finish(self) -> None:
        """Raises TransferError where there should be more."""
        if not isinstance(self._last, End) or self._rest:
            raise TransferError("is cut short")

    def _size(self) -> int | None:
        if len(self._rest) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._rest)
        if length > _LONGEST:
            raise TransferError("is no backup")
        return _LENGTH.size + int(length)

    def _follows(self, block: Block) -> None:
        if isinstance(block, Begin) is not (self._last is None) or isinstance(self._last, End):
            raise TransferError("is damaged: its blocks are not in their order")
        if isinstance(block, Begin) and block.form > FORM:
            raise TransferError(f"was made by a newer version ({block.version})")
        self._last = block
