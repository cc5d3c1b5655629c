"""How libpq connects: by the address as it is, and never waiting for ever.

Of several servers the first that takes what is asked for is used, in the order of the address; one that
has just been found is asked first the next time, since a server that lost its power costs two seconds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.string import StrDumperUnknown

from store.dialect import shown
from store.errors import StoreMisuse
from store.query import Row

if TYPE_CHECKING:
    from psycopg.abc import Buffer, PQGen

T = TypeVar("T")

_PORTS: Final = re.compile(r"[0-9,]*")
_PORT: Final = "5432"
_ALIVE: Final[dict[str, str]] = {
    # The kernel's own patience with a peer that has vanished is 15 minutes.
    "connect_timeout": "2",
    "keepalives": "1",
    "keepalives_idle": "2",
    "keepalives_interval": "1",
    "keepalives_count": "2",
    "tcp_user_timeout": "2000",
    "application_name": "securwoman",
    "client_encoding": "UTF8",
}


def conninfo_of(url: str) -> str:
    """As libpq reads it, of `postgresql://…` or `postgresql+psycopg://…`. Raises StoreMisuse."""
    scheme, _, rest = url.partition("://")
    try:
        given = conninfo_to_dict(f"{scheme.partition('+')[0]}://{rest}")
    except psycopg.Error:
        given = {}
    said = {key: str(value) for key, value in given.items() if value is not None}
    if not said or not _PORTS.fullmatch(said.get("port", "")):
        # Not in libpq's words: they repeat what may be a password.
        raise StoreMisuse(f"{shown(url)!r} is no address of a PostgreSQL database")
    if "," in said.get("host", "") or "," in said.get("hostaddr", ""):
        # A standby among them would show what was, and refuse every append.
        said.setdefault("target_session_attrs", "read-write")
    return make_conninfo("", **{**_ALIVE, **said})


class Bounded(psycopg.Connection[Row]):
    """The driver's connection, which waits for ever where a server or a network hangs without an error."""

    answer_s: float | None = None

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """As the driver's, for at most `answer_s`. Raises an OperationalError."""
        return super().wait(gen, interval, self.answer_s if timeout is None else timeout)


class _AnyText(StrDumperUnknown):
    """But for NUL, which PostgreSQL cannot hold: no alert is refused for what a phone calls itself."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", "\ufffd") if "\0" in obj else obj)


def connected(conninfo: str, answer_s: float) -> Bounded:
    """A new connection, each statement of which is its own transaction. Raises psycopg.Error."""
    connection = Bounded.connect(in_order(conninfo), autocommit=True, prepare_threshold=0)
    connection.answer_s = answer_s
    connection.adapters.register_dumper(str, _AnyText)
    _found[conninfo] = (connection.info.host, str(connection.info.port))
    return connection


_found: Final[dict[str, tuple[str, str]]] = {}
"""Which host and port was last connected to, of each address."""


def in_order(conninfo: str) -> str:
    """The same address, with the server that was there the last time first."""
    last = _found.get(conninfo)
    said = conninfo_to_dict(conninfo)
    hosts = str(said.get("host") or "").split(",")
    if last is None or len(hosts) == 1:
        return conninfo
    lists = {key: str(said.get(key) or "").split(",") for key in ("host", "hostaddr", "port")}
    ports = lists["port"] if len(lists["port"]) == len(hosts) else lists["port"] * len(hosts)
    order = sorted(range(len(hosts)), key=lambda place: (hosts[place], ports[place] or _PORT) != last)
    for key, values in lists.items():
        # One port stands for all hosts.
        if len(values) == len(hosts):
            said[key] = ",".join(values[place] for place in order)
    return make_conninfo("", **said)
