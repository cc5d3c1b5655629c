"""Evaluation of findings: limits of figures, prediction of a full disk, faulty modems, and active alarms.

A voice path between lines is bad because of the speaker's outgoing audio or the listener's incoming audio.
Either side is cleared by another path through it without the fault; the remaining side is at fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

import msgspec
from msgspec.structs import replace

from features.selftest.proving import ItemResult, SelfTests
from features.selftest.steps import BY_STEP, KINDS, OVERDUE_US
from messages.ids import SECOND, Instant, LineId
from messages.proofs import ProofItem, ProofStep, ProofWhy, Shown, StepResult
from messages.trials import WayFault, WayShown
from model.alarms.active import Key
from model.bounds import (
    CLOCK_STEP_S,
    LEAST_DAYS_OF_CERTIFICATE,
    OLDEST_BACKUP_S,
    RENEWED_DAYS_OF_CERTIFICATE,
)

LEAST_DAYS_OF_DISK: Final = 7


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """Limit of one figure, in the figure's unit: its maximum `most`, or its minimum `least`."""

    step: ProofStep
    figure: str
    most: float | None = None
    least: float | None = None
    soon: float | None = None
    """Limit below which an alarm waits for the morning, without a failure."""
    because: str


BOUNDS: Final = (
    Bound(
        step=ProofStep.CERTIFICATE,
        figure="days",
        least=LEAST_DAYS_OF_CERTIFICATE,
        soon=RENEWED_DAYS_OF_CERTIFICATE,
        because="two weeks are a holiday of the person who renews it",
    ),
    Bound(
        step=ProofStep.DISK,
        figure="days",
        least=LEAST_DAYS_OF_DISK,
        because="a disk is ordered and put in within a week",
    ),
    Bound(
        step=ProofStep.CLOCK,
        figure="moved_s",
        most=CLOCK_STEP_S,
        because="times that are shown and written are off by it",
    ),
    Bound(
        step=ProofStep.BACKUP,
        figure="age_s",
        most=OLDEST_BACKUP_S,
        because="what came since is in no backup",
    ),
)


DAY_US: Final = 86_400 * SECOND
FRESH_US: Final = DAY_US // 2
"""Changes of a few hours are no measure of a day: a backup is written, a recording deleted."""
OLD_US: Final = 14 * DAY_US

Known = tuple[Instant, float]
"""Time, and number of free bytes."""


def days_left(free: float, before: Iterable[Known], now_us: Instant) -> float | None:
    """Return the days until the disk is full, by its fastest rate. Rates are measured since yesterday, since
    a week ago, and since each self-test of a fortnight. None if the disk is not filling, as far as known.
    """
    rates = [
        (then - free) / ((now_us - at) / DAY_US) for at, then in before if FRESH_US <= now_us - at <= OLD_US
    ]
    fastest = max(rates, default=0.0)
    return None if fastest <= 0 else free / fastest


def evaluate_disk(shown: Shown, before: Iterable[Known], now_us: Instant) -> Shown:
    """Evaluate a check of the disk."""
    free = shown.figures.get("free_bytes")
    days = None if free is None else days_left(free, before, now_us)
    if days is None or shown.result is StepResult.FAILED:
        return shown
    told = replace(shown, figures={**shown.figures, "days": round(days, 1)})
    if days >= LEAST_DAYS_OF_DISK:
        return told
    return replace(told, result=StepResult.FAILED, why=ProofWhy.FULL_SOON)


class Side(StrEnum):
    """Direction of a modem's audio."""

    OUT = "out"
    """Outgoing audio: words for this modem do not leave it."""
    IN = "in"
    """Incoming audio: words received by this modem are not passed on."""


class ModemFault(msgspec.Struct, frozen=True, kw_only=True):
    """The modem at fault, as far as several calls show."""

    line: LineId
    side: Side
    fault: WayFault
    """The most severe fault of its kind on the modem's paths."""
    sure: bool
    """True if another path clears the modem at the other end; otherwise that modem may be at fault."""


_KINDS: Final = (
    frozenset((WayFault.UNHEARD,)),
    frozenset((WayFault.UNUSABLE_DELAY, WayFault.DELAYED)),
    frozenset((WayFault.CUT, WayFault.GAPS)),
    frozenset((WayFault.FAINT,)),
    frozenset((WayFault.LOUD,)),
)
"""Faults of one kind in several degrees."""
_GRAVEST = tuple(WayFault)

_End = tuple[LineId, Side]


def modems_at_fault(ways: Iterable[WayShown]) -> tuple[ModemFault, ...]:
    """Return the modems at fault by these paths; paths that were too short to measure do not count."""
    told = [way for way in ways if way.proved or way.faults]
    found: dict[tuple[_End, frozenset[WayFault]], ModemFault] = {}
    for kind in _KINDS:
        for way in told:
            if (fault := _of(way, kind)) is None:
                continue
            left = [end for end in _ends(way) if not _is_cleared(end, kind, told)]
            for line, side in left or _ends(way):
                key = (line, side), kind
                before = found.get(key)
                graver = fault if before is None else min(fault, before.fault, key=_GRAVEST.index)
                sure = len(left) == 1 or (before is not None and before.sure)
                found[key] = ModemFault(line=line, side=side, fault=graver, sure=sure)
    return tuple(sorted(found.values(), key=lambda one: (not one.sure, _GRAVEST.index(one.fault), one.line)))


def _ends(way: WayShown) -> tuple[_End, _End]:
    return (way.speaker, Side.OUT), (way.listener, Side.IN)


def _of(way: WayShown, kind: frozenset[WayFault]) -> WayFault | None:
    return next((fault for fault in way.faults if fault in kind), None)


def _is_cleared(end: _End, kind: frozenset[WayFault], ways: Sequence[WayShown]) -> bool:
    """Return True if a measured path through this side has no fault of the kind."""
    return any(
        end in _ends(way) and WayFault.UNHEARD not in way.faults and _of(way, kind) is None for way in ways
    )


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
"""Reasons for which a call between two lines shows only the fault; several calls show the line."""


def alarms_of(proving: SelfTests, blames: Iterable[ModemFault]) -> dict[Key, str]:
    """Return the alarms that follow from the last finding of each item that is still tested. `blames`: faults
    by the voice paths measured in the last calls.
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


def _subjects(item: ProofItem, ended: ItemResult) -> tuple[str, ...]:
    if item.step is ProofStep.VOICE and ended.shown.why in _BY_BLAME:
        return ()
    return ended.shown.lines[:1] or (item.subject or item.step,)


def _soon(item: ProofItem, ended: ItemResult) -> str:
    figures = ended.shown.figures
    return ", ".join(
        f"self-test {item.step}: {one.figure} {figures[one.figure]:g}, less than {one.soon:g}"
        for one in BOUNDS
        if one.step is item.step and one.soon is not None and figures.get(one.figure, one.soon) < one.soon
    )


def _text(item: ProofItem, ended: ItemResult) -> str:
    figures = ", ".join(f"{name} {value:g}" for name, value in sorted(ended.shown.figures.items()))
    what = " ".join(filter(None, (item.step, item.subject)))
    return f"self-test {what}: {ended.shown.why}" + (f" ({figures})" if figures else "")


def _of_blame(blame: ModemFault) -> str:
    if blame.fault is not WayFault.UNHEARD:
        return POOR
    return MUTE if blame.side is Side.OUT else DEAF


def _text_of(blame: ModemFault) -> str:
    way = "outgoing audio" if blame.side is Side.OUT else "incoming audio"
    return f"{way}: {blame.fault}" + (
        "" if blame.sure else "; the fault may be on the other line, in the opposite direction"
    )


def overdue(proving: SelfTests, since_us: Instant, now_us: Instant) -> str:
    """Return the text of the alarm if no self-test was completed for too long. `since_us`: time of the first
    possible one.
    """
    last = proving.whole_at() or since_us
    if now_us - last <= OVERDUE_US:
        return ""
    return f"No self-test was completed for {round((now_us - last) / 3600 / SECOND)} hours."
