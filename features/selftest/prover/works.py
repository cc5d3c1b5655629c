"""Which work is which step's, and what it is left out for."""

from __future__ import annotations

from collections.abc import Callable

from features.selftest.prover.calls import CallWork
from features.selftest.prover.chain import chain_work
from features.selftest.prover.errands import CreditWork, LookWork, TextWork
from features.selftest.prover.work import Around, Child, Work
from features.selftest.steps import BY_STEP, Per, ends
from messages.proofs import ProofItem, ProofStep, ProofWhy

NewChild = Callable[[ProofStep], Child]


def work_of(item: ProofItem, around: Around, *, first: bool, child: NewChild) -> Work | ProofWhy:
    """What tries it, or why nothing does. `first`: this node does what one does for all; `child`: starts a
    process that looks.
    """
    if item.step in around.setup.settings.proof.leave_out:
        return ProofWhy.EXCLUDED
    match BY_STEP[item.step].per:
        case Per.CENTER if not first:
            return ProofWhy.ANOTHER_NODE
        case Per.NODE | Per.CENTER:
            look = LookWork(item.step, child)
            return chain_work(around, look) if item.step is ProofStep.CHAIN else look
        case Per.PAIR:
            return _between(item, around)
        case Per.LINE | Per.EMERGENCY_LINE:
            return _on_line(item, around)


def _between(item: ProofItem, around: Around) -> Work | ProofWhy:
    line, *others = ends(item.subject)
    one, other = around.spec(line), around.spec(others[0]) if others else None
    if one is None or other is None or not other.number:
        return ProofWhy.NO_OTHER_LINE
    if item.step is ProofStep.TEXT:
        return TextWork(one.line, other.line, other.number)
    return CallWork(one.line, other.number, other.line)


def _on_line(item: ProofItem, around: Around) -> Work | ProofWhy:
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
