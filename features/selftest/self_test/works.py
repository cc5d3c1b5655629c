"""Selection of the work for each step, or of the reason to leave it out; tests of texts and of credit."""

from __future__ import annotations

from collections.abc import Callable

from features.selftest.self_test.calls import CallWork, chain_work
from features.selftest.self_test.work import CheckWork, Child, StepContext, Work, failed, left_out, well
from features.selftest.settings import SelfTestSettings
from features.selftest.steps import BY_STEP, Per, ends
from messages.credit import CreditFailure, CreditOrder
from messages.ids import E164, SECOND, Instant, LineId, TextId
from messages.proofs import ProofItem, ProofStep, ProofWhy, Shown
from runtime.published import line_files
from store.journal.journal import Transaction
from store.sms_outbox import read_loopback_text, request_loopback_text


class TextWork:
    """A text sent from one line to another."""

    def __init__(self, line: LineId, other: LineId, number: E164) -> None:
        self._line, self._other, self._number = line, other, number
        self._text = TextId("")

    def why_not(self, around: StepContext) -> ProofWhy:
        return around.why_not(self._line, self._other)

    def begin(self, tx: Transaction, name: str, around: StepContext) -> str:
        until = Instant(around.now_us + BY_STEP[ProofStep.TEXT].within_us // 2)
        return request_loopback_text(tx, self._line, self._number, until)

    def resume(self, work: str) -> None:
        self._text = TextId(work)

    def result(self, around: StepContext) -> Shown | None:
        found = read_loopback_text(around.journal, self._text)
        if found is None:
            return failed(ProofWhy.TROUBLE, self._line)
        if found.seconds is not None:
            return well(seconds=found.seconds)
        if found.failed is not None:
            return failed(ProofWhy.NOT_SENT, self._line)
        if around.now_us - found.asked_at >= BY_STEP[ProofStep.TEXT].within_us - SECOND:
            return failed(ProofWhy.NOT_RECEIVED, self._line, self._other)
        return None

    def end(self, around: StepContext) -> None:
        """Do nothing: a text cannot be recalled, and takes no line from an alert."""


class CreditWork:
    """A query of the credit on a line's SIM."""

    def __init__(self, line: LineId) -> None:
        self._line, self._name = line, ""

    def why_not(self, around: StepContext) -> ProofWhy:
        return around.why_not(self._line)

    def begin(self, tx: Transaction, name: str, around: StepContext) -> str:
        line_files.order_credit(around.run, CreditOrder(order=name, line=self._line, begun_at=around.now_us))
        return name

    def resume(self, work: str) -> None:
        self._name = work

    def result(self, around: StepContext) -> Shown | None:
        found = line_files.credit_of(around.state, self._line)
        if found is None or found.order != self._name:
            wanted = line_files.credit_order_of(around.run, self._line)
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

    def end(self, around: StepContext) -> None:
        line_files.forget_credit_order(around.run, self._line)


NewChild = Callable[[ProofStep], Child]


def work_of(item: ProofItem, around: StepContext, *, first: bool, child: NewChild) -> Work | ProofWhy:
    """Return the work for the step, or the reason to leave it out. `first`: this node runs the steps that one
    node runs for all; `child`: starts a process for a check.
    """
    if item.step in SelfTestSettings.of(around.setup.settings).leave_out:
        return ProofWhy.EXCLUDED
    match BY_STEP[item.step].per:
        case Per.CENTER if not first:
            return ProofWhy.ANOTHER_NODE
        case Per.NODE | Per.CENTER:
            look = CheckWork(item.step, child)
            return chain_work(around, look) if item.step is ProofStep.CHAIN else look
        case Per.PAIR:
            return _between(item, around)
        case Per.LINE | Per.EMERGENCY_LINE:
            return _on_line(item, around)


def _between(item: ProofItem, around: StepContext) -> Work | ProofWhy:
    line, *others = ends(item.subject)
    one, other = around.spec(line), around.spec(others[0]) if others else None
    if one is None or other is None or not other.number:
        return ProofWhy.NO_OTHER_LINE
    if item.step is ProofStep.TEXT:
        return TextWork(one.line, other.line, other.number)
    return CallWork(one.line, other.number, other.line)


def _on_line(item: ProofItem, around: StepContext) -> Work | ProofWhy:
    one = around.spec(item.subject)
    if one is None:
        return ProofWhy.LINE_DOWN
    if item.step is ProofStep.CREDIT:
        return ProofWhy.NOT_SET if not one.credit.asked else CreditWork(one.line)
    number = around.setup.settings.psap.test_number
    if not number:
        return ProofWhy.NOT_SET
    ours = next((spec for spec in around.setup.settings.lines if spec.number == number), None)
    return CallWork(one.line, number, None if ours is None else ours.line)
