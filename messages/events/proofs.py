"""Self-test (proof) of a node, each night and on demand, in `proof-NODE` of that node."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from messages.base import Message
from messages.ids import OperatorId
from messages.proofs import ProofEnd, ProofItem, ProofStep, ProofWhy, StepResult
from messages.rows import Sentence
from messages.trials import WayShown


class ProofOrdered(Message, frozen=True, kw_only=True, tag="proof.ordered"):
    """A self-test was ordered, or the end of the running one. A new order replaces an old one."""

    sentence: ClassVar = Sentence(
        "{by} wants the [{?stop}proof ended|center proved]",
        "{by} vuole [{?stop}finire la prova|provare il centro]",
    )

    by: OperatorId
    steps: tuple[ProofStep, ...] = ()
    """Steps to run; empty: all."""
    stop: bool = False


class ProofBegun(Message, frozen=True, kw_only=True, tag="proof.begun"):
    """A self-test has begun; its steps follow."""

    sentence: ClassVar = Sentence(
        "a proof of {steps:count} steps begins[ for {by}]",
        "comincia una prova in {steps:count} passi[ per {by}]",
    )

    proof: str
    by: OperatorId | None = None
    """Operator who ordered the self-test; None: nightly run."""
    whole: bool = True
    """True if every possible step is run."""
    steps: tuple[ProofItem, ...]
    """Steps to run, in this order."""


class ProofStepBegun(Message, frozen=True, kw_only=True, tag="proof.step_begun"):
    """A step has begun; a process that resumes after a crash finds the running work by `work`."""

    sentence: ClassVar = Sentence("the proof tries {step}[ {subject}]", "si prova {step}[ {subject}]")

    proof: str
    step: ProofStep
    subject: str = ""
    work: str = ""
    """Name of the test call, the SMS, the alert, …"""


class ProofStepEnded(Message, frozen=True, kw_only=True, tag="proof.step_ended"):
    """A step has ended; the later of two results for a step and subject applies."""

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
    """Lines at fault, as far as known."""
    figures: dict[str, float] = msgspec.field(default_factory=dict)
    """Measured values, by names with their units (`days`, `free_bytes`, …)."""
    ways: tuple[WayShown, ...] = ()
    """Results for both directions of a call between two lines."""


class ProofEnded(Message, frozen=True, kw_only=True, tag="proof.ended"):
    """The self-test is over."""

    sentence: ClassVar = Sentence("the proof is over: {why}", "la prova è finita: {why}")

    proof: str
    why: ProofEnd
