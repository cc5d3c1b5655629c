"""Comparison of two channels to deliver messages to apps over poor networks: long poll, as in the center, and
a WebSocket, which exists only in this benchmark.

Both reconnect after a broken connection, after the app's own pause. Neither misses a message: each request
states the last message received.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.protocol import State

from application.state.journals import journal_of
from application.state.state_dir import StateDir
from messages.events import DialogueSaid
from messages.ids import AlertId
from scripts.bench.lib.dialogues import Asking
from scripts.bench.lib.poor_link import PoorLink
from store import streams
from store.journal.notify import SocketNotifier

AGAIN_S = 0.3
"""The app's first pause after a failed request (`features/app/static/js/dialogue.js`)."""
QUIET_S = 33.0
"""Time without a response after which the app gives up a poll."""
FAULTS = (OSError, EOFError, TimeoutError, WebSocketException, ValueError, IndexError)


class TwoWays:
    """Both receivers, in a thread of their own from `start` on. Times are `time.time()`, by text."""

    def __init__(self, address: str, state: StateDir) -> None:
        self.address, self.state, self.alert = address, state, ""
        self.key = (state.path / "keys" / "app.key").read_text().strip()
        self.came_s: dict[str, dict[str, float]] = {"long_poll": {}, "socket": {}}
        self.links: list[PoorLink] = []
        self.app_port = 0
        """Port of a poor link to the center, for a browser."""
        self._told: list[dict[str, Any]] = []
        self._news: list[asyncio.Event] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def start(self) -> None:
        """Start to listen, over links that are still good."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(20)

    def follow(self, alert: str) -> None:
        """Receive the messages of this alert, from the first on."""
        self.alert = alert
        for one in (self._relay(), self._poll(), self._socket()):
            self._loop.call_soon_threadsafe(self._begin, one)

    def worsen(self, delay_s: float, jitter_s: float, loss: float) -> None:
        """Set delay, jitter and loss of all links from now on."""
        for link in self.links:
            link.delay_s, link.jitter_s, link.loss = delay_s, jitter_s, loss

    def stop(self) -> None:
        """Stop both receivers."""

        async def end() -> None:
            # The streams log an error for each cancelled relay: they read the exception of a cancelled task.
            self._loop.set_exception_handler(lambda loop, said: None)
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for one in others:
                one.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)

    def _begin(self, one: Coroutine[Any, Any, None]) -> None:
        self._tasks = [*getattr(self, "_tasks", []), self._loop.create_task(one)]

    async def _start(self) -> None:
        where = urlsplit(self.address)
        server = await serve(self._serve, "127.0.0.1", 0)
        for port in (where.port, where.port, next(iter(server.sockets)).getsockname()[1]):
            self.links.append(PoorLink("127.0.0.1", int(port or 80)))
        self.app_port, self._poll_port, self._socket_port = [await link.start() for link in self.links]

    async def _relay(self) -> None:
        """Follow the journal by its notifier, as the web of a center with a WebSocket would."""
        stream = streams.inbox(AlertId(self.alert))
        ear = SocketNotifier(self.state.run / "notify").listen(stream)
        wakened = asyncio.Event()
        self._loop.add_reader(ear.fileno(), wakened.set)
        with journal_of(self.state) as journal:
            while True:
                said = [one.event for one in journal.read(stream) if isinstance(one.event, DialogueSaid)]
                self._told = [{"text": one.text} for one in said]
                for one in self._news:
                    one.set()
                await wakened.wait()
                wakened.clear()
                ear.drain()

    async def _serve(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        since = int(parse_qs(urlsplit(socket.request.path).query)["since"][0])
        news = asyncio.Event()
        self._news.append(news)
        try:
            while socket.state is State.OPEN:
                if since < len(self._told):
                    said, since = self._told[since:], len(self._told)
                    with suppress(ConnectionClosed):
                        await socket.send(json.dumps({"messages": said, "version": since}))
                else:
                    news.clear()
                    await news.wait()
        finally:
            self._news.remove(news)

    async def _poll(self) -> None:
        asking, version = Asking(f"http://127.0.0.1:{self._poll_port}", self.key, 1002), 0
        while True:
            try:
                path = f"/v1/alerts/{self.alert}/messages?wait=25&since={version}"
                async with asyncio.timeout(QUIET_S):
                    _, said = await asking.ask("GET", path)
                version = self._came("long_poll", said, version)
            except FAULTS:
                await asyncio.sleep(AGAIN_S)

    async def _socket(self) -> None:
        version = 0
        while True:
            with suppress(*FAULTS):
                async with connect(f"ws://127.0.0.1:{self._socket_port}/?since={version}") as socket:
                    async for said in socket:
                        version = self._came("socket", json.loads(said), version)
            await asyncio.sleep(AGAIN_S)

    def _came(self, way: str, said: dict[str, Any], before: int) -> int:
        now_s = time.time()
        for one in said.get("messages", ()):
            self.came_s[way].setdefault(one["text"], now_s)
        return int(said.get("version", before))
