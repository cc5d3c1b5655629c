"""Steps that are no call: a short message from one line to another, what is left on a SIM, a look."""

from __future__ import annotations

from collections.abc import Callable

from features.selftest.prover.work import Around, Child, failed, left_out, well
from features.selftest.steps import BY_STEP
from messages.credit import CreditFailure, CreditOrder
from messages.ids import E164, SECOND, Instant, LineId, TextId
from messages.proofs import ProofStep, ProofWhy, Shown
from runtime.published import line_credit
from store.journal.journal import Transaction
from store.text_rounds import ask_round, round_of


class TextWork:
    """A text that goes from one line to another."""

    def __init__(self, line: LineId, other: LineId, number: E164) -> None:
        self._line, self._other, self._number = line, other, number
        self._text = TextId("")

    def why_not(self, around: Around) -> ProofWhy:
        return around.why_not(self._line, self._other)

    def begin(self, tx: Transaction, name: str, around: Around) -> str:
        until = Instant(around.now_us + BY_STEP[ProofStep.TEXT].within_us // 2)
        return ask_round(tx, self._line, self._number, until)

    def goes_on(self, work: str) -> None:
        self._text = TextId(work)

    def shown(self, around: Around) -> Shown | None:
        found = round_of(around.journal, self._text)
        if found is None:
            return failed(ProofWhy.TROUBLE, self._line)
        if found.seconds is not None:
            return well(seconds=found.seconds)
        if found.failed is not None:
            return failed(ProofWhy.NOT_SENT, self._line)
        if around.now_us - found.asked_at >= BY_STEP[ProofStep.TEXT].within_us - SECOND:
            return failed(ProofWhy.NOT_RECEIVED, self._line, self._other)
        return None

    def end(self, around: Around) -> None:
        """What has left has left; it takes no line from an alert."""


class CreditWork:
    """What is left on a line's SIM."""

    def __init__(self, line: LineId) -> None:
        self._line, self._name = line, ""

    def why_not(self, around: Around) -> ProofWhy:
        return around.why_not(self._line)

    def begin(self, tx: Transaction, name: str, around: Around) -> str:
        line_credit.order(around.run, CreditOrder(order=name, line=self._line, begun_at=around.now_us))
        return name

    def goes_on(self, work: str) -> None:
        self._name = work

    def shown(self, around: Around) -> Shown | None:
        found = line_credit.credit_of(around.state, self._line)
        if found is None or found.order != self._name:
            wanted = line_credit.order_of(around.run, self._line)
            asked = wanted is not None and wanted.order == self._name
            return None if asked else failed(ProofWhy.TROUBLE, self._line)
        if found.ended_at is None:
            return None
        if found.failure is CreditFailure.NOT_SET:
            return left_out(ProofWhy.NOT_SET)
        if found.failure is CreditFailure.BUSY:
            return left_out(ProofWhy.LINE_IN_USE)
        if found.amount is None:
            return failed(ProofWhy.NO_ANSWER, self._line)
        figures = {"credit": found.amount} | ({} if found.least is None else {"least": found.least})
        if found.low:
            return failed(ProofWhy.NO_CREDIT, self._line, **figures)
        return well(**figures)

    def end(self, around: Around) -> None:
        line_credit.forget(around.run, self._line)


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
