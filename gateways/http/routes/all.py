"""Every route of the API: the one list of them."""

from __future__ import annotations

from typing import Final

from litestar.types import ControllerRouterHandler

from gateways.console.ended.monthly import Monthly
from gateways.http.parts.context import Web
from gateways.http.routes import records, shift
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
from gateways.http.routes.app import alerts, cancelling, devices, intake, messages
from gateways.http.routes.audit import audit_routes
from gateways.http.routes.commands import operator_routes
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
from gateways.http.routes.nodes import nodes_route
from gateways.http.routes.own.access import own_access_routes
from gateways.http.routes.proofs.proofs import proofs_routes
from gateways.http.routes.psap.feed import psap_feed_route
from gateways.http.routes.psap.page import psap_routes
from gateways.http.routes.sign_on import sign_on_routes
from gateways.http.routing.handler import handlers_of
from gateways.http.routing.route import routes_of
from store.registry.registry import Registry

MODULES: Final = (intake, alerts, messages, cancelling, devices, records, shift)


def api_routes(web: Web) -> list[ControllerRouterHandler]:
    """What answers with JSON, and what of the Administration this process can do. `tally`: of what has
    ended.
    """
    tally = web.tally
    registry = Registry(web.journal, region=web.settings.policy.region)
    return [
        *alarm_routes(web),
        *quiet_routes(web),
        take_route(web),
        *psap_routes(web, registry),
        psap_feed_route(web),
        heartbeats_route(web),
        *operator_routes(web),
        *sign_on_routes(web),
        *own_access_routes(web),
        *health_routes(web),
        nodes_route(web),
        *drill_routes(web),
        *figures_routes(web, tally),
        *monthly_routes(web, Monthly(web.journal, tally, web.clock)),
        *handlers_of(routes_of(MODULES), web),
        correcting_route(web),
        *review_routes(web, tally),
        *audit_routes(web, registry),
        *operators_routes(web, registry),
        *(people_routes(web, registry, web.giving) if web.giving else ()),
        *keys_routes(web, registry),
        *duty_routes(web, registry),
        *lines_routes(web),
        *people_import_routes(web),
        *settings_routes(web),
        *nodes_admin_routes(web),
        *proofs_routes(web),
        *invitations_routes(web, registry),
        *about_routes(web),
        *(backups_routes(web, web.backups) if web.backups else ()),
        *start_routes(web, registry),
        first_admin_route(web),
        *history_routes(web, registry, tally),
        *(giving_routes(web, web.giving, registry) if web.giving else ()),
    ]
