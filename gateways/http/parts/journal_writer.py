"""Writing from the event loop to the journal. The loop never waits; no success is reported before the data is
durable.

The thread of the group commit writes and wakes the actors. Its results come back to the loop in one piece for
each commit. If the disk fails, the journal continues in memory and accepts the work. Only an alert that even
the journal in memory does not accept is kept here and retried; its app was answered 503 with the advice to
call 112.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final, Generic, TypeVar

from gateways.http.metrics import Metrics
from gateways.http.wire.errors import NotDurable
from messages.ids import Assurance
from model.rules.signal import Signal
from runtime import logs
from store.alerts.accepting import Accepted, accept_soon
from store.alerts.claims import SkippedSignals
from store.errors import JournalError, JournalRefusal
from store.journal.group_commit import GroupCommitter
from store.journal.journal import Journal, Transaction

T = TypeVar("T")

GIVE_UP_S: Final = 2.0
"""Seconds after which a request is answered 503. The requested write may still happen."""
AGAIN_S: Final = (0.1, 0.25, 0.5, 1.0)
"""Pauses in seconds between attempts to make the kept alerts durable; the last pause repeats."""
KEPT_MAX: Final = 20_000
REFUSED_MAX: Final = 3
"""Failures of one signal while others are accepted, after which it is dropped: a disk may work by turns."""


class _KeptSignal:
    """Signal with the number of its failures while the journal accepted other work."""

    __slots__ = ("failed", "signal", "taken_before")

    def __init__(self, signal: Signal) -> None:
        self.signal: Final = signal
        self.failed = 0
        self.taken_before: int | None = None

    def is_refused(self, taken: int) -> bool:
        """Count a failure; return True if the signal is at fault. `taken`: successful writes so far."""
        self.failed += self.taken_before not in (None, taken)
        self.taken_before = taken
        return self.failed >= REFUSED_MAX


class _Ticket(Generic[T]):
    """Request that waits for its commit."""

    __slots__ = ("future", "kept", "received_s", "result")

    def __init__(self, future: asyncio.Future[T], received_s: float, kept: _KeptSignal | None) -> None:
        self.future = future
        self.received_s = received_s
        self.kept = kept
        self.result: Future[T] | None = None

    def give_up(self) -> None:
        if not self.future.done():
            self.future.set_exception(NotDurable("the journal takes too long"))

    def settle(self) -> JournalError | None:
        """Set the result of the request. Return the error of the journal if the journal failed, else None."""
        assert self.result is not None
        error = self.result.exception()
        refused = isinstance(error, JournalRefusal)
        failed = error if isinstance(error, JournalError) and not refused else None
        if self.future.done():
            return failed
        if failed is not None or (error is not None and self.kept is not None):
            # Any error that keeps an alert out makes the app call 112, even a defect of the center.
            self.future.set_exception(NotDurable(str(error)))
        elif error is not None:
            self.future.set_exception(error)
        else:
            self.future.set_result(self.result.result())
        return failed


class JournalWriter:
    """Writer of the web, for the event loop alone, except the callbacks of the committer's thread."""

    def __init__(
        self,
        journal: Journal,
        *,
        metrics: Metrics,
        deadline_s: float,
        live_cases: int | None = None,
        proved_open: Callable[[int], bool] = lambda _: True,
    ) -> None:
        """Keep the parameters. `live_cases`: limit of open alerts; for a proved alert the limit applies only
        if `proved_open` returns True, that is if so many proved alerts are open.
        """
        self._metrics = metrics
        self._deadline_s = deadline_s
        self._live_cases = live_cases
        self._proved_open = proved_open
        self._committer = GroupCommitter(journal)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._done: list[_Ticket[Any]] = []
        self._lock = threading.Lock()
        self._waiting: dict[_Ticket[Any], None] = {}
        self._watch: asyncio.TimerHandle | None = None
        self._kept: deque[_KeptSignal] = deque()
        self._taken = 0
        """Number of successful writes."""
        self._again: asyncio.TimerHandle | None = None
        self._failures = 0
        self.skipped: Final = SkippedSignals()
        self.works = True
        """True if the last write succeeded."""
        self.log = logs.get("http.writing")

    def start(self) -> None:
        """Start within the running loop."""
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """Write the submitted work, and end. Kept alerts are lost; their apps were advised to call 112."""
        for handle in (self._watch, self._again):
            if handle is not None:
                handle.cancel()
        self._committer.close()
        if self._kept:
            self.log.error("the web ends with alerts that are not in the journal", alerts=len(self._kept))

    def accept(self, signal: Signal) -> asyncio.Future[Accepted]:
        """Make the signal durable. Raises NotDurable; the signal is retried unless refused for itself."""
        return self._accept(_KeptSignal(signal))

    def _accept(self, kept: _KeptSignal) -> asyncio.Future[Accepted]:
        signal, most = kept.signal, self._live_cases
        if most is not None and signal.level is Assurance.DEVICE and not self._proved_open(most):
            most = None
        return self._submit(accept_soon(self._committer, signal, self._deadline_s, most, self.skipped), kept)

    def run(self, work: Callable[[Transaction], T], *, first: bool = False) -> asyncio.Future[T]:
        """Do `work` in a transaction. Raises NotDurable if the journal fails, or the error of `work`.

        `first`: an operator's command, which waits behind no flood of alerts.
        """
        return self._submit(self._committer.run(work, first=first), None)

    @property
    def kept(self) -> int:
        """Number of alerts that wait for the journal to work again."""
        return len(self._kept)

    def _submit(self, there: Future[T], kept: _KeptSignal | None) -> asyncio.Future[T]:
        assert self._loop is not None
        here: asyncio.Future[T] = self._loop.create_future()
        ticket = _Ticket(here, self._loop.time(), kept)
        self._waiting[ticket] = None
        if self._watch is None:
            self._watch = self._loop.call_later(GIVE_UP_S, self._expire_late)
        there.add_done_callback(lambda result: self._on_commit(ticket, result))
        return here

    def _on_commit(self, ticket: _Ticket[T], result: Future[T]) -> None:
        """Collect a result, on the committer's thread. The loop is woken once for all of a commit."""
        ticket.result = result
        with self._lock:
            self._done.append(ticket)
            first = len(self._done) == 1
        if first and self._loop is not None:
            # The loop may have ended; then no request waits.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        with self._lock:
            done, self._done = self._done, []
        for ticket in done:
            self._waiting.pop(ticket, None)
            failed = ticket.settle()
            if failed is None:
                self._on_success(ticket)
            else:
                self._on_failure(ticket, failed)

    def _on_success(self, ticket: _Ticket[Any]) -> None:
        self.works = True
        self._taken += 1
        if ticket.kept is None or ticket.result is None:
            return
        if (refused := ticket.result.exception()) is not None:
            self._refused(refused)
            return
        assert self._loop is not None
        self._metrics.durable_after.observe(self._loop.time() - ticket.received_s)
        if self._kept and self._again is None:
            self._try_again()

    def _on_failure(self, ticket: _Ticket[Any], failed: JournalError) -> None:
        if self.works:
            self.log.error("the journal cannot be written", reason=str(failed))
        self.works = False
        if ticket.kept is None:
            return
        self._metrics.not_durable.inc()
        if ticket.kept.is_refused(self._taken):
            self._refused(failed)
            return
        if len(self._kept) >= KEPT_MAX:
            self.log.error("an alert is lost: the queue for the journal is full")
            return
        self._kept.append(ticket.kept)
        self._metrics.kept.set(len(self._kept))
        if self._again is None:
            self._later()

    def _refused(self, error: BaseException) -> None:
        """Drop an alert that would always fail and delay the alerts behind it."""
        self.log.error("the journal refuses the alert, which is not retried", reason=str(error))
        if self._kept and self._again is None:
            self._later()

    def _later(self) -> None:
        assert self._loop is not None
        pause_s = AGAIN_S[min(self._failures, len(AGAIN_S) - 1)]
        self._failures += 1
        self._again = self._loop.call_later(pause_s, self._try_again)

    def _try_again(self) -> None:
        """Retry one kept alert; the others follow after its success."""
        self._again = None
        if not self._kept:
            return
        kept = self._kept.popleft()
        self._metrics.kept.set(len(self._kept))
        future = self._accept(kept)
        future.add_done_callback(self._tried_again)

    def _tried_again(self, future: asyncio.Future[Accepted]) -> None:
        if future.cancelled() or future.exception() is not None:
            return
        self._failures = 0
        alert = future.result().alert
        self.log.warning(
            "an alert kept in memory is in the journal now", alert=alert, waiting=len(self._kept)
        )
        for kept in list(self._kept):
            self._kept.popleft()
            self._accept(kept).add_done_callback(_heard)
        self._metrics.kept.set(len(self._kept))

    def _expire_late(self) -> None:
        assert self._loop is not None
        self._watch = None
        now_s = self._loop.time()
        for ticket in list(self._waiting):
            if now_s - ticket.received_s < GIVE_UP_S:
                left_s = GIVE_UP_S - (now_s - ticket.received_s)
                self._watch = self._loop.call_later(left_s, self._expire_late)
                return
            if not ticket.future.done():
                self.works = False
                ticket.give_up()
            del self._waiting[ticket]


def _heard(future: asyncio.Future[Accepted]) -> None:
    """Consume the result of a retried alert: no request waits for it, and errors were handled before."""
    if not future.cancelled():
        future.exception()
