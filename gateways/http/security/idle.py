"""Ends idle sessions, once a minute. `store.registry.access.idle` defines when a session is idle."""

from __future__ import annotations

import asyncio
from typing import Final

from gateways.http.parts.context import Web
from gateways.http.wire.errors import NotDurable
from messages.ids import OperatorId
from runtime import logs
from store.registry.access.idle import end_idle_sessions

SWEEP_S: Final = 60.0
"""Seconds between two sweeps, and before the first sweep: pages have reconnected by then."""

log = logs.get("http.idle")


async def keep_ending_idle(web: Web) -> None:
    """End idle sessions repeatedly until cancelled. Return at once if `idle_minutes` is 0."""
    while web.settings.center.sign_on.idle_minutes:
        await asyncio.sleep(SWEEP_S)
        try:
            await end_idle(web)
        except NotDurable as error:
            log.warning("idle sessions cannot be ended", reason=str(error))


async def end_idle(web: Web) -> list[OperatorId]:
    """End the sessions that are idle now; return their operators. Raises NotDurable."""
    used, open_ = web.auth.in_use()
    idle_s = 60.0 * web.settings.center.sign_on.idle_minutes
    ended = await web.writing.run(lambda tx: end_idle_sessions(tx, used, open_, idle_s=idle_s))
    for operator in ended:
        log.info("an idle session has ended", operator=operator)
    return ended
