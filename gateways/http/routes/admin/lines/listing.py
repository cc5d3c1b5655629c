"""GET /v1/admin/lines, and how a line is found for whoever orders something of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from gateways.http.answers import AnyRequest, Problem, said
from gateways.http.context import Web
from gateways.http.routes.admin.lines.answers import LineRow, LinesView
from gateways.http.routes.admin.listing import UNCHANGED, listed
from gateways.http.routes.admin.refusing import NotThere
from gateways.http.routes.figures import OPERATORS
from messages.ids import NodeId
from model.policy import LineSpec
from store.registry.people import StaffRole

PATH: Final = "/v1/admin/lines"
COMMON: Final[dict[int, Any]] = {
    401: said(Problem, "No operator's token, no session."),
    403: said(Problem, "Neither supervisor nor admin, or no CSRF token."),
}


def supervisors(web: Web) -> dict[str, Any]:
    """What every route here has that supervisors may ask as well."""
    return {
        "guards": [web.auth.require_role(StaffRole.SUPERVISOR)],
        "tags": ["admin"],
        "security": OPERATORS,
    }


def specs(web: Web) -> Iterator[tuple[LineSpec, NodeId]]:
    """All lines, this node's first, each with its node."""
    yield from ((spec, web.nodes.node) for spec in web.settings.lines)
    for place in web.nodes.other_nodes:
        yield from ((spec, place.node) for spec in place.lines)


def line_called(web: Web, name: str) -> tuple[LineSpec, NodeId]:
    """The line of this name, at whichever node. Raises NotThere."""
    for spec, node in specs(web):
        if spec.line == name:
            return spec, node
    raise NotThere("no such line")


def _row(web: Web, spec: LineSpec, node: NodeId) -> LineRow:
    own = node == web.nodes.node
    report = web.lines.read().get(spec.line) if own else None
    return LineRow(
        line=spec.line,
        node=node,
        own=own,
        trunk=spec.trunk,
        emergency=spec.emergency,
        number=spec.number or "",
        imei=spec.imei if report is None else report.imei or spec.imei,
        port="" if report is None else report.port,
        dialect=spec.dialect if report is None else report.dialect,
        gains=spec.gains,
        text="" if report is None else report.text,
    )


def list_route(web: Web) -> HTTPRouteHandler:
    """The list."""

    @get(
        PATH,
        summary="All lines",
        description=UNCHANGED,
        operation_id="admin_lines",
        audit="lines of the center, nobody's data",
        responses={200: said(LinesView, "As they are set up."), **COMMON},
        **supervisors(web),
    )
    async def show(request: AnyRequest) -> Response[bytes]:
        rows = [_row(web, spec, node) for spec, node in specs(web)]
        return await listed(web, request, LinesView(lines=rows))

    return show
