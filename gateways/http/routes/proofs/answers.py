"""What is told of proofs, and asked."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

import msgspec

from messages.ids import Instant, NodeId, OperatorId
from messages.proofs import ProofEnd, ProofItem, ProofStep, ProofWhy, StepResult
from messages.trials import WayShown
from model.proof.bounds import BOUNDS
from model.proof.proving import Ended, OneProof, Proving
from model.proof.steps import BETWEEN

NIGHTS: Final = 90


class ProofState(StrEnum):
    """How far a step is."""

    WAITS = "waits"
    RUNS = "runs"
    OK = "ok"
    FAILED = "failed"
    LEFT_OUT = "left_out"
    GAVE_WAY = "gave_way"


class ProofNew(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be proved now: these steps; without them, all. `node`: which; empty: this one."""

    steps: tuple[ProofStep, ...] = ()
    node: str = ""


class ProofWay(msgspec.Struct, frozen=True, kw_only=True):
    """How one line was heard by another: `delay_ms` one way, `level_db` beside what was said."""

    speaker: str
    listener: str
    level_db: float | None
    delay_ms: int | None
    lost_percent: float | None
    proved: bool


class ProofRow(msgspec.Struct, frozen=True, kw_only=True):
    """One step about one subject. `lines`: which are at fault, as far as it can be told. `bad_since_us`: from
    then on it has failed each time.
    """

    step: ProofStep
    subject: str
    state: ProofState
    why: ProofWhy
    lines: tuple[str, ...]
    figures: dict[str, float]
    ways: tuple[ProofWay, ...]
    at_us: Instant | None
    bad_since_us: Instant | None


class ProofView(msgspec.Struct, frozen=True, kw_only=True):
    """One proof. `by`: null by night; not `whole`: of some steps alone."""

    proof: str
    by: OperatorId | None
    whole: bool
    begun_us: Instant
    ended_us: Instant | None
    end: ProofEnd | None
    rows: list[ProofRow]


class ProofPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One night of a figure; `value` null: it was not measured."""

    at_us: Instant
    value: float | None
    good: bool


class ProofSeries(msgspec.Struct, frozen=True, kw_only=True):
    """One figure, night by night, the oldest first. `subject`: a line, two lines (`A>B`), or nothing."""

    step: ProofStep
    figure: str
    subject: str
    points: list[ProofPoint]


class ProofBound(msgspec.Struct, frozen=True, kw_only=True):
    """What a figure has to be."""

    step: ProofStep
    figure: str
    least: float | None
    most: float | None


class ProofNode(msgspec.Struct, frozen=True, kw_only=True):
    """Of one node. `ordered`: somebody wants one, and it waits."""

    node: NodeId
    ordered: bool
    last: ProofView | None
    series: list[ProofSeries]


class ProofsView(msgspec.Struct, frozen=True, kw_only=True):
    """What the proofs have found. `at`, `until`: the night of this node; `at` empty: none by itself."""

    at: str
    until: str
    nodes: list[ProofNode]
    bounds: list[ProofBound]


def bounds() -> list[ProofBound]:
    """All of them."""
    return [ProofBound(step=one.step, figure=one.figure, least=one.least, most=one.most) for one in BOUNDS]


def told(node: NodeId, proving: Proving, now_us: Instant) -> ProofNode:
    """What is told of a node."""
    last = proving.proofs[-1] if proving.proofs else None
    order = proving.order(now_us)
    return ProofNode(
        node=node,
        ordered=order is not None and not order.stop,
        last=None if last is None else _proof(proving, last),
        series=list(_series(proving)),
    )


def _proof(proving: Proving, one: OneProof) -> ProofView:
    return ProofView(
        proof=one.proof,
        by=one.by,
        whole=one.whole,
        begun_us=one.begun_at,
        ended_us=one.ended_at,
        end=one.why,
        rows=[_row(proving, one, item) for item in one.steps],
    )


def _row(proving: Proving, one: OneProof, item: ProofItem) -> ProofRow:
    ended = one.done.get(item)
    shown = None if ended is None else ended.shown
    return ProofRow(
        step=item.step,
        subject=item.subject,
        state=_state(one, item, ended),
        why=ProofWhy.NONE if shown is None else shown.why,
        lines=() if shown is None else shown.lines,
        figures={} if shown is None else shown.figures,
        ways=() if shown is None else tuple(map(_way, shown.ways)),
        at_us=None if ended is None else ended.at,
        bad_since_us=proving.bad_since(item),
    )


def _state(one: OneProof, item: ProofItem, ended: Ended | None) -> ProofState:
    if one.begun is not None and one.begun.item == item:
        return ProofState.RUNS
    return ProofState.WAITS if ended is None else ProofState(ended.shown.result)


def _way(way: WayShown) -> ProofWay:
    return ProofWay(
        speaker=way.speaker,
        listener=way.listener,
        level_db=way.level_db,
        delay_ms=way.delay_ms,
        lost_percent=way.lost_percent,
        proved=way.proved,
    )


_CHARTED: Final = (
    (ProofStep.TEXT, "seconds"),
    (ProofStep.CREDIT, "credit"),
    (ProofStep.CHAIN, "seconds"),
    (ProofStep.DISK, "free_bytes"),
    (ProofStep.JOURNAL, "seconds"),
    (ProofStep.BACKUP, "seconds"),
)


def _series(proving: Proving) -> Iterator[ProofSeries]:
    whole = [one for one in proving.proofs if one.whole and one.ended_at is not None][-NIGHTS:]
    for item in proving.tried():
        told = [(one, one.done.get(item)) for one in whole]
        if item.step is ProofStep.VOICE:
            yield from _of_ways(item, told)
        for step, figure in _CHARTED:
            if step is item.step:
                points = [_point(one, ended, figure) for one, ended in told]
                if any(point.value is not None for point in points):
                    yield ProofSeries(step=step, figure=figure, subject=item.subject, points=points)


def _point(one: OneProof, ended: Ended | None, figure: str) -> ProofPoint:
    value = None if ended is None else ended.shown.figures.get(figure)
    return ProofPoint(at_us=one.begun_at, value=value, good=_is_good(ended))


def _is_good(ended: Ended | None) -> bool:
    return ended is None or ended.shown.result is not StepResult.FAILED


def _of_ways(item: ProofItem, told: list[tuple[OneProof, Ended | None]]) -> Iterator[ProofSeries]:
    known = [way for _, ended in told if ended is not None for way in ended.shown.ways]
    for speaker, listener in dict.fromkeys((way.speaker, way.listener) for way in known):
        nights = [(one, ended, _heard(ended, speaker, listener)) for one, ended in told]
        for figure in ("delay_ms", "level_db"):
            points = [
                ProofPoint(
                    at_us=one.begun_at,
                    value=None if way is None else getattr(way, figure),
                    good=_is_good(ended) if way is None else way.proved,
                )
                for one, ended, way in nights
            ]
            if any(point.value is not None for point in points):
                subject = f"{speaker}{BETWEEN}{listener}"
                yield ProofSeries(step=item.step, figure=figure, subject=subject, points=points)


def _heard(ended: Ended | None, speaker: str, listener: str) -> WayShown | None:
    ways = () if ended is None else ended.shown.ways
    return next((one for one in ways if (one.speaker, one.listener) == (speaker, listener)), None)
