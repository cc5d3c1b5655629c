"""Restore a backup into an empty state directory, or only verify that this would succeed.

Everything is made in a folder within the directory, verified, and then moved in place, the journal last: an
interrupted restore leaves no center, and the next attempt starts from the beginning.
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
from features.backup.records import BACKUPS_FILE, BackupRecord, backups, backups_said
from features.backup.rows import DatabaseWriter
from features.backup.status import keys_of
from messages.ids import Instant, NodeId
from runtime.clock import SystemClock
from store.database.dialect import url_of
from store.errors import StoreError, TransferError

if TYPE_CHECKING:
    from pyrage import Identity

    from store.journal.verify import JournalVerification


_WITHOUT: Final = (
    "; give another file with --keys FILE, or restore the journal alone with --without-keys: personal data "
    "are then empty, and no user or operator is registered"
)


class RestoreRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Source and options of a restore."""

    file: Path
    identities: tuple[Identity, ...]
    keys: Path | None
    """The keys' part, if not beside the file."""
    signed_by: str
    """Fingerprint of the certificate that must have signed the backup; empty: nothing is verified."""
    without_keys: bool = False
    journal: str = ""
    """Address of a database server; empty: a file in the state directory."""


def keys_part(wanted: RestoreRequest) -> Path | None:
    """Return the keys' file; None for a restore without keys. Raises NotFound if the file is missing."""
    if wanted.without_keys:
        return None
    keys = wanted.keys or keys_of(wanted.file)
    if not keys.is_file():
        raise NotFound(f"there is no {keys}{_WITHOUT}")
    return keys


def fits(keys: Path, begin: Begin, wanted: RestoreRequest) -> Begin:
    """Read the head of a keys' file. Raises CenterError if the keys are of another journal or older."""
    try:
        other = begin_of(keys, wanted, Part.KEYS)
    except CenterError as error:
        raise type(error)(f"{error}{_WITHOUT}") from error
    if other.origin != begin.origin:
        raise CenterError(f"{keys} belongs to another center's journal{_WITHOUT}")
    if other.made_at < begin.made_at:
        older_s = (begin.made_at - other.made_at) // 1_000_000
        raise CenterError(
            f"{keys} is {older_s} s older than {wanted.file}: persons erased since would be restored, and "
            f"newer alerts could not be decrypted{_WITHOUT}"
        )
    return other


class _Enough(Exception):
    """Stops reading after the first block."""


def begin_of(path: Path, wanted: RestoreRequest, part: Part) -> Begin:
    """Read the head of a backup file, without the rest and its signature. Raises CenterError."""
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
        raise age.Damaged(f"{path} is not a backup")
    if found[0].part is not part:
        raise CenterError(f"{path} is the other part of the backup: give FILE first, then FILE.keys")
    signed.check_signer(path, found[0].signed_by, wanted.signed_by)
    return found[0]


def restore_blocks(
    path: Path,
    begin: Begin,
    wanted: RestoreRequest,
    given: DatabaseWriter,
    folder: Path,
    look: Callable[[], None],
) -> End:
    """Restore one file, which starts with `begin`: its rows into the database, its small files into the
    folder. `look` is called after each portion of rows and may stop the restore by an error. Raises
    CenterError, JournalError, OSError.
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
"""Entries allowed in an empty directory: a volume of its own has the second."""
_LEFT_BYTES: Final = 500 * 2**20
"""Disk space that a trial must leave to the center."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a restore or a trial."""

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
    """Time when the keys were written, possibly later than the rest; None for a restore without keys."""
    signed_by: str
    """Fingerprint of the certificate that signed the whole backup; empty: nothing was verified."""


def restore(state: StateDir, wanted: RestoreRequest) -> Report:
    """Make a center from a backup. Raises StateError if the directory is not empty, CenterError, OSError."""
    there = [one.name for one in state.path.iterdir()] if state.path.is_dir() else []
    if set(there) - _NOTHING:
        raise StateError(
            f"{state} is not empty ({', '.join(sorted(there)[:3])}): restore into an empty directory"
        )
    staging = _empty(state.path / RESTORING)
    try:
        report = _made(staging, wanted, into=staging / "recordings")
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    _settle(staging, state, wanted, report)
    return report


def check(folder: Path, wanted: RestoreRequest) -> Report:
    """Restore a backup within this folder, verify the result and remove it. Raises CenterError, OSError."""
    for left in folder.glob(f"{CHECKING}*"):
        if not Path("/proc", left.name.rpartition("-")[2]).is_dir():
            shutil.rmtree(left, ignore_errors=True)
    staging = _empty(folder / f"{CHECKING}-{os.getpid()}")
    try:
        return _made(staging, wanted, into=None)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def note_check(state: StateDir, report: Report) -> None:
    """Record the trial if the backup is one of this center's. Raises OSError."""
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


def _made(staging: Path, wanted: RestoreRequest, into: Path | None) -> Report:
    begun = time.monotonic()
    keys = keys_part(wanted)
    begin = begin_of(wanted.file, wanted, Part.LASTING)
    parts = {wanted.file: begin}
    if keys is not None:
        parts[keys] = fits(keys, begin, wanted)
    url = wanted.journal or url_of(staging / "journal.db")

    def look() -> None:
        if into is None and shutil.disk_usage(staging).free < _LEFT_BYTES:
            raise CenterError(
                f"{staging.parent} has no space for a trial restore: name another directory with --state"
            )

    try:
        given = DatabaseWriter(url)
        with closing(given):
            ends = [restore_blocks(path, one, wanted, given, staging, look) for path, one in parts.items()]
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


def _verified(url: str, digest: str, made: StateDir | None) -> JournalVerification:
    """Verify the restored journal by its digest; enter a restore that stays (`made`) in the audit."""
    from store.audit.entry import EVERYBODY, Action
    from store.journal.journal import Journal
    from store.journal.notify import LocalNotifier
    from store.journal.verify import verify_journal

    clock = SystemClock.anchored().now_us
    journal = Journal.open(url, node=NodeId(host_name()), clock=clock, notify=LocalNotifier())
    try:
        found = verify_journal(journal)
        if found.problems or found.digest != digest:
            told = found.problems[0] if found.problems else "its digest differs from the recorded digest"
            raise age.Damaged(f"the restored journal differs from the backed-up one: {told}")
        if made is not None:
            note(journal, made, Action.IMPORT, (EVERYBODY,), "restored")
    finally:
        journal.close()
    return found


def _settle(staging: Path, state: StateDir, wanted: RestoreRequest, report: Report) -> None:
    """Move everything out of the staging folder, the journal last: without a journal there is no center."""
    made = BackupRecord(
        made_at=report.made_at, events=report.events, bytes=wanted.file.stat().st_size, seconds=0
    )
    try:
        # The new center continues the old one: its next backup may replace this file.
        write_kept(staging / BACKUPS_FILE, backups_said({report.file: made}))
        flush_folder(staging)
        if os.geteuid() == 0:
            # Files owned by root would be unreadable to the center's own account.
            owner = state.path.stat()
            for path in staging.rglob("*"):
                os.chown(path, owner.st_uid, owner.st_gid)
        for path in sorted(staging.iterdir(), key=lambda one: one.name.startswith("journal.db")):
            path.rename(state.path / path.name)
        flush_folder(state.path)
        staging.rmdir()
    except OSError as error:
        raise StateError(f"cannot use {error.filename or state}: {error.strerror}") from error
