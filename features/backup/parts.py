"""The two parts of a backup, as they are read: whether they go together, what is said where they do not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from application.errors import CenterError, NotFound
from features.backup import age, signed
from features.backup.files import put_back
from features.backup.form import Begin, Block, End, File, Part, Reader, Rows
from features.backup.giving import Giving
from features.backup.standing import keys_of
from store.errors import TransferError

if TYPE_CHECKING:
    from pyrage import Identity


_WITHOUT: Final = (
    "; --keys FILE names another; --without-keys restores the journal with what is personal in it empty, "
    "and nobody registered"
)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be restored."""

    file: Path
    identities: tuple[Identity, ...]
    keys: Path | None
    """The other part, where it is not beside it."""
    signed_by: str
    """The fingerprint of the certificate that must have signed it; empty: nothing is verified."""
    without_keys: bool = False
    journal: str = ""
    """A server's address; empty: a file in the state directory."""


def keys_part(wanted: Wanted) -> Path | None:
    """The file with the keys; None where they are not wanted. Raises NotFound where there is none."""
    if wanted.without_keys:
        return None
    keys = wanted.keys or keys_of(wanted.file)
    if not keys.is_file():
        raise NotFound(f"there is no {keys}{_WITHOUT}")
    return keys


def fits(keys: Path, begin: Begin, wanted: Wanted) -> Begin:
    """Read the head of a file of keys. Raises CenterError where they are not of this backup, or older."""
    try:
        other = begin_of(keys, wanted, Part.KEYS)
    except CenterError as error:
        raise type(error)(f"{error}{_WITHOUT}") from error
    if other.origin != begin.origin:
        raise CenterError(f"{keys} is of another center's journal{_WITHOUT}")
    if other.made_at < begin.made_at:
        older_s = (begin.made_at - other.made_at) // 1_000_000
        raise CenterError(
            f"{keys} is {older_s} s older than {wanted.file}: whoever was erased since would be there "
            f"again, and newer alerts would not open{_WITHOUT}"
        )
    return other


class _Enough(Exception):
    """The first block is all that was wanted."""


def begin_of(path: Path, wanted: Wanted, part: Part) -> Begin:
    """Read the head of a backup file; the rest of the file is not read, and nothing is proved yet.
    Raises CenterError.
    """
    reader = Reader()
    found: list[Block] = []

    def take(piece: bytes) -> None:
        found.extend(reader.feed(piece))
        if found:
            raise _Enough

    try:
        signed.read(path, wanted.identities, take, by=wanted.signed_by, subject=signed.ROWS)
    except _Enough:
        pass
    except TransferError as error:
        raise age.Damaged(f"{path} {error}") from error
    if not found or not isinstance(found[0], Begin):
        raise age.Damaged(f"{path} is no backup")
    if found[0].part is not part:
        raise CenterError(f"{path} is the other part of a backup: FILE and FILE.keys, in this order")
    signed.check_signer(path, found[0].signed_by, wanted.signed_by)
    return found[0]


def pour(
    path: Path, begin: Begin, wanted: Wanted, given: Giving, folder: Path, look: Callable[[], None]
) -> End:
    """All of this file, which has begun so: its rows into the database, its small files into the folder.
    `look` is called with each portion, and ends it by its error. Raises CenterError, JournalError, OSError.
    """
    reader = Reader()
    ends: list[End] = []

    def take(piece: bytes) -> None:
        for block in reader.feed(piece):
            match block:
                case Begin():
                    if block != begin:
                        raise age.Damaged(f"{path} was replaced while it was read")
                    given.begin(block)
                case Rows():
                    given.rows(block)
                    look()
                case File():
                    put_back(folder, block)
                case End():
                    ends.append(block)

    try:
        signed.read(path, wanted.identities, take, by=wanted.signed_by, subject=signed.ROWS)
        reader.finish()
    except TransferError as error:
        raise age.Damaged(f"{path} {error}") from error
    given.end()
    return ends[0]
