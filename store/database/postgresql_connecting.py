"""Connecting to PostgreSQL through libpq, by the unchanged address and with bounded waits.

Of several servers in an address, the first that fulfils the request is used. The last server found is tried
first the next time, since a server without power costs a second.

A server that stays completely silent, for example behind a pulled cable, costs that second once: for a while
after it, this process does not wait for the server again. An actor that waited would be taken for dead.

The module also maps PostgreSQL's errors to `store.errors` (SQLSTATE, appendix A of its manual).
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import psycopg
from psycopg import generators, waiting
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import ConnStatus
from psycopg.types.string import StrDumperUnknown

from store.database.dialect import url_for_display
from store.database.query import Row
from store.errors import (
    JournalError,
    JournalFull,
    JournalLocked,
    JournalReadOnly,
    JournalTorn,
    JournalUnavailable,
    StoreMisuse,
)

if TYPE_CHECKING:
    from psycopg.abc import Buffer, PQGen

T = TypeVar("T")

_PORTS: Final = re.compile(r"[0-9,]*")
_PORT: Final = "5432"
_ALIVE: Final[dict[str, str]] = {
    # The kernel's own timeout for a vanished peer is 15 minutes.
    "keepalives": "1",
    "keepalives_idle": "2",
    "keepalives_interval": "1",
    "keepalives_count": "2",
    "tcp_user_timeout": "1000",
    "application_name": "securwoman",
    "client_encoding": "UTF8",
}


def conninfo_of(url: str) -> str:
    """Return libpq's connection string of `postgresql://…`, `postgresql+psycopg://…`. Raises StoreMisuse."""
    scheme, _, rest = url.partition("://")
    try:
        given = conninfo_to_dict(f"{scheme.partition('+')[0]}://{rest}")
    except psycopg.Error:
        given = {}
    said = {key: str(value) for key, value in given.items() if value is not None}
    if not said or not _PORTS.fullmatch(said.get("port", "")):
        # Not the words of libpq: they may repeat the password.
        raise StoreMisuse(f"{url_for_display(url)!r} is not an address of a PostgreSQL database")
    if "," in said.get("host", "") or "," in said.get("hostaddr", ""):
        # A standby would show old data and refuse every append.
        said.setdefault("target_session_attrs", "read-write")
    return make_conninfo("", **{**_ALIVE, **said})


FIRST_S: Final = 2.0
"""Wait per server, in seconds, for a process without a connection so far: on a busy machine all processes
start at once, and the start may take its time.
"""
AGAIN_S: Final = 1.0
"""Wait per server, in seconds, after the first connection, when actors are at work."""
RESTS_S: Final = 1.0
"""Time, in seconds, for which a silent server is not tried again."""
_SILENT_S: Final = 0.9
"""Seconds after which an error counts as silence: the kernel has given up waiting for an answer."""


class ServerSilent(psycopg.OperationalError):
    """No server has answered: neither with a result nor with a refusal."""


class TimeLimitedConnection(psycopg.Connection[Row]):
    """Connection of the driver with a time limit; the driver alone would wait without a limit for a server or
    network that hangs without an error.
    """

    conninfo: str = ""
    answer_s: float | None = None

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Wait as the driver does, for at most `answer_s`. Raises an OperationalError."""
        _refuse_if_silent(self.conninfo)
        began_s = time.monotonic()
        try:
            return super().wait(gen, interval, self.answer_s if timeout is None else timeout)
        except psycopg.OperationalError as error:
            # Only for a broken connection: a commit may take long on a live server.
            broken = self.pgconn.status != ConnStatus.OK and error.sqlstate is None
            if broken and time.monotonic() - began_s > _SILENT_S:
                _silent_until_s[self.conninfo] = time.monotonic() + RESTS_S
                raise ServerSilent(str(error) or "the server does not answer") from error
            raise


class _AnyText(StrDumperUnknown):
    """Dumper that replaces NUL, which PostgreSQL cannot store: no alert is refused for a phone's name."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", "\ufffd") if "\0" in obj else obj)


def connect(conninfo: str, answer_s: float) -> TimeLimitedConnection:
    """Return a new connection in autocommit mode, a transaction per statement. Raises psycopg.Error."""
    _refuse_if_silent(conninfo)
    connection = _connect(conninfo)
    connection.autocommit, connection.prepare_threshold = True, 0
    connection.conninfo, connection.answer_s = conninfo, answer_s
    connection.adapters.register_dumper(str, _AnyText)
    _found[conninfo] = (connection.info.host, str(connection.info.port))
    return connection


def _connect(conninfo: str) -> TimeLimitedConnection:
    within_s = AGAIN_S if conninfo in _found else FIRST_S
    said: list[str] = []
    silent = True
    for one in _each_server(conninfo_by_last_reachable(conninfo)):
        began_s = time.monotonic()
        try:
            return TimeLimitedConnection(waiting.wait_conn(generators.connect(one), timeout=within_s))
        except psycopg.OperationalError as error:
            waited = time.monotonic() - began_s > _SILENT_S
            silent &= waited
            said.append("the server does not answer" if waited else str(error).strip())
    if silent:
        _silent_until_s[conninfo] = time.monotonic() + RESTS_S
        raise ServerSilent("; ".join(said))
    raise psycopg.OperationalError("; ".join(said))


def _refuse_if_silent(conninfo: str) -> None:
    if time.monotonic() < _silent_until_s.get(conninfo, 0.0):
        raise ServerSilent("the server has not answered a moment ago")


_found: Final[dict[str, tuple[str, str]]] = {}
"""Host and port of the last connection, by address."""
_silent_until_s: Final[dict[str, float]] = {}
"""Monotonic time until which a silent server is not tried again, by address."""


def _each_server(conninfo: str) -> Iterator[str]:
    """Yield the address once per server, each with its own time limit; the driver's limit is for all."""
    said = conninfo_to_dict(conninfo)
    lists = {key: str(said.get(key) or "").split(",") for key in ("host", "hostaddr", "port")}
    for place in range(max(map(len, lists.values()))):
        here = {key: values[place if len(values) > 1 else 0] for key, values in lists.items()}
        yield make_conninfo("", **{**said, **{key: value for key, value in here.items() if value}})


def conninfo_by_last_reachable(conninfo: str) -> str:
    """Return the address with the last reachable server first."""
    last = _found.get(conninfo)
    said = conninfo_to_dict(conninfo)
    hosts = str(said.get("host") or "").split(",")
    if last is None or len(hosts) == 1:
        return conninfo
    lists = {key: str(said.get(key) or "").split(",") for key in ("host", "hostaddr", "port")}
    ports = lists["port"] if len(lists["port"]) == len(hosts) else lists["port"] * len(hosts)
    order = sorted(range(len(hosts)), key=lambda place: (hosts[place], ports[place] or _PORT) != last)
    for key, values in lists.items():
        # A single port applies to all hosts.
        if len(values) == len(hosts):
            said[key] = ",".join(values[place] for place in order)
    return make_conninfo("", **said)


_KINDS: Final[dict[str, type[JournalError]]] = {
    "55P03": JournalLocked,  # lock_not_available
    "40001": JournalLocked,  # serialization_failure
    "40P01": JournalLocked,  # deadlock_detected
    "53100": JournalFull,  # disk_full
    "25006": JournalReadOnly,  # read_only_sql_transaction
    "42501": JournalReadOnly,  # insufficient_privilege
    "42P01": JournalTorn,  # undefined_table: the database was emptied, or belongs to another program
    "XX001": JournalTorn,  # data_corrupted
    "XX002": JournalTorn,  # index_corrupted
}
_OURS: Final = ("21", "22", "23", "26", "34", "42", "54", "P0")
"""SQLSTATE classes that only a defect of the center, or interference from outside, can cause."""
_AGAIN: Final = ("25006", "0A000")
"""States that may differ on another connection: this server is a standby now; a table has another form."""


class MappedError(NamedTuple):
    """Mapped error; `again` is True if the next attempt needs a new connection."""

    error: JournalError | StoreMisuse
    again: bool


def map_error(journal: str, error: psycopg.Error, *, lost: bool) -> MappedError:
    """Map the driver's error to an error of `store.errors`. `lost`: the connection is no longer usable."""
    text = f"{journal}: {_words(error)}"
    state = error.sqlstate or ""
    if isinstance(error, ServerSilent):
        return MappedError(JournalUnavailable(text, silent=True), again=True)
    if lost:
        return MappedError(JournalUnavailable(text), again=True)
    if (kind := _KINDS.get(state)) is not None:
        return MappedError(kind(text), again=state in _AGAIN)
    if state.startswith(_OURS) or isinstance(error, psycopg.DataError | psycopg.ProgrammingError):
        return MappedError(StoreMisuse(text), again=False)
    return MappedError(JournalUnavailable(f"{text} ({state or type(error).__name__})"), again=True)


def _words(error: psycopg.Error) -> str:
    said = error.diag.message_primary or str(error)
    return "; ".join(line.strip() for line in said.splitlines() if line.strip())
