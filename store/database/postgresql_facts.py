"""What a PostgreSQL server says of itself, as far as a journal depends on it; for the doctor."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Final

import msgspec

from store.database.postgresql import PostgresConnection

OLDEST: Final = 130000
"""Older ones are not maintained any more, and nobody has tried them."""
COMMITS: Final = 5


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """As found."""

    version: str
    version_num: int
    standby: bool
    """Whether it only follows another, and takes no writes."""
    encoding: str
    fsync: bool
    full_page_writes: bool
    synchronous_commit: str
    """As our sessions would have it if they did not override `off`."""
    synchronous_standbys: str
    """`synchronous_standby_names`; empty: a commit waits for nobody."""
    connections: int
    """That may be had, without those kept for superusers."""
    connections_used: int
    address: str
    """The server's; a path where it is a Unix socket."""
    encrypted: bool
    sslmode: str
    changes_events: bool
    """Whether our role could change an event."""
    may_scrub: bool
    """Whether what is erased can be made to leave the server's files by our role."""
    commits_s: tuple[float, ...]
    """How long each of some real commits took; empty where it takes none."""


def facts(url: str, *, patience_s: float) -> Facts:
    """Ask, and commit for real, without changing anything. Raises JournalError, StoreMisuse."""
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
    return Facts(
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
