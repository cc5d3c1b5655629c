"""One step: begun within the transaction that says so, and looked at until it has shown something."""

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


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What a step needs to know."""

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
        """The node's line of this name."""
        return next((one for one in self.setup.settings.lines if one.line == line), None)

    def why_not(self, *lines: LineId) -> ProofWhy:
        """Why no call can begin on these now; NONE: one can."""
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
    """One step at work."""

    def why_not(self, around: Around) -> ProofWhy:
        """Why it cannot be begun now; NONE: it can."""
        ...

    def begin(self, tx: Transaction, name: str, around: Around) -> str:
        """Have it done, within the transaction that writes that it was begun. Returns the name of what was
        begun: this one, or its own. Raises JournalError.
        """
        ...

    def goes_on(self, work: str) -> None:
        """It is in the journal that this, by its name, was begun: now, or by a process before this one."""
        ...

    def shown(self, around: Around) -> Shown | None:
        """What it has come to; None: nothing yet. Raises JournalError."""
        ...

    def end(self, around: Around) -> None:
        """It is to go on no longer, and nothing of it is wanted."""
        ...


class Child(Protocol):
    """A process that looks."""

    def said(self) -> Shown | None:
        """What it has found; None: it is at it. That it could not is a finding."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...


def left_out(why: ProofWhy) -> Shown:
    """It was not tried."""
    return Shown(result=StepResult.LEFT_OUT, why=why)


def failed(why: ProofWhy, *lines: str, **figures: float) -> Shown:
    """It is not well; `lines`: which are at fault, as far as it can be told."""
    return Shown(result=StepResult.FAILED, why=why, lines=lines, figures=figures)


def well(**figures: float) -> Shown:
    """It is well."""
    return Shown(result=StepResult.OK, figures=figures)


def name_of(proof: str, item: ProofItem, done: int) -> str:
    """A name for what is begun: the same for who looks for it, another for each try."""
    return f"{proof}.{item.step}.{done}"


class LookWork:
    """A look by a process aside. One that the process before had begun died with it, and is begun anew."""

    def __init__(self, step: ProofStep, child: Callable[[ProofStep], Child]) -> None:
        self._step, self._new = step, child
        self._child: Child | None = None
        self._failed: Shown | None = None

    def why_not(self, around: Around) -> ProofWhy:
        return ProofWhy.NONE

    def begin(self, tx: Transaction, name: str, around: Around) -> str:
        return ""

    def goes_on(self, work: str) -> None:
        try:
            self._child = self._new(self._step)
        except OSError:
            # The step is in the journal as begun: a death here would be one at each start.
            self._failed = failed(ProofWhy.TROUBLE)

    def shown(self, around: Around) -> Shown | None:
        return self._failed if self._child is None else self._child.said()

    def end(self, around: Around) -> None:
        if self._child is not None:
            self._child.kill()
