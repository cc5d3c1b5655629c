"""A PostgreSQL server of a test's own: private, flushing for real, stopped by pid, with nothing left of it.

It runs as a user of the system where the tests run as root, whom the server refuses to serve.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg

from tests.support.ports import free_port
from tests.waiting import comes_true, wait_until

USER: Final = "securwoman"
STARTS_WITHIN_S: Final = 30.0
_STANDBY: Final = "other"
_OTHERS: Final = ("postgres", "nobody")

_count = itertools.count(1)


def binaries() -> Path | None:
    """The newest server's programs; None where none is installed."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: float(one.parts[-3]), reverse=True
    )
    if found:
        return found[0].parent
    on_path = shutil.which("initdb")
    return None if on_path is None else Path(on_path).resolve().parent


class PostgresServer:
    """One server, with its data in a folder of its own, on a Unix socket and a port of `address`.

    `trusts` is the network from which it may be reached, beside this machine.
    """

    def __init__(self, programs: Path, folder: Path, *, address: str = "127.0.0.1", trusts: str = "") -> None:
        self._trusts: Final = trusts
        self.folder: Final = folder
        self.address: Final = address
        self.port: Final = free_port(address)
        self._programs = programs
        self._process: subprocess.Popen[bytes] | None = None

    # ------------------------------------------------------------------------------------ life

    def make(self, *more: str) -> None:
        """An empty cluster. Its order of letters is a language's, as administrators have it."""
        self._own_folder()
        self._do(
            "initdb", "-D", str(self._data), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync",
            "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US", *more,
        )  # fmt: skip
        self._configure()

    def _own_folder(self) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            account = _account()
            os.chown(self.folder, account.pw_uid, account.pw_gid)

    def _configure(self) -> None:
        with (self._data / "postgresql.auto.conf").open("a") as file:
            file.write(
                f"listen_addresses = '{self.address}'\nport = {self.port}\n"
                f"unix_socket_directories = '{self.folder}'\nfsync = on\nsynchronous_commit = on\n"
                "shared_buffers = 16MB\nmax_connections = 400\nautovacuum = off\nmax_wal_senders = 4\n"
                "restart_after_crash = on\nlog_min_messages = warning\nwal_sender_timeout = 5s\n"
            )
        if self._trusts:
            with (self._data / "pg_hba.conf").open("a") as file:
                file.write(f"host all all {self._trusts} trust\n")

    def start(self) -> None:
        """Until it answers."""
        log = (self.folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                self._as_user(str(self._programs / "postgres"), "-D", str(self._data)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        process = self._process

        def answers() -> bool:
            assert process.poll() is None, (self.folder / "log").read_text()
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                return False
            return True

        assert comes_true(answers, within_s=STARTS_WITHIN_S), (self.folder / "log").read_text()

    def stop(self) -> None:
        """In order; those who are connected are cut off. Again does nothing."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """At once, as by a loss of power: the next start has to recover."""
        self._end(signal.SIGQUIT)

    def restart(self) -> None:
        """Stop, and start."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """Stop it, and leave nothing."""
        self.crash()
        until = time.monotonic() + STARTS_WITHIN_S
        # One of the server's processes may outlive the first by a moment, and write once more.
        while self.folder.exists():
            assert time.monotonic() < until, f"{self.folder} cannot be removed"
            shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, signum: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signum)
        self._process.wait(timeout=STARTS_WITHIN_S)
        self._process = None

    @property
    def pid(self) -> int:
        """Of the server's first process."""
        assert self._process is not None
        return self._process.pid

    # --------------------------------------------------------------------------------- standby

    def standby(self) -> PostgresServer:
        """A second server that has everything as soon as a commit here is acknowledged."""
        other = PostgresServer(
            self._programs, self.folder / "standby", address=self.address, trusts=self._trusts
        )
        other._own_folder()
        self._do(
            "pg_basebackup", "-D", str(other._data), "-R", "-X", "stream", "--checkpoint=fast", "--no-sync",
            "-d", f"host={self.folder} port={self.port} user={USER} application_name={_STANDBY}",
        )  # fmt: skip
        other._configure()
        other.start()
        self.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{_STANDBY}'")
        self.execute("SELECT pg_reload_conf()")
        follows = "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"
        wait_until(lambda: self.execute(follows), within_s=STARTS_WITHIN_S, what="the standby follows")
        return other

    def promote(self) -> None:
        """Let a standby be the server from now on; it waits for no other."""
        self.execute("ALTER SYSTEM SET synchronous_standby_names = ''")
        self.execute("SELECT pg_promote(true, 30)")
        self.execute("SELECT pg_reload_conf()")

    # ------------------------------------------------------------------------------- databases

    def database(self, template: str = "template0") -> str:
        """A new one's name."""
        name = f"test{next(_count)}"
        # As a log of changes: copying files would have the server flush all that it holds, twice.
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log")
        return name

    def dump(self, database: str, *options: str) -> str:
        """As `pg_dump` writes it."""
        return self._do(
            "pg_dump", *options, f"host={self.folder} port={self.port} user={USER} dbname={database}"
        )

    def url(self, database: str = "postgres", **more: str) -> str:
        """Its address over TCP."""
        query = "&".join(f"{key}={value}" for key, value in more.items())
        return f"postgresql://{USER}@{self.address}:{self.port}/{database}" + (f"?{query}" if query else "")

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Do it, and give what it gives."""
        conninfo = f"host={self.folder} port={self.port} user={USER} dbname={database}"
        with psycopg.connect(conninfo, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    # ------------------------------------------------------------------------------------ user

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _do(self, program: str, *arguments: str) -> str:
        command = self._as_user(str(self._programs / program), *arguments)
        done = subprocess.run(
            command, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"
        return done.stdout

    @staticmethod
    def _as_user(*command: str) -> Sequence[str]:
        """The same process, as somebody else, who ends with us however we end."""
        dies = ("setpriv", "--pdeathsig", "SIGQUIT")
        if os.geteuid() != 0:
            return (*dies, *command)
        account = _account()
        return (
            *dies, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", "--", *command
        )  # fmt: skip


def _account() -> pwd.struct_passwd:
    for name in _OTHERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("there is nobody whom a server could run as")


@contextmanager
def server(*, address: str = "127.0.0.1", trusts: str = "") -> Iterator[PostgresServer]:
    """A running server; gone with everything at the end."""
    programs = binaries()
    assert programs is not None, "no PostgreSQL server is installed"
    # Not pytest's folder: that is closed to everybody else, and a socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="securwoman-pg-"))
    made = PostgresServer(programs, folder, address=address, trusts=trusts)
    try:
        made.make()
        made.start()
        yield made
    finally:
        made.remove()
