"""Folds that are kept up to date: filled when a program starts, and then fed with what is written since."""

from __future__ import annotations

from typing import Final

from messages.journal import Recorded
from store.errors import JournalError
from store.journal.follower import Follower
from store.journal.journal import Journal
from store.journal.projections import Fold
from store.journal.rebuild import bring_back, rebuild

AT_ONCE: Final = 5
"""Batches in one go, of a thousand events each: while others write faster than this one reads, it would
never come to an end, and be ended for its silence."""


class Following:
    """Some folds, and one reader's place in the journal behind them.

    Watch `fileno()` and call `catch_up`; call it once in a while all the same, and before anything
    is decided by what the folds show.
    """

    def __init__(self, journal: Journal, *folds: Fold, about: str = "") -> None:
        """Fill the folds; `about`: what makes the descriptor readable. Raises JournalError."""
        self._journal = journal
        self._folds = folds
        self._follower = Follower(journal, rebuild(journal, *folds), about=about)

    def fileno(self) -> int:
        """Readable when there may be something new."""
        return self._follower.fileno()

    @property
    def seq(self) -> int:
        """How far the folds are."""
        return self._follower.seq

    def catch_up(self) -> list[Recorded]:
        """Feed the folds with everything new, and give it back. Raises JournalError; nothing is lost.

        In a storm with what was there a moment ago; the descriptor stays readable where there is more.
        """
        new: list[Recorded] = []
        for _ in range(AT_ONCE):
            try:
                batch = self._follower.next_batch()
                for recorded in batch:
                    for fold in self._folds:
                        fold.apply(recorded)
                new.extend(batch)
                bring_back(self._journal, *self._folds)
            except JournalError:
                if not new:
                    raise
                # What was read is handed out first; the descriptor stays readable.
                return new
            if not self._follower.more:
                break
        return new

    def close(self) -> None:
        """Follow no more."""
        self._follower.close()
