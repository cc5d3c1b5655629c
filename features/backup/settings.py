"""The table `[backup]` of the settings' file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar

from msgspec.structs import replace

from model.feature import FeatureTable
from model.settings import Settings
from model.settings.fields import FilePath, doc


class BackupSettings(FeatureTable, frozen=True, kw_only=True):
    """See docs/operations/backup.md; both keys are made elsewhere and kept elsewhere."""

    table: ClassVar[str] = "backup"

    file: Annotated[
        FilePath,
        doc(
            "Where the backup is written",
            "Dove si scrive la copia",
            note='by `securwoman backup`: "/mnt/backup/center.age"; empty: nowhere, and no alarm',
        ),
    ] = ""
    to: Annotated[
        tuple[str, ...],
        doc(
            "Who may open it",
            "Chi la può aprire",
            note='"age1…", "ssh-ed25519 …", or a file with one of these a line',
        ),
    ] = ()
    identity: Annotated[
        FilePath,
        doc(
            "Key by which it is tried here",
            "Chiave con cui si prova qui",
            note="a file; `securwoman restore --check`",
        ),
    ] = ""


def loaded(settings: Settings, beside: Path, faults: list[str]) -> Settings:
    """With whole paths of the files that say who may open it."""
    own = BackupSettings.of(settings)
    to = tuple(one if one.startswith(("age1", "ssh-")) else str(beside / one) for one in own.to)
    return replace(own, to=to).put(settings)
