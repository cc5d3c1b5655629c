"""GET /v1/nodes: where the center can be asked, should this node be lost."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from gateways.http.parts.context import Web
from gateways.http.wire.answers import AnyRequest, Problem, answer, said
from gateways.nodes import NodeView
from messages.ids import E164


class NodesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All nodes, the one that is asked first; a node that is alone tells of itself.

    `calls_from`: from which numbers the center may call a user, for a contact on the phone.
    """

    nodes: tuple[NodeView, ...]
    calls_from: tuple[E164, ...] = ()


def nodes_route(web: Web) -> HTTPRouteHandler:
    """The route."""

    @get(
        "/v1/nodes",
        guards=[web.auth.anybody],
        summary="Where else the center can be asked",
        description="Every node that is or was a member; try first those that are alive and not draining.",
        operation_id="nodes",
        audit="the center's own addresses and numbers",
        tags=["app", "operator"],
        security=[{"appKey": []}, {"operatorToken": []}, {"consoleSession": []}],
        responses={200: said(NodesAnswer, "As they are now."), 401: said(Problem, "Nobody who may know.")},
    )
    async def nodes(request: AnyRequest) -> Response[bytes]:
        response = answer(request, NodesAnswer(nodes=web.nodes.views(), calls_from=web.calls_from()))
        response.headers["cache-control"] = "no-store"
        return response

    return nodes
