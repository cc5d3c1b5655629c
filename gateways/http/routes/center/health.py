"""How the center is, for those who watch it: /healthz, /readyz, /metrics; and where else it can be asked."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
from litestar import Response

from gateways.console.following import late
from gateways.http.parts.context import Web
from gateways.http.routing.permissions import ANYBODY, APP_OR_OPERATOR
from gateways.http.routing.route import GET, Answer, route
from gateways.nodes import NodeView, Standing, standing
from messages.ids import E164, SECOND, Instant, LineId, Role
from model.alarms.standing import NO_LINE_FOR_112
from model.rules.silent_phones import counted
from model.settings.psap import LastResort
from runtime.published.backup_file import backups
from store.errors import JournalError
from store.journal.notify import kind
from store.proofs import proofs_of
from store.registry.devices import checks
from store.streams import StreamKind

PROOFS_US: Final = 8 * 86_400 * SECOND
"""So far back a step's last proof is told: who has not been tried for a week is well as nobody knows."""


OF_NOBODY: Final = "figures of the center, of nobody"


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The web process answers."""

    status: str


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an alert that came now would be served, and what is missing if not."""

    ready: bool
    journal: bool
    """The last write went well and is durable, and it can be read."""
    actors: bool
    """The AlertIntake hears of what is written."""
    lines: int
    """Lines whose modem can carry a call now."""
    alerts_kept_in_memory: int
    problems: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    """What is wrong, and keeps no alert from being served."""


class NodesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All nodes, the one that is asked first; a node that is alone tells of itself.

    `calls_from`: from which numbers the center may call a user, for a contact on the phone.
    """

    nodes: tuple[NodeView, ...]
    calls_from: tuple[E164, ...] = ()


async def _standing(web: Web) -> Standing | None:
    """How the nodes stand by the database; none where it does not say."""
    try:
        return await asyncio.to_thread(standing, web.journal, web.settings.node)
    except JournalError:
        return None


def readiness(web: Web, nodes: Standing | None) -> Readiness:
    """How it stands now. Asks the journal; waits for nobody."""
    problems = []
    journal = web.writing.works
    try:
        web.journal.last_seq()
    except JournalError as error:
        journal = False
        problems.append(f"the journal cannot be read: {error}")
    if not web.writing.works:
        problems.append("the journal did not take the last thing written to it")
    if not web.journal.durable:
        journal = False
        problems.append("the disk cannot be written: alerts are handled from memory, and nothing is durable")
    if not web.following.loaded.is_set():
        problems.append("the open alerts are still being read")
    if web.nodes.shared and (nodes is None or not nodes.member):
        problems.append("this node is no member: it can own no alert, and dials nothing")
    actors = actors_listen(web)
    if not actors:
        problems.append("the actors do not listen")
    lines = _lines(web)
    if lines == 0:
        problems.append("no line can be used")
    warnings: list[str] = []
    if no_line := _no_line_for_112(web):
        resort = web.settings.center.psap.last_resort is LastResort.PUBLIC and lines > 0
        (warnings if resort else problems).append(no_line)
    return Readiness(
        ready=not problems,
        journal=journal,
        actors=actors,
        lines=lines,
        alerts_kept_in_memory=web.writing.kept,
        problems=tuple(problems),
        warnings=tuple(warnings),
    )


def _no_line_for_112(web: Web) -> str:
    """What the DeadlineWatchdog says of the trunk, by the lines of all nodes; empty where all is well."""
    alarms = web.following.picture.alarms
    trunks = {spec.trunk for spec in web.settings.center.lines}
    for key in alarms.stand():
        if key[1] == NO_LINE_FOR_112 and key[2] in trunks:
            return alarms.told[key].text
    return ""


def actors_listen(web: Web) -> bool:
    """Whether an alert that is written is taken up at once."""
    return web.journal.notify.heard(kind(StreamKind.INBOX))


def _lines(web: Web) -> int:
    modems = web.directory.all_of(Role.GSM_MODEM)
    picture, said = web.following.picture, web.lines.read()
    bad = picture.quarantined.keys() | picture.taken_out.keys()
    lines = (LineId(modem.key) for modem in modems if modem.ready)
    return sum(1 for line in lines if line not in bad and (line not in said or said[line].usable))


@route(GET, "/healthz", by=ANYBODY, audit=OF_NOBODY, says="It does.")
async def healthz() -> Health:
    """The web process answers."""
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
    """An alert would be served."""
    told = readiness(web, await _standing(web) if web.nodes.shared else None)
    return Answer(told, status=200 if told.ready else 503)


@route(GET, "/metrics", by=ANYBODY, audit=OF_NOBODY)
async def metrics(web: Web) -> Response[bytes]:
    """Prometheus's figures."""
    figures, now_us = web.metrics, web.clock.now_us()
    picture = web.following.picture
    alerts = picture.open()
    figures.open_alerts.set(len(alerts))
    figures.late_alerts.set(sum(late(known.case, now_us) for known in alerts))
    figures.journal_seq.set(picture.seq)
    figures.journal_works.set(web.writing.works and web.journal.durable)
    figures.lines(web.lines.read().values())
    figures.line_levels(web.levels.read().values())
    figures.backups(backups(Path(web.settings.state)), now_us)
    alive = web.nodes.alive if web.nodes.shared else None
    lines = web.nodes.lines_with(web.settings.center.lines)
    kept = web.settings.center.limits.inbound_lines_kept * len(web.nodes.alive | {web.nodes.node})
    waits = picture.lines_that_wait(lines, kept, now_us, alive)
    figures.alarms(picture.alarms.views(now_us, alive, waits), now_us)
    figures.actors_listen.set(actors_listen(web))
    nodes = await _standing(web) if web.nodes.shared else None
    if web.nodes.shared:
        figures.nodes(web.settings.node, nodes)
    figures.center.ready(readiness(web, nodes).ready)
    figures.center.operators(shift.state for shift in picture.shifts.values())
    figures.center.alerts(known.case for known in picture.alerts.values())
    figures.center.disk(Path(web.settings.state))
    with suppress(JournalError):
        figures.phones(counted(await asyncio.to_thread(checks, web.journal), now_us))
        lately = Instant(now_us - PROOFS_US)
        figures.center.proofs(await asyncio.to_thread(proofs_of, web.journal, web.settings.node, lately))
    return Response(figures.text(), media_type="text/plain; version=0.0.4")


@route(GET, "/v1/nodes", by=APP_OR_OPERATOR, audit="the center's own addresses and numbers")
async def nodes(web: Web) -> NodesAnswer:
    """Where else the center can be asked.

    Every node that is or was a member; try first those that are alive and not draining.
    """
    return NodesAnswer(nodes=web.nodes.views(), calls_from=web.calls_from())
