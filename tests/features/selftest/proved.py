"""What a SelfTest writes of its node."""

from __future__ import annotations

from messages.events import Event, ProofStepEnded
from messages.proofs import ProofItem, ProofWhy, StepResult
from messages.trials import WayShown
from store import streams
from store.journal.journal import Append, Journal
from tests.gateways.http.place import NODE


def write(journal: Journal, *events: Event) -> None:
    """It has said these."""
    journal.append(Append(streams.proof(NODE), None, events))


def ended(
    proof: str,
    item: ProofItem,
    result: StepResult = StepResult.OK,
    why: ProofWhy = ProofWhy.NONE,
    ways: tuple[WayShown, ...] = (),
    **figures: float,
) -> ProofStepEnded:
    """One item was tried."""
    return ProofStepEnded(
        proof=proof, step=item.step, subject=item.subject, result=result, why=why, figures=figures, ways=ways
    )
