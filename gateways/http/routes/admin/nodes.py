"""/v1/admin/nodes: state of the nodes, and orders to a node."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import msgspec

from gateways.http.parts.context import Web
from gateways.http.routes.admin.error_conversion import refusing
from gateways.http.routing.permissions import ADMIN, Caller
from gateways.http.routing.route import GET, PATCH, Answer, route
from gateways.http.wire.answers import Moment, rfc3339
from gateways.http.wire.errors import NotDone, NotThere, Why
from messages.events import NodeOrdered, NodeStarted
from messages.ids import SECOND, LineId, NodeId, NodeOrder, OperatorId
from runtime.environment import DRAINED
from runtime.published.peers import NodeInfo, decode_place, load_now
from store.audit.entry import Action
from store.journal.journal import Journal
from store.nodes import members, orders, owners

NODES: Final = "/v1/admin/nodes"


class NodeRow(msgspec.Struct, frozen=True, kw_only=True):
    """Node. For an absent node all fields except `alerts` are as of the last report."""

    node: NodeId
    here: bool
    """True for the node that answers the request."""
    web: str
    state: str
    """`alive`, `left` (stopped in order) or `lost`."""
    version: str
    since: Moment | None
    alerts: int
    """Open alerts assigned to the node."""
    lines: list[LineId]
    load: float
    """Load of the last minute per processor: 1.0 is full use."""
    ahead_ms: int
    """Milliseconds by which the node's clock is ahead of the database's."""
    heard_s: int
    """Seconds since the last report."""
    order: NodeOrder | None
    ordered_by: OperatorId | None
    ordered_at: Moment | None
    empty: bool
    """True if the node is draining, and has no alert and no call left."""


class AdminNodes(msgspec.Struct, frozen=True, kw_only=True):
    """Present and former members, by name. `shared`: the center can have several nodes."""

    nodes: list[NodeRow]
    shared: bool


class NodeWish(msgspec.Struct, frozen=True, kw_only=True):
    """Order to a node: `drain`, `restart`, or null for none."""

    order: NodeOrder | None


class NodeChange(msgspec.Struct, frozen=True, kw_only=True):
    """New order, and the order that the administrator saw."""

    was: NodeWish
    now: NodeWish


@route(GET, NODES, by=ADMIN, audit="the center's own machines", listed=True)
def admin_nodes(web: Web) -> AdminNodes:
    """List the nodes."""
    return AdminNodes(nodes=rows(web), shared=web.nodes.shared)


@route(
    PATCH,
    f"{NODES}/{{node}}",
    by=ADMIN,
    audit=Action.CHANGE_SETTINGS,
    says="Ordered.",
    refuses=(NotThere, NotDone),
)
async def admin_order_node(web: Web, who: Caller, node: NodeId, data: NodeChange) -> Answer[NodeRow]:
    """Give an order to a node, or withdraw the order.

    `drain`: the node refuses new alerts and keeps its own; refused if no other node accepts alerts
    (`nobody_else`). `restart`: the node restarts with its settings once it has no open alert; refused if the
    settings prevent a start (`would_not_start`). Both orders end with the node's next start.
    """
    by, wanted = who.operator, data.now.order
    await asyncio.to_thread(_allowed, web, node, wanted)
    with refusing("$.now"):
        new = await web.writing.run(lambda tx: orders.set_order(tx, node, data.was.order, wanted, by))
    wish = wanted or "nothing any more"
    row = await asyncio.to_thread(_row_of, web, node)
    return Answer(row, detail=f"node {node}: {wish if new else 'it was so already'}")


def _row_of(web: Web, node: NodeId) -> NodeRow:
    found = next((one for one in rows(web) if one.node == node), None)
    if found is None:
        raise NotThere("no node has this name")
    return found


def _allowed(web: Web, node: NodeId, wish: NodeOrder | None) -> None:
    """Raise NotThere or NotDone if the order is not permitted."""
    row = _row_of(web, node)
    if wish is not None and row.state != "alive":
        raise NotDone("the node cannot be reached", Why.NODE_GONE)
    if wish is NodeOrder.DRAIN and not any(
        one.state == "alive" and one.order is None for one in rows(web) if one.node != node
    ):
        raise NotDone("no other node could take over the alerts", Why.NOBODY_ELSE)
    # The settings of another node are known to that node only, which shows their faults itself.
    found = web.settings_file.obstacles() if wish is NodeOrder.RESTART and row.here else []
    if found:
        raise NotDone(found[0].reason, Why.WOULD_NOT_START, found[0].path)


def rows(web: Web) -> list[NodeRow]:
    """Return the rows of all nodes. Raises JournalError."""
    journal, me = web.journal, web.settings.node
    if not web.nodes.shared:
        place = NodeInfo(
            node=me, address="", web=web.settings.center.cluster.web, lines=web.settings.center.lines
        )
        return [_row(journal, place, "alive", alerts=orders.open_alerts(journal), here=True, heard_us=0)]
    owned = owners.alerts_per_node(journal)
    found = []
    for one in members.members(journal):
        place = decode_place(one.places) or NodeInfo(node=one.node, address=one.address)
        state = "alive" if one.alive else "left" if one.left else "lost"
        if one.node == me:
            run = Path(web.settings.state) / "run"
            place = msgspec.structs.replace(place, empty=place.draining and (run / DRAINED).exists())
        alerts = owned.get(one.node, 0)
        found.append(_row(journal, place, state, alerts=alerts, here=one.node == me, heard_us=one.age_us))
    return found


def _row(journal: Journal, place: NodeInfo, state: str, *, alerts: int, here: bool, heard_us: int) -> NodeRow:
    started = orders.last_node_event(journal, place.node, "node.started")
    ordered = orders.order_of(journal, place.node)
    event = None if ordered is None else ordered.event
    return NodeRow(
        node=place.node,
        here=here,
        web=place.web,
        state=state,
        version=started.event.version if started and isinstance(started.event, NodeStarted) else "",
        since=None if started is None else rfc3339(started.at_us),
        alerts=alerts,
        lines=[spec.line for spec in place.lines],
        load=round(load_now(), 1) if here else place.load,
        ahead_ms=place.ahead_ms,
        heard_s=heard_us // SECOND,
        order=event.order if isinstance(event, NodeOrdered) else None,
        ordered_by=event.by if isinstance(event, NodeOrdered) else None,
        ordered_at=None if ordered is None else rfc3339(ordered.at_us),
        empty=place.empty,
    )
