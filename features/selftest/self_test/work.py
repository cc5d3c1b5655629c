"""Work of a step of the self-test: begun within the transaction that records its beginning, and polled until
there is a result.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from messages.ids import Instant, LineId
from messages.lines import LineReport
from messages.proofs import ProofItem, ProofStep, ProofWhy, Shown, StepResult
from model.settings.lines import Modem
from model.setup import Setup
from store.journal.journal import Journal, Transaction
from store.journal.projections import LineHold


class StepContext(msgspec.Struct, frozen=True, kw_only=True):
    """Environment of a step."""

    setup: Setup
    elsewhere: tuple[Modem, ...] = ()
    """Lines of other nodes."""
    run: Path
    state: Path
    journal: Journal
    holds: dict[LineId, LineHold]
    reports: Callable[[], dict[LineId, LineReport]]
    now_us: Instant

    def spec(self, line: str) -> Modem | None:
        """Return the node's line of this name; None for an unknown name."""
        return next((one for one in self.setup.settings.lines if one.line == line), None)

    def why_not(self, *lines: LineId) -> ProofWhy:
        """Return why no call can begin on these lines now; NONE if one can."""
        reports = self.reports()
        for line in lines:
            hold, report = self.holds.get(line), reports.get(line)
            if report is None or not report.usable:
                return ProofWhy.LINE_DOWN
            if hold is not None and (hold.quarantined or hold.taken_out is not None):
                return ProofWhy.LINE_DOWN
            if report.busy or (hold is not None and (hold.leg is not None or hold.operator is not None)):
                return ProofWhy.LINE_IN_USE
        return ProofWhy.NONE


class Work(Protocol):
    """The work of one step."""

    def why_not(self, around: StepContext) -> ProofWhy:
        """Return why the work cannot begin now; NONE if it can."""
        ...

    def begin(self, tx: Transaction, name: str, around: StepContext) -> str:
        """Order the work, within the transaction that records its beginning; return the name of the work:
        `name`, or one of its own. Raises JournalError.
        """
        ...

    def resume(self, work: str) -> None:
        """Continue the work of this name, recorded in the journal by this process or an earlier one."""
        ...

    def result(self, around: StepContext) -> Shown | None:
        """Return the result; None while there is none. Raises JournalError."""
        ...

    def end(self, around: StepContext) -> None:
        """Abort the work and drop its result."""
        ...


class Child(Protocol):
    """A separate process for a check."""

    def result(self) -> Shown | None:
        """Return the result; None while it runs. A failed process is a result."""
        ...

    def kill(self) -> None:
        """End the process at once."""
        ...


def left_out(why: ProofWhy) -> Shown:
    """Return the result of a step that was not tried."""
    return Shown(result=StepResult.LEFT_OUT, why=why)


def failed(why: ProofWhy, *lines: str, **figures: float) -> Shown:
    """Return the result of a failed step. `lines`: lines at fault, as far as known."""
    return Shown(result=StepResult.FAILED, why=why, lines=lines, figures=figures)


def well(**figures: float) -> Shown:
    """Return the result of a successful step."""
    return Shown(result=StepResult.OK, figures=figures)


def name_of(proof: str, item: ProofItem, done: int) -> str:
    """Return the name of a step's work: stable for readers, distinct for each attempt."""
    return f"{proof}.{item.step}.{done}"


class CheckWork:
    """A check by a separate process. The process dies with its SelfTest, and is then started again."""

    def __init__(self, step: ProofStep, child: Callable[[ProofStep], Child]) -> None:
        self._step, self._new = step, child
        self._child: Child | None = None
        self._failed: Shown | None = None

    def why_not(self, around: StepContext) -> ProofWhy:
        return ProofWhy.NONE

    def begin(self, tx: Transaction, name: str, around: StepContext) -> str:
        return ""

    def resume(self, work: str) -> None:
        try:
            self._child = self._new(self._step)
        except OSError:
            # The step is already in the journal as begun: an exception here would recur at each start.
            self._failed = failed(ProofWhy.TROUBLE)

    def result(self, around: StepContext) -> Shown | None:
        return self._failed if self._child is None else self._child.result()

    def end(self, around: StepContext) -> None:
        if self._child is not None:
            self._child.kill()
