"""Group commit: many writers share one flush to the disk. Work submitted during a commit joins the next
commit.

Each submission has its own outcome: an error of one submission does not affect the others. Only a failure of
the journal affects all submissions. If a submission's error and the journal's failure cannot be
distinguished, each submission is repeated alone. Success is reported only after the data is durable.

Two queues take turns: a priority submission (`first`) waits for at most one commit of other submissions.
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
"""Maximum number of submissions per transaction: many share one flush, and other processes wait little."""
LONGEST_S: Final = 0.02
"""Time of work, in seconds, after which a transaction is committed, so that no submission waits long for slow
ones behind it.
"""


class _Unit(Generic[T]):
    """A submission, its future, and its result, which is published only after the flush."""

    __slots__ = ("_error", "_value", "future", "work")

    def __init__(self, work: Callable[[Transaction], T]) -> None:
        self.work: Final = work
        self.future: Final[Future[T]] = Future()
        self._value: T | None = None
        self._error: Exception | None = None

    def is_wanted(self) -> bool:
        """Return True unless the submission was cancelled before its turn."""
        return self.future.running() or self.future.set_running_or_notify_cancel()

    def do(self, transaction: Transaction) -> None:
        """Run the work and keep its result or its error. Raises JournalError if the journal itself may have
        failed.
        """
        self._value = self._error = None
        try:
            with transaction.unit():
                self._value = self.work(transaction)
        except JournalRefusal as error:
            self._error = error
        except JournalError:
            raise
        except Exception as error:  # reported to the submitter of the work
            self._error = error

    def settle(self) -> None:
        if self._error is not None:
            self.future.set_exception(self._error)
        else:
            self.future.set_result(self._value)  # type: ignore[arg-type]


class _Attempt:
    """A transaction for several units: the units that were begun (`begun`), and the error of the
    transaction.
    """

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
        """True if a unit caused the error: the error was raised by a unit, or by the database at the commit
        for a change that a unit had made.
        """
        if self.error is None or not self.begun:
            return False
        return self.error is self._within or isinstance(self.error, StoreMisuse)

    def _work(self, transaction: Transaction) -> None:
        """Run the units from the first one; the journal calls this function again after a switch to the
        fallback journal.
        """
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
    """Thread that commits the submissions of all threads of this process. Other threads may use the journal
    at the same time.
    """

    def __init__(self, journal: Journal, most: int = MOST, longest_s: float = LONGEST_S) -> None:
        """Start the thread. `most`, `longest_s`: limits of a transaction, as MOST and LONGEST_S."""
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
        """Append as `Journal.append` does. The future gets the result once the events are durable, or the
        error. Raises StoreMisuse after `close`.
        """
        return self.run(lambda transaction: transaction.append(*appends))

    def run(self, work: Callable[[Transaction], T], *, first: bool = False) -> Future[T]:
        """Run `work` as `Journal.transact` does, on the committer's thread. The future gets the result of
        `work` once its changes are durable, or the error. `work` must be short, and may run more than once.
        `first`: priority submission. Raises StoreMisuse after `close`.
        """
        unit = _Unit(work)
        with self._changed:
            if self._closed:
                raise StoreMisuse("the committer is closed")
            (self._first if first else self._others).append(unit)
            self._changed.notify()
        return unit.future

    def close(self) -> None:
        """Commit all submitted work, then end the thread. A second call has no effect."""
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
        """Wait for a submission; return False after `close` when none is left."""
        with self._changed:
            self._changed.wait_for(lambda: self._first or self._others or self._closed)
            return bool(self._first or self._others)

    def _collect(self, waiting: deque[_Unit[Any]]) -> list[_Unit[Any]]:
        """Remove submissions from the queue and return them: at most `most`, without cancelled submissions.
        Only this thread removes from the queues: a queue with submissions cannot become empty meanwhile.
        """
        batch: list[_Unit[Any]] = []
        while waiting and len(batch) < self._most:
            if (unit := waiting.popleft()).is_wanted():
                batch.append(unit)
        return batch

    def _commit(self, batch: list[_Unit[Any]]) -> int:
        """Commit the first units of the batch, as many as fit in a transaction; return the number of ended
        units.
        """
        attempt = self._attempt(batch)
        if attempt.is_of_a_unit and len(attempt.begun) > 1:
            return self._one_by_one(attempt.begun)
        if attempt.error is not None:
            return _fail(attempt.begun if attempt.is_of_a_unit else batch, attempt.error)
        for unit in attempt.begun:
            unit.settle()
        return len(attempt.begun)

    def _one_by_one(self, units: list[_Unit[Any]]) -> int:
        """Commit each unit in its own transaction, so that only the failing unit fails; return the number of
        ended units.
        """
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
