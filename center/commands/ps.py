"""`ps`: the processes and actors of this state directory, and of the center's other nodes.

The data come from files of the processes themselves, and for other nodes from their descriptions of their
actors.
"""

from __future__ import annotations

import msgspec

from application.errors import NotRunning
from application.options import DEFAULT, Common
from application.state.processes import is_alive
from application.state.state_dir import NodeFile, StateDir, living_web, running
from application.times import rfc3339
from center.node.carrier import living
from messages.ids import Role
from runtime import pidfd
from runtime.clock import boottime_us
from runtime.published.directory import Entry, FileDirectory
from runtime.published.peers import FilePeers, NodeInfo, PeerBook
from runtime.system.birth import logger_of


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A process or an actor. `pid` is a number on its own node's machine."""

    role: str
    key: str
    pid: int
    alert: str | None
    incarnation: int
    node: str
    since: str
    restarts: int


def ps(*, common: Common = DEFAULT) -> None:
    """List the processes and actors of the running center, including its other nodes."""
    rows, peers = all_rows(common.directory), peers_of(common.directory)
    if not rows:
        raise NotRunning(str(common.directory))
    if common.json:
        common.data(rows)
        return
    common.table(
        ("node", "role", "key", "pid", "alert", "inc.", "since", "restarts"),
        [
            (
                row.node,
                row.role,
                row.key,
                str(row.pid),
                row.alert or "",
                str(row.incarnation),
                row.since,
                str(row.restarts),
            )
            for row in rows
        ],
        "no process of the center runs",
    )
    for place in peers.away:
        common.print_line(f"node {place.node} at {place.address} {'has left' if place.left else 'is away'}")


def all_rows(state: StateDir) -> list[Row]:
    """Return all processes and actors here and at the other nodes; empty if no center runs."""
    node = running(state)
    if node is None:
        return []
    return rows_of(state, node) + [row for place in peers_of(state).places for row in _elsewhere(place)]


def peers_of(state: StateDir) -> PeerBook:
    """Return the other nodes as known here; empty for a center of one node."""
    file = FilePeers(state.run)
    return file if file.is_there else PeerBook()


def _elsewhere(place: NodeInfo) -> list[Row]:
    entries = sorted(place.entries, key=lambda entry: (entry.role, entry.key))
    return [_of(entry, place.node) for entry in entries]


def _of(entry: Entry, node: str) -> Row:
    return Row(
        role=entry.role,
        key=entry.key,
        pid=entry.pid,
        alert=entry.alert,
        incarnation=entry.incarnation,
        node=node,
        since=rfc3339(entry.since_us),
        restarts=entry.restarts,
    )


def rows_of(state: StateDir, node: NodeFile) -> list[Row]:
    """Return all that is alive: the node and the processes it started, then the actors by role and key."""
    rows = [_row(Role.NODE, node, node.process.pid, node.since_us, node.incarnation)]
    if node.admin is not None and is_alive(node.admin):
        rows.append(_row(Role.ADMIN, node, node.admin.pid, None, node.admin_restarts + 1))
        if logger := logger_of(state.run)[0]:
            rows.append(_row(Role.LOGGER, node, logger, None, node.logger_restarts + 1))
    if (web := living_web(state)) is not None:
        rows.append(_row(Role.WEB, node, web.process.pid, web.since_us, node.web_restarts + 1))
    if node.web_standby is not None and is_alive(node.web_standby):
        rows.append(_row(Role.WEB_STANDBY, node, node.web_standby.pid, None, 1))
    if (carrier := living(state)) is not None:
        rows.append(_row(Role.CARRIER, node, carrier.pid, None, 1))
    entries = FileDirectory(state.run).read()
    listed = {row.pid for row in rows}
    for entry in sorted(entries, key=lambda entry: (entry.role, entry.key)):
        if entry.role is Role.ADMIN or entry.pid in listed or not pidfd.alive(entry.pid, entry.born):
            continue  # the node reports the admin itself, with its restarts
        rows.append(_of(entry, node.node))
    return rows


def _row(role: Role, node: NodeFile, pid: int, since_us: int | None, incarnation: int) -> Row:
    if since_us is None:
        since_us = boottime_us() + node.anchor_us - _age_us(pid)
    return Row(
        role=role,
        key="",
        pid=pid,
        alert=None,
        incarnation=incarnation,
        node=node.node,
        since=rfc3339(since_us),
        restarts=incarnation - 1,
    )


def _age_us(pid: int) -> int:
    """Return the age of the process, from the kernel's count of ticks, in microseconds."""
    import os

    born_us = pidfd.start_time_of(pid) * 1_000_000 // os.sysconf("SC_CLK_TCK")
    return max(0, boottime_us() - born_us)
