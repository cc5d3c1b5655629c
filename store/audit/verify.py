"""`audit verify`: goes through every chain whose key is here, and tells of those that are other nodes'."""

from __future__ import annotations

import msgspec

from store.audit import table
from store.audit.chain import Checked, Fault, Problem, check, pruned
from store.audit.entry import Head, node_of
from store.audit.trail import Trail
from store.journal.journal import Journal


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was found."""

    chains: tuple[Checked, ...]
    elsewhere: tuple[str, ...]
    """Chains whose key is at another node, where they have to be verified."""
    on_disk: tuple[str, ...] = ()
    """Chains that cannot be read now, while the journal goes on in memory."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Of all chains."""
        return tuple(problem for chain in self.chains for problem in chain.problems)

    @property
    def altered(self) -> bool:
        """Whether a chain is not as it was written; one that has only lost its head is no proof of that."""
        return any(one.altered for one in self.chains)


def verify(journal: Journal, trail: Trail) -> Verified:
    """Look at all that is there now. Raises JournalError."""
    # First: what is entered meanwhile is behind them.
    heads, key = trail.heads(), trail.key()
    known = table.chains(journal)
    own = {*heads, *(one for one in known if not journal.shared or node_of(one) == journal.node)}
    # What is in memory has no head yet: the JournalKeeper writes it when the chain is on the disk.
    in_memory = not journal.durable
    on_disk = own - known.keys() if in_memory else set[str]()
    own -= on_disk
    begun = pruned(entry for entry in table.prunings(journal) if entry.chain in own)
    found = (
        check(chain, table.of_chain(journal, chain), key, heads.get(chain), begun.get(chain, Head()))
        for chain in sorted(own)
    )
    return Verified(
        chains=tuple(_without(Fault.LOST, one) if in_memory else one for one in found),
        elsewhere=tuple(chain for chain in known if chain not in own),
        on_disk=tuple(sorted(on_disk)),
    )


def _without(fault: Fault, found: Checked) -> Checked:
    left = tuple(one for one in found.problems if one.fault is not fault)
    return msgspec.structs.replace(found, problems=left)
