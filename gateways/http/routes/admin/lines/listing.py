"""GET /v1/admin/lines, and how a line is found for whoever orders something of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from gateways.http.parts.context import Web
from gateways.http.routes.admin.lines.answers import Checked, CheckView, LineRow, LinesView, Switches
from gateways.http.routes.admin.listing import UNCHANGED, listed
from gateways.http.routes.admin.refusing import NotThere
from gateways.http.settings_file import LineSet, LinesSet
from gateways.http.wire.answers import OPERATORS, AnyRequest, Problem, answer, no_store, said
from messages.ids import NodeId
from model.policy import LineSpec
from model.settings_edits import EditFaulty
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


def lines_view(web: Web) -> LinesView:
    """All of it. For any thread."""
    try:
        said = web.settings_file.lines()
    except EditFaulty:
        # The list of settings says what is wrong with it.
        said = LinesSet()
    policy = web.settings.policy
    switches = Switches(
        live=policy.psap_live,
        last_resort=policy.psap_last_resort,
        live_set=said.live,
        last_resort_set=said.last_resort,
        trunks=said.trunks,
        writable=said.writable,
    )
    return LinesView(lines=[_row(web, spec, node, said) for spec, node in specs(web)], switches=switches)


def _row(web: Web, spec: LineSpec, node: NodeId, said: LinesSet) -> LineRow:
    own = node == web.nodes.node
    report = web.lines.read().get(spec.line) if own else None
    found = said.lines.get(spec.line) if own else None
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
        set=found,
        pending=found is not None and found != _in_use(spec, found),
    )


def _in_use(spec: LineSpec, said: LineSet) -> LineSet:
    """A line for 112 takes no calls in, whatever the file says."""
    return LineSet(
        trunk=spec.trunk,
        number=spec.number or "",
        inbound=said.inbound if spec.emergency else spec.inbound,
        gain_in_db=spec.gains.in_db,
        gain_out_db=spec.gains.out_db,
        agc=spec.gains.agc,
    )


def list_routes(web: Web) -> list[HTTPRouteHandler]:
    """The list, and what the doctor finds."""

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
        return await listed(web, request, await asyncio.to_thread(lines_view, web))

    @get(
        f"{PATH}/check",
        summary="What is in the way of this node's lines and modems",
        description="As `securwoman doctor` finds it. No port is opened.",
        operation_id="admin_check_lines",
        audit="lines of the center, nobody's data",
        responses={200: said(CheckView, "The worst first."), **COMMON},
        **supervisors(web),
    )
    async def check(request: AnyRequest) -> Response[bytes]:
        found = [] if web.measures is None else await asyncio.to_thread(web.measures.lines)
        view = CheckView(found=[Checked(verdict=verdict, text=text) for verdict, text in found])
        return no_store(answer(request, view))

    return [show, check]
