"""Settings table `[backup]`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar

from msgspec.structs import replace

from model.feature import FeatureTable
from model.settings import Settings
from model.settings.fields import FilePath, doc


class BackupSettings(FeatureTable, frozen=True, kw_only=True):
    """Backups, described in docs/operations/backup.md; make and keep both keys on another machine."""

    table: ClassVar[str] = "backup"

    file: Annotated[
        FilePath,
        doc(
            "File of the backup",
            "File della copia di sicurezza",
            note='by `securwoman backup`: "/mnt/backup/center.age"; empty: no backup, and no alarm',
        ),
    ] = ""
    to: Annotated[
        tuple[str, ...],
        doc(
            "Recipients who can open it",
            "Destinatari che la possono aprire",
            note='"age1…", "ssh-ed25519 …", or a file with one of these a line',
        ),
    ] = ()
    identity: Annotated[
        FilePath,
        doc(
            "Key for trial restores here",
            "Chiave per le prove di ripristino su questa macchina",
            note="a file; `securwoman restore --check`",
        ),
    ] = ""


def loaded(settings: Settings, beside: Path, faults: list[str]) -> Settings:
    """Resolve the paths of the files in `backup.to` relative to the settings' folder."""
    own = BackupSettings.of(settings)
    to = tuple(one if one.startswith(("age1", "ssh-")) else str(beside / one) for one in own.to)
    return replace(own, to=to).put(settings)
