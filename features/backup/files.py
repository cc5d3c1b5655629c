"""Small files of a backup: settings, files named by the settings, and keys; reading and restoring them."""

from __future__ import annotations

from collections.abc import Iterator
from errno import EEXIST, EINVAL, EISDIR, ELOOP, ENAMETOOLONG, ENOTDIR
from pathlib import Path, PurePosixPath
from typing import Final

from application.state.state_dir import StateDir, write_kept
from features.backup.age import Damaged
from features.backup.form import File, Part
from model.settings import Settings

SETTINGS: Final = "settings"
KEYS: Final = "keys"
_OF_THE_NAME: Final = frozenset((EEXIST, EISDIR, ELOOP, ENAMETOOLONG, ENOTDIR, EINVAL))
"""Errors of the operating system about a name, not about a disk: too long, or both a file and a folder."""
CONFIG: Final = f"{SETTINGS}/center.toml"


def files_of(state: StateDir, config: Path, settings: Settings) -> tuple[dict[Part, list[File]], list[Path]]:
    """Return the small files of each part, and the files named by the settings that cannot be included. A
    file cannot be included if it lies outside the settings' folder or is unreadable.
    """
    beside = config.resolve().parent
    found: dict[Part, list[File]] = {
        Part.LASTING: [File(name=CONFIG, content=config.read_bytes())],
        Part.KEYS: [],
    }
    missing: list[Path] = []
    for part, path in _named(settings):
        try:
            name = f"{SETTINGS}/{path.resolve().relative_to(beside)}"
            found[part].append(File(name=name, content=path.read_bytes()))
        except (OSError, ValueError):
            missing.append(path)
    for path in sorted(state.keys.iterdir()) if state.keys.is_dir() else ():
        # The served certificate is made at each start from the settings' own certificate. The head of the
        # audit comes from the restored database, which is older than the head in the file.
        left = path in (state.served, state.keys / "audit.head") or path.name.startswith(".")
        if path.is_file() and not left:
            found[Part.KEYS].append(File(name=f"{KEYS}/{path.name}", content=path.read_bytes()))
    return found, missing


def _named(settings: Settings) -> Iterator[tuple[Part, Path]]:
    for route in settings.psap.route:
        yield Part.LASTING, Path(route.area_file)
    for name in filter(None, (settings.http.certificate, settings.http.key)):
        yield Part.KEYS, Path(name)
    for name in filter(None, (modem.pin_file for modem in settings.modem)):
        yield Part.KEYS, Path(name)


def put_back(folder: Path, file: File) -> None:
    """Write the file below `folder`, readable by its owner alone. Raises Damaged if the name is invalid or
    leads outside, OSError if the disk fails.
    """
    name = PurePosixPath(file.name)
    known = len(name.parts) > 1 and name.parts[0] in (SETTINGS, KEYS)
    if not known or name.is_absolute() or ".." in name.parts or not file.name.isprintable():
        raise Damaged(f"{file.name[:100]!r} is not a file of a backup")
    target = folder / name
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_kept(target, file.content)
    except OSError as error:
        if error.errno not in _OF_THE_NAME:
            raise
        raise Damaged(f"{file.name[:100]!r} is not a file of a backup: {error.strerror}") from error
