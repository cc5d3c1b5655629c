"""What a proof consists of: each step with its reason, and the items that a node's lines make of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from messages.ids import SECOND, Instant
from messages.proofs import ProofItem, ProofStep
from model.settings.lines import Modem

BETWEEN: Final = ">"
"""Within a subject: from one line to another. It is in no line's name."""


class Per(StrEnum):
    """How often a step is tried in one proof."""

    NODE = "node"
    CENTER = "center"
    """Once for all nodes: the first of those that live does it."""
    PAIR = "pair"
    """From each line to the next one, so that each calls once and is called once."""
    EMERGENCY_LINE = "emergency_line"
    LINE = "line"


class StepKind(NamedTuple):
    """One kind of step."""

    step: ProofStep
    per: Per
    within_us: Instant
    """After so long it has failed."""
    because: str


def _s(seconds: int) -> Instant:
    return Instant(seconds * SECOND)


KINDS: Final = (
    # What takes a moment comes first: a night that is full of alerts shows that much.
    StepKind(ProofStep.CLOCK, Per.NODE, _s(30), "deadlines and signatures are counted by it"),
    StepKind(ProofStep.CERTIFICATE, Per.NODE, _s(30), "with its last day no app and no browser comes in"),
    StepKind(ProofStep.DISK, Per.NODE, _s(30), "a full disk takes durability away from every alert"),
    StepKind(
        ProofStep.CHAIN, Per.NODE, _s(120), "each part may be well, and what is between two of them not"
    ),
    StepKind(ProofStep.VOICE, Per.PAIR, _s(90), "a modem that answers AT may be mute, deaf or seconds late"),
    StepKind(
        ProofStep.EMERGENCY,
        Per.EMERGENCY_LINE,
        _s(90),
        "its lines carry no other call, so that nothing else would show that they cannot",
    ),
    StepKind(ProofStep.TEXT, Per.PAIR, _s(300), "a network that takes a short message may never deliver it"),
    StepKind(ProofStep.CREDIT, Per.LINE, _s(180), "a SIM without credit refuses the call that is needed"),
    StepKind(ProofStep.AUDIT, Per.NODE, _s(900), "who has changed an entry is found by the chain alone"),
    StepKind(
        ProofStep.JOURNAL,
        Per.CENTER,
        _s(3600),
        "a damaged page is found by reading it, and while there still is a good backup",
    ),
    StepKind(ProofStep.BACKUP, Per.CENTER, _s(2 * 3600), "a backup is one once it has been restored"),
)
"""In the order in which they are tried."""
BY_STEP: Final = {kind.step: kind for kind in KINDS}


def planned(lines: Sequence[Modem], wanted: Collection[ProofStep] = ()) -> tuple[ProofItem, ...]:
    """What is to be tried on these lines, in this order; `wanted`: of these steps alone. What cannot be
    tried is among it: that it is left out is a result.
    """
    return tuple(
        ProofItem(step=kind.step, subject=subject)
        for kind in KINDS
        if not wanted or kind.step in wanted
        for subject in _subjects(kind.per, lines)
    )


def _subjects(per: Per, lines: Sequence[Modem]) -> list[str]:
    match per:
        case Per.NODE | Per.CENTER:
            return [""]
        case Per.LINE:
            return [one.line for one in lines]
        case Per.EMERGENCY_LINE:
            return [one.line for one in lines if one.emergency]
        case Per.PAIR:
            return _round([one for one in lines if not one.emergency])


def _round(public: Sequence[Modem]) -> list[str]:
    """From each to the next one that can be called; one that finds none stands alone."""
    found = []
    for place, one in enumerate(public):
        others = (*public[place + 1 :], *public[:place])
        called = next((other for other in others if other.takes_calls and other.number), None)
        found.append(one.line if called is None or not one.number else f"{one.line}{BETWEEN}{called.line}")
    return found


def ends(subject: str) -> tuple[str, ...]:
    """The lines of a subject."""
    return tuple(subject.split(BETWEEN))
