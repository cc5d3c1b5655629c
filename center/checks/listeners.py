"""Check of every socket on which the center listens: its reach and its protection, from proc(5)."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import stat
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from application.checks import CheckCondition, check_row
from application.state.processes import marked
from application.state.state_dir import CarrierFile, NodeFile, StateDir, living_web, read_json
from center.node.carrier import living
from gateways.http.settings import WebSettings
from messages.rows import Sentence
from model.checks import Finding, fail, ok, warn
from runtime.published.voice_files import host_and_port, voice_gate_of

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_TABLES: Final = (("tcp", 4, "0A"), ("tcp6", 6, "0A"), ("udp", 4, "07"), ("udp6", 6, "07"))
"""Protocol, IP version, and state of a socket that accepts data from any sender."""
_SOCKET: Final = re.compile(r"socket:\[(\d+)\]")


class Listener(NamedTuple):
    """A socket that accepts data from any sender within reach."""

    protocol: str
    """`tcp` or `udp`."""
    address: Address
    port: int


def listening(pids: Iterable[int]) -> dict[Listener, int]:
    """Return the sockets on which these processes listen, each with one of its processes."""
    all_sockets: dict[str, Listener] = {}
    for name, version, state in _TABLES:
        all_sockets |= _table(name, version, state)
    found = {}
    for pid in pids:
        for inode in _sockets_of(pid):
            if (where := all_sockets.get(inode)) is not None:
                found[where] = pid
    return found


def exposure(address: Address) -> str:
    """Return the reach of the address in words."""
    if address.is_loopback:
        return "this machine"
    if address.is_unspecified:
        return "every network of this machine"
    return "a private network" if address.is_private or address.is_link_local else "the internet"


def _sockets_of(pid: int) -> Iterator[str]:
    try:
        descriptors = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return
    for fd in descriptors:
        with suppress(OSError):  # closed meanwhile, such as the descriptor of this listing
            if match := _SOCKET.fullmatch(os.readlink(f"/proc/{pid}/fd/{fd}")):
                yield match[1]


def _table(name: str, version: int, state: str) -> dict[str, Listener]:
    """Return the local address by inode, for sockets in this state."""
    try:
        lines = Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    except OSError:
        return {}
    found: dict[str, Listener] = {}
    for line in lines:
        fields = line.split()
        if fields[3] != state:
            continue
        host, _, port = fields[1].partition(":")
        # Each word of the address is in this machine's byte order.
        words = [int(host[i : i + 8], 16) for i in range(0, len(host), 8)]
        packed = struct.pack(f"={len(words)}I", *words)
        family = socket.AF_INET if version == 4 else socket.AF_INET6
        address = ipaddress.ip_address(socket.inet_ntop(family, packed))
        found[fields[9]] = Listener(name.removesuffix("6"), address, int(port, 16))
    return found


WEB: Final = "the web, {by}; a request needs an app key, a session or a token"
FIGURES: Final = "statistics and the interface's description, no personal data"
ACTORS: Final = (
    "the actors; the kernel drops what lacks their mark, what is not proved (HMAC-SHA256) is not unpickled; "
    "not encrypted"
)
VOICES: Final = "voices for other nodes, which prove that they know the nodes' secret; not encrypted"
CARRIER: Final = "the simulated carrier's control, open to this machine: for tests only"
_BETWEEN_NODES: Final = (ACTORS, VOICES)


def listeners(state: StateDir, node: NodeFile | None) -> Iterator[Finding]:
    """Report each kind of listening socket of the running center. An unknown socket is a failure."""
    if node is None:
        return
    pids = [process.pid for process in marked(state.path)]
    if (carrier := living(state)) is not None:
        pids.append(carrier.pid)
    yield from found(listening(pids), _known(state))
    yield _unix_sockets(state.run)


def found(sockets: Iterable[Listener], known: Mapping[str, str]) -> Iterator[Finding]:
    """Report the sockets. `known` has the purpose of TCP sockets by `HOST:PORT`; UDP belongs to the actors
    only.
    """
    kinds: dict[tuple[str, str], list[Listener]] = defaultdict(list)
    for one in sockets:
        what = ACTORS if one.protocol == "udp" else known.get(host_and_port(str(one.address), one.port), "")
        kinds[what, str(one.address)].append(one)
    for (what, host), those in sorted(kinds.items()):
        address = those[0].address
        where = f"{those[0].protocol} {host_and_port(host, those[0].port)}"
        if len(those) > 1:
            where = f"{len(those)} {those[0].protocol} ports of {host}"
        text = f"{where}, {exposure(address)}: {what or 'an unknown socket'}"
        private = address.is_private and not address.is_unspecified
        if not what or (what in _BETWEEN_NODES and not private):
            yield fail("listeners", text)
        elif what in _BETWEEN_NODES and not address.is_loopback:
            yield warn("listeners", f"{text}: use a network that only the nodes share")
        else:
            yield ok("listeners", text)


def _known(state: StateDir) -> dict[str, str]:
    known = {}
    web = living_web(state)
    settings = read_json(state.run / "web-settings.json", WebSettings)
    if web is not None and settings is not None:
        by = "by TLS" if settings.certificate else "without TLS"
        known[host_and_port(web.host, web.port)] = WEB.format(by=by)
        if settings.metrics is not None:
            known[host_and_port(*settings.metrics)] = FIGURES
    if (gate := voice_gate_of(state.run)) is not None:
        known[gate] = VOICES
    if (carrier := read_json(state.carrier_file, CarrierFile)) is not None:
        known[carrier.control.removeprefix("http://")] = CARRIER
    return known


def _unix_sockets(run: Path) -> Finding:
    """Check the folder of the Unix sockets: accounts without access to the folder cannot connect, even if the
    modes within would allow it.
    """
    count = sum(stat.S_ISSOCK(path.lstat().st_mode) for path in run.resolve().rglob("*"))
    what = f"{count} Unix sockets in {run}"
    if run.stat().st_mode & 0o077:
        return fail("listeners", f"{what}: other accounts of this machine can enter the folder: chmod 700")
    return ok("listeners", f"{what}: accessible to this account only (0700)")


CHECKS: Final = (
    check_row(
        "listeners",
        Sentence(
            "Sockets of the center, and the networks that reach them",
            "Ogni socket su cui il centro ascolta, e chi lo raggiunge",
        ),
        Sentence(
            "Use private addresses between nodes, and a proxy before the web",
            "Indirizzi privati fra i nodi; un proxy davanti al web",
        ),
        lambda around: listeners(around.state, around.node),
        CheckCondition.RUNNING,
    ),
)
