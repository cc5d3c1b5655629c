"""Carries out orders to this node, by files in the run directory, which the node and its actors poll.

Repeats every second: writing the same order again changes nothing, and a restarted web continues.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from gateways.http.parts.context import Web
from messages.ids import NodeOrder
from runtime import logs
from runtime.environment import AGAIN, DRAINED, DRAINING, STAYS
from store.errors import JournalError
from store.nodes import orders

LOOK_S: Final = 1.0

log = logs.get("http.node_orders")


async def poll_orders(web: Web) -> None:
    """Carry out orders repeatedly until cancelled. Logs each kind of error once."""
    told = ""
    while True:
        try:
            await asyncio.to_thread(carry_out_order, web)
            told = ""
        except (JournalError, OSError) as error:
            if type(error).__name__ != told:
                log.warning("the orders to this node cannot be carried out", reason=str(error))
            told = type(error).__name__
        await asyncio.sleep(LOOK_S)


def carry_out_order(web: Web) -> None:
    """Carry out the present order once. Raises JournalError, OSError."""
    run = Path(web.settings.state) / "run"
    order = orders.kind_of(orders.order_of(web.journal, web.settings.node))
    # A node whose settings prevent a start is not restarted; the page states the reason.
    again = order is NodeOrder.RESTART and not web.settings_file.obstacles()
    # The only node keeps accepting alerts: no other node could accept them.
    drain(run, wanted=web.nodes.shared and (again or order is NodeOrder.DRAIN))
    if again and _is_free(web, run):
        (run / AGAIN).touch(mode=0o600)


def _is_free(web: Web, run: Path) -> bool:
    if web.nodes.shared:
        return (run / DRAINED).exists()
    # Alerts in memory alone must not be lost with their processes.
    return web.journal.durable and not orders.open_alerts(web.journal)


def drain(run: Path, *, wanted: bool) -> None:
    """Write or remove the order to accept no new alerts. An order written by `run --drain` stays."""
    draining = run / DRAINING
    said = draining.read_bytes() if draining.exists() else None
    if wanted and said is None:
        draining.write_bytes(STAYS)
    elif not wanted and said == STAYS:
        draining.unlink()
        (run / DRAINED).unlink(missing_ok=True)
