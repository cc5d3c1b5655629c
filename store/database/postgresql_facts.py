"""Properties of a PostgreSQL server that a journal depends on; for the doctor."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Final

import msgspec

from store.database.postgresql import PostgresConnection

OLDEST: Final = 130000
"""Oldest supported version; older ones are unmaintained and untested."""
COMMITS: Final = 5


class ServerFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Facts as measured."""

    version: str
    version_num: int
    standby: bool
    """True if the server only follows another and takes no writes."""
    encoding: str
    fsync: bool
    full_page_writes: bool
    synchronous_commit: str
    """Value of the center's sessions before they override `off`."""
    synchronous_standbys: str
    """`synchronous_standby_names`; empty: a commit waits for no standby."""
    connections: int
    """Maximum of connections, without those reserved for superusers."""
    connections_used: int
    address: str
    """Address of the server; a path for a Unix socket."""
    encrypted: bool
    sslmode: str
    changes_events: bool
    """True if the database role of the center could change an event."""
    may_scrub: bool
    """True if the database role of the center can remove erased data from the server's files."""
    commits_s: tuple[float, ...]
    """Durations of real commits, in seconds; empty for a standby."""


def read_server_facts(url: str, *, patience_s: float) -> ServerFacts:
    """Read the facts, with real commits that change nothing. Raises JournalError, StoreMisuse."""
    with closing(PostgresConnection(url, patience_s=patience_s)) as connection:
        said = connection.settings(
            "server_version", "server_version_num", "server_encoding", "fsync", "full_page_writes",
            "synchronous_commit", "synchronous_standby_names", "max_connections",
            "superuser_reserved_connections", "in_hot_standby",
        )  # fmt: skip
        standby = said.get("in_hot_standby", "off") == "on"
        used = connection.clients()
        address, encrypted, sslmode = connection.way()
        changes_events, may_scrub = connection.changes_events(), connection.may_scrub()
        took = []
        for _ in range(0 if standby else COMMITS):
            began = time.perf_counter()
            connection.harden()
            took.append(time.perf_counter() - began)
    return ServerFacts(
        version=said["server_version"],
        version_num=int(said["server_version_num"]),
        standby=standby,
        encoding=said["server_encoding"],
        fsync=said["fsync"] == "on",
        full_page_writes=said["full_page_writes"] == "on",
        synchronous_commit=said["synchronous_commit"],
        synchronous_standbys=said["synchronous_standby_names"],
        connections=int(said["max_connections"]) - int(said["superuser_reserved_connections"]),
        connections_used=used,
        address=address,
        encrypted=encrypted,
        sslmode=sslmode,
        changes_events=changes_events,
        may_scrub=may_scrub,
        commits_s=tuple(took),
    )
