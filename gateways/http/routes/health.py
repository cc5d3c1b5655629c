"""How the center is, for those who watch it: /healthz, /readyz, /metrics."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from gateways.console.following import late
from gateways.http.parts.context import Web
from gateways.http.wire.answers import AnyRequest, answer, said
from gateways.nodes import Standing, standing
from messages.ids import SECOND, Instant, LineId, Role
from model.alarms.standing import NO_LINE_FOR_112
from model.policy import LastResort
from model.rules.silent_phones import counted
from runtime.published.backup_file import backups
from store.errors import JournalError
from store.journal.notify import kind
from store.proofs import proofs_of
from store.registry.devices import checks
from store.streams import StreamKind

PROOFS_US: Final = 8 * 86_400 * SECOND
"""So far back a step's last proof is told: who has not been tried for a week is well as nobody knows."""


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
        resort = web.settings.policy.psap_last_resort is LastResort.PUBLIC and lines > 0
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
    trunks = {spec.trunk for spec in web.settings.lines}
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


def health_routes(web: Web) -> list[HTTPRouteHandler]:
    """The routes."""

    @get(
        "/healthz",
        summary="The web process answers",
        operation_id="healthz",
        audit="figures of the center, of nobody",
        tags=["health"],
        responses={200: said(Health, "It does.")},
    )
    async def healthz(request: AnyRequest) -> Response[bytes]:
        return answer(request, Health(status="ok"))

    @get(
        "/readyz",
        summary="An alert would be served",
        operation_id="readyz",
        audit="figures of the center, of nobody",
        tags=["health"],
        responses={
            200: said(Readiness, "It would."),
            503: said(Readiness, "Something is missing."),
        },
    )
    async def readyz(request: AnyRequest) -> Response[bytes]:
        told = readiness(web, await _standing(web) if web.nodes.shared else None)
        return answer(request, told, 200 if told.ready else 503)

    @get(
        "/metrics",
        summary="Prometheus's figures",
        operation_id="metrics",
        audit="figures of the center, of nobody",
        tags=["health"],
    )
    async def metrics() -> Response[bytes]:
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
        lines = web.nodes.lines_with(web.settings.lines)
        kept = web.settings.policy.inbound_lines_kept * len(web.nodes.alive | {web.nodes.node})
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

    return [healthz, readyz, metrics]
