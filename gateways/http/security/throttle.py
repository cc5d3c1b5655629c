"""Throttle of wrong passwords and other secrets, by the operator's name and by the client's address. Pure.

Every attempt counts before its result is known, so that parallel attempts do not evade the throttle; a right
attempt is taken back. Too many wrong attempts cause a wait, doubled by every further wrong attempt. An
attempt without a name counts for no name, an attempt without an address for no address: otherwise unknown
senders would wait for each other. Nothing outlives the process.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Final

from messages.ids import SECOND, Instant

NAME_MAX: Final = 5
ADDRESS_MAX: Final = 20
"""Wrong attempts within the window; several operators may sign on from one address."""
WINDOW_US: Final = Instant(300 * SECOND)
FIRST_WAIT_S: Final = 30
WAIT_MAX_S: Final = 15 * 60
REMEMBERED_MAX: Final = 32_768
"""Names kept, and as many addresses. The entry unused for longest is dropped first."""


_NEVER: Final = Instant(0)


@dataclass
class _Tries:
    """Attempts for one name, or from one address."""

    wrong: list[tuple[Instant, str]] = field(default_factory=list)
    """Time and name of each attempt, oldest first."""
    waits: int = 0
    """Number of waits imposed so far."""
    until: Instant = _NEVER
    before: Instant = _NEVER
    """Value of `until` before the newest attempt."""


class Throttle:
    """Attempts by name and by network. Every method takes the time, which must never go back."""

    def __init__(self, address_max: int = ADDRESS_MAX) -> None:
        self._address_max = address_max
        self._names: OrderedDict[str, _Tries] = OrderedDict()
        self._addresses: OrderedDict[str, _Tries] = OrderedDict()

    def wait_s(self, name: str, address: str, now_us: Instant) -> int:
        """Return the seconds, rounded up, until the next attempt is permitted; 0 if permitted now."""
        until = max(
            tries.until
            for tries in (self._names.get(name), self._addresses.get(network(address)), _Tries())
            if tries is not None
        )
        return max(0, -((now_us - until) // SECOND))

    def count(self, name: str, address: str, now_us: Instant) -> None:
        """Count an attempt, as wrong until taken back."""
        if name:
            _wrong(_of(self._names, name), name, now_us, NAME_MAX)
        if address:
            _wrong(_of(self._addresses, network(address)), name, now_us, self._address_max)

    def take_back(self, name: str, address: str) -> None:
        """Take back the newest attempt for the name and from the address: the attempt was right, or not
        checked.

        Wrong attempts before it still count, with their waits: their sender may know one right answer and try
        to find another.
        """
        for tries in (self._names.get(name), self._addresses.get(network(address))):
            if tries is not None and tries.wrong:
                tries.wrong.pop()
                tries.waits -= tries.until != tries.before
                tries.until = tries.before

    def right(self, name: str, address: str) -> None:
        """Clear the name's attempts after a right answer, where no other answer would be right."""
        self._names.pop(name, None)
        tries = self._addresses.get(network(address))
        if tries is None:
            return
        tries.wrong = [one for one in tries.wrong if one[1] != name]
        if len(tries.wrong) < self._address_max and tries.waits <= 1:
            # Without this name's attempts the address would not have to wait.
            tries.waits, tries.until = 0, _NEVER


def network(address: str) -> str:
    """Return the network that stands for an address: an IPv6 customer has 2^64 addresses (RFC 6177)."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        return str(known.ipv4_mapped or known.packed[:8].hex())
    return str(known)


def _of(all_: OrderedDict[str, _Tries], key: str) -> _Tries:
    tries = all_.setdefault(key, _Tries())
    all_.move_to_end(key)
    if len(all_) > REMEMBERED_MAX:
        all_.popitem(last=False)
    return tries


def _wrong(tries: _Tries, name: str, now_us: Instant, limit: int) -> None:
    if tries.waits and now_us >= tries.until + WAIT_MAX_S * SECOND:
        tries.waits = 0
    tries.before = tries.until
    tries.wrong = [*(one for one in tries.wrong if now_us - one[0] < WINDOW_US), (now_us, name)][-limit:]
    if tries.waits or len(tries.wrong) >= limit:
        wait_s = min(FIRST_WAIT_S << min(tries.waits, 16), WAIT_MAX_S)
        tries.until = Instant(max(tries.until, now_us + wait_s * SECOND))
        tries.waits += 1
