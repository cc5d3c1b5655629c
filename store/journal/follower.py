"""Follows the journal: what was written since, in order, each event once, without polling."""

from __future__ import annotations

from typing import Final

from messages.journal import Recorded
from store.journal.journal import Journal


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
