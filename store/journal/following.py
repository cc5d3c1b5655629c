"""Follows the journal: what was written since, in order, each event once, without polling; and folds that are
kept up to date, filled when a program starts, and then fed with what is written since.
"""

from __future__ import annotations

from typing import Final

from messages.journal import Recorded
from store.errors import JournalError
from store.journal.journal import Journal
from store.journal.projections import Fold
from store.journal.rebuild import bring_back, rebuild


class Follower:
    """One reader's place in the journal.

    Watch `fileno()` for reading (an actor's ThespianWatch, asyncio's `add_reader`) and then call
    `next_batch` until it is empty. A notification can be lost, never an event: look once in a while all
    the same.
    """

    def __init__(self, journal: Journal, after_seq: int | None = None, *, about: str = "") -> None:
        """Begin behind `after_seq`; none begins at the journal's present end. Everything is read; `about`:
        what makes the descriptor readable, as for `Notifier.listen`.
        """
        # Listen first, then look: what is written in between is heard.
        self._ear: Final = journal.notify.listen(about)
        self._journal: Final = journal
        self.seq = journal.last_seq() if after_seq is None else after_seq
        """The place up to which everything has been handed out."""
        self.more = False
        """Whether the last batch was as large as it might be: there is probably more to be had at once."""

    def fileno(self) -> int:
        """Readable when there may be something new."""
        return self._ear.fileno()

    def next_batch(self, limit: int = 1000) -> list[Recorded]:
        """What is new, at most `limit` events of it; the descriptor stays readable when there is more.

        Raises JournalError; the place is kept then, and the descriptor stays readable.
        """
        self._ear.drain()
        self.more = False
        try:
            batch = self._journal.read_all(self.seq, limit)
        except BaseException:
            self._ear.poke()
            raise
        if batch:
            self.seq = batch[-1].seq
        self.more = len(batch) == limit
        if self.more:
            self._ear.poke()
        return batch

    def close(self) -> None:
        """Follow no more."""
        self._ear.close()


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
