"""What a server imports and makes only when it begins, had beforehand: a performance without an audience.

uvicorn and Litestar load their parts late: the protocols, the loop, what a first route needs. That is a tenth
of a second of the processor, and several where others want it. Nothing is opened here, and no port.
"""

from __future__ import annotations

import asyncio
import gc

from litestar import Litestar, get, websocket

from gateways.console.sessions import AnySocket
from gateways.http.door import signatures
from gateways.http.server import configured
from model.feature import installed, named


@get("/")
async def _route(wanted: str) -> str:
    return wanted


@websocket("/socket")
async def _socket(socket: AnySocket) -> None:
    await socket.close()


def rehearse() -> None:
    """An application of two routes begins, and ends; the collector need not look at what is there now."""
    config = configured(Litestar(route_handlers=[_route, _socket], logging_config=None))
    config.load()
    signatures.load()
    for feature in installed():
        for where in feature.rehearsed:
            named(where)()

    async def begin_and_end() -> None:
        lifespan = config.lifespan_class(config)
        await lifespan.startup()
        await lifespan.shutdown()

    factory = config.get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(begin_and_end())
    # A whole collection takes as long as all the rest of a start.
    gc.collect()
    gc.freeze()
