"""The commands `backup` and `restore`: a whole center in two encrypted files, and back."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from application.auditing import note
from application.errors import CenterError, SettingsError, UsageError
from application.options import DEFAULT, Common
from application.settings.file import load
from application.settings.where import config_in_use
from application.state.journals import journal_of
from features.backup.settings import BackupSettings

_NOBODY: Final = (
    "a backup holds all personal data and needs a recipient: --to age1… (made by --new-key FILE), "
    "--to 'ssh-ed25519 …', or [backup] to in the settings; --plain writes it without encryption"
)


def backup(
    file: Annotated[Path | None, Parameter(help="File to write; default: [backup] file.")] = None,
    /,
    *,
    to: Annotated[
        tuple[str, ...],
        Parameter(help="Recipient of the backup: age1…, ssh-…, or a file of these; default: [backup] to."),
    ] = (),
    plain: Annotated[bool, Parameter(negative="", help="Write the backup without encryption.")] = False,
    replace: Annotated[
        bool, Parameter(negative="", help="Overwrite FILE even if another program or center made it.")
    ] = False,
    new_key: Annotated[
        Path | None,
        Parameter(
            help="Only make a key in this file; the last line of the output is its recipient, for --to."
        ),
    ] = None,
    common: Common = DEFAULT,
) -> None:
    """Write the whole center, running or not, to FILE, FILE.keys and FILE.recordings."""
    from features.backup import age
    from features.backup.orders import noted
    from features.backup.records import Work
    from features.backup.writer import backup as write
    from store.audit.entry import EVERYBODY, Action

    if new_key is not None:
        print(age.new_identity(new_key.absolute()))
        return
    with noted(common.directory, Work.BACKUP), _in_words():
        config = config_in_use(common.directory)
        settings = load(config)
        file = _file_of(file, BackupSettings.of(settings))
        given = to or (() if plain else BackupSettings.of(settings).to)
        if not given and not plain:
            raise UsageError(_NOBODY)
        with journal_of(common.directory) as journal:
            note(journal, common.directory, Action.EXPORT, (EVERYBODY,), "backup")
        _stand_back()
        report = write(
            common.directory,
            config,
            settings,
            file,
            age.recipients(given),
            to_text="".join(f"{one}\n" for one in given),
            replace=replace,
        )
    for path in report.missing:
        common.warn(f"not in the backup: {path}, which the settings name")
    if report.in_memory:
        common.warn("the disk cannot be written: newer events are only in memory, and not in the backup")
    if plain:
        common.warn("the backup is not encrypted: keep it where no other person can read it")
    if common.json:
        common.data(report)
        return
    common.print_line(
        f"{report.events} events, {report.users} users, {report.operators} operators, {report.recordings} "
        f"recordings ({report.recordings_written} of them new); {report.bytes / 1e6:.1f} MB in "
        f"{report.seconds:.1f} s; digest {report.digest[:16]}"
    )
    common.print_line(
        f"signed by {report.signed_by}: keep this fingerprint elsewhere: a restore on another "
        "machine needs it"
    )


def restore(
    file: Annotated[
        Path | None, Parameter(help="Backup to read; with --check, default: [backup] file.")
    ] = None,
    /,
    *,
    check: Annotated[bool, Parameter(negative="", help="Only test the restore; nothing is kept.")] = False,
    identity: Annotated[
        Path | None,
        Parameter(
            help="Private key file: of age-keygen, of --new-key or of SSH; default: [backup] identity."
        ),
    ] = None,
    keys: Annotated[Path | None, Parameter(help="File of the keys; default: FILE.keys.")] = None,
    without_keys: Annotated[
        bool, Parameter(negative="", help="Restore the journal without its keys: personal data stay empty.")
    ] = False,
    fingerprint: Annotated[
        str,
        Parameter(help="Fingerprint of the center that signed the backup, as backup and doctor print it."),
    ] = "",
    unverified: Annotated[
        bool, Parameter(negative="", help="Accept a backup without a signature, or signed by another center.")
    ] = False,
    journal: Annotated[
        str,
        Parameter(
            help="Empty database to restore to: postgresql://…; default: journal.db in the state directory."
        ),
    ] = "",
    common: Common = DEFAULT,
) -> None:
    """Make a center from a backup in an empty state directory; with --check only try whether this works."""
    from features.backup import age, restoring, signed
    from features.backup.orders import noted
    from features.backup.records import Work
    from features.backup.restoring import RestoreRequest

    if not check and file is None:
        raise UsageError("FILE is missing: securwoman restore FILE --state DIR")
    if unverified and fingerprint:
        raise UsageError("give either --unverified or --fingerprint, not both")
    state = common.directory
    with noted(state, Work.CHECK) if check else nullcontext(), _in_words():
        wish = _wish(common)
        named = identity or (Path(wish.identity) if wish.identity else None)
        wanted = RestoreRequest(
            file=_file_of(file, wish),
            identities=age.identities(named) if named is not None else (),
            keys=keys,
            signed_by="" if unverified else signed.trusted(state, fingerprint),
            without_keys=without_keys,
            journal=journal,
        )
        if not check:
            report = restoring.restore(state, wanted)
        elif state.path.is_dir():
            _stand_back()
            report = restoring.check(state.path, wanted)
            restoring.note_check(state, report)
        else:
            with tempfile.TemporaryDirectory(prefix="securwoman-") as folder:
                report = restoring.check(Path(folder), wanted)
    if unverified:
        common.warn("the signature was not verified: the backup may be of another center")
    if common.json:
        common.data(report)
        return
    common.print_line(
        f"{'could be restored' if check else 'restored'}: {report.events} events, {report.users} users, "
        f"{report.operators} operators, {report.recordings} recordings; made {_ago(report.age_s)} by "
        f"{report.node} ({report.version}); {report.seconds:.1f} s; digest {report.digest[:16]}"
    )
    if without_keys:
        common.print_line("without its keys: personal data are empty, and no user or operator is registered")
    if report.keys_at is not None and report.keys_at > report.made_at:
        common.print_line("the keys are newer than the backup: persons erased meanwhile are not in it")
    if check:
        return
    if report.open_alerts:
        common.print_line(
            f"{report.open_alerts} alerts were open in the backup, and continue when the center starts"
        )
    if report.settings:
        common.print_line(f"its settings: {state.path / 'settings' / 'center.toml'}")


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CenterError(f"{error.filename or 'the disk'}: {error.strerror or error}") from error


def _file_of(given: Path | None, wish: BackupSettings) -> Path:
    if given is None and not wish.file:
        raise UsageError("FILE is missing: securwoman backup FILE, or set [backup] file in the settings")
    return (given if given is not None else Path(wish.file)).absolute()


def _wish(common: Common) -> BackupSettings:
    """Read `[backup]` of the settings; defaults if there are no settings, as on a new machine."""
    try:
        return BackupSettings.of(load(config_in_use(common.directory)))
    except SettingsError:
        return BackupSettings()


def _ago(seconds: int) -> str:
    """Format an age for a person."""
    for unit, name in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds // unit} {name} ago"
    return f"{seconds} seconds ago"


def _stand_back() -> None:
    """Set the lowest scheduling class for this process: alerts come first. Any other process that wakes
    preempts SCHED_IDLE at once. A nice value alone does not achieve this (a nice process keeps its slice of 4
    ms, and an alert is a chain of many wakings).
    """
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
