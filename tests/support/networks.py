"""A network of a test's own: machines as network namespaces, each with a cable to one switch. Needs root.

Names carry the pid of whoever has made them. Everything is gone at the end; what a killed test has left is
removed by the next one.
"""

from __future__ import annotations

import ipaddress
import itertools
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from application.state.processes import end, identity

SPACE: Final = ipaddress.ip_network("10.64.0.0/10")
"""Private, and seldom what a machine of ours has; what is in use is passed over."""
_MARK: Final = re.compile(r"(?P<mark>sw(?P<pid>[0-9]+)n[0-9]+)(-[a-z0-9]+)?")
_count: Final = itertools.count(1)


class NetworkFault(Exception):
    """`ip` has refused something."""


def missing(*, faults: bool = False) -> str:
    """Why there can be no such network here; empty where there can. `faults`: in which packets are lost."""
    if os.geteuid() != 0:
        return "network namespaces are made by root alone"
    needed = {"ip": "iproute2", "nsenter": "util-linux"} | ({"nft": "nftables"} if faults else {})
    for program, package in needed.items():
        if shutil.which(program) is None:
            return f"there is no `{program}` (Debian's {package})"
    name = f"sw{os.getpid()}n0-try"
    try:
        _ip("netns", "add", name)
        _ip("netns", "delete", name)
    except NetworkFault as fault:
        return f"this machine gives no network namespaces: {fault}"
    return ""


class Network:
    """The switch, which is this machine's own address in that network, and what is plugged into it."""

    def __init__(self) -> None:
        """Make the switch. Raises NetworkFault."""
        _sweep()
        self._mark: Final = f"sw{os.getpid()}n{next(_count)}"
        self._machines: dict[str, str] = {}
        self._subnet = _free_subnet()
        self.address: Final = str(self._subnet[1])
        """Of this machine, where the switch is."""
        _ip("link", "add", self._mark, "type", "bridge")
        _ip("address", "add", f"{self.address}/{self._subnet.prefixlen}", "dev", self._mark)
        _ip("link", "set", self._mark, "up")

    @property
    def subnet(self) -> str:
        """All its addresses, as `10.64.1.0/24`."""
        return str(self._subnet)

    def add(self, name: str) -> str:
        """Plug in a machine, called by one letter; its address. Raises NetworkFault."""
        address = str(self._subnet[2 + len(self._machines)])
        self._machines[name] = address
        space, cable, far = self._space(name), f"{self._mark}{name}", f"{self._mark}{name}0"
        _ip("netns", "add", space)
        _ip("link", "add", cable, "type", "veth", "peer", "name", far)
        _ip("link", "set", far, "netns", space, "name", "eth0")
        _ip("link", "set", cable, "master", self._mark)
        _ip("link", "set", cable, "up")
        _ip("-n", space, "address", "add", f"{address}/{self._subnet.prefixlen}", "dev", "eth0")
        for link in ("lo", "eth0"):
            _ip("-n", space, "link", "set", link, "up")
        return address

    def inside(self, name: str) -> tuple[str, ...]:
        """The words before a command that is to run on that machine."""
        return ("nsenter", f"--net=/run/netns/{self._space(name)}", "--")

    def cut(self, name: str) -> None:
        """Pull its cable: nothing comes and nothing goes, and nobody is told."""
        _ip("link", "set", f"{self._mark}{name}", "down")

    def mend(self, name: str) -> None:
        """Put it in again."""
        _ip("link", "set", f"{self._mark}{name}", "up")

    def lose(self, name: str, *, to: str = "", source: str = "") -> None:
        """Lose every packet of this machine to one address, or from one; the other direction goes on. What
        was lost before is not lost any more; with neither nothing is. Raises NetworkFault.
        """
        rules = ["add table inet cut", "delete table inet cut"]
        if to or source:
            hook, match = ("output", f"daddr {to}") if to else ("input", f"saddr {source}")
            rules += [
                "add table inet cut",
                f"add chain inet cut one {{ type filter hook {hook} priority 0; }}",
                f"add rule inet cut one ip {match} drop",
            ]
        command = (*self.inside(name), "nft", "; ".join(rules))
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise NetworkFault(f"nft: {done.stderr.strip()}")

    def remove(self) -> None:
        """Everything, and whoever still runs on one of its machines."""
        _remove(self._mark)

    def _space(self, name: str) -> str:
        return f"{self._mark}-{name}"


@contextmanager
def network() -> Iterator[Network]:
    """One, and its end."""
    made = Network()
    try:
        yield made
    finally:
        made.remove()


def _ip(*words: str) -> str:
    done = subprocess.run(("ip", *words), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NetworkFault(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def _free_subnet() -> ipaddress.IPv4Network:
    """One of 256 addresses that nobody has here; where to begin to look the pid says."""
    used = [
        ipaddress.ip_interface(f"{one['local']}/{one['prefixlen']}").network
        for link in json.loads(_ip("-j", "-4", "address"))
        for one in link.get("addr_info", ())
    ]
    used += [
        ipaddress.ip_network(one["dst"])
        for one in json.loads(_ip("-j", "-4", "route"))
        if one["dst"] != "default"
    ]
    count = 1 << (24 - SPACE.prefixlen)
    for n in range(count):
        first = int(SPACE[0]) + ((os.getpid() + n) % count) * 256
        subnet = ipaddress.IPv4Network((first, 24))
        if not any(subnet.overlaps(other) for other in used):
            return subnet
    raise NetworkFault(f"all of {SPACE} is in use")


def _sweep() -> None:
    """Remove what belongs to no living process."""
    found = [one for name in _names() if (one := _MARK.fullmatch(name)) is not None]
    for mark, pid in {(one["mark"], int(one["pid"])) for one in found}:
        if identity(pid) is None:
            with suppress(NetworkFault):  # another test is just sweeping, too
                _remove(mark)


def _names() -> list[str]:
    spaces = [one["name"] for one in json.loads(_ip("-j", "netns", "list") or "[]")]
    return [*spaces, *(one["ifname"] for one in json.loads(_ip("-j", "link", "show", "type", "bridge")))]


def _remove(mark: str) -> None:
    for one in json.loads(_ip("-j", "netns", "list") or "[]"):
        if not one["name"].startswith(f"{mark}-"):
            continue
        for pid in _ip("netns", "pids", one["name"]).split():
            if (process := identity(int(pid))) is not None:
                end(process, 0)
        # With it goes its end of the cable, and so the other one.
        _ip("netns", "delete", one["name"])
    if Path(f"/sys/class/net/{mark}").exists():
        with suppress(NetworkFault):
            _ip("link", "delete", mark)
