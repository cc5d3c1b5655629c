"""All data about a person, for that person: a folder with a page to read, the data, and recordings.

Regulation (EU) 2016/679, art. 15 and 20. Data of others are left out: operators appear by their role, and a
recording has only the user's own track.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from application.errors import UsageError
from application.recordings import recordings
from application.templates import render
from application.times import local
from features.privacy.facts import Facts, facts_of, position_in_words, told_outside, without_operators
from media.sound.sound_file import SoundName, take_track
from messages.ids import AlertId, Instant, Party
from model.record import EMPTY, PersonRecord
from store import streams
from store.alerts.erasing import alerts_of
from store.audit.search import entries
from store.journal.history import alerts_with_seq
from store.journal.journal import Journal
from store.registry import devices
from store.registry.people import User
from store.registry.users import records
from store.registry.users.merged import other_ids

PAGE: Final = "index.html"
DATA: Final = "data.json"
SOUND: Final = "recordings"
PICTURES: Final = "pictures"
_TEMPLATE: Final = Path(__file__).with_name("persons_data.html.j2")
_PARTIES: Final = {
    Party.USER: "Lei / you",
    Party.OPERATOR: "un operatore / an operator",
    Party.LISTENER: "un responsabile / a supervisor",
    Party.PSAP: "112",
}


class Sound(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the person's recorded voice."""

    alert: AlertId
    file: str
    sha256: str


class Phone(msgspec.Struct, frozen=True, kw_only=True):
    """An enrolled phone."""

    name: str
    phone: str
    enrolled_at: Instant
    last_alert_at: Instant | None
    checked_on: Instant | None = None
    """Day of the last successful check, as the moment when the day begins."""
    check_days: int | None = None


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """An access to the person's data, with its purpose; the actor is left out."""

    at: Instant
    action: str
    detail: str


class PersonalData(msgspec.Struct, frozen=True, kw_only=True):
    """All stored data of one person. Moments are microseconds since 1970, UTC."""

    made_at: Instant
    person: User
    record: PersonRecord
    pictures: tuple[str, ...]
    """Files of the pictures named by the record, by their ids."""
    phones: tuple[Phone, ...]
    """Enrolled phones."""
    alerts: tuple[Facts, ...]
    """Oldest first, without erased data."""
    recordings: tuple[Sound, ...]
    readings: tuple[Reading, ...]
    """Newest first, as far as the audit goes back."""


def export_person(
    journal: Journal, user: User, kept: Path, recorded: tuple[Party, ...], to: Path
) -> PersonalData:
    """Write the folder `to`, which must not exist; mode 0700, all or nothing.

    `kept`: folder of the recordings; `recorded`: recorded parties, in the order of their tracks. Raises
    UsageError (`to` exists), JournalError, SoundFileFailed, OSError.
    """
    if to.exists():
        raise UsageError(f"{to} exists already: name another folder")
    part = to.with_name(f".{to.name}.{os.getpid()}")
    part.mkdir(mode=0o700, parents=True)
    try:
        alerts = tuple(without_operators(one) for one in _alerts(journal, user))
        data = PersonalData(
            made_at=journal.now_us(),
            person=user,
            record=journal.at_one_moment(lambda connection: records.read_record(connection, user.id)).record,
            pictures=tuple(_pictures(journal, user, part / PICTURES)),
            phones=tuple(_phones(journal, user)),
            alerts=alerts,
            recordings=tuple(_sounds(alerts, kept, recorded, part / SOUND)),
            readings=tuple(_readings(journal, user, alerts)),
        )
        _write(part / DATA, msgspec.json.format(msgspec.json.encode(data)))
        _write(part / PAGE, page(data).encode())
        part.replace(to)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return data


def _alerts(journal: Journal, user: User) -> Iterator[Facts]:
    found = journal.snapshot(partial(alerts_of, known=user))
    for _, alert in reversed(alerts_with_seq(journal, found)):
        facts = facts_of(told_outside(journal.read_streams(streams.inbox(alert), streams.case(alert))))
        if facts is not None:
            yield facts


def _pictures(journal: Journal, user: User, to: Path) -> Iterator[str]:
    kept = journal.at_one_moment(lambda connection: records.read_record(connection, user.id))
    for name in kept.record.pictures:
        found = journal.at_one_moment(partial(records.read_picture, user=user.id, which=name))
        if found is not None:
            to.mkdir(mode=0o700, exist_ok=True)
            file = f"{name}{found.kind.ending}"
            _write(to / file, found.data)
            yield f"{PICTURES}/{file}"


def _phones(journal: Journal, user: User) -> Iterator[Phone]:
    for one in devices.devices_of(journal, user.id):
        yield Phone(
            name=one.name,
            phone=one.phone,
            enrolled_at=one.created_at,
            last_alert_at=one.seen_at,
            checked_on=one.checked_on,
            check_days=one.check_days,
        )


def _readings(journal: Journal, user: User, alerts: Iterable[Facts]) -> Iterator[Reading]:
    ids = (user.id, *other_ids(journal.rows, user.id))
    own = {*map(str, ids), *(one.alert for one in alerts)}
    for entry in entries(journal, subjects=own):
        yield Reading(at=entry.at, action=entry.said.action, detail=entry.said.detail)


def _sounds(alerts: Iterable[Facts], kept: Path, recorded: tuple[Party, ...], to: Path) -> Iterator[Sound]:
    if Party.USER not in recorded:
        return
    own = {one.alert for one in alerts}
    for one in recordings(kept):
        name = SoundName.of(one.file)
        if one.alert not in own or name is None or name.part:
            continue
        to.mkdir(mode=0o700, exist_ok=True)
        target = (to / one.file).with_suffix(".flac")
        take_track(kept / one.file, recorded.index(Party.USER), target)
        yield Sound(alert=one.alert, file=f"{SOUND}/{target.name}", sha256=sha256_of(target))


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of the whole file, as `sha256sum` prints it."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _write(file: Path, content: bytes) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)


def page(data: PersonalData) -> str:
    """Return the data as a self-contained page in HTML, without scripts or network access.

    Every label is in Italian and in English: readers are the person, and helpers of the person.
    """
    return render(
        _TEMPLATE,
        data=data,
        has_record=data.record != EMPTY,
        parties=_PARTIES,
        local=local,
        position_in_words=position_in_words,
    )
