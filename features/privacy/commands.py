"""The commands `user record | export | erase` and `alert dossier`, with or without a running center."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from cyclopts import Parameter

from application.auditing import BY, note
from application.errors import CenterError, UsageError
from application.options import DEFAULT, Alert, Common
from application.people import OneUser, region_of, user_of
from application.settings.in_use import settings_in_use
from application.state.journals import journal_of
from application.times import rfc3339
from messages.ids import AlertId
from runtime.terminal import shown

if TYPE_CHECKING:
    from messages.ids import UserId
    from model.record import PersonRecord
    from store.journal.journal import Transaction
    from store.registry.users.records import StoredRecord


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A record, as `--json` prints it."""

    user: str
    version: int
    changed_at: str | None
    record: msgspec.Raw


def record(
    user: OneUser,
    /,
    *,
    set_: Annotated[
        tuple[str, ...],
        Parameter(
            name="--set", help="FIELD=TEXT, with FIELD a column of the users' CSV file; may be repeated."
        ),
    ] = (),
    file: Annotated[
        Path | None, Parameter(help="JSON file with the whole record, as the API returns it.")
    ] = None,
    photo: Annotated[
        Path | None, Parameter(help="Photo of the user: JPEG, PNG or WebP; an empty file removes the photo.")
    ] = None,
    picture: Annotated[
        tuple[str, ...],
        Parameter(help="NAME=FILE: photo of a dangerous person in the record; may be repeated."),
    ] = (),
    common: Common = DEFAULT,
) -> None:
    """Show a user's record; with options change it. The audit records the access."""
    from store.audit.entry import Action
    from store.errors import RegistryError
    from store.registry.registry import Registry
    from store.registry.users import records

    pairs = dict(_pair(one) for one in set_)
    pictures = {name: _bytes(Path(path)) for name, path in map(_pair, picture)}
    face = None if photo is None else _bytes(photo)
    given = None if file is None else _bytes(file)
    with journal_of(common.directory) as journal:
        region = region_of(common.directory)
        found = user_of(Registry(journal, region=region), user, region)

        def work(tx: Transaction) -> StoredRecord:
            before = records.read_record(tx, found.id).record
            made = _changed(before, given, pairs, region)
            made = _pictured(tx, found.id, made, face, pictures)
            return records.write_record(tx, found.id, made, expected=None, by=BY, region=region)

        if pairs or pictures or face is not None or given is not None:
            try:
                kept = journal.transact(work)
            except (RegistryError, ValueError) as error:
                raise CenterError(f"nothing was changed: {error}") from error
            note(journal, common.directory, Action.CHANGE_PERSON, (found.id,), "record")
        else:
            kept = journal.at_one_moment(lambda connection: records.read_record(connection, found.id))
            note(journal, common.directory, Action.READ_PERSON, (found.id,), "record")
    _show(common, found.id, kept)


def export(
    user: OneUser,
    /,
    *,
    to: Annotated[Path, Parameter(help="Folder to write; it must not exist.")],
    common: Common = DEFAULT,
) -> None:
    """Write all data about a user, for this user: a page to read, the data, and the user's recorded voice."""
    from features.privacy.persons_data import PAGE, export_person
    from store.audit.entry import Action
    from store.registry.registry import Registry

    directory = common.directory
    recorded = settings_in_use(directory).recording.tracks
    with journal_of(directory) as journal:
        region = region_of(directory)
        found = user_of(Registry(journal, region=region), user, region)
        note(journal, directory, Action.EXPORT, (found.id,), "user export")
        given = export_person(journal, found, directory.recordings, recorded, to)
    if common.json:
        common.data({"user": found.id, "to": str(to), "alerts": len(given.alerts)})
        return
    common.print_line(
        f"{found.name or found.id}: {len(given.alerts)} alerts, {len(given.recordings)} recordings"
    )
    common.print_line(str(to / PAGE))


def dossier(
    alert: Alert,
    /,
    *,
    to: Annotated[Path, Parameter(help="PDF file to write; signature and recordings are written beside it.")],
    language: Annotated[
        Literal["it", "en"] | None, Parameter(help="Language of the PDF; default: the center's.")
    ] = None,
    common: Common = DEFAULT,
) -> None:
    """Write the whole story of an alert: a PDF with all events, signed, and its recordings."""
    from features.privacy.dossier import make
    from store.audit.entry import Action

    directory = common.directory
    with journal_of(directory) as journal:
        note(journal, directory, Action.EXPORT, (alert,), "dossier")
        written = language or settings_in_use(directory).language
        made = make(journal, directory, AlertId(alert), to, written)
    if common.json:
        common.data(made)
        return
    for file in (made.file, made.signature, *made.recordings):
        common.print_line(file)
    common.print_line(f"signed by {made.fingerprint}")


def erase(
    user: OneUser,
    /,
    *,
    yes: Annotated[bool, Parameter(negative="", help="Erase without a confirmation.")] = False,
    common: Common = DEFAULT,
) -> None:
    """Erase a user for good: personal data, also in the user's alerts, and recordings of these alerts."""
    from application.state.scrubbing import leave_nothing
    from store.alerts.erasing import erase_person
    from store.audit.entry import Action
    from store.registry.registry import Registry

    with journal_of(common.directory) as journal:
        registry = Registry(journal)
        found = user_of(registry, user, region_of(common.directory))
        if not yes and sys.stdin.isatty():
            asked = shown(f"Erase {found.name} ({found.id}) for good? [y/N] ")
            print(asked, end="", file=sys.stderr, flush=True)
            if sys.stdin.readline().strip().lower() not in ("y", "yes", "s", "sì", "si"):
                raise UsageError("nothing was erased")
        done = erase_person(journal, found.id, by=BY)
        note(journal, common.directory, Action.CHANGE_PERSON, (found.id,), "erased")
        gone, later = leave_nothing(common.directory, journal)
    held = [one.alert for one in done if not one.kinds]
    alerts = [one.alert for one in done if one.kinds]
    if common.json:
        common.data({
            "erased": found.id, "alerts": alerts, "held": held, "recordings": gone, "on_disk_until": later
        })  # fmt: skip
        return
    common.print_line(f"{found.id} is erased, with {len(alerts)} alerts and {len(gone)} recordings")
    if held:
        common.print_line(f"on legal hold, and erased on their release: {', '.join(held)}")
    if later:
        common.print_line(f"deleted data may still be on the disk: {later}")


def _changed(before: PersonRecord, given: bytes | None, pairs: dict[str, str], region: str) -> PersonRecord:
    """Return the record with these changes. Raises FieldRefused, ValueError."""
    from model.record import PersonRecord
    from store.registry.users import records_text

    whole = before if given is None else msgspec.json.decode(given, type=PersonRecord)
    return records_text.change_fields(whole, pairs, region)


def _pictured(
    tx: Transaction, user: UserId, made: PersonRecord, face: bytes | None, pictures: dict[str, bytes]
) -> PersonRecord:
    """Return the record with these pictures added. Raises PictureRefused, RegistryError, UsageError."""
    from store.registry.users.records import add_picture

    if unknown := set(pictures) - {one.name for one in made.dangerous}:
        raise UsageError(f"the record names no dangerous person as {sorted(unknown)[0]}")
    dangerous = tuple(
        msgspec.structs.replace(one, picture=add_picture(tx, user, pictures[one.name]))
        if one.name in pictures
        else one
        for one in made.dangerous
    )
    if face is not None:
        made = msgspec.structs.replace(made, photo=add_picture(tx, user, face) if face else "")
    return msgspec.structs.replace(made, dangerous=dangerous)


def _show(common: Common, user: UserId, kept: StoredRecord) -> None:
    from store.registry.users import records_text

    at = None if kept.changed_at is None else rfc3339(kept.changed_at)
    if common.json:
        raw = msgspec.Raw(msgspec.json.encode(kept.record))
        common.data(Row(user=user, version=kept.version, changed_at=at, record=raw))
        return
    for field, text in records_text.field_texts(kept.record).items():
        common.print_line(f"{field:12} {text}")
    pictures = list(kept.record.pictures)
    common.print_line(f"version {kept.version}, {len(pictures)} pictures" if kept.version else "no record")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"{text}: expected NAME=VALUE")
    return name.strip(), value


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
