"""Puts the web process together: `build` makes the application of its parts (`gateways.http.parts`)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final

from litestar import Litestar

from gateways.console.channel import console_route
from gateways.console.page import page_routes
from gateways.console.screen import Screen
from gateways.console.sessions import AnySocket, Door
from gateways.console.voice import Headsets, Meters, voice_route
from gateways.http.door import signatures
from gateways.http.door.from_where import across_nodes, apart
from gateways.http.door.idle import keep_ending_idle
from gateways.http.door.saying import said_with_every_answer
from gateways.http.failing import exception_handlers
from gateways.http.node_orders import keep_ordered
from gateways.http.parts.auditing import nothing_unaudited
from gateways.http.parts.context import Web
from gateways.http.routes.all import routes
from gateways.http.routes.staff.commands import bring_shift
from gateways.http.routing.handler import handlers_of
from gateways.http.routing.schema import openapi_config
from gateways.http.wire.decoding import BODY_MAX
from messages.ids import OperatorId
from messages.readings import LevelReading
from model.feature import installed, named
from runtime import logs
from runtime.published import voice_files
from runtime.published.file import Lately
from runtime.struct_types import learn_structs
from store.errors import JournalError, StoreError
from store.registry.access.sessions import ticket_of

LOAD_AGAIN_S: Final = 0.5

log = logs.get("http")


def build(web: Web) -> Litestar:
    """The application. Its lifespan starts and ends the parts; it accepts before open alerts are read."""
    learn_structs()
    settings, declared = web.settings, routes()
    behind_proxy = (
        settings.center.http.behind_proxy
        or bool(settings.center.http.trusted_proxies)
        or (web.proxies.is_https and not settings.certificate)
    )
    reports = Lately(partial(voice_files.read, Path(web.settings.state) / "run"))
    screen = Screen(
        web.following,
        web.people,
        settings=web.settings.center,
        lines=web.settings.center.lines,
        version=web.settings.version,
        told={name: named(where)(web) for feature in installed() for name, where in feature.told.items()},
        protocols=settings.protocols,
        speaks=settings.speaks,
        reports=web.lines.read,
        modems=web.modems,
        levels=web.levels.read,
        voices=lambda: web.nodes.voices(reports.read()),
        nodes=web.nodes,
        left_behind=lambda operator: _bring_shift(web, operator),
    )

    def heard(reading: LevelReading) -> None:
        web.metrics.voice(reading.pace)
        screen.levels(reading)

    meters = Meters(Path(web.settings.state) / "run", web.clock, heard)
    headsets = Headsets(
        Path(web.settings.state) / "run",
        lambda operator: web.journal.notify.committed(0, [f"{voice_files.HEADSET}-{operator}"]),
    )
    door = Door(web.auth, web.people, web.proxies.is_own_page)
    web.metrics.consoles.set_function(lambda: len(screen.connected))

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        web.writing.start()
        # The first to be told: what it decides is for the consoles.
        web.following.add(screen)
        beside = AsyncExitStack()
        for where in (one for feature in installed() for one in feature.beside_web):
            await beside.enter_async_context(named(where)(web))
        meters.start()
        headsets.start()
        works = (
            _load(web),
            web.auth.keep_looking(),
            keep_ending_idle(web),
            web.tally.keep_up(),
            keep_ordered(web),
            asyncio.to_thread(signatures.load),
        )
        tasks = [asyncio.create_task(work) for work in works]
        try:
            yield
        finally:
            web.stopping.set()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            meters.stop()
            headsets.stop()
            web.following.stop()
            await beside.aclose()
            await asyncio.to_thread(web.writing.close)
            await asyncio.to_thread(web.audit.close)
            web.journal.close()

    return Litestar(
        route_handlers=[
            *handlers_of(declared, web),
            console_route(screen, door, web.audit, lambda socket: _ticket(web, socket), web.auth.note_use),
            voice_route(headsets, door),
            *page_routes(web.nodes.elsewhere),
        ],
        middleware=[
            apart(settings.metrics, behind_proxy=behind_proxy),
            *([across_nodes(web.nodes.elsewhere)] if web.nodes.shared else []),
        ],
        exception_handlers=exception_handlers(web),
        before_send=[said_with_every_answer(web.proxies, web.clock), nothing_unaudited],
        openapi_config=openapi_config(
            declared, web.settings.version, web.cookies.name(secure=web.proxies.is_https)
        ),
        request_max_body_size=BODY_MAX,
        lifespan=[lifespan],
        logging_config=None,
        debug=False,
    )


async def _load(web: Web) -> None:
    """Read the open alerts, beside the intake; again until the journal lets it."""
    while True:
        try:
            await asyncio.to_thread(web.following.load)
            web.following.start()
        except JournalError as error:
            log.error("the open alerts cannot be read", reason=str(error))
        else:
            if web.following.picture.open():
                # The web before may have died between a commit and saying so.
                web.journal.notify.committed(0)
            return
        await asyncio.sleep(LOAD_AGAIN_S)


def _ticket(web: Web, socket: AnySocket) -> str:
    """By which whoever is signed on here goes on elsewhere; empty where that cannot be."""
    try:
        session = web.auth.session(socket) if web.nodes.shared else None
    except StoreError as error:
        # Not the end of a console that shows what it has: the database will be back.
        log.error("no ticket can be given", reason=str(error))
        return ""
    return "" if session is None else ticket_of(session, web.clock.now_us())


def _bring_shift(web: Web, operator: OperatorId) -> None:
    def done(future: asyncio.Future[bool]) -> None:
        if future.cancelled():
            return
        if (error := future.exception()) is not None:
            log.error("a shift could not be brought here", operator=operator, reason=str(error))
        elif future.result():
            log.info("a shift goes on here", operator=operator)

    web.writing.run(lambda transaction: bring_shift(transaction, operator)).add_done_callback(done)
