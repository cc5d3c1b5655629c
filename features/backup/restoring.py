"""Restores a backup into a state directory without anything in it, or only looks whether it could be.

All is made in a folder of its own within, verified, and only then put in its place, the journal last: what a
death leaves is no center, and the next try begins anew.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from application.auditing import note
from application.errors import CenterError, NotFound, StateError
from application.state.journals import host_name
from application.state.state_dir import CHECKING, StateDir, flush_folder, write_kept
from features.backup import age, recordings, signed
from features.backup.files import CONFIG, put_back
from features.backup.form import Begin, Block, End, File, Part, Reader, Rows
from features.backup.remembered import BACKUPS_FILE, Made, backups, backups_said
from features.backup.rows import Giving
from features.backup.standing import keys_of
from messages.ids import Instant, NodeId
from runtime.clock import SystemClock
from store.database.dialect import url_of
from store.errors import StoreError, TransferError

if TYPE_CHECKING:
    from pyrage import Identity

    from store.journal.verify import Verified


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


RESTORING: Final = ".restoring"
_NOTHING: Final = {RESTORING, "lost+found"}
"""What may be in a directory that counts as empty: a volume of its own has the second."""
_LEFT_BYTES: Final = 500 * 2**20
"""A trial leaves the center this much of its disk."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was restored, or could be."""

    file: str
    made_at: Instant
    version: str
    node: str
    events: int
    open_alerts: int
    users: int
    operators: int
    recordings: int
    digest: str
    age_s: int
    seconds: float
    settings: bool
    keys_at: Instant | None
    """When the keys were written, which may be later than the rest; none: there are none."""
    signed_by: str
    """The fingerprint of the certificate that has signed all of it; empty: nothing was verified."""


def restore(state: StateDir, wanted: Wanted) -> Report:
    """Make a center of it. Raises StateError where the directory has anything in it, CenterError, OSError."""
    there = [one.name for one in state.path.iterdir()] if state.path.is_dir() else []
    if set(there) - _NOTHING:
        raise StateError(
            f"{state} is not empty ({', '.join(sorted(there)[:3])}): a backup goes into a new one"
        )
    staging = _empty(state.path / RESTORING)
    try:
        report = _made(staging, wanted, into=staging / "recordings")
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    _settle(staging, state, wanted, report)
    return report


def check(folder: Path, wanted: Wanted) -> Report:
    """Restore it within this folder, verify, and take it away again. Raises CenterError, OSError."""
    for left in folder.glob(f"{CHECKING}*"):
        if not Path("/proc", left.name.rpartition("-")[2]).is_dir():
            shutil.rmtree(left, ignore_errors=True)
    staging = _empty(folder / f"{CHECKING}-{os.getpid()}")
    try:
        return _made(staging, wanted, into=None)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def note_check(state: StateDir, report: Report) -> None:
    """Remember it, where it is a backup of this center. Raises OSError."""
    known = backups(state.path)
    if (made := known.get(report.file)) is not None:
        now = Instant(time.time_ns() // 1000)
        checked = msgspec.structs.replace(made, checked_at=now, check_seconds=report.seconds)
        write_kept(state.path / BACKUPS_FILE, backups_said({**known, report.file: checked}))


def _empty(staging: Path) -> Path:
    try:
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700, parents=True)
        staging.parent.chmod(0o700)
    except OSError as error:
        raise StateError(f"cannot use {error.filename or staging}: {error.strerror}") from error
    return staging


def _made(staging: Path, wanted: Wanted, into: Path | None) -> Report:
    begun = time.monotonic()
    keys = keys_part(wanted)
    begin = begin_of(wanted.file, wanted, Part.LASTING)
    parts = {wanted.file: begin}
    if keys is not None:
        parts[keys] = fits(keys, begin, wanted)
    url = wanted.journal or url_of(staging / "journal.db")

    def look() -> None:
        if into is None and shutil.disk_usage(staging).free < _LEFT_BYTES:
            raise CenterError(f"{staging.parent} has no room for a trial: --state names another place")

    try:
        given = Giving(url)
        with closing(given):
            ends = [pour(path, one, wanted, given, staging, look) for path, one in parts.items()]
        verified = _verified(url, ends[0].digest, None if into is None else StateDir(staging))
    except StoreError as error:
        raise CenterError(str(error)) from error
    if into is not None:
        into.mkdir(mode=0o700)
    kept = recordings.read_all(wanted.file, wanted.identities, into, wanted.signed_by)
    counts = ends[1].rows if len(ends) > 1 else {}
    return Report(
        file=str(wanted.file),
        made_at=begin.made_at,
        version=begin.version,
        node=begin.node,
        events=verified.events,
        open_alerts=verified.open_alerts,
        users=counts.get("person", 0),
        operators=counts.get("operator", 0),
        recordings=kept,
        digest=verified.digest,
        age_s=int(time.time() - begin.made_at / 1e6),
        seconds=round(time.monotonic() - begun, 3),
        settings=(staging / CONFIG).is_file(),
        keys_at=None if keys is None else parts[keys].made_at,
        signed_by=wanted.signed_by,
    )


def _verified(url: str, digest: str, made: StateDir | None) -> Verified:
    """What is there now; of what is to stay, `made`, it is entered in its audit that it was restored."""
    from store.audit.entry import EVERYBODY, Action
    from store.journal.journal import Journal
    from store.journal.notify import LocalNotifier
    from store.journal.verify import verify

    clock = SystemClock.anchored().now_us
    journal = Journal.open(url, node=NodeId(host_name()), clock=clock, notify=LocalNotifier())
    try:
        found = verify(journal)
        if found.problems or found.digest != digest:
            told = found.problems[0] if found.problems else "its digest is not the one that was written down"
            raise age.Damaged(f"what was restored is not what was backed up: {told}")
        if made is not None:
            note(journal, made, Action.IMPORT, (EVERYBODY,), "restored")
    finally:
        journal.close()
    return found


def _settle(staging: Path, state: StateDir, wanted: Wanted, report: Report) -> None:
    """Everything out of the staging folder, the journal last, without which it is no center."""
    made = Made(made_at=report.made_at, events=report.events, bytes=wanted.file.stat().st_size, seconds=0)
    try:
        # It goes on as that center: its next backup may take this one's place.
        write_kept(staging / BACKUPS_FILE, backups_said({report.file: made}))
        flush_folder(staging)
        if os.geteuid() == 0:
            # Else root would leave the center's own account nothing that it could open.
            owner = state.path.stat()
            for path in staging.rglob("*"):
                os.chown(path, owner.st_uid, owner.st_gid)
        for path in sorted(staging.iterdir(), key=lambda one: one.name.startswith("journal.db")):
            path.rename(state.path / path.name)
        flush_folder(state.path)
        staging.rmdir()
    except OSError as error:
        raise StateError(f"cannot use {error.filename or state}: {error.strerror}") from error
