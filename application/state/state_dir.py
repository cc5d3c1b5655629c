"""The state directory: where everything that lasts is, who may read it, and whose it is now.

    DIR/                  0700
    ├── journal.db        the journal and the registry (SQLite; PostgreSQL is elsewhere)
    ├── keys/             app.key, demo-operator.token, served.pem, authority.pem, signing.pem, 0600 each
    ├── logs/             one file for each process and group
    ├── recordings/       voice, where it is recorded
    ├── .checking-PID/    a backup while it is tried
    ├── tiles/            pictures that a tile server gave, see `features.maps.tile_server`
    ├── last-run/         what the last node that was stopped in order has left of `run`
    └── run/              what is true only while a center runs: a link into memory, see
    `application.state.run_dir`
        ├── center.lock   locked by the node for as long as it lives
        ├── node.json web.json carrier.json directory.msgpack
        ├── settings.toml   the settings with which the node has started
        ├── web.sock      the web, for this user's own commands
        ├── notify/
        ├── spare.*       the journal's spare (`store.spare.spare`)
        └── NAME.at NAME.voice    the simulated carrier's ports

The lock is a POSIX record lock: it belongs to one process, not to those it forks, ends with
that process however it ends, and the kernel tells who holds it.
"""

from __future__ import annotations

import fcntl
import os
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
"""In the directory, with the id of the process that is at it: a backup that is restored for trial. The night
and a person may try at the same time; who ends such a process takes away what that has left."""
_FLOCK: Final = "hhqqi4x"
"""`struct flock` of fcntl(2) on 64-bit Linux: type, whence, start, length, pid."""


class NodeFile(msgspec.Struct, frozen=True, kw_only=True):
    """`run/node.json`: the running node, as it says itself."""

    process: ProcessId
    boot: str
    """The machine's boot id: start times are counted from it."""
    node: str
    version: str
    since_us: int
    anchor_us: int
    """What every process of the node adds to CLOCK_BOOTTIME to know the time."""
    clock_taken_s: float | None = None
    """When a node last started again to take the wall clock anew, by the time since this boot."""
    config: str
    simulation: str | None
    journal: str
    host: str | None = None
    """As the command line has it, `port` and `join` as well."""
    port: int | None = None
    join: tuple[str, ...] = ()
    until_modems: bool = False
    """The simulation is what it takes for want of modems: a start with some goes without."""
    incarnation: int = 1
    admin: ProcessId | None = None
    admin_restarts: int = 0
    logger_restarts: int = 0
    web_restarts: int = 0
    web_standby: ProcessId | None = None
    """The web that waits to take the other's place."""


class CarrierFile(msgspec.Struct, frozen=True, kw_only=True):
    """`run/carrier.json`, the simulated carrier's own: what of it is used here."""

    pid: int
    control: str = ""
    """Where its control API listens, `HOST:PORT`."""


class WebFile(msgspec.Struct, frozen=True, kw_only=True):
    """`run/web.json`: the web process, once it listens."""

    process: ProcessId
    host: str
    port: int
    since_us: int


class StateDir:
    """One state directory. Paths are absolute and without links, so that they can be compared."""

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
        """The journal's address where the settings name none."""
        return f"sqlite:///{self.path / 'journal.db'}"

    def create(self) -> None:
        """Makes what is missing, for its owner alone. Raises StateError.

        A `run` that leads into memory is the node's to make; nobody else needs it.
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
        """Raises StateError where no center has ever run here."""
        if not self.path.is_dir():
            raise StateError(f"there is no state directory {self.path}")


class Lock:
    """The state directory, held. Only one in the whole machine; ends with this process or with `release`."""

    def __init__(self, state: StateDir) -> None:
        """Raises StateInUse with the holder's pid, or StateError."""
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
        """Gives it up; nothing happens the second time."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def holder(state: StateDir) -> int | None:
    """The pid of the node that runs in this state directory, as the kernel says; None: none does.

    Never to be asked by the holder itself: closing the file would end its own lock (fcntl(2)).
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
    """Whether `run` is of whom the state directory is; others may write where it lies
    (`application.state.run_dir`).
    """
    try:
        return os.stat(state.run).st_uid == os.stat(state.path).st_uid
    except OSError:
        return False


def running(state: StateDir) -> NodeFile | None:
    """What the node that runs here says of itself; None: none runs, or it has only just begun."""
    pid = holder(state)
    said = read_json(state.node_file, NodeFile)
    if pid is None or said is None or said.process.pid != pid or not is_alive(said.process):
        return None
    return said


def living_web(state: StateDir) -> WebFile | None:
    """Where the web of this state directory listens; None: it does not."""
    said = read_json(state.web_file, WebFile) if is_own(state) else None
    return said if said is not None and is_alive(said.process) else None


def read_json(path: Path, kind: type[T]) -> T | None:
    """The file's content; None where it is absent, cut short or another version's."""
    return published(path, msgspec.json.Decoder(kind).decode)


def write_json(path: Path, value: msgspec.Struct) -> None:
    """Writes the file so that a reader sees the old or the new one, whole. Raises OSError."""
    publish(path, msgspec.json.format(msgspec.json.encode(value)) + b"\n")


def write_kept(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Writes what has to outlast a power cut; a reader sees the old or the new one, whole. Raises OSError."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "wb") as new:
            new.write(content)
            new.flush()
            if os.geteuid() == 0:
                # The folder's account has to read what root has written there.
                owner = path.parent.stat()
                os.fchown(new.fileno(), owner.st_uid, owner.st_gid)
            os.fsync(new.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def flush_folder(folder: Path) -> None:
    """Make the names in it last. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def default_path(environment: Mapping[str, str]) -> Path:
    """Where the state is when `--state` does not say: systemd's, else XDG's (basedir-spec)."""
    if given := environment.get("STATE_DIRECTORY"):  # systemd.exec(5); several are separated by colons
        return Path(given.split(":")[0])
    base = environment.get("XDG_STATE_HOME", "")
    # The specification has relative paths ignored.
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "state") / "securwoman"


def boot_id() -> str:
    """This boot of the machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
