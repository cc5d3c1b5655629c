"""Every route of the API: the one list of them."""

from __future__ import annotations

from typing import Final

from litestar.types import ControllerRouterHandler

from gateways.http.parts.context import Web
from gateways.http.routes import records
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
from gateways.http.routes.app import alerts, cancelling, devices, intake, messages
from gateways.http.routes.ended import figures, history, reviews
from gateways.http.routes.first_admin import first_admin_route
from gateways.http.routes.health import health_routes
from gateways.http.routes.heartbeats import heartbeats_route
from gateways.http.routes.nodes import nodes_route
from gateways.http.routes.own.access import own_access_routes
from gateways.http.routes.psap.feed import psap_feed_route
from gateways.http.routes.psap.page import psap_routes
from gateways.http.routes.sign_on import sign_on_routes
from gateways.http.routes.staff import alarms, audit, commands, drill, giving, proofs, shift
from gateways.http.routing.handler import handlers_of
from gateways.http.routing.route import routes_of
from store.registry.registry import Registry

MODULES: Final = (
    intake,
    alerts,
    messages,
    cancelling,
    devices,
    records,
    commands,
    shift,
    drill,
    alarms,
    giving,
    proofs,
    audit,
    history,
    figures,
    reviews,
)


def api_routes(web: Web) -> list[ControllerRouterHandler]:
    """What answers with JSON, and what of the Administration this process can do. `tally`: of what has
    ended.
    """
    registry = Registry(web.journal, region=web.settings.policy.region)
    return [
        *psap_routes(web, registry),
        psap_feed_route(web),
        heartbeats_route(web),
        *sign_on_routes(web),
        *own_access_routes(web),
        *health_routes(web),
        nodes_route(web),
        *handlers_of(routes_of(MODULES), web),
        *operators_routes(web, registry),
        *(people_routes(web, registry, web.giving) if web.giving else ()),
        *keys_routes(web, registry),
        *duty_routes(web, registry),
        *lines_routes(web),
        *people_import_routes(web),
        *settings_routes(web),
        *nodes_admin_routes(web),
        *invitations_routes(web, registry),
        *about_routes(web),
        *(backups_routes(web, web.backups) if web.backups else ()),
        *start_routes(web, registry),
        first_admin_route(web),
    ]
