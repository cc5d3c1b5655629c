"""What follows from what the proofs have found: the alarms that are to stand, each until the same is well."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from features.selftest.bounds import BOUNDS
from features.selftest.night import OVERDUE_US
from features.selftest.proving import Ended, Proving
from features.selftest.steps import BY_STEP, KINDS
from messages.ids import SECOND, Instant
from messages.proofs import ProofItem, ProofStep, ProofWhy, StepResult
from messages.trials import Blame, Side, WayFault
from model.alarms.standing import Key

MUTE: Final = "proof.line_mute"
DEAF: Final = "proof.line_deaf"
POOR: Final = "proof.line_poor"
OVERDUE: Final = ("proof.overdue", "proof")
NAMES: Final = frozenset(
    (
        *(kind.alarm for kind in KINDS),
        *(kind.soon for kind in KINDS if kind.soon),
        MUTE,
        DEAF,
        POOR,
        OVERDUE[0],
    )
)
_BY_BLAME: Final = frozenset((ProofWhy.MUTE, ProofWhy.DEAF, ProofWhy.DELAYED, ProofWhy.LOSSY, ProofWhy.FAINT))
"""Of these a call between two lines tells only what is wrong; several calls tell with which line."""


def wrong(proving: Proving, blames: Iterable[Blame]) -> dict[Key, str]:
    """What is wrong by the last finding of each item that is still tried; `blames`: by the ways that were
    heard in the last calls.
    """
    items = set(proving.tried())
    found: dict[Key, str] = {}
    for item, ended in proving.newest().items():
        if item in items and ended.shown.result is StepResult.FAILED:
            for subject in _subjects(item, ended):
                found[BY_STEP[item.step].alarm, subject] = _text(item, ended)
        elif item in items and (text := _soon(item, ended)):
            found[BY_STEP[item.step].soon, item.subject or item.step] = text
    for blame in blames:
        found[_of_blame(blame), blame.line] = _text_of(blame)
    return found


def _subjects(item: ProofItem, ended: Ended) -> tuple[str, ...]:
    if item.step is ProofStep.VOICE and ended.shown.why in _BY_BLAME:
        return ()
    return ended.shown.lines[:1] or (item.subject or item.step,)


def _soon(item: ProofItem, ended: Ended) -> str:
    figures = ended.shown.figures
    return ", ".join(
        f"proof of {item.step}: {one.figure} {figures[one.figure]:g}, less than {one.soon:g}"
        for one in BOUNDS
        if one.step is item.step and one.soon is not None and figures.get(one.figure, one.soon) < one.soon
    )


def _text(item: ProofItem, ended: Ended) -> str:
    figures = ", ".join(f"{name} {value:g}" for name, value in sorted(ended.shown.figures.items()))
    what = " ".join(filter(None, (item.step, item.subject)))
    return f"proof of {what}: {ended.shown.why}" + (f" ({figures})" if figures else "")


def _of_blame(blame: Blame) -> str:
    if blame.fault is not WayFault.UNHEARD:
        return POOR
    return MUTE if blame.side is Side.OUT else DEAF


def _text_of(blame: Blame) -> str:
    way = "what is said to it" if blame.side is Side.OUT else "what comes from it"
    return f"{way}: {blame.fault}" + ("" if blame.sure else "; it may be the other line's, on its other side")


def overdue(proving: Proving, since_us: Instant, now_us: Instant) -> str:
    """What is to be said where none has come to its end for long; `since_us`: when the first could have."""
    last = proving.whole_at() or since_us
    if now_us - last <= OVERDUE_US:
        return ""
    return f"No proof has come to its end for {round((now_us - last) / 3600 / SECOND)} hours."
