"""State of the center for monitoring (/healthz, /readyz, /metrics), and the nodes' addresses (/v1/nodes)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import msgspec
from litestar import Response

from gateways.console.following import late
from gateways.http.parts.context import Web
from gateways.http.routing.permissions import ANYBODY, APP_OR_OPERATOR
from gateways.http.routing.route import GET, Answer, route
from gateways.nodes import ClusterState, NodeView, standing
from messages.ids import E164, LineId, Role
from messages.rows import Sentence
from model.alarms.active import NO_LINE_FOR_112
from model.checks import Check, CheckUser, Cost, Finding, Severity, fail, warn
from model.rules.phones_that_check import count_by_state
from model.settings.psap import LastResort
from store.errors import JournalError
from store.journal.notify import topic_of_kind
from store.registry.devices import count_checks
from store.streams import StreamKind

OF_NOBODY: Final = "figures of the center, of nobody"


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The web process answers."""

    status: str


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """Readiness to serve a new alert; the problems if not ready."""

    ready: bool
    journal: bool
    """True if the last write succeeded and is durable, and the journal can be read."""
    actors: bool
    """True if the AlertIntake is notified of new alerts."""
    lines: int
    """Number of lines with a modem that can carry a call now."""
    alerts_kept_in_memory: int
    problems: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    """Faults that keep no alert from being served."""


class NodesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All nodes, the answering node first; the only node of a center lists itself.

    `calls_from`: numbers from which the center may call a user, for a contact on the phone.
    """

    nodes: tuple[NodeView, ...]
    calls_from: tuple[E164, ...] = ()


async def _standing(web: Web) -> ClusterState | None:
    """Return the state of the nodes by the database; None if the database cannot be read."""
    try:
        return await asyncio.to_thread(standing, web.journal, web.settings.node)
    except JournalError:
        return None


def actors_listen(web: Web) -> bool:
    """Return True if the actors are notified at once of a written alert."""
    return web.journal.notify.heard(topic_of_kind(StreamKind.INBOX))


@dataclass(frozen=True)
class Live:
    """Input of the readiness checks: the web process and the state of the nodes."""

    web: Web
    nodes: ClusterState | None

    @cached_property
    def lines(self) -> int:
        """Number of lines with a modem that can carry a call now."""
        web = self.web
        read_model, said = web.following.read_model, web.lines.read()
        bad = read_model.quarantined.keys() | read_model.taken_out.keys()
        lines = (LineId(modem.key) for modem in web.directory.all_of(Role.GSM_MODEM) if modem.ready)
        return sum(1 for line in lines if line not in bad and (line not in said or said[line].usable))


def _journal(live: Live) -> Iterator[Finding]:
    web = live.web
    try:
        web.journal.last_seq()
    except JournalError as error:
        yield fail("journal", f"the journal cannot be read: {error}")
    if not web.writing.works:
        yield fail("journal", "the last write to the journal has failed")
    if not web.journal.durable:
        yield fail(
            "journal", "the disk cannot be written: alerts are handled from memory, and nothing is durable"
        )


def _loaded(live: Live) -> Iterator[Finding]:
    if not live.web.following.loaded.is_set():
        yield fail("loaded", "the open alerts are still being read")


def _member(live: Live) -> Iterator[Finding]:
    if live.web.nodes.shared and (live.nodes is None or not live.nodes.member):
        yield fail(
            "member", "this node is not a member of the center: it handles no alert and dials no number"
        )


def _actors(live: Live) -> Iterator[Finding]:
    if not actors_listen(live.web):
        yield fail("actors", "the actors do not receive new alerts")


def _lines(live: Live) -> Iterator[Finding]:
    if live.lines == 0:
        yield fail("lines", "no line can be used")


def _no_line_for_112(live: Live) -> Iterator[Finding]:
    """Report the DeadlineWatchdog's alarms about the emergency trunk, by the lines of all nodes."""
    center, alarms = live.web.settings.center, live.web.following.read_model.alarms
    trunks = {spec.trunk for spec in center.lines}
    texts = [
        alarms.told[key].text for key in alarms.stand() if key[1] == NO_LINE_FOR_112 and key[2] in trunks
    ]
    resort = center.psap.last_resort is LastResort.PUBLIC and live.lines > 0
    yield from ((warn if resort else fail)("psap", text) for text in texts[:1] if text)


def _ready(
    name: str, at: Sentence, do: Sentence, look: Callable[[Live], Iterator[Finding]]
) -> Check[Live, Iterator[Finding]]:
    return Check(name=name, at=at, do=do, cost=Cost.MEMORY, asked=frozenset({CheckUser.READY}), look=look)


CHECKS: Final = (
    _ready(
        "journal",
        Sentence(
            "The journal is readable, writable and on the disk",
            "Il registro si legge e si scrive, su disco",
        ),
        Sentence(
            "Free space, or repair the disk or the database", "Fare spazio, o riparare il disco o il database"
        ),
        _journal,
    ),
    _ready(
        "loaded",
        Sentence("The web has read the open alerts", "Il web ha letto gli allarmi aperti"),
        Sentence("Wait: a start takes seconds", "Attendere: un avvio dura secondi"),
        _loaded,
    ),
    _ready(
        "member",
        Sentence("This node is a member of the center", "Questo nodo fa parte del centro"),
        Sentence("Check the database and the clocks", "Guardare il database e gli orologi"),
        _member,
    ),
    _ready(
        "actors",
        Sentence("The actors receive new alerts", "Qualcuno prende un allarme appena scritto"),
        Sentence(
            "Read the Supervisor's log; restart the center",
            "Guardare il log del Supervisor; riavviare il centro",
        ),
        _actors,
    ),
    _ready(
        "lines",
        Sentence("Number of lines that carry calls now", "Quante linee portano chiamate ora"),
        Sentence("Check modems, SIMs and network", "Guardare modem, SIM e rete"),
        _lines,
    ),
    _ready(
        "psap",
        Sentence("A line can call 112", "Una linea può chiamare il 112"),
        Sentence("Check the lines reserved for 112", "Guardare le linee riservate al 112"),
        _no_line_for_112,
    ),
)
"""Checks of a running center, in this order: the `problems` come in the same order."""


def readiness(web: Web, nodes: ClusterState | None) -> Readiness:
    """Return the present readiness. Reads the journal and waits for no actor."""
    live = Live(web, nodes)
    found = [one for check in CHECKS for one in check.look(live)]
    problems = tuple(one.text for one in found if one.verdict is Severity.FAIL)
    failed = {one.check for one in found if one.verdict is Severity.FAIL}
    return Readiness(
        ready=not problems,
        journal="journal" not in failed,
        actors="actors" not in failed,
        lines=live.lines,
        alerts_kept_in_memory=web.writing.kept,
        problems=problems,
        warnings=tuple(one.text for one in found if one.verdict is Severity.WARN),
    )


@route(GET, "/healthz", by=ANYBODY, audit=OF_NOBODY, says="It does.")
async def healthz() -> Health:
    """Check that the web process answers."""
    return Health(status="ok")


@route(
    GET,
    "/readyz",
    by=ANYBODY,
    audit=OF_NOBODY,
    says="It would.",
    also={503: "Something is missing."},
)
async def readyz(web: Web) -> Answer[Readiness]:
    """Check that an alert would be served."""
    told = readiness(web, await _standing(web) if web.nodes.shared else None)
    return Answer(told, status=200 if told.ready else 503)


@route(GET, "/metrics", by=ANYBODY, audit=OF_NOBODY)
async def metrics(web: Web) -> Response[bytes]:
    """Return the metrics in Prometheus's format."""
    figures, now_us = web.metrics, web.clock.now_us()
    read_model = web.following.read_model
    alerts = read_model.open()
    figures.open_alerts.set(len(alerts))
    figures.late_alerts.set(sum(late(known.case, now_us) for known in alerts))
    figures.journal_seq.set(read_model.seq)
    figures.journal_works.set(web.writing.works and web.journal.durable)
    figures.lines(web.lines.read().values())
    figures.line_levels(web.levels.read().values())
    alive = web.nodes.alive if web.nodes.shared else None
    lines = web.nodes.lines_with(web.settings.center.lines)
    kept = web.settings.center.limits.inbound_lines_kept * len(web.nodes.alive | {web.nodes.node})
    waits = read_model.lines_that_wait(lines, kept, now_us, alive)
    figures.alarms(read_model.alarms.views(now_us, alive, waits), now_us)
    figures.actors_listen.set(actors_listen(web))
    nodes = await _standing(web) if web.nodes.shared else None
    if web.nodes.shared:
        figures.nodes(web.settings.node, nodes)
    figures.center.ready(readiness(web, nodes).ready)
    figures.center.operators(shift.state for shift in read_model.shifts.values())
    figures.center.alerts(known.case for known in read_model.alerts.values())
    figures.center.disk(Path(web.settings.state))
    with suppress(JournalError):
        figures.phones(count_by_state(await asyncio.to_thread(count_checks, web.journal), now_us))
    # On a thread, because the features' metrics read the journal and files.
    return Response(await asyncio.to_thread(figures.text), media_type="text/plain; version=0.0.4")


@route(GET, "/v1/nodes", by=APP_OR_OPERATOR, audit="the center's own addresses and numbers")
async def nodes(web: Web) -> NodesAnswer:
    """List the addresses of the center's nodes.

    Every node that is or was a member; try first the nodes that are alive and not draining.
    """
    return NodesAnswer(nodes=web.nodes.views(), calls_from=web.calls_from())
