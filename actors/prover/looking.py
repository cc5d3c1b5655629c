"""A step that is a look by a process aside."""

from __future__ import annotations

from collections.abc import Callable

from actors.prover.work import Around, Child
from messages.proofs import ProofStep, ProofWhy, Shown
from store.journal.journal import Transaction


class LookWork:
    """One look. One that a process before this one had begun died with it, and is begun anew."""

    def __init__(self, step: ProofStep, child: Callable[[ProofStep], Child]) -> None:
        self._step, self._new = step, child
        self._child: Child | None = None

    def why_not(self, around: Around) -> ProofWhy:
        return ProofWhy.NONE

    def begin(self, tx: Transaction, around: Around) -> str:
        return ""

    def goes_on(self, work: str, around: Around) -> None:
        self._child = self._new(self._step)

    def shown(self, around: Around) -> Shown | None:
        return None if self._child is None else self._child.said()

    def end(self, around: Around) -> None:
        if self._child is not None:
            self._child.kill()
