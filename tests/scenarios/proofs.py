"""The Prover with looks that take no process and no time but that of the virtual clock."""

from __future__ import annotations

from actors.prover.actor import ProverActor
from actors.prover.work import Child
from messages.proofs import ProofStep, Shown, StepResult

FOUND: dict[ProofStep, Shown] = {}
"""What a look is to find; else all is well."""
STUCK: set[ProofStep] = set()
"""Looks that come to no end."""
ENDED: list[ProofStep] = []
"""Looks that were killed."""


class NoChild:
    """Finds at once what it is to find."""

    def __init__(self, step: ProofStep) -> None:
        self._step = step

    def said(self) -> Shown | None:
        if self._step in STUCK:
            return None
        return FOUND.get(self._step, Shown(result=StepResult.OK))

    def kill(self) -> None:
        ENDED.append(self._step)


class ProverWithoutChildrenActor(ProverActor):
    """With such looks."""

    def child(self, step: ProofStep) -> Child:
        return NoChild(step)


def forget() -> None:
    """As before the first look."""
    FOUND.clear()
    STUCK.clear()
    ENDED.clear()
