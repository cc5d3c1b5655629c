"""A slow and lossy network between an app and a center: a relay of TCP with delay, jitter and loss.

Each piece of data is delayed by `delay_s` ± `jitter_s`, in order. Of the share `loss` of all pieces, half are
delayed by `STALL_S` more, like a retransmitted segment of TCP, and half break the connection. A new
connection takes a round trip before its first piece is sent.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass, field

STALL_S = 1.0
"""TCP's first retransmission timeout on an unknown path (RFC 6298, 2.1)."""
PIECE = 65536


@dataclass
class PoorLink:
    """A relay with the given delay, jitter and loss, which may be changed at any time. Without them the relay
    is as fast as possible.
    """

    host: str
    port: int
    delay_s: float = 0.0
    jitter_s: float = 0.0
    loss: float = 0.0
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    broken: int = 0
    stalled: int = 0
    pieces: int = 0

    async def start(self) -> int:
        """Listen on a port chosen by the kernel, and return the port."""
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def _takes_s(self) -> float:
        return max(0.0, self.delay_s + self.chance.uniform(-self.jitter_s, self.jitter_s))

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(self.host, self.port)
        handshake_s = 2 * self._takes_s()
        ways = [
            asyncio.ensure_future(self._way(reader, there_writer, handshake_s)),
            asyncio.ensure_future(self._way(there_reader, writer, 0.0)),
        ]
        # The end of either side, for any reason, ends the other.
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for side in (writer, there_writer):
            side.transport.abort()

    async def _way(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, first_s: float) -> None:
        loop = asyncio.get_running_loop()
        due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                at_s, piece = await due.get()
                await asyncio.sleep(max(0.0, at_s - loop.time()))
                if not piece:
                    return
                writer.write(piece)

        delivering = asyncio.ensure_future(deliver())
        at_s = 0.0
        try:
            with suppress(ConnectionError):
                while piece := await reader.read(PIECE):
                    self.pieces += 1
                    at_s = max(at_s, loop.time() + first_s + self._takes_s())
                    first_s = 0.0
                    if self.chance.random() < self.loss:
                        if self.chance.random() < 0.5:
                            self.broken += 1
                            return
                        self.stalled += 1
                        at_s += STALL_S
                    due.put_nowait((at_s, piece))
                due.put_nowait((at_s, b""))
                await delivering
        finally:
            delivering.cancel()
