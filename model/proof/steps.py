"""What a proof consists of: each step with its reason, and the items that a node's lines make of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from messages.ids import SECOND, Instant
from messages.proofs import ProofItem, ProofStep
from model.policy import LineSpec

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


class StepKind(msgspec.Struct, frozen=True, kw_only=True):
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
    StepKind(
        step=ProofStep.CLOCK,
        per=Per.NODE,
        within_us=_s(30),
        because="deadlines and signatures are counted by it",
    ),
    StepKind(
        step=ProofStep.CERTIFICATE,
        per=Per.NODE,
        within_us=_s(30),
        because="with its last day no app and no browser comes in",
    ),
    StepKind(
        step=ProofStep.DISK,
        per=Per.NODE,
        within_us=_s(30),
        because="a full disk takes durability away from every alert",
    ),
    StepKind(
        step=ProofStep.CHAIN,
        per=Per.NODE,
        within_us=_s(120),
        because="each part may be well, and what is between two of them not",
    ),
    StepKind(
        step=ProofStep.VOICE,
        per=Per.PAIR,
        within_us=_s(90),
        because="a modem that answers AT may be mute, deaf or seconds late",
    ),
    StepKind(
        step=ProofStep.EMERGENCY,
        per=Per.EMERGENCY_LINE,
        within_us=_s(90),
        because="its lines carry no other call, so that nothing else would show that they cannot",
    ),
    StepKind(
        step=ProofStep.TEXT,
        per=Per.PAIR,
        within_us=_s(300),
        because="a network that takes a short message may never deliver it",
    ),
    StepKind(
        step=ProofStep.CREDIT,
        per=Per.LINE,
        within_us=_s(180),
        because="a SIM without credit refuses the call that is needed",
    ),
    StepKind(
        step=ProofStep.AUDIT,
        per=Per.NODE,
        within_us=_s(900),
        because="who has changed an entry is found by the chain alone",
    ),
    StepKind(
        step=ProofStep.JOURNAL,
        per=Per.CENTER,
        within_us=_s(3600),
        because="a damaged page is found by reading it, and while there still is a good backup",
    ),
    StepKind(
        step=ProofStep.BACKUP,
        per=Per.CENTER,
        within_us=_s(2 * 3600),
        because="a backup is one once it has been restored",
    ),
)
"""In the order in which they are tried."""
BY_STEP: Final = {kind.step: kind for kind in KINDS}


def planned(lines: Sequence[LineSpec], wanted: Collection[ProofStep] = ()) -> tuple[ProofItem, ...]:
    """What is to be tried on these lines, in this order; `wanted`: of these steps alone. What cannot be
    tried is among it: that it is left out is a result.
    """
    return tuple(
        ProofItem(step=kind.step, subject=subject)
        for kind in KINDS
        if not wanted or kind.step in wanted
        for subject in _subjects(kind.per, lines)
    )


def _subjects(per: Per, lines: Sequence[LineSpec]) -> list[str]:
    match per:
        case Per.NODE | Per.CENTER:
            return [""]
        case Per.LINE:
            return [one.line for one in lines]
        case Per.EMERGENCY_LINE:
            return [one.line for one in lines if one.emergency]
        case Per.PAIR:
            return _round([one for one in lines if not one.emergency])


def _round(public: Sequence[LineSpec]) -> list[str]:
    """From each to the next one that can be called; one that finds none stands alone."""
    found = []
    for place, one in enumerate(public):
        others = (*public[place + 1 :], *public[:place])
        called = next((other for other in others if other.inbound and other.number is not None), None)
        found.append(
            one.line if called is None or one.number is None else f"{one.line}{BETWEEN}{called.line}"
        )
    return found


def ends(subject: str) -> tuple[str, ...]:
    """The lines of a subject."""
    return tuple(subject.split(BETWEEN))
