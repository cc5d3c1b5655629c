"""The proof of a node, each night and on demand: in `proof-NODE`, of that node."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from messages.base import Message
from messages.ids import OperatorId
from messages.proofs import ProofEnd, ProofItem, ProofStep, ProofWhy, StepResult
from messages.rows import Sentence
from messages.trials import WayShown


class ProofOrdered(Message, frozen=True, kw_only=True, tag="proof.ordered"):
    """Somebody wants one now, or, where it goes on, its end. A new order takes an old one's place."""

    sentence: ClassVar = Sentence(
        "{by} wants the [{?stop}proof ended|center proved]",
        "{by} vuole [{?stop}finire la prova|provare il centro]",
    )

    by: OperatorId
    steps: tuple[ProofStep, ...] = ()
    """None: all of them."""
    stop: bool = False


class ProofBegun(Message, frozen=True, kw_only=True, tag="proof.begun"):
    """A proof begins; what of it is done follows, step by step."""

    sentence: ClassVar = Sentence(
        "a proof of {steps:count} steps begins[ for {by}]",
        "comincia una prova in {steps:count} passi[ per {by}]",
    )

    proof: str
    by: OperatorId | None = None
    """Who has ordered it; None: the night."""
    whole: bool = True
    """All is tried that can be."""
    steps: tuple[ProofItem, ...]
    """All that is to be tried, in this order."""


class ProofStepBegun(Message, frozen=True, kw_only=True, tag="proof.step_begun"):
    """One step is being tried; who is killed meanwhile finds by `work` what of it goes on."""

    sentence: ClassVar = Sentence("the proof tries {step}[ {subject}]", "si prova {step}[ {subject}]")

    proof: str
    step: ProofStep
    subject: str = ""
    work: str = ""
    """The test call, the text, the alert, … by its name."""


class ProofStepEnded(Message, frozen=True, kw_only=True, tag="proof.step_ended"):
    """One step was tried; of two of one step and subject the later counts."""

    sentence: ClassVar = Sentence(
        "proof of {step}[ {subject}]: {result}[ ({why})]",
        "prova di {step}[ {subject}]: {result}[ ({why})]",
    )

    proof: str
    step: ProofStep
    subject: str = ""
    result: StepResult
    why: ProofWhy = ProofWhy.NONE
    lines: tuple[str, ...] = ()
    """The lines that are at fault, as far as it can be told."""
    figures: dict[str, float] = msgspec.field(default_factory=dict)
    """What was measured, by names with their units (`days`, `free_bytes`, …)."""
    ways: tuple[WayShown, ...] = ()
    """Of a call between two lines: how each was heard by the other."""


class ProofEnded(Message, frozen=True, kw_only=True, tag="proof.ended"):
    """The proof is over."""

    sentence: ClassVar = Sentence("the proof is over: {why}", "la prova è finita: {why}")

    proof: str
    why: ProofEnd
