"""A line is taken out of service and put back: in its stream `service-LINE`, which TrunkPools follow."""

from __future__ import annotations

from typing import Any

from litestar import Response, delete, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from gateways.http.door.auth import OPERATOR
from gateways.http.parts.context import Web
from gateways.http.routes.admin.lines.answers import TakeOut
from gateways.http.routes.admin.lines.listing import COMMON, PATH, line_called, specs, supervisors
from gateways.http.routes.admin.refusing import NotDone, Why
from gateways.http.wire.answers import AnyRequest, Problem, said
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import BadBody
from messages.events import LinePutBack, LineTakenOut
from messages.ids import LineId, OperatorId
from store import streams
from store.audit.entry import Action
from store.journal.journal import Append, Transaction


def is_out(tx: Transaction, line: LineId) -> bool:
    """Whether somebody has taken it out of service."""
    last = tx.last(streams.service(line))
    return last is not None and isinstance(last.event, LineTakenOut)


def _remains_for_112(web: Web, tx: Transaction, line: LineId) -> bool:
    """Whether another line could carry a call to 112, as far as it is known here."""
    alive, bad, reports = web.nodes.alive, web.following.picture.quarantined, web.lines.read()
    for spec, node in specs(web):
        if not spec.emergency or spec.line == line or node not in alive or spec.line in bad:
            continue
        here = reports.get(spec.line)
        usable = node != web.nodes.node or (here is not None and here.usable)
        if usable and not is_out(tx, spec.line):
            return True
    return False


def service_routes(web: Web) -> list[HTTPRouteHandler]:
    """The routes."""
    common: dict[int, Any] = {**COMMON, 404: said(Problem, "No such line.")}

    @put(
        f"{PATH}/{{line:str}}/out",
        dto=Strict[TakeOut],
        return_dto=None,
        status_code=204,
        summary="Take a line out of service",
        description="No call of the center's begins on it, until it is put back. A call that stands goes on, "
        "and whoever calls its number is answered. The last line for 112 wants its name as `typed`.",
        operation_id="admin_take_line_out",
        audit=Action.CHANGE_LINE,
        responses={
            **common,
            400: said(Problem, "No reason."),
            409: said(Problem, "`last_for_112`: no other line can call 112; type its name."),
        },
        **supervisors(web),
    )
    async def take_out(request: AnyRequest, line: FromPath[str], data: JSONBody[TakeOut]) -> Response[None]:
        spec, _ = line_called(web, line)
        by: OperatorId = request.state[OPERATOR]
        reason = " ".join(data.reason.split())
        if not reason:
            raise BadBody("a reason is needed", "$.reason", Why.EMPTY)

        def work(tx: Transaction) -> None:
            if spec.emergency and data.typed != spec.line and not _remains_for_112(web, tx, spec.line):
                raise NotDone("no other line can call 112", Why.LAST_FOR_112, "$.typed")
            event = LineTakenOut(line=spec.line, by=by, reason=reason)
            tx.append(Append(streams.service(spec.line), None, (event,)))

        await web.writing.run(work)
        await web.audit.note(request, detail=f"line {spec.line} taken out of service")
        return Response(None, status_code=204)

    @delete(
        f"{PATH}/{{line:str}}/out",
        status_code=204,
        summary="Put a line back into service",
        operation_id="admin_put_line_back",
        audit=Action.CHANGE_LINE,
        responses=common,
        **supervisors(web),
    )
    async def put_back(request: AnyRequest, line: FromPath[str]) -> Response[None]:
        spec, _ = line_called(web, line)
        by: OperatorId = request.state[OPERATOR]

        def work(tx: Transaction) -> bool:
            out = is_out(tx, spec.line)
            if out:
                tx.append(Append(streams.service(spec.line), None, (LinePutBack(line=spec.line, by=by),)))
            return out

        was_out = await web.writing.run(work)
        detail = "put back into service" if was_out else "was in service"
        await web.audit.note(request, detail=f"line {spec.line} {detail}")
        return Response(None, status_code=204)

    return [take_out, put_back]
