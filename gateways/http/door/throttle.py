"""How often somebody may be wrong about a password: by the operator's name, and by where it comes from. Pure.

Every try is counted before it is known whether it is right, so that tries side by side are no way
around it; one that was right is taken back. Who was wrong too often waits, and twice as long after every
further wrong try. Where no name is given none counts, and where no address is known none does: else those of
whom nothing is known would wait for each other. Nothing is kept beyond the process.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Final

from messages.ids import SECOND, Instant

NAME_MAX: Final = 5
ADDRESS_MAX: Final = 20
"""Wrong tries within the window; more operators than one may sign on from one address."""
WINDOW_US: Final = Instant(300 * SECOND)
FIRST_WAIT_S: Final = 30
WAIT_MAX_S: Final = 15 * 60
REMEMBERED_MAX: Final = 32_768
"""Names, and as many addresses. Whoever has not tried for longest is forgotten first."""


_NEVER: Final = Instant(0)


@dataclass
class _Tries:
    """Of one name, or from one address."""

    wrong: list[tuple[Instant, str]] = field(default_factory=list)
    """When, and for which name; oldest first."""
    waits: int = 0
    """How often there was reason to let it wait."""
    until: Instant = _NEVER
    before: Instant = _NEVER
    """`until` as the newest try has found it."""


class Throttle:
    """Who has to wait. Every method takes the time, which may not go back."""

    def __init__(self, address_max: int = ADDRESS_MAX) -> None:
        self._address_max = address_max
        self._names: OrderedDict[str, _Tries] = OrderedDict()
        self._addresses: OrderedDict[str, _Tries] = OrderedDict()

    def wait_s(self, name: str, address: str, now_us: Instant) -> int:
        """For how many more seconds, rounded up, no try is let through; 0 for none."""
        until = max(
            tries.until
            for tries in (self._names.get(name), self._addresses.get(network(address)), _Tries())
            if tries is not None
        )
        return max(0, -((now_us - until) // SECOND))

    def count(self, name: str, address: str, now_us: Instant) -> None:
        """A try is let through."""
        if name:
            _wrong(_of(self._names, name), name, now_us, NAME_MAX)
        if address:
            _wrong(_of(self._addresses, network(address)), name, now_us, self._address_max)

    def take_back(self, name: str, address: str) -> None:
        """The newest try for this name, and from this address, was right, or not looked at. The wrong ones
        before it still count, and the waits for them: whoever made them may know one right answer, and look
        for another.
        """
        for tries in (self._names.get(name), self._addresses.get(network(address))):
            if tries is not None and tries.wrong:
                tries.wrong.pop()
                tries.waits -= tries.until != tries.before
                tries.until = tries.before

    def right(self, name: str, address: str) -> None:
        """It was right, and there is no other right answer: nothing is held against that name any more."""
        self._names.pop(name, None)
        tries = self._addresses.get(network(address))
        if tries is None:
            return
        tries.wrong = [one for one in tries.wrong if one[1] != name]
        if len(tries.wrong) < self._address_max and tries.waits <= 1:
            # Without this name's it would not have come to a wait.
            tries.waits, tries.until = 0, _NEVER


def network(address: str) -> str:
    """To whom an address belongs: an IPv6 customer has 2^64 of them (RFC 6177)."""
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
