"""`audit verify`: goes through every chain whose key is here, and tells of those that are other nodes'."""

from __future__ import annotations

import msgspec

from store.audit import table
from store.audit.chain import Checked, Problem, check, pruned
from store.audit.entry import Head, node_of
from store.audit.trail import Trail
from store.journal.journal import Journal


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was found."""

    chains: tuple[Checked, ...]
    elsewhere: tuple[str, ...]
    """Chains whose key is at another node, where they have to be verified."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Of all chains."""
        return tuple(problem for chain in self.chains for problem in chain.problems)


def verify(journal: Journal, trail: Trail) -> Verified:
    """Look at all that is there now. Raises JournalError."""
    # First: what is entered meanwhile is behind them.
    heads, key = trail.heads(), trail.key()
    known = table.chains(journal)
    own = {*heads, *(one for one in known if not journal.shared or node_of(one) == journal.node)}
    begun = pruned(entry for entry in table.prunings(journal) if entry.chain in own)
    return Verified(
        chains=tuple(
            check(chain, table.of_chain(journal, chain), key, heads.get(chain), begun.get(chain, Head()))
            for chain in sorted(own)
        ),
        elsewhere=tuple(chain for chain in known if chain not in own),
    )
