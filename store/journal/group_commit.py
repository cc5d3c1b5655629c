"""Many writers, one flush: what is submitted while a commit is on its way goes into the next one together.

Each submission has a verdict of its own: what fails for a reason of its own does not touch the others. Only a
failure of the journal is everybody's. Where the two cannot be told apart, each is done again by itself.
Nobody hears of success before it is durable.

Two queues take turns: what must not wait behind a flood (`first`) waits for one commit of the others at most.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final, Generic, TypeVar

from messages.journal import Recorded
from store.errors import JournalError, JournalRefusal, StoreMisuse
from store.journal.journal import Append, Journal, Transaction

T = TypeVar("T")

MOST: Final = 256
"""Submissions in one transaction: enough to make the flush cheap, too few to keep other processes waiting."""
LONGEST_S: Final = 0.02
"""After so much work a transaction is committed: who came first does not wait for a slow one after it."""


class _Unit(Generic[T]):
    """One submission, its future, and what came of it before the flush."""

    __slots__ = ("_error", "_value", "future", "work")

    def __init__(self, work: Callable[[Transaction], T]) -> None:
        self.work: Final = work
        self.future: Final[Future[T]] = Future()
        self._value: T | None = None
        self._error: Exception | None = None

    def is_wanted(self) -> bool:
        """Whether nobody has given it up before its turn."""
        return self.future.running() or self.future.set_running_or_notify_cancel()

    def do(self, transaction: Transaction) -> None:
        """Raises JournalError: it may be the journal's failure, and not this unit's."""
        self._value = self._error = None
        try:
            with transaction.unit():
                self._value = self.work(transaction)
        except JournalRefusal as error:
            self._error = error
        except JournalError:
            raise
        except Exception as error:  # reported to the submitter, whose work it was
            self._error = error

    def settle(self) -> None:
        if self._error is not None:
            self.future.set_exception(self._error)
        else:
            self.future.set_result(self._value)  # type: ignore[arg-type]


class _Attempt:
    """One transaction for several units: those that it has come to, and what it failed with."""

    def __init__(self, journal: Journal, batch: list[_Unit[Any]], longest_s: float) -> None:
        self._batch: Final = batch
        self._longest_s: Final = longest_s
        self.begun: list[_Unit[Any]] = []
        self._within: Exception | None = None
        self.error: Exception | None = None
        try:
            journal.transact(self._work)
        except Exception as error:  # reported to the submitters
            self.error = error

    @property
    def is_of_a_unit(self) -> bool:
        """Whether it failed within one, or where the database refuses at the commit what it has let pass."""
        if self.error is None or not self.begun:
            return False
        return self.error is self._within or isinstance(self.error, StoreMisuse)

    def _work(self, transaction: Transaction) -> None:
        """From the beginning, where the journal has changed over."""
        self.begun = []
        until_s = time.monotonic() + self._longest_s
        for unit in self._batch:
            self.begun.append(unit)
            try:
                unit.do(transaction)
            except Exception as error:
                self._within = error
                raise
            if time.monotonic() >= until_s:
                return


class GroupCommitter:
    """A thread that commits for all threads of its process. The journal may be used beside it."""

    def __init__(self, journal: Journal, most: int = MOST, longest_s: float = LONGEST_S) -> None:
        """Start the thread."""
        self._journal: Final = journal
        self._most: Final = most
        self._longest_s: Final = longest_s
        self._first: Final[deque[_Unit[Any]]] = deque()
        self._others: Final[deque[_Unit[Any]]] = deque()
        self._closed = False
        self._changed: Final = threading.Condition()
        self._thread: Final = threading.Thread(target=self._work, name="group-commit", daemon=True)
        self._thread.start()

    def submit(self, *appends: Append) -> Future[tuple[Recorded, ...]]:
        """As `Journal.append`; the future has the result once it is durable, or the error."""
        return self.run(lambda transaction: transaction.append(*appends))

    def run(self, work: Callable[[Transaction], T], *, first: bool = False) -> Future[T]:
        """As `Journal.transact`, on the committer's thread. `work` must be short; its error is its alone.

        `first`: ahead of all that is not, but for the one commit in turn.
        """
        unit = _Unit(work)
        with self._changed:
            if self._closed:
                raise StoreMisuse("the committer is closed")
            (self._first if first else self._others).append(unit)
            self._changed.notify()
        return unit.future

    def close(self) -> None:
        """Commit what was submitted, then end. Again does nothing."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while self._is_wanted():
            for waiting in (self._first, self._others):
                if batch := self._collect(waiting):
                    waiting.extendleft(reversed(batch[self._commit(batch) :]))

    def _is_wanted(self) -> bool:
        """Wait for a submission; false at the end, when there is none any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._first or self._others or self._closed)
            return bool(self._first or self._others)

    def _collect(self, waiting: deque[_Unit[Any]]) -> list[_Unit[Any]]:
        """All that are there, up to `most`. This thread alone takes, so that nothing is gone meanwhile."""
        batch: list[_Unit[Any]] = []
        while waiting and len(batch) < self._most:
            if (unit := waiting.popleft()).is_wanted():
                batch.append(unit)
        return batch

    def _commit(self, batch: list[_Unit[Any]]) -> int:
        """Commit the first of these units, as many as are due in one transaction; how many have ended."""
        attempt = self._attempt(batch)
        if attempt.is_of_a_unit and len(attempt.begun) > 1:
            return self._one_by_one(attempt.begun)
        if attempt.error is not None:
            return _fail(attempt.begun if attempt.is_of_a_unit else batch, attempt.error)
        for unit in attempt.begun:
            unit.settle()
        return len(attempt.begun)

    def _one_by_one(self, units: list[_Unit[Any]]) -> int:
        """Find out which of them the journal does not take: that one alone fails."""
        for n, unit in enumerate(units):
            attempt = self._attempt([unit])
            if attempt.error is None:
                unit.settle()
            elif attempt.is_of_a_unit:
                _fail([unit], attempt.error)
            else:
                _fail(units[n:], attempt.error)
                break
        return len(units)

    def _attempt(self, batch: list[_Unit[Any]]) -> _Attempt:
        return _Attempt(self._journal, batch, self._longest_s)


def _fail(units: list[_Unit[Any]], error: Exception) -> int:
    for unit in units:
        unit.future.set_exception(error)
    return len(units)
