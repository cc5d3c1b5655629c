"""State directory: location of all durable data, its permissions, and its present owner.

    DIR/                  0700
    ├── journal.db        the journal and the registry (SQLite; PostgreSQL is elsewhere)
    ├── keys/             app.key, demo-operator.token, served.pem, authority.pem, signing.pem, 0600 each
    ├── logs/             one file for each process and group
    ├── recordings/       recorded calls, where recording is enabled
    ├── .checking-PID/    a backup during its trial restore
    ├── tiles/            images of a tile server, see `features.maps.tile_server`
    ├── last-run/         files of `run` kept from the last orderly stop
    └── run/              state of a running center: a link into memory, see `application.state.run_dir`
        ├── center.lock   locked by the node for as long as it lives
        ├── node.json web.json carrier.json directory.msgpack
        ├── settings.toml   the settings with which the node has started
        ├── web.sock      the web, for this user's own commands
        ├── notify/
        ├── fallback.*       the fallback journal (`store.fallback.fallback`)
        └── NAME.at NAME.voice    the simulated carrier's ports

The lock is a POSIX record lock: it belongs to one process and not to its forks, ends with that process in any
case, and the kernel knows its holder.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import stat
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from application.errors import StateError, StateInUse
from application.state.processes import ProcessId, is_alive
from runtime.local_http import WEB_SOCKET
from runtime.published.file import publish, published

T = TypeVar("T")

CHECKING: Final = ".checking"
"""Prefix of a folder in the state directory, followed by a process id: a backup that is restored for trial. A
nightly and a manual trial may run at once; a process that ends such a trial deletes its folder.
"""
_FLOCK: Final = "hhqqi4x"
"""`struct flock` of fcntl(2) on 64-bit Linux: type, whence, start, length, pid."""


class NodeFile(msgspec.Struct, frozen=True, kw_only=True):
    """`run/node.json`: data of the running node, written by the node."""

    process: ProcessId
    boot: str
    """Boot id of the machine: start times are relative to this boot."""
    node: str
    version: str
    since_us: int
    anchor_us: int
    """Offset to CLOCK_BOOTTIME that gives every process of the node the time."""
    clock_taken_s: float | None = None
    """Time since this boot at which a node last restarted to read the wall clock again."""
    config: str
    simulation: str | None
    journal: str
    host: str | None = None
    """Value of the command line, as are `port` and `join`."""
    port: int | None = None
    join: tuple[str, ...] = ()
    until_modems: bool = False
    """True if the simulation replaces missing modems: a start with modems goes without it."""
    incarnation: int = 1
    admin: ProcessId | None = None
    admin_restarts: int = 0
    logger_restarts: int = 0
    web_restarts: int = 0
    web_standby: ProcessId | None = None
    """Web process that waits to take over."""


class CarrierFile(msgspec.Struct, frozen=True, kw_only=True):
    """`run/carrier.json` of the simulated carrier, as far as it is used here."""

    pid: int
    control: str = ""
    """Address of its control API, `HOST:PORT`."""


class WebFile(msgspec.Struct, frozen=True, kw_only=True):
    """`run/web.json`: the web process, once it listens."""

    process: ProcessId
    host: str
    port: int
    since_us: int


def _name_of(uid: int) -> str:
    try:
        return f"the user {pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"the user with the number {uid}"


class StateDir:
    """Paths of one state directory, absolute and without links, so that they can be compared."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().resolve()
        self.keys = self.path / "keys"
        self.logs = self.path / "logs"
        self.recordings = self.path / "recordings"
        self.run = self.path / "run"
        self.notify = self.run / "notify"
        self.lock_file = self.run / "center.lock"
        self.node_file = self.run / "node.json"
        self.settings_started = self.run / "settings.toml"
        self.last_run = self.path / "last-run"
        self.web_file = self.run / "web.json"
        self.web_socket = self.run / WEB_SOCKET
        self.served = self.keys / "served.pem"
        self.signing = self.keys / "signing.pem"
        self.carrier_file = self.run / "carrier.json"
        self.directory_file = self.run / "directory.msgpack"

    def __str__(self) -> str:
        return str(self.path)

    @property
    def journal_url(self) -> str:
        """Address of the journal if the settings name none."""
        return f"sqlite:///{self.path / 'journal.db'}"

    def require_access(self) -> None:
        """Check that the path is missing, or is a directory that this process may read. Raises StateError."""
        try:
            status = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise StateError(f"cannot use {self.path}: {error.strerror}") from error
        if not stat.S_ISDIR(status.st_mode):
            raise StateError(f"{self.path} is a file: --state needs a directory")
        if not os.access(self.path, os.R_OK | os.X_OK):
            # The number, for a user without a name: the directory may come from another machine.
            raise StateError(
                f"{self.path} belongs to {_name_of(status.st_uid)}: run the command as this user"
            )

    def create(self) -> None:
        """Create missing folders, for their owner alone. Raises StateError.

        If `run` leads into memory, only the node creates its target; no other process needs the folder.
        """
        here = () if self.run.is_symlink() else (self.run, self.notify)
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            for directory in (self.keys, self.logs, self.recordings, *here):
                directory.mkdir(mode=0o700, exist_ok=True)
            for directory in (self.path, self.keys, *here[:1]):
                if directory.stat().st_mode & 0o077:
                    directory.chmod(0o700)
        except OSError as error:
            raise StateError(f"cannot use {error.filename or self.path}: {error.strerror}") from error

    def require(self) -> None:
        """Check that the state directory exists. Raises StateError."""
        if not self.path.is_dir():
            raise StateError(f"there is no state directory {self.path}")


class Lock:
    """Exclusive lock on the state directory in the machine; ends with this process or with `release`."""

    def __init__(self, state: StateDir) -> None:
        """Take the lock. Raises StateInUse with the holder's pid, or StateError."""
        try:
            self._fd = os.open(state.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StateError(f"cannot open {state.lock_file}: {error.strerror}") from error
        try:
            fcntl.lockf(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._fd)
            raise StateInUse(str(state), holder(state) or 0) from error

    def release(self) -> None:
        """Release the lock; a second call does nothing."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def holder(state: StateDir) -> int | None:
    """Return the pid of the node that runs in this state directory, according to the kernel; None if none
    runs.

    The holder itself must never call this: closing the file would end its own lock (fcntl(2)).
    """
    if not is_own(state):
        return None
    try:
        fd = os.open(state.lock_file, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind, _, _, _, pid = struct.unpack(_FLOCK, fcntl.fcntl(fd, fcntl.F_GETLK, asked))
    finally:
        os.close(fd)
    return None if kind == fcntl.F_UNLCK else int(pid)


def is_own(state: StateDir) -> bool:
    """Return True if `run` and the state directory have the same owner; other users may write beside `run`
    (`application.state.run_dir`).
    """
    try:
        return os.stat(state.run).st_uid == os.stat(state.path).st_uid
    except OSError:
        return False


def running(state: StateDir) -> NodeFile | None:
    """Return the data of the running node; None if no node runs, or it has only just started."""
    pid = holder(state)
    said = read_json(state.node_file, NodeFile)
    if pid is None or said is None or said.process.pid != pid or not is_alive(said.process):
        return None
    return said


def living_web(state: StateDir) -> WebFile | None:
    """Return the data of the listening web of this state directory; None if there is none."""
    said = read_json(state.web_file, WebFile) if is_own(state) else None
    return said if said is not None and is_alive(said.process) else None


def read_json(path: Path, kind: type[T]) -> T | None:
    """Return the file's content; None if the file is missing, truncated or of another version."""
    return published(path, msgspec.json.Decoder(kind).decode)


def write_json(path: Path, value: msgspec.Struct) -> None:
    """Write the file atomically: a reader sees the old or the new content. Raises OSError."""
    publish(path, msgspec.json.format(msgspec.json.encode(value)) + b"\n")


def write_kept(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file durably and atomically: a reader sees the old or the new content. Raises OSError."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "wb") as new:
            new.write(content)
            new.flush()
            if os.geteuid() == 0:
                # The folder's account must be able to read files that root has written there.
                owner = path.parent.stat()
                os.fchown(new.fileno(), owner.st_uid, owner.st_gid)
            os.fsync(new.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def flush_folder(folder: Path) -> None:
    """Make the names in the folder durable. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def default_path(environment: Mapping[str, str]) -> Path:
    """Return the state directory without `--state`: systemd's, else XDG's (basedir-spec)."""
    if given := environment.get("STATE_DIRECTORY"):  # systemd.exec(5); several paths are separated by colons
        return Path(given.split(":")[0])
    base = environment.get("XDG_STATE_HOME", "")
    # The specification requires relative paths to be ignored.
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "state") / "securwoman"


def boot_id() -> str:
    """Return the id of the machine's present boot."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
