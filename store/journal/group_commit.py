"""Many writers, one flush: what is submitted while a commit is on its way goes into the next one together.

Each submission has a verdict of its own: a conflict of one does not touch the others. A failure
of the disk is everybody's. Nobody hears of success before it is durable.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final, Generic, TypeVar

from messages.journal import Recorded
from store.errors import JournalError, LeaseLost, StoreMisuse, VersionConflict
from store.journal.journal import Append, Journal, Transaction

T = TypeVar("T")

MOST: Final = 256
"""Submissions in one transaction: enough to make the flush cheap, too few to keep other processes waiting."""


class _Unit(Generic[T]):
    """One submission, its future, and what came of it before the flush."""

    __slots__ = ("_error", "_value", "future", "work")

    def __init__(self, work: Callable[[Transaction], T]) -> None:
        self.work: Final = work
        self.future: Final[Future[T]] = Future()
        self._value: T | None = None
        self._error: Exception | None = None

    def do(self, transaction: Transaction) -> None:
        self._value = self._error = None
        try:
            with transaction.unit():
                self._value = self.work(transaction)
        except (VersionConflict, LeaseLost) as error:
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


class GroupCommitter:
    """A thread that commits for all threads of its process. The journal may be used beside it."""

    def __init__(self, journal: Journal, most: int = MOST) -> None:
        """Start the thread."""
        self._journal: Final = journal
        self._most: Final = most
        self._waiting: Final[queue.SimpleQueue[_Unit[Any] | None]] = queue.SimpleQueue()
        self._closed = False
        self._lock = threading.Lock()
        self._thread: Final = threading.Thread(target=self._work, name="group-commit", daemon=True)
        self._thread.start()

    def submit(self, *appends: Append) -> Future[tuple[Recorded, ...]]:
        """As `Journal.append`; the future has the result once it is durable, or the error."""
        return self.run(lambda transaction: transaction.append(*appends))

    def run(self, work: Callable[[Transaction], T]) -> Future[T]:
        """As `Journal.transact`, on the committer's thread. `work` must be short; its error is its alone."""
        unit = _Unit(work)
        with self._lock:
            if self._closed:
                raise StoreMisuse("the committer is closed")
            self._waiting.put(unit)
        return unit.future

    def close(self) -> None:
        """Commit what was submitted, then end. Again does nothing."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        going_on = True
        while going_on:
            batch, going_on = self._collect()
            if batch:
                self._commit(batch)

    def _collect(self) -> tuple[list[_Unit[Any]], bool]:
        """Wait for one, then take all that are there."""
        batch: list[_Unit[Any]] = []
        unit = self._waiting.get()
        while unit is not None:
            if unit.future.set_running_or_notify_cancel():
                batch.append(unit)
            if len(batch) >= self._most:
                return batch, True
            try:
                unit = self._waiting.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _commit(self, batch: list[_Unit[Any]]) -> None:
        def work(transaction: Transaction) -> None:
            for unit in batch:
                unit.do(transaction)

        try:
            self._journal.transact(work)
        except Exception as error:  # reported to every submitter
            for unit in batch:
                unit.future.set_exception(error)
            return
        for unit in batch:
            unit.settle()
