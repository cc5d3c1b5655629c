"""Does what is ordered of this node: says it in the run directory, where the node and its actors look.

Again every second: what is said twice changes nothing, and a web that is started anew goes on with it.
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


async def keep_ordered(web: Web) -> None:
    """Until cancelled. Says once why it cannot."""
    told = ""
    while True:
        try:
            await asyncio.to_thread(look, web)
            told = ""
        except (JournalError, OSError) as error:
            if type(error).__name__ != told:
                log.warning("what is ordered of this node cannot be done", reason=str(error))
            told = type(error).__name__
        await asyncio.sleep(LOOK_S)


def look(web: Web) -> None:
    """Once. Raises JournalError, OSError."""
    run = Path(web.settings.state) / "run"
    order = orders.kind_of(orders.order_of(web.journal, web.settings.node))
    # One that would not come back goes on as it is, and its page says why.
    again = order is NodeOrder.RESTART and not web.settings_file.obstacles()
    # A node that is alone goes on taking alerts: there is nobody else who would.
    drain(run, wanted=web.nodes.shared and (again or order is NodeOrder.DRAIN))
    if again and _is_free(web, run):
        (run / AGAIN).touch(mode=0o600)


def _is_free(web: Web, run: Path) -> bool:
    if web.nodes.shared:
        return (run / DRAINED).exists()
    # What is in memory alone is not to go with its processes.
    return web.journal.durable and not orders.open_alerts(web.journal)


def drain(run: Path, *, wanted: bool) -> None:
    """Say that the node takes no more alerts, or does again. What `run --drain` has said stays."""
    draining = run / DRAINING
    said = draining.read_bytes() if draining.exists() else None
    if wanted and said is None:
        draining.write_bytes(STAYS)
    elif not wanted and said == STAYS:
        draining.unlink()
        (run / DRAINED).unlink(missing_ok=True)
