"""/v1/proofs, for supervisors and admins: results of the nodes' self-tests; start one now, or end it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from enum import StrEnum
from itertools import permutations
from typing import Final

import msgspec

from features.selftest.judging import BOUNDS, Bound
from features.selftest.proving import ItemResult, SelfTestRun, SelfTests
from features.selftest.settings import SelfTestSettings
from features.selftest.steps import BETWEEN, ends
from features.selftest.store import KEPT_US, proofs_of
from gateways.http.parts.context import Web
from gateways.http.routing.permissions import SUPERVISOR, Caller
from gateways.http.routing.route import DELETE, GET, POST, route
from gateways.http.wire.errors import NotDone, NotThere, Why
from messages.events import ProofOrdered
from messages.ids import Instant, NodeId, OperatorId
from messages.proofs import ProofEnd, ProofItem, ProofStep, ProofWhy, StepResult
from messages.trials import WayShown
from store import streams
from store.journal.journal import Append, Transaction
from store.nodes.members import members

OF_NOBODY: Final = "what was measured of the center's own parts, and nobody's data"
NIGHTS: Final = 90


class ProofState(StrEnum):
    """State of a step."""

    WAITS = "waits"
    RUNS = "runs"
    OK = "ok"
    FAILED = "failed"
    LEFT_OUT = "left_out"
    GAVE_WAY = "gave_way"


class ProofNew(msgspec.Struct, frozen=True, kw_only=True):
    """Order of a self-test: the steps, or all by default. `node`: its node; empty: this node."""

    steps: tuple[ProofStep, ...] = ()
    node: str = ""


class ProofRow(msgspec.Struct, frozen=True, kw_only=True):
    """A step with its subject. `lines`: lines at fault, as far as known. `bad_since_us`: time since which the
    step fails each time.
    """

    step: ProofStep
    subject: str
    state: ProofState
    why: ProofWhy
    lines: tuple[str, ...]
    figures: dict[str, float]
    ways: tuple[WayShown, ...]
    at_us: Instant | None
    bad_since_us: Instant | None


class ProofView(msgspec.Struct, frozen=True, kw_only=True):
    """A self-test. `by`: null for a nightly one; not `whole`: only some steps."""

    proof: str
    by: OperatorId | None
    whole: bool
    begun_us: Instant
    ended_us: Instant | None
    end: ProofEnd | None
    rows: list[ProofRow]


class ProofPoint(msgspec.Struct, frozen=True, kw_only=True):
    """Value of a figure in one night; `value` null: not measured."""

    at_us: Instant
    value: float | None
    good: bool


class ProofSeries(msgspec.Struct, frozen=True, kw_only=True):
    """A figure night by night, the oldest first. `subject`: a line, two lines (`A>B`), or empty."""

    step: ProofStep
    figure: str
    subject: str
    points: list[ProofPoint]


class ProofNode(msgspec.Struct, frozen=True, kw_only=True):
    """Self-tests of one node. `ordered`: an order is waiting."""

    node: NodeId
    ordered: bool
    last: ProofView | None
    series: list[ProofSeries]


class ProofsView(msgspec.Struct, frozen=True, kw_only=True):
    """Results of the self-tests. `at`, `until`: the night of this node; `at` empty: no nightly self-test."""

    at: str
    until: str
    nodes: list[ProofNode]
    bounds: tuple[Bound, ...]
    """Limits of figures."""


@route(GET, "/v1/proofs", by=SUPERVISOR, audit=OF_NOBODY)
def proofs(web: Web) -> ProofsView:
    """Return the results of the self-tests.

    For each node the last self-test, which may be in progress, and figures of 90 nights.
    """
    return _view(web)


@route(
    POST,
    "/v1/proofs",
    by=SUPERVISOR,
    audit=OF_NOBODY,
    status=202,
    says="Ordered.",
    refuses=(NotThere, Why.BUSY),
)
async def begin_proof(web: Web, who: Caller, data: ProofNew) -> ProofsView:
    """Start a self-test of a node now.

    It begins once no alert is open, and gives way to each new alert.
    """
    node = NodeId(data.node) if data.node else web.settings.node
    if node not in await asyncio.to_thread(_nodes, web):
        raise NotThere("no node has this name")
    since = Instant(web.clock.now_us() - KEPT_US)
    if (await asyncio.to_thread(proofs_of, web.journal, node, since)).current is not None:
        raise NotDone("a self-test is running already: wait until it has ended", Why.BUSY)
    ordered = ProofOrdered(by=who.operator, steps=data.steps)
    await web.writing.run(lambda tx: _write(tx, [node], ordered))
    return await asyncio.to_thread(_view, web)


@route(DELETE, "/v1/proofs", by=SUPERVISOR, audit=OF_NOBODY)
async def end_proof(web: Web, who: Caller) -> None:
    """End the self-tests in progress."""
    ordered = ProofOrdered(by=who.operator, stop=True)
    nodes = await asyncio.to_thread(_nodes, web)
    await web.writing.run(lambda tx: _write(tx, nodes, ordered))


def _nodes(web: Web) -> list[NodeId]:
    found = {web.settings.node}
    if web.journal.shared:
        found |= {one.node for one in members(web.journal)}
    return sorted(found)


def _view(web: Web) -> ProofsView:
    now_us = web.clock.now_us()
    since = Instant(now_us - KEPT_US)
    return ProofsView(
        at=SelfTestSettings.of(web.settings.center).begins_at,
        until=SelfTestSettings.of(web.settings.center).until,
        nodes=[told(node, proofs_of(web.journal, node, since), now_us) for node in _nodes(web)],
        bounds=BOUNDS,
    )


def _write(tx: Transaction, nodes: list[NodeId], event: ProofOrdered) -> None:
    for node in nodes:
        tx.append(Append(streams.proof(node), None, (event,)))


def told(node: NodeId, proving: SelfTests, now_us: Instant) -> ProofNode:
    """Build the view of a node."""
    last = proving.proofs[-1] if proving.proofs else None
    order = proving.order(now_us)
    return ProofNode(
        node=node,
        ordered=order is not None and not order.stop,
        last=None if last is None else _proof(proving, last),
        series=[one for one in _series(proving) if any(point.value is not None for point in one.points)],
    )


def _proof(proving: SelfTests, one: SelfTestRun) -> ProofView:
    return ProofView(
        proof=one.proof,
        by=one.by,
        whole=one.whole,
        begun_us=one.begun_at,
        ended_us=one.ended_at,
        end=one.why,
        rows=[_row(proving, one, item) for item in one.steps],
    )


def _row(proving: SelfTests, one: SelfTestRun, item: ProofItem) -> ProofRow:
    ended = one.done.get(item)
    shown = None if ended is None else ended.shown
    return ProofRow(
        step=item.step,
        subject=item.subject,
        state=_state(one, item, ended),
        why=ProofWhy.NONE if shown is None else shown.why,
        lines=() if shown is None else shown.lines,
        figures={} if shown is None else shown.figures,
        ways=() if shown is None else shown.ways,
        at_us=None if ended is None else ended.at,
        bad_since_us=proving.failing_since(item),
    )


def _state(one: SelfTestRun, item: ProofItem, ended: ItemResult | None) -> ProofState:
    if one.begun is not None and one.begun.item == item:
        return ProofState.RUNS
    return ProofState.WAITS if ended is None else ProofState(ended.shown.result)


_CHARTED: Final = {
    ProofStep.TEXT: "seconds",
    ProofStep.CREDIT: "credit",
    ProofStep.CHAIN: "closed_s",
    ProofStep.DISK: "free_bytes",
    ProofStep.JOURNAL: "seconds",
    ProofStep.BACKUP: "seconds",
}


def _series(proving: SelfTests) -> Iterator[ProofSeries]:
    whole = [one for one in proving.proofs if one.whole and one.ended_at is not None][-NIGHTS:]
    for item in proving.tried():
        nights = [(one.begun_at, one.done.get(item)) for one in whole]
        if (figure := _CHARTED.get(item.step)) is not None:
            points = [_point(at, ended, figure) for at, ended in nights]
            yield ProofSeries(step=item.step, figure=figure, subject=item.subject, points=points)
        if item.step is ProofStep.VOICE:
            for speaker, listener in permutations(ends(item.subject), 2):
                for figure in ("delay_ms", "level_db"):
                    points = [_point_of_way(at, ended, speaker, listener, figure) for at, ended in nights]
                    subject = f"{speaker}{BETWEEN}{listener}"
                    yield ProofSeries(step=item.step, figure=figure, subject=subject, points=points)


def _point(at: Instant, ended: ItemResult | None, figure: str) -> ProofPoint:
    value = None if ended is None else ended.shown.figures.get(figure)
    return ProofPoint(at_us=at, value=value, good=_is_good(ended))


def _point_of_way(
    at: Instant, ended: ItemResult | None, speaker: str, listener: str, figure: str
) -> ProofPoint:
    ways = () if ended is None else ended.shown.ways
    way = next((one for one in ways if (one.speaker, one.listener) == (speaker, listener)), None)
    if way is None:
        return ProofPoint(at_us=at, value=None, good=_is_good(ended))
    return ProofPoint(at_us=at, value=getattr(way, figure), good=way.proved)


def _is_good(ended: ItemResult | None) -> bool:
    return ended is None or ended.shown.result is not StepResult.FAILED
