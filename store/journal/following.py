"""Followers of the journal: new events in order, each once, without polling; and folds that are filled at
program start and kept up to date.
"""

from __future__ import annotations

from typing import Final

from messages.journal import Recorded
from store.errors import JournalError
from store.journal.journal import Journal
from store.journal.projections import Fold
from store.journal.rebuild import apply_reopened, rebuild


class Follower:
    """Position of one reader in the journal.

    Watch `fileno()` for reading (an actor's ThespianWatch, asyncio's `add_reader`) and then call `next_batch`
    until it is empty. A notification can be lost, an event cannot: poll once in a while as well.
    """

    def __init__(self, journal: Journal, after_seq: int | None = None, *, about: str = "") -> None:
        """Start after `after_seq`; None starts at the journal's present end. All events are read; `about`
        selects what makes the descriptor readable, as for `Notifier.listen`.
        """
        # Listen before reading the end: events written in between are notified.
        self._ear: Final = journal.notify.listen(about)
        self._journal: Final = journal
        self.seq = journal.last_seq() if after_seq is None else after_seq
        """Position up to which all events have been returned."""
        self.more = False
        """True if the last batch was full: more events are probably available at once."""

    def fileno(self) -> int:
        """Return the descriptor; it is readable when new events may exist."""
        return self._ear.fileno()

    def next_batch(self, limit: int = 1000) -> list[Recorded]:
        """Return the new events, at most `limit`; the descriptor stays readable if more exist.

        Raises JournalError; the position is kept then, and the descriptor stays readable.
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
        """Stop following."""
        self._ear.close()


AT_ONCE: Final = 5
"""Maximum of batches per call, a thousand events each: a reader slower than the writers would never finish,
and be ended for its silence.
"""


class FollowedFolds:
    """Folds with the position of one reader in the journal.

    Watch `fileno()` and call `catch_up`; also call it once in a while, and before each decision by the folds.
    """

    def __init__(self, journal: Journal, *folds: Fold, about: str = "") -> None:
        """Fill the folds. `about` selects what makes the descriptor readable. Raises JournalError."""
        self._journal = journal
        self._folds = folds
        self._follower = Follower(journal, rebuild(journal, *folds), about=about)

    def fileno(self) -> int:
        """Return the descriptor; it is readable when new events may exist."""
        return self._follower.fileno()

    @property
    def seq(self) -> int:
        """Position of the folds."""
        return self._follower.seq

    def catch_up(self) -> list[Recorded]:
        """Apply all new events to the folds, and return them. Raises JournalError; nothing is lost.

        Under heavy load the result may lack the newest events; the descriptor stays readable then.
        """
        new: list[Recorded] = []
        for _ in range(AT_ONCE):
            try:
                batch = self._follower.next_batch()
                for recorded in batch:
                    for fold in self._folds:
                        fold.apply(recorded)
                new.extend(batch)
                apply_reopened(self._journal, *self._folds)
            except JournalError:
                if not new:
                    raise
                # Return the events read so far first; the descriptor stays readable.
                return new
            if not self._follower.more:
                break
        return new

    def close(self) -> None:
        """Stop following."""
        self._follower.close()
