"""`run/` of a state directory, in memory: what the processes of a node need of each other needs no disk.

`STATE/run` is a link to a folder of our own in /dev/shm, named after the user and the state directory.
An orderly stop takes the folder away, but for what is kept in `last-run`, and leaves the link; a node that
was killed, or could not bring the journal back to its disk, leaves both for the next.
Others may write to /dev/shm: a folder that is not ours alone is not used. Where there is no file system in
memory, `run` is a plain folder, and a full disk stops what it always stopped.
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
from store.spare.spare import Spare

MEMORY: Final = Path("/dev/shm")


_KEPT: Final = ("node.json", FILE_NAME)
"""Where the journal was, and the incarnations, which only grow."""


def place(state: StateDir) -> Path:
    """Where this state directory's `run` is in memory."""
    name = hashlib.sha256(os.fsencode(state.path)).hexdigest()[:16]
    return MEMORY / f"securwoman-{os.geteuid()}-{name}"


def prepare(state: StateDir) -> None:
    """Make `run`, in memory if that can be; for a node that is about to start. Raises StateError.

    What a node has left in a plain folder, while it could not be in memory, is taken along: its carrier may
    still run.
    """
    target = place(state)
    try:
        if holder(state) is None and _is_in_memory(MEMORY):
            _lead_into(state.run, target)
        _restore(state)
        state.notify.mkdir(mode=0o700, parents=True, exist_ok=True)
        Spare.make(state.run)
    except OSError as error:
        raise StateError(f"cannot use {error.filename or state.run}: {error.strerror}") from error


def remove(state: StateDir) -> bool:
    """Take the folder in memory away, if `run` leads there. Nobody of this node may live any more.

    False where it has to stay: the spare is in use, and what it holds is nowhere else.
    """
    target = place(state)
    if not state.run.is_symlink() or not _is_ours(target):
        return True
    if _is_needed(target):
        return False
    # A full disk must not keep memory from being given back.
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
        # Of a state directory of this name that is no more.
        shutil.rmtree(target)
    with contextlib.suppress(FileExistsError):
        target.mkdir(mode=0o700)
    if not _is_ours(target):
        if run.is_symlink():
            # Since the last boot somebody else has made what the link leads to.
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
    """Sockets cannot be copied, and nobody listens to them."""
    return [name for name in names if not (Path(folder) / name).is_file() and not _is_link(folder, name)]


def _is_link(folder: str, name: str) -> bool:
    return (Path(folder) / name).is_symlink()


def _is_needed(target: Path) -> bool:
    """Whether what it holds of the journal is nowhere else."""
    spare = Spare.at(target)
    return spare is not None and spare.in_use


def _is_ours(folder: Path) -> bool:
    """Whether it is a folder, no link, and nobody else can enter it."""
    try:
        status = os.lstat(folder)
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077


def _is_in_memory(folder: Path) -> bool:
    """Whether it is the root of a file system in memory that we may write to."""
    try:
        mounts = Path("/proc/self/mounts").read_text()
    except OSError:
        return False
    kinds = {words[1]: words[2] for line in mounts.splitlines() if len(words := line.split(" ")) > 2}
    return kinds.get(str(folder)) == "tmpfs" and os.access(folder, os.W_OK | os.X_OK)
