"""/v1/admin/lines: how each line is set up, and what supervisors and admins order of it."""

from __future__ import annotations

from secrets import token_hex

from litestar.handlers import HTTPRouteHandler

from gateways.http.parts.context import Web
from gateways.http.routes.admin.lines.listing import list_routes
from gateways.http.routes.admin.lines.service import service_routes
from gateways.http.routes.admin.lines.set_up import set_up_routes
from gateways.http.routes.admin.lines.trying import trying_routes


def lines_routes(web: Web) -> list[HTTPRouteHandler]:
    """The routes."""
    trying = trying_routes(web, new_id=lambda: token_hex(4))
    return [*list_routes(web), *service_routes(web), *set_up_routes(web), *trying]
