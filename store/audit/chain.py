"""Verification of an audit chain: find entries that differ from what was written. Pure.

A changed entry no longer fits its mac; the next entry still does, by the mac that is kept. The entry behind a
gap cannot be judged. A missing end is detected by the head, which is stored separately.
"""

from __future__ import annotations

import contextlib
import hmac
from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from store.audit.entry import Action, ChainHead, Entry, mac_of


class ChainFault(StrEnum):
    """Kind of fault."""

    CHANGED = "changed"
    MISSING = "missing"
    CUT = "cut"
    """The end is missing."""
    HEAD = "head"
    """The last entry differs from the original one."""
    LOST = "lost"
    """The head is unknown; the present entries may all be as written."""
    KEY = "key"
    """No entry fits the present key."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Faulty entries of a chain, from `first` to `last`."""

    chain: str
    fault: ChainFault
    first: int
    last: int

    def __str__(self) -> str:
        where = f"entry {self.first}" if self.first == self.last else f"entries {self.first} to {self.last}"
        match self.fault:
            case ChainFault.CHANGED:
                return f"{self.chain}: {where} not as written"
            case ChainFault.MISSING:
                return f"{self.chain}: {where} missing"
            case ChainFault.CUT:
                return f"{self.chain}: the end is cut off, {where} missing"
            case ChainFault.HEAD:
                return f"{self.chain}: {where} is not what the head outside the database says"
            case ChainFault.LOST:
                return f"{self.chain}: its head is lost, nobody knows of entries after {self.last}"
            case ChainFault.KEY:
                return f"{self.chain}: none of {where} fits this key"


class CheckedChain(msgspec.Struct, frozen=True, kw_only=True):
    """Result for one chain."""

    chain: str
    entries: int
    problems: tuple[Problem, ...]

    @property
    def altered(self) -> bool:
        """True if any entry provably differs from what was written; a lost head alone is no proof."""
        return any(one.fault is not ChainFault.LOST for one in self.problems)


def check_chain(
    chain: str, entries: Iterable[Entry], key: bytes, head: ChainHead | None, begun: ChainHead
) -> CheckedChain:
    """Check the entries of a chain in the order of their numbers. `begun`: the last pruned entry, as the
    chain itself states (`pruned_heads`); `head`: last known end of the chain.
    """
    problems: list[Problem] = []
    before, judged, fitting, count = begun, True, 0, 0
    at_head = begun.mac if head is not None and head.number == begun.number else None

    def found(fault: ChainFault, first: int, last: int) -> None:
        if problems and problems[-1].fault is fault and problems[-1].last == first - 1:
            first = problems.pop().first
        problems.append(Problem(chain=chain, fault=fault, first=first, last=last))

    for entry in entries:
        if entry.number <= begun.number:
            continue
        count += 1
        judged = entry.number == before.number + 1
        if not judged:
            found(ChainFault.MISSING, before.number + 1, entry.number - 1)
        elif hmac.compare_digest(mac_of(key, before.mac, entry), entry.mac):
            fitting += 1
        else:
            found(ChainFault.CHANGED, entry.number, entry.number)
        before = ChainHead(entry.number, entry.mac)
        if head is not None and head.number == entry.number:
            at_head = entry.mac
    last = before.number
    if count > 1 and not fitting:
        problems = [Problem(chain=chain, fault=ChainFault.KEY, first=begun.number + 1, last=last)]
    if head is None:
        found(ChainFault.LOST, last, last)
    elif head.number > last:
        found(ChainFault.CUT, last + 1, head.number)
    elif head.number >= begun.number and at_head is not None and at_head != head.mac:
        found(ChainFault.HEAD, head.number, head.number)
    return CheckedChain(chain=chain, entries=count, problems=tuple(problems))


def pruned_heads(entries: Iterable[Entry]) -> Mapping[str, ChainHead]:
    """Return the last pruned entry of each chain, as stated by its entries about pruning."""
    found: dict[str, ChainHead] = {}
    for entry in entries:
        if entry.said.action != Action.PRUNED:
            continue
        # A changed entry may hold any text; `check_chain` reports the entry.
        with contextlib.suppress(ValueError):
            chain, number, mac = entry.said.detail.split(" ")
            if int(number) > found.get(chain, ChainHead()).number:
                found[chain] = ChainHead(int(number), bytes.fromhex(mac))
    return found


def pruning_detail(last: Entry) -> str:
    """Return the detail of an entry about pruning: the last pruned entry, as `chain number mac`."""
    return f"{last.chain} {last.number} {last.mac.hex()}"
