"""Puts the web process together: `parts` makes its parts of the settings, `build` the application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from litestar import Litestar, Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from gateways.app.page import app_routes
from gateways.console.channel import console_route
from gateways.console.door import AnySocket, Door
from gateways.console.ended.monthly import Monthly
from gateways.console.ended.tally import Tally
from gateways.console.following import Following
from gateways.console.page import page_routes
from gateways.console.people import People
from gateways.console.screen import Screen
from gateways.console.sessions import Cookies
from gateways.console.views.plant import ModemView
from gateways.console.voices.headsets import Headsets
from gateways.console.voices.meters import Meters
from gateways.console.voices.voice import voice_route
from gateways.http.addressing import configured as addressing_of
from gateways.http.answers import AnyRequest, Problem, answer
from gateways.http.auditing import Auditing, nothing_unaudited
from gateways.http.backups import Backups
from gateways.http.context import Giving, Measures, Web
from gateways.http.decoding import BODY_MAX
from gateways.http.door import signatures
from gateways.http.door.across import across_nodes
from gateways.http.door.apart import apart
from gateways.http.door.auth import Auth
from gateways.http.door.challenges import Challenges
from gateways.http.door.idle import keep_ending_idle
from gateways.http.door.proxies import Proxies
from gateways.http.door.saying import said_with_every_answer
from gateways.http.door.senders import Senders
from gateways.http.door.throttle import Throttle
from gateways.http.errors import NotDurable, RequestError, TooMany
from gateways.http.node_orders import keep_ordered
from gateways.http.registry import RegistryQueries
from gateways.http.routes.admin.about import about_routes
from gateways.http.routes.admin.backups import backups_routes
from gateways.http.routes.admin.duty.duty import duty_routes
from gateways.http.routes.admin.keys import keys_routes
from gateways.http.routes.admin.lines import lines_routes
from gateways.http.routes.admin.nodes import nodes_admin_routes
from gateways.http.routes.admin.operators import operators_routes
from gateways.http.routes.admin.people.importing import people_import_routes
from gateways.http.routes.admin.people.invitations import invitations_routes
from gateways.http.routes.admin.people.people import people_routes
from gateways.http.routes.admin.settings import settings_routes
from gateways.http.routes.admin.start.routes import start_routes
from gateways.http.routes.alarms.alarms import alarm_routes
from gateways.http.routes.alarms.callouts import take_route
from gateways.http.routes.alarms.quiet import quiet_routes
from gateways.http.routes.alerts import alert_routes
from gateways.http.routes.audit import audit_routes
from gateways.http.routes.cancelling import cancel_route
from gateways.http.routes.commands import bring_shift, operator_routes
from gateways.http.routes.devices import device_routes
from gateways.http.routes.drill import drill_routes
from gateways.http.routes.ended.correcting import correcting_route
from gateways.http.routes.ended.figures import figures_routes
from gateways.http.routes.ended.history import history_routes
from gateways.http.routes.ended.monthly import monthly_routes
from gateways.http.routes.ended.reviews import review_routes
from gateways.http.routes.first_admin import first_admin_route
from gateways.http.routes.giving import giving_routes
from gateways.http.routes.health import health_routes
from gateways.http.routes.heartbeats import heartbeats_route
from gateways.http.routes.intake import intake_route
from gateways.http.routes.messages import message_routes
from gateways.http.routes.metrics import Metrics
from gateways.http.routes.nodes import nodes_route
from gateways.http.routes.own.access import own_access_routes
from gateways.http.routes.own.record import own_record_routes
from gateways.http.routes.proofs.proofs import proofs_routes
from gateways.http.routes.psap.feed import psap_feed_route
from gateways.http.routes.psap.page import psap_routes
from gateways.http.routes.records import record_routes
from gateways.http.routes.schema import openapi_config
from gateways.http.routes.shift import shift_routes
from gateways.http.routes.sign_on import sign_on_routes
from gateways.http.routes.tiles import configured, tile_routes
from gateways.http.settings import WebSettings
from gateways.http.settings_file import NoFile, SettingsFile
from gateways.http.writing import Writing
from gateways.nodes import Nodes
from messages.ids import Advice, OperatorId
from messages.readings import LevelReading
from runtime import logs
from runtime.clock import Clock, SystemClock
from runtime.published import line_files, line_levels, voice_files
from runtime.published.directory import Directory, FileDirectory
from runtime.published.file import Lately
from runtime.published.peers import FilePeers, PeerBook
from store.audit.trail import Trail
from store.database.dialect import is_server
from store.errors import JournalError, StoreError
from store.journal.journal import Journal
from store.journal.notify import Notifier, SocketNotifier
from store.registry import keyring
from store.registry.access.sessions import ticket_of
from store.registry.registry import Registry

LOAD_AGAIN_S: Final = 0.5

log = logs.get("http")


def parts(
    settings: WebSettings,
    *,
    clock: Clock | None = None,
    notifier: Notifier | None = None,
    directory: Directory | None = None,
    giving: Giving | None = None,
    backups: Backups | None = None,
    modems: Callable[[], list[ModemView]] = list,
    settings_file: SettingsFile | None = None,
    measures: Measures | None = None,
) -> Web:
    """Open the journal and make all of it; what is given replaces the node's own. Raises JournalError."""
    state = Path(settings.state)
    clock = clock or SystemClock(settings.anchor_us)
    metrics = Metrics()
    run = state / "run"
    notify = notifier or SocketNotifier(run / "notify")
    journal = Journal.open(settings.journal, node=settings.node, clock=clock.now_us, notify=notify, spare=run)
    registry = Registry(journal, region=settings.policy.region)
    asked = RegistryQueries(registry, journal, clock, settings.policy.psap_shares)
    cookies = Cookies(settings.node, settings.state)
    proxies = Proxies(
        settings.public_url or settings.web, settings.trusted_proxies, tls=bool(settings.certificate)
    )
    shared = journal.shared
    auth = Auth(asked, cookies, proxies, clock)
    following = Following(journal, clock)
    writing = Writing(
        journal,
        metrics=metrics,
        deadline_s=settings.policy.deadline_s,
        live_cases=settings.policy.live_cases,
        proved_open=following.proved_open,
    )
    return Web(
        settings=settings,
        clock=clock,
        journal=journal,
        writing=writing,
        audit=Auditing(writing, Trail(state / "keys"), proxies, clock),
        following=following,
        auth=auth,
        senders=Senders(auth, asked, proxies, clock, far=is_server(settings.journal)),
        cookies=cookies,
        nodes=Nodes(settings.node, settings.web, run, FilePeers(run) if shared else PeerBook()),
        people=People(asked, clock),
        pins=asked,
        passwords=asked,
        challenges=Challenges(partial(keyring.shared_secret, journal, keyring.SIGN_ON), clock.now_us),
        proxies=proxies,
        throttle=Throttle(),
        metrics=metrics,
        lines=Lately(partial(line_files.read_all, run)),
        levels=Lately(partial(line_levels.read_all, state)),
        directory=directory or FileDirectory(run),
        giving=giving,
        backups=backups,
        modems=modems,
        settings_file=settings_file or NoFile(),
        measures=measures,
        stopping=asyncio.Event(),
    )


def build(web: Web) -> Litestar:
    """The application. Its lifespan starts and ends the parts; it accepts before open alerts are read."""
    settings = web.settings
    behind_proxy = (
        settings.behind_proxy
        or bool(settings.trusted_proxies)
        or (web.proxies.is_https and not settings.certificate)
    )
    tiles = configured(settings)
    addressing = addressing_of(web)
    reports = Lately(partial(voice_files.read, Path(web.settings.state) / "run"))
    screen = Screen(
        web.following,
        web.people,
        policy=web.settings.policy,
        lines=web.settings.lines,
        version=web.settings.version,
        tiles=tiles,
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
    tally = Tally(web.journal, web.clock)
    web.metrics.consoles.set_function(lambda: len(screen.connected))

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        web.writing.start()
        # The first to be told: what it decides is for the consoles.
        web.following.add(screen)
        if addressing is not None:
            web.following.add(addressing)
        meters.start()
        headsets.start()
        works = (
            _load(web),
            web.auth.keep_looking(),
            keep_ending_idle(web),
            tally.keep_up(),
            keep_ordered(web),
            asyncio.to_thread(signatures.load),
            *([addressing.begin()] if addressing is not None else []),
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
            if addressing is not None:
                await addressing.close()
            await asyncio.to_thread(web.writing.close)
            await asyncio.to_thread(web.audit.close)
            if tiles is not None:
                await tiles.close()
            web.journal.close()

    return Litestar(
        route_handlers=[
            intake_route(web),
            *alert_routes(web),
            *alarm_routes(web),
            *quiet_routes(web),
            take_route(web),
            *message_routes(web),
            cancel_route(web),
            *psap_routes(web, Registry(web.journal, region=web.settings.policy.region)),
            psap_feed_route(web),
            heartbeats_route(web),
            *device_routes(web, Registry(web.journal, region=web.settings.policy.region)),
            *record_routes(web, Registry(web.journal, region=web.settings.policy.region)),
            *own_record_routes(web, Registry(web.journal, region=web.settings.policy.region)),
            *operator_routes(web),
            *sign_on_routes(web),
            *own_access_routes(web),
            *health_routes(web),
            nodes_route(web),
            *drill_routes(web),
            *figures_routes(web, tally),
            *monthly_routes(web, Monthly(web.journal, tally, web.clock)),
            *shift_routes(web, tally),
            correcting_route(web),
            *review_routes(web, tally),
            *audit_routes(web, Registry(web.journal)),
            *operators_routes(web, Registry(web.journal, region=web.settings.policy.region)),
            *(
                people_routes(web, Registry(web.journal, region=web.settings.policy.region), web.giving)
                if web.giving
                else ()
            ),
            *keys_routes(web, Registry(web.journal)),
            *duty_routes(web, Registry(web.journal)),
            *lines_routes(web),
            *people_import_routes(web),
            *settings_routes(web),
            *nodes_admin_routes(web),
            *proofs_routes(web),
            *invitations_routes(web, Registry(web.journal, region=web.settings.policy.region)),
            *about_routes(web),
            *(backups_routes(web, web.backups) if web.backups else ()),
            *start_routes(web, Registry(web.journal)),
            first_admin_route(web),
            *history_routes(web, Registry(web.journal, region=web.settings.policy.region), tally),
            *(giving_routes(web, web.giving, Registry(web.journal)) if web.giving else ()),
            console_route(screen, door, web.audit, lambda socket: _ticket(web, socket), web.auth.note_use),
            voice_route(headsets, door),
            *tile_routes(tiles, web.auth),
            *page_routes(web.nodes.elsewhere),
            *app_routes(web.nodes.elsewhere),
        ],
        middleware=[
            apart(settings.metrics, behind_proxy=behind_proxy),
            *([across_nodes(web.nodes.elsewhere)] if web.nodes.shared else []),
        ],
        exception_handlers=_exception_handlers(web),
        before_send=[said_with_every_answer(web.proxies, web.clock), nothing_unaudited],
        openapi_config=openapi_config(web.settings.version, web.cookies.name(secure=web.proxies.is_https)),
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
    """By which whoever is signed on here goes on elsewhere; empty where she cannot."""
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


def _problem(error: HTTPException) -> Problem:
    """What Litestar has found: in a query parameter, or in a body that is not there."""
    for fault in error.extra if isinstance(error.extra, list) else ():
        if isinstance(fault, dict):
            key = str(fault.get("key", ""))
            if key == "data":
                return Problem(reason="a body is needed", path="$")
            return Problem(reason=str(fault.get("message", error.detail)), path=f"?{key}")
    return Problem(reason=error.detail or type(error).__name__)


def _exception_handlers(web: Web) -> ExceptionHandlersMap:
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
        log.error("the journal or the registry failed", path=request.url.path, reason=str(error))
        problem = Problem(reason="the journal cannot be reached", advice=Advice.CALL_112_NOW)
        return answer(request, problem, NotDurable.status)

    def unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        # Not the request itself: it may hold numbers, names and keys.
        log.error("a request failed", path=request.url.path, method=request.method, exc_info=error)
        return answer(request, Problem(reason="the center has failed", advice=Advice.CALL_112_NOW), 500)

    return {
        RequestError: refused,
        NotDurable: not_durable,
        HTTPException: litestars,
        StoreError: of_store,
        Exception: unexpected,
    }
