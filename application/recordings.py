"""Folder of recordings: its files, and their deletion, which is always recorded in the alert's inbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from media.sound.sound_file import MENDED, PART, SoundFileFailed, SoundName, mend
from messages.events import AlertErased, RecordingDeleted
from messages.ids import SECOND, AlertId, ErasureReason, Instant
from store import streams
from store.alerts.erasing import is_held
from store.journal import rows
from store.journal.journal import Append, Journal

RETENTION: Final = "retention"
ERASED: Final = "erased"
DAY_US: Final = 86_400 * SECOND


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A recording in the folder."""

    file: str
    alert: AlertId
    bytes: int
    ended_at: Instant
    """Time of the last write."""


def recordings(folder: Path) -> list[Kept]:
    """Return all recordings, including those being written, oldest first. Raises OSError."""
    found: list[Kept] = []
    for path in folder.iterdir() if folder.is_dir() else ():
        name = SoundName.of(path.name)
        if name is not None:
            at = path.stat()
            ended_at = Instant(at.st_mtime_ns // 1000)
            found.append(Kept(file=path.name, alert=AlertId(name.alert), bytes=at.st_size, ended_at=ended_at))
    return sorted(found, key=lambda one: (one.ended_at, one.file))


def whole_of(folder: Path, alert: AlertId) -> list[Kept]:
    """Return the finished recordings of an alert, oldest first. Raises OSError."""
    return [one for one in recordings(folder) if one.alert == alert and not one.file.endswith(PART)]


def expired(files: Iterable[Kept], retention_days: int, now_us: Instant) -> Iterator[Kept]:
    """Return the recordings that exceed their retention."""
    return (one for one in files if now_us - one.ended_at > retention_days * DAY_US)


def mend_all(folder: Path) -> Iterator[Path | SoundFileFailed]:
    """Repair every truncated file; yield its path, or the error of a failed repair. May take long."""
    for half in folder.glob(f"*{MENDED}"):
        half.unlink(missing_ok=True)  # left by a process that died
    for part in sorted(folder.glob(f"*{PART}")):
        try:
            mended = mend(part)
        except SoundFileFailed as error:
            yield error
        else:
            if mended is not None:
                yield mended


def delete(journal: Journal, folder: Path, files: Iterable[Kept], reason: str) -> list[str]:
    """Delete these recordings, each journaled first; return their names. Raises JournalError, OSError."""
    deleted: list[str] = []
    for one in files:
        inbox = streams.inbox(one.alert)
        if journal.version(inbox):
            journal.append(Append(inbox, None, (RecordingDeleted(file=one.file, reason=reason),)))
        (folder / one.file).unlink(missing_ok=True)
        deleted.append(one.file)
    return deleted


def delete_erased(journal: Journal, folder: Path) -> list[str]:
    """Delete the recordings of persons whose data were erased. Raises JournalError, OSError."""
    gone = [one for one in recordings(folder) if _is_erased(journal, one.alert)]
    return delete(journal, folder, gone, ERASED)


def not_held(journal: Journal, files: Iterable[Kept]) -> Iterator[Kept]:
    """Yield the recordings of alerts without a legal hold. Raises JournalError."""
    for one in files:
        if not journal.snapshot(partial(is_held, alert=one.alert)):
            yield one


def _is_erased(journal: Journal, alert: AlertId) -> bool:
    found = rows.events_from(journal.rows(rows.NEWEST_OF_TYPE, streams.inbox(alert), "alert.erased"))
    return any(
        isinstance(one.event, AlertErased) and one.event.reason is ErasureReason.PERSON for one in found
    )
