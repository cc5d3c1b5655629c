"""`run/` of a state directory, in memory: data that the processes of a node share without a disk.

`STATE/run` is a link to a folder in /dev/shm that belongs to the center's account, named after the user and
the state directory. An orderly stop deletes the folder, except for the files copied to `last-run`, and leaves
the link. A node that was killed, or could not bring the journal back to its disk, leaves both for the next.

Other users may write to /dev/shm: a folder that other users could change is not used. Without a file system
in memory, `run` is a plain folder, and a full disk then stops the parts that need it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
from pathlib import Path
from typing import Final

from application.errors import StateError
from application.state.state_dir import StateDir, holder
from runtime.published.directory import FILE_NAME
from store.fallback.fallback import Fallback

MEMORY: Final = Path("/dev/shm")


_KEPT: Final = ("node.json", FILE_NAME)
"""Files kept after a stop: the location of the journal, and the incarnations, which only grow."""


def place(state: StateDir) -> Path:
    """Return the folder in memory of this state directory's `run`."""
    name = hashlib.sha256(os.fsencode(state.path)).hexdigest()[:16]
    return MEMORY / f"securwoman-{os.geteuid()}-{name}"


def prepare(state: StateDir) -> None:
    """Make `run`, in memory if possible; for a node that is about to start. Raises StateError.

    The content of a plain folder, left by a node that could not use memory, is moved along: its carrier may
    still run.
    """
    target = place(state)
    try:
        if holder(state) is None and _is_in_memory(MEMORY):
            _lead_into(state.run, target)
        _restore(state)
        state.notify.mkdir(mode=0o700, parents=True, exist_ok=True)
        Fallback.make(state.run)
    except OSError as error:
        raise StateError(f"cannot use {error.filename or state.run}: {error.strerror}") from error


def remove(state: StateDir) -> bool:
    """Delete the folder in memory if `run` leads there. No process of this node may be alive.

    Return False if the folder must stay: the fallback is in use, and holds the only copy of its data.
    """
    target = place(state)
    if not state.run.is_symlink() or not _is_ours(target):
        return True
    if _is_needed(target):
        return False
    # A full disk must not prevent the release of memory.
    with contextlib.suppress(OSError):
        state.last_run.mkdir(mode=0o700, exist_ok=True)
        for name in _KEPT:
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(target / name, state.last_run / name)
    shutil.rmtree(target, ignore_errors=True)
    return True


def _restore(state: StateDir) -> None:
    for name in _KEPT:
        if not (state.run / name).exists():
            with contextlib.suppress(OSError):
                shutil.copyfile(state.last_run / name, state.run / name)


def _lead_into(run: Path, target: Path) -> None:
    if not run.is_symlink() and _is_ours(target) and not _is_needed(target):
        # Left by a deleted state directory of this name.
        shutil.rmtree(target)
    with contextlib.suppress(FileExistsError):
        target.mkdir(mode=0o700)
    if not _is_ours(target):
        if run.is_symlink():
            # Since the last boot another user has created the target of the link.
            run.unlink()
            run.mkdir(mode=0o700)
        return
    if run.is_symlink() and os.readlink(run) == str(target):
        return
    part = run.with_name(f".run.{os.getpid()}")
    os.symlink(target, part)
    try:
        if run.is_dir() and not run.is_symlink():
            shutil.copytree(run, target, symlinks=True, dirs_exist_ok=True, ignore=_what_is_no_file)
            shutil.rmtree(run)
        part.replace(run)
    finally:
        part.unlink(missing_ok=True)


def _what_is_no_file(folder: str, names: list[str]) -> list[str]:
    """Return the names to skip in a copy: sockets cannot be copied, and have no listeners."""
    return [name for name in names if not (Path(folder) / name).is_file() and not _is_link(folder, name)]


def _is_link(folder: str, name: str) -> bool:
    return (Path(folder) / name).is_symlink()


def _is_needed(target: Path) -> bool:
    """Return True if the folder holds the only copy of a part of the journal."""
    fallback = Fallback.at(target)
    return fallback is not None and fallback.in_use


def _is_ours(folder: Path) -> bool:
    """Return True if it is a folder, no link, and accessible to no other user."""
    try:
        status = os.lstat(folder)
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077


def _is_in_memory(folder: Path) -> bool:
    """Return True if it is the root of a writable file system in memory."""
    try:
        mounts = Path("/proc/self/mounts").read_text()
    except OSError:
        return False
    kinds = {words[1]: words[2] for line in mounts.splitlines() if len(words := line.split(" ")) > 2}
    return kinds.get(str(folder)) == "tmpfs" and os.access(folder, os.W_OK | os.X_OK)
