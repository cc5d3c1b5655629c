"""Write a backup of a center, running or not: two files of one moment, and its recordings.

`FILE` may be kept for years; `FILE.keys` has the data that can be erased and the keys to the rest, and only
its newest version may be kept (README.md, Reasons). The keys' file is installed
first: a process death between the two leaves an older `FILE` with newer keys, a valid pair.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from application.errors import CenterError, StateError, UsageError
from application.state.journals import goes_on, journal_of
from application.state.state_dir import StateDir, write_kept
from application.version import version
from features.backup import age, recordings, signed
from features.backup.files import files_of
from features.backup.form import Begin, Block, End, File, Part, encoded
from features.backup.records import BACKUPS_FILE, BackupRecord, Backups, backups, backups_said
from features.backup.rows import blocks, origin_of
from features.backup.status import keys_of
from messages.ids import Instant
from model.settings import Settings
from store.database.migrate import REVISION

if TYPE_CHECKING:
    from pyrage import Recipient

    from application.signature import Signer
    from store.database.dialect import Connection


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a backup."""

    file: str
    made_at: Instant
    events: int
    users: int
    operators: int
    recordings: int
    recordings_written: int
    bytes: int
    seconds: float
    digest: str
    signed_by: str
    """Fingerprint of the certificate that signed the backup, required for a restore on another machine."""
    in_memory: bool
    """The disk cannot be written; events since that failure are in memory, and not in this backup."""
    missing: tuple[str, ...]
    """Files named by the settings and not in the backup."""


def backup(
    state: StateDir,
    config: Path,
    settings: Settings,
    file: Path,
    to: Sequence[Recipient],
    *,
    to_text: str,
    replace: bool = False,
) -> Report:
    """Write a backup; the old backup stays until the new one is complete. Raises CenterError, OSError."""
    begun = time.monotonic()
    if not file.parent.is_dir():
        raise StateError(f"there is no folder {file.parent}: check that its disk is mounted")
    known = backups(state.path)
    if file.exists() and str(file) not in known and not replace:
        raise UsageError(
            f"{file} is not this center's own: it may be all that is left of another one: "
            "move the file away, or repeat with --replace"
        )
    signer = signed.signer_of(state)  # before the files are collected, since its key is one of them
    files, missing = files_of(state, config, settings)
    in_memory = goes_on(state)
    made_at = Instant(time.time_ns() // 1000)
    size, ends = _write_parts(state, file, to, made_at, files, signer)
    for path in (keys_of(file), file):
        age.put_in_place(path)
    made = BackupRecord(
        made_at=made_at,
        events=ends[Part.LASTING].rows["event"],
        bytes=size,
        seconds=round(time.monotonic() - begun, 3),
    )
    try:
        kept, written = recordings.write_all(state.recordings, file, to, to_text, signer)
    except (CenterError, OSError):
        if str(file) not in known and not in_memory:
            _note(state, known, file, made)  # without it the next backup would refuse the file as foreign
        raise
    report = Report(
        file=str(file),
        made_at=made_at,
        events=made.events,
        users=ends[Part.KEYS].rows["person"],
        operators=ends[Part.KEYS].rows["operator"],
        recordings=kept,
        recordings_written=written,
        bytes=size,
        seconds=round(time.monotonic() - begun, 3),
        digest=ends[Part.LASTING].digest,
        signed_by=signer.fingerprint,
        in_memory=in_memory,
        missing=tuple(map(str, missing)),
    )
    if not in_memory:
        _note(state, known, file, msgspec.structs.replace(made, seconds=report.seconds))
    return report


def _write_parts(
    state: StateDir,
    file: Path,
    to: Sequence[Recipient],
    made_at: Instant,
    files: dict[Part, list[File]],
    signer: Signer,
) -> tuple[int, dict[Part, End]]:
    ends: dict[Part, End] = {}

    def ended(part: Part, told: Iterator[Block]) -> Iterator[Block]:
        for block in told:
            if isinstance(block, End):
                ends[part] = block
            yield block

    with journal_of(state, disk=True) as journal:

        def write(connection: Connection) -> int:
            origin = origin_of(connection)
            written: dict[Path, int] = {}
            for part, path in ((Part.KEYS, keys_of(file)), (Part.LASTING, file)):
                begin = Begin(
                    part=part,
                    origin=origin,
                    made_at=made_at,
                    node=journal.node,
                    version=version(),
                    revision=REVISION,
                    signed_by=signer.fingerprint,
                )
                told = encoded(ended(part, blocks(connection, begin, files[part])))
                try:
                    written[path] = age.write(path, signed.signed(told, signer, signed.ROWS), to)
                except BaseException:
                    for half in written:
                        age.discard(half)
                    raise
            return sum(written.values())

        return journal.at_one_moment(write), ends


def _note(state: StateDir, known: Backups, file: Path, made: BackupRecord) -> None:
    before = known.get(str(file))
    if before is not None:
        made = msgspec.structs.replace(made, checked_at=before.checked_at, check_seconds=before.check_seconds)
    record = state.path / BACKUPS_FILE
    there = {path: one for path, one in known.items() if Path(path).exists()}
    try:
        write_kept(record, backups_said({**there, str(file): made}))
    except OSError as error:
        raise CenterError(f"{record}: {error.strerror}; the backup itself is whole") from error
