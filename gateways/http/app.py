"""Litestar application of the web process.

`build` makes the application from the process's parts (`gateways.http.parts`), with the routes of the kernel
and of the features. The module also turns errors into responses: the center's own errors, Litestar's, and
unexpected errors.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from litestar import Litestar, Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from gateways.console.channel import console_route
from gateways.console.page import page_routes
from gateways.console.screen import Screen
from gateways.console.sessions import AnySocket, Door
from gateways.console.voice import Headsets, Meters, voice_route
from gateways.http.node_orders import poll_orders
from gateways.http.parts.auditing import require_audit_entry
from gateways.http.parts.context import Web
from gateways.http.routes import health
from gateways.http.routes.admin import (
    keys,
    lines,
    nodes,
    start,
    version,
)
from gateways.http.routes.app import alerts, cancelling, devices, intake, messages
from gateways.http.routes.console import access, sign_on
from gateways.http.routes.staff import alarms, commands, pictures_and_recordings, shift
from gateways.http.routes.staff.commands import move_shift
from gateways.http.routing.handler import handlers_of
from gateways.http.routing.route import Route, routes_of
from gateways.http.routing.schema import openapi_config
from gateways.http.security import signatures
from gateways.http.security.idle import keep_ending_idle
from gateways.http.security.path_access import cors_of_nodes, restricted_paths
from gateways.http.security.response_headers import common_headers
from gateways.http.wire.answers import AnyRequest, Problem, answer
from gateways.http.wire.decoding import BODY_MAX
from gateways.http.wire.errors import NotDurable, RequestError, TooMany
from messages.ids import Advice, OperatorId
from messages.readings import LevelReading
from model.feature import installed, load_object
from runtime import logs
from runtime.published import readings, voice_files
from runtime.published.file import CachedForASecond
from runtime.struct_types import learn_structs
from store.errors import JournalError, StoreError
from store.registry.access.sessions import issue_ticket

LOAD_AGAIN_S: Final = 0.5
_KERNEL: Final = (
    *(intake, alerts, messages, cancelling, devices),
    *(commands, shift, alarms, pictures_and_recordings),
    *(keys, lines, version, nodes, start),
    *(sign_on, access),
    health,
)
"""Modules that declare routes, in the order of the description."""

log = logs.get("http")


def build(web: Web) -> Litestar:
    """Return the application. Its lifespan starts and ends the parts; alerts come in before the open ones are
    read.
    """
    learn_structs()
    settings, declared = web.settings, routes()
    behind_proxy = (
        settings.center.http.behind_proxy
        or bool(settings.center.http.trusted_proxies)
        or (web.proxies.is_https and not settings.certificate)
    )
    reports = CachedForASecond(partial(voice_files.read, Path(web.settings.state) / "run"))
    screen = Screen(
        web.following,
        web.people,
        settings=web.settings.center,
        lines=web.settings.center.lines,
        version=web.settings.version,
        told={
            name: load_object(where)(web) for feature in installed() for name, where in feature.told.items()
        },
        protocols=settings.protocols,
        speaks=settings.speaks,
        reports=web.lines.read,
        modems=web.modems,
        levels=web.levels.read,
        voices=lambda: web.nodes.voices(reports.read()),
        nodes=web.nodes,
        left_behind=lambda operator: _bring_shift(web, operator),
        publish_shown=partial(readings.write_shown, Path(web.settings.state) / "run"),
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
        # The screen is notified first, because the consoles depend on its decisions.
        web.following.add(screen)
        beside = AsyncExitStack()
        for where in (one for feature in installed() for one in feature.beside_web):
            await beside.enter_async_context(load_object(where)(web))
        meters.start()
        headsets.start()
        works = (
            _load(web),
            web.auth.keep_refreshing(),
            keep_ending_idle(web),
            web.tally.keep_up(),
            poll_orders(web),
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
            restricted_paths(settings.metrics, behind_proxy=behind_proxy),
            *([cors_of_nodes(web.nodes.elsewhere)] if web.nodes.shared else []),
        ],
        exception_handlers=exception_handlers(web),
        before_send=[common_headers(web.proxies, web.clock), require_audit_entry],
        openapi_config=openapi_config(
            declared, web.settings.version, web.cookies.name(secure=web.proxies.is_https)
        ),
        request_max_body_size=BODY_MAX,
        lifespan=[lifespan],
        logging_config=None,
        debug=False,
    )


async def _load(web: Web) -> None:
    """Read the open alerts beside the intake; retry until the journal can be read."""
    while True:
        try:
            await asyncio.to_thread(web.following.load)
            web.following.start()
        except JournalError as error:
            log.error("the open alerts cannot be read", reason=str(error))
        else:
            if web.following.read_model.open():
                # The previous web may have died between a commit and its notification.
                web.journal.notify.committed(0)
            return
        await asyncio.sleep(LOAD_AGAIN_S)


def _ticket(web: Web, socket: AnySocket) -> str:
    """Return the ticket by which the session of a console continues at another node; empty if impossible."""
    try:
        session = web.auth.session(socket) if web.nodes.shared else None
    except StoreError as error:
        # The console stays open and shows the data it has: the database will be back.
        log.error("the ticket for a console cannot be issued: the registry cannot be read", reason=str(error))
        return ""
    return "" if session is None else issue_ticket(session, web.clock.now_us())


def _bring_shift(web: Web, operator: OperatorId) -> None:
    def done(future: asyncio.Future[bool]) -> None:
        if future.cancelled():
            return
        if (error := future.exception()) is not None:
            log.error(
                "the shift of the operator cannot be moved to this node", operator=operator, reason=str(error)
            )
        elif future.result():
            log.info("a shift goes on here", operator=operator)

    web.writing.run(lambda transaction: move_shift(transaction, operator)).add_done_callback(done)


def routes() -> tuple[Route, ...]:
    """Return the routes of the kernel and of the installed features, in the order of the description."""
    return routes_of((*_KERNEL, *(load_object(where) for feature in installed() for where in feature.routes)))


def exception_handlers(web: Web) -> ExceptionHandlersMap:
    """Return the handlers of errors, by class of error."""

    def refused(request: AnyRequest, error: RequestError) -> Response[bytes]:
        web.metrics.refused.labels(status=str(error.status)).inc()
        web.audit.refused(request, error)
        told = Problem(reason=error.reason, path=error.path, code=error.code, is_now=error.is_now)
        response = answer(request, told, error.status)
        if error.status == 401:
            response.headers["www-authenticate"] = "Bearer"
        if isinstance(error, TooMany):
            response.headers["retry-after"] = str(error.retry_after_s)
        return response

    def not_durable(request: AnyRequest, error: NotDurable) -> Response[bytes]:
        problem = Problem(reason=f"not durable: {error}", advice=Advice.CALL_112_NOW)
        return answer(request, problem, error.status)

    def litestars(request: AnyRequest, error: HTTPException) -> Response[bytes]:
        web.metrics.refused.labels(status=str(error.status_code)).inc()
        response = answer(request, _problem(error), error.status_code)
        for name, value in (error.headers or {}).items():
            response.headers[name.lower()] = value
        return response

    def of_store(request: AnyRequest, error: StoreError) -> Response[bytes]:
        log.error(
            "the request fails: the journal or the registry cannot be used",
            path=request.url.path,
            reason=str(error),
        )
        problem = Problem(reason="the journal cannot be reached", advice=Advice.CALL_112_NOW)
        return answer(request, problem, NotDurable.status)

    def unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        # The request itself is not logged: it may hold numbers, names and keys.
        log.error(
            "the request fails: internal error", path=request.url.path, method=request.method, exc_info=error
        )
        return answer(request, Problem(reason="the center has failed", advice=Advice.CALL_112_NOW), 500)

    return {
        RequestError: refused,
        NotDurable: not_durable,
        HTTPException: litestars,
        StoreError: of_store,
        Exception: unexpected,
    }


def _problem(error: HTTPException) -> Problem:
    """Return the fault that Litestar found, in a query parameter or a missing body."""
    for fault in error.extra if isinstance(error.extra, list) else ():
        if isinstance(fault, dict):
            key = str(fault.get("key", ""))
            if key == "data":
                return Problem(reason="the request needs a body", path="$")
            return Problem(reason=str(fault.get("message", error.detail)), path=f"?{key}")
    return Problem(reason=error.detail or type(error).__name__)
