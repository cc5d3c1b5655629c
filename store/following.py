"""Folds that are kept up to date: filled when a program starts, and then fed with what is written since."""

from __future__ import annotations

from messages.journal import Recorded
from store.errors import JournalError
from store.follower import Follower
from store.journal import Journal
from store.projections import Fold
from store.rebuild import rebuild


class Following:
    """Some folds, and one reader's place in the journal behind them.

    Watch `fileno()` and call `catch_up`; call it once in a while all the same, and before anything
    is decided by what the folds show.
    """

    def __init__(self, journal: Journal, *folds: Fold) -> None:
        """Fill the folds. Raises JournalError."""
        self._folds = folds
        self._follower = Follower(journal, rebuild(journal, *folds))

    def fileno(self) -> int:
        """Readable when there may be something new."""
        return self._follower.fileno()

    @property
    def seq(self) -> int:
        """How far the folds are."""
        return self._follower.seq

    def catch_up(self) -> list[Recorded]:
        """Feed the folds with everything new, and give it back. Raises JournalError; nothing is lost."""
        new: list[Recorded] = []
        while True:
            try:
                batch = self._follower.next_batch()
            except JournalError:
                if not new:
                    raise
                # What was read is handed out first; the descriptor stays readable.
                return new
            if not batch:
                return new
            for recorded in batch:
                for fold in self._folds:
                    fold.apply(recorded)
            new.extend(batch)

    def close(self) -> None:
        """Follow no more."""
        self._follower.close()
