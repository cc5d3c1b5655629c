"""The doctor's look at a journal in PostgreSQL: whether the server keeps what it promises, and has room."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final

from application.state.state_dir import StateDir, running
from center.doctor.machine.machine import SLOW_FLUSH_S
from model.checks import Finding, fail, ok, warn
from model.settings import Settings

CONNECTIONS_EACH: Final = 2
"""Of every process that has the journal open: one that writes, one that reads and waits for no writer."""
PROCESSES: Final = 9
"""Supervisor, AlertIntake, Identifier, OperatorPool, TrunkPool, OperatorLines, DeadlineWatchdog, Membership,
and the RecordingKeeper."""
WEBS: Final = 2
"""The web, and the one that takes its place."""
COMMANDS: Final = 2
"""The node itself, which writes now and then, and somebody at the command line."""
LISTENERS: Final = 1
_PATIENCE_S: Final = 2.0


def connections_needed(*, live_cases: int, lines: int, nodes: int = 1) -> int:
    """How many connections the server has to allow: a case and a modem each are a process, too."""
    processes = PROCESSES + WEBS + COMMANDS + live_cases + lines
    return nodes * (CONNECTIONS_EACH * processes + LISTENERS)


def database(state: StateDir, settings: Settings | None) -> Iterator[Finding]:
    """Connects, and commits for real; nothing where the journal is a file."""
    from application.state.journals import configured_url
    from store.database.dialect import is_server, shown
    from store.database.postgresql_facts import OLDEST, facts
    from store.errors import StoreError

    node = running(state)
    url = node.journal if node is not None else configured_url(state)
    if not is_server(url):
        return
    try:
        found = facts(url, patience_s=_PATIENCE_S)
    except StoreError as error:
        yield fail("database", str(error))
        return
    what = f"PostgreSQL {found.version} at {shown(url)}"
    if found.version_num < OLDEST:
        yield fail("database", f"{what}: {OLDEST // 10000} or later is needed")
    elif found.standby:
        yield fail("database", f"{what} is a standby and takes no writes; name all servers in journal.url")
    else:
        yield ok("database", what)
    if found.encoding != "UTF8":
        yield fail("database", f"its encoding is {found.encoding}: make the database anew with UTF8")
    for setting, on in (("fsync", found.fsync), ("full_page_writes", found.full_page_writes)):
        if not on:
            yield fail("database", f"{setting} is off: a loss of power loses alerts")
    yield way(found.address, found.sslmode, encrypted=found.encrypted)
    if found.changes_events:
        yield warn("database", "its role could change what was written: let one write that only adds")
    else:
        yield ok("database", "its role adds events, and can change none")
    if not found.may_scrub:
        yield warn("database", "what is erased stays in the server's files until the owner runs VACUUM FULL")
    yield from _commits(found.synchronous_commit, found.synchronous_standbys, found.commits_s)
    if settings is not None:
        yield _room(settings, found.connections, found.connections_used)


def way(address: str, sslmode: str, *, encrypted: bool) -> Finding:
    """Who on the way to the server could read what is written, or be the server."""
    if not address or address.startswith("/") or ip_address(address).is_loopback:
        return ok("database", "it is reached on this machine")
    if not encrypted:
        return fail("database", f"{address} is reached without TLS (sslmode={sslmode}): use verify-full")
    if sslmode != "verify-full":
        text = f"by TLS, and whoever is on the way can be the server (sslmode={sslmode}): use verify-full"
        return warn("database", text)
    return ok("database", "by TLS, the server's name verified")


def _commits(promised: str, standbys: str, took_s: tuple[float, ...]) -> Iterator[Finding]:
    if promised == "off":
        yield warn("database", "synchronous_commit is off: overridden by us, and wrong for all others")
    if took_s:
        median_ms = statistics.median(took_s) * 1000
        text = f"a commit takes {median_ms:.1f} ms (longest of {len(took_s)}: {max(took_s) * 1000:.1f} ms)"
        slow = median_ms > SLOW_FLUSH_S * 1000
        yield warn("database", f"{text}: slow") if slow else ok("database", text)
    if not standbys:
        yield warn("database", "no synchronous standby: with this server's disk the journal is lost")
    elif promised in ("local", "off"):
        yield warn("database", f"synchronous_commit is {promised}: no commit waits for {standbys}")
    else:
        yield ok("database", f"a commit waits for {standbys} ({promised})")


def _room(settings: Settings, allowed: int, used: int) -> Finding:
    needed = connections_needed(live_cases=settings.limits.live_cases, lines=len(settings.modem))
    text = f"{allowed} connections may be had, {used} are in use; a node needs {needed}"
    return fail("database", f"{text}: raise max_connections") if allowed < needed else ok("database", text)
