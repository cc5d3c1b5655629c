"""/v1/proofs, for supervisors and admins: what the proofs of the nodes have found, one more now, its end."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Response, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from gateways.http.door.auth import OPERATOR
from gateways.http.parts.context import Web
from gateways.http.routes.admin.refusing import NotDone, NotThere, Why
from gateways.http.routes.proofs.answers import ProofNew, ProofsView, told
from gateways.http.wire.answers import OPERATORS, AnyRequest, Problem, answer, no_store, said
from gateways.http.wire.decoding import Strict
from messages.events import ProofOrdered
from messages.ids import Instant, NodeId
from model.proof.bounds import BOUNDS
from store import streams
from store.journal.journal import Append, Transaction
from store.nodes.members import members
from store.proofs import KEPT_US, proofs_of
from store.registry.people import StaffRole

PATH = "/v1/proofs"
OF_NOBODY = "what was measured of the center's own parts, and nobody's data"


def proofs_routes(web: Web) -> list[HTTPRouteHandler]:
    """The routes."""
    supervisors: dict[str, Any] = {
        "guards": [web.auth.require_role(StaffRole.SUPERVISOR)],
        "tags": ["operator"],
        "security": OPERATORS,
    }
    common: dict[int, Any] = {
        401: said(Problem, "No operator's token, no session."),
        403: said(Problem, "No supervisor, or no CSRF token."),
    }

    def nodes() -> list[NodeId]:
        found = {web.settings.node}
        if web.journal.shared:
            found |= {one.node for one in members(web.journal)}
        return sorted(found)

    def look() -> ProofsView:
        now_us = web.clock.now_us()
        since = Instant(now_us - KEPT_US)
        return ProofsView(
            at=web.settings.proof.at,
            until=web.settings.proof.until,
            nodes=[told(node, proofs_of(web.journal, node, since), now_us) for node in nodes()],
            bounds=BOUNDS,
        )

    def write(tx: Transaction, node: NodeId, event: ProofOrdered) -> None:
        tx.append(Append(streams.proof(node), None, (event,)))

    @get(
        PATH,
        summary="What the proofs have found",
        description="Of each node the last proof, while it goes on as well, and the figures of 90 nights.",
        operation_id="proofs",
        audit=OF_NOBODY,
        responses={200: said(ProofsView, "As the journal says."), **common},
        **supervisors,
    )
    async def show(request: AnyRequest) -> Response[bytes]:
        return no_store(answer(request, await asyncio.to_thread(look)))

    @post(
        PATH,
        dto=Strict[ProofNew],
        return_dto=None,
        status_code=202,
        summary="Prove a node now",
        description="It begins once no alert is open, and gives way to each that comes.",
        operation_id="begin_proof",
        audit=OF_NOBODY,
        responses={
            202: said(ProofsView, "Ordered."),
            **common,
            404: said(Problem, "No such node."),
            409: said(Problem, "`busy`: one goes on."),
        },
        **supervisors,
    )
    async def begin(request: AnyRequest, data: JSONBody[ProofNew]) -> Response[bytes]:
        node = NodeId(data.node) if data.node else web.settings.node
        if node not in await asyncio.to_thread(nodes):
            raise NotThere("no such node")
        since = Instant(web.clock.now_us() - KEPT_US)
        if (await asyncio.to_thread(proofs_of, web.journal, node, since)).current is not None:
            raise NotDone("one goes on", Why.BUSY)
        ordered = ProofOrdered(by=request.state[OPERATOR], steps=data.steps)
        await web.writing.run(lambda tx: write(tx, node, ordered))
        return no_store(answer(request, await asyncio.to_thread(look), 202))

    @delete(
        PATH,
        status_code=204,
        summary="End the proofs that go on",
        operation_id="end_proof",
        audit=OF_NOBODY,
        responses=common,
        **supervisors,
    )
    async def stop(request: AnyRequest) -> Response[None]:
        ordered = ProofOrdered(by=request.state[OPERATOR], stop=True)
        for node in await asyncio.to_thread(nodes):
            await web.writing.run(lambda tx, node=node: write(tx, node, ordered))  # type: ignore[misc]
        return Response(None, status_code=204)

    return [show, begin, stop]
