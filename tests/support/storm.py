"""A storm of alerts from processes of their own, and a console that measures how late it is told.

`python -m tests.support.storm apps|console SETTINGS.json` writes what it has seen into the file that the
settings name. The apps keep to their schedule whatever the answers do; each has a connection of its own, as
phones have, raises its alert and then asks how it stands until it has been told to call 112 or until it is
told to end.
"""

from __future__ import annotations

import asyncio
import math
import sys
import time
from pathlib import Path
from typing import Final, cast

import msgspec
import uvicorn

from tests.waiting import wait_until_async

POLL_S: Final = 25
CONNECTING_MAX: Final = 200
"""Connections under way at a time; a kernel's queue of them is not what is measured."""


class AppsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What one process of apps is to do."""

    host: str
    port: int
    key: str
    out: str
    """Where to write; the file is complete when it is there."""
    stop: str
    """When this file is there, whoever still asks ends."""
    phones: tuple[str, ...]
    raised_before_s: tuple[float, ...]
    """For each phone, how long before its turn the button was pressed: spreads the deadlines."""
    begin_at: float
    """Wall clock."""
    rate_per_s: float
    """Of this process."""


class Told(msgspec.Struct, kw_only=True):
    """What one app has lived through. Times are the wall clock's; 0: never."""

    phone: str
    due: float
    sent: float = 0.0
    answered: float = 0.0
    status: int = 0
    alert: str = ""
    advised: float = 0.0
    """When it knew that it has to call 112."""
    by: str = ""
    """`answer` or `poll`."""
    polls: int = 0
    error: str = ""


class ConsoleSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the console is to do."""

    url: str
    token: str
    out: str
    stop: str


class Seen(msgspec.Struct, kw_only=True):
    """What a console has been told, and how late: (when the event was written, how many seconds later)."""

    late: list[tuple[float, float]] = []
    beats: list[tuple[float, float]] = []
    """Every message: when it came, and its seconds on the way."""
    snapshots: int = 0
    largest_bytes: int = 0
    bytes: int = 0
    closed: int = 0
    """How often the channel was lost."""
    longest_silence_s: float = 0.0
    open_max: int = 0
    cases_max: int = 0


# ------------------------------------------------------------------------------------------ the apps


class App(asyncio.Protocol):
    """One phone: raises its alert, then asks how it stands."""

    def __init__(self, apps: Apps, told: Told, body: bytes) -> None:
        self.apps, self.told, self.body = apps, told, body
        self.buffer = b""
        self.asking = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is of no common class with asyncio's.
        self.transport = made = cast("asyncio.Transport", transport)
        self.told.sent = time.time()
        made.write(self.apps.head % len(self.body) + self.body)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if len(body) < length:
            return
        self.buffer = b""
        self._heard(int(head[9:12]), body)

    def _heard(self, status: int, body: bytes) -> None:
        told, now = self.told, time.time()
        said = _answers.decode(body)
        if not told.status:
            told.status, told.answered, told.alert = status, now, said.alert
        if said.advice == "call_112_now" and not told.advised:
            told.advised, told.by = now, "poll" if self.asking else "answer"
        if said.phase == "closed" or (status != 200 and self.asking) or not told.alert:
            self.end()
        elif not self.apps.stopping:
            # An app that was told to call 112 still asks; the operator may yet call.
            told.polls += 1
            since = b"" if not self.asking and told.advised else b"&since=%d" % max(1, said.version)
            self.asking = True
            self.transport_write(self.apps.ask % (told.alert.encode(), since))
        else:
            self.end()

    def transport_write(self, data: bytes) -> None:
        """To the center."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    def end(self) -> None:
        """Hang up."""
        if self.transport is not None:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.told.status or not self.apps.stopping:
            self.told.error = self.told.error or ("" if exc is None else str(exc))
        self.apps.gone(self)


class _Answer(msgspec.Struct):
    alert: str = ""
    advice: str = ""
    phase: str = ""
    version: int = 0


_answers: Final = msgspec.json.Decoder(_Answer)


class Apps:
    """All apps of this process."""

    def __init__(self, settings: AppsSettings) -> None:
        self.settings = settings
        where = f"Host: {settings.host}:{settings.port}\r\nAuthorization: Bearer {settings.key}\r\n"
        self.head = (
            f"POST /v1/alerts HTTP/1.1\r\n{where}Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        ).encode()
        self.ask = f"GET /v1/alerts/%s?wait={POLL_S}%s HTTP/1.1\r\n{where}\r\n".encode()
        self.stopping = False
        self.told: list[Told] = []
        self.alive: set[App] = set()
        self.connecting = asyncio.Semaphore(CONNECTING_MAX)

    def gone(self, app: App) -> None:
        """Its connection has ended."""
        self.alive.discard(app)

    async def run(self) -> None:
        """Raise every alert at its time, then follow until told to stop."""
        settings = self.settings
        starting: set[asyncio.Task[None]] = set()
        loop = asyncio.get_running_loop()

        def begin(told: Told, before_s: float) -> None:
            task = asyncio.create_task(self._begin(told, before_s))
            starting.add(task)
            task.add_done_callback(starting.discard)

        for n, (phone, before_s) in enumerate(zip(settings.phones, settings.raised_before_s, strict=True)):
            told = Told(phone=phone, due=settings.begin_at + n / settings.rate_per_s)
            self.told.append(told)
            loop.call_later(told.due - time.time(), begin, told, before_s)
        await wait_until_async(Path(settings.stop).exists, within_s=math.inf)
        self.stopping = True
        for app in list(self.alive):
            app.end()
        if starting:
            await asyncio.wait(starting, timeout=5)
        _write(settings.out, msgspec.msgpack.encode(self.told))

    async def _begin(self, told: Told, before_s: float) -> None:
        raised = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(told.due - before_s))
        raised += f".{int((told.due - before_s) % 1 * 1e6):06d}Z"
        body = msgspec.json.encode(
            {
                "phone": told.phone,
                "raised_at": raised,
                "position": {"lat": 44.39058, "lon": 8.97342, "accuracy_m": 18.0},
                "battery_pct": 23,
            }
        )
        app = App(self, told, body)
        self.alive.add(app)
        try:
            async with self.connecting:
                await asyncio.get_running_loop().create_connection(
                    lambda: app, self.settings.host, self.settings.port
                )
        except OSError as error:
            told.error = str(error)
            self.alive.discard(app)


# --------------------------------------------------------------------------------------- the console


class _Event(msgspec.Struct):
    at_us: int


class _News(msgspec.Struct):
    type: str
    now_us: int
    seq: int
    open: int = 0
    events: list[_Event] = []
    cases: list[msgspec.Raw] = []


async def look(settings: ConsoleSettings) -> None:
    """Be a console until told to stop; come back when the channel is lost."""
    import websockets

    seen, decoder = Seen(), msgspec.json.Decoder(_News)
    stop, since, ended = Path(settings.stop), 0, False
    last = time.time()
    while not ended:
        url = settings.url + (f"?since={since}" if since else "")
        headers = {"Authorization": f"Bearer {settings.token}"}
        try:
            async with websockets.connect(url, additional_headers=headers, max_size=None) as socket:
                while not (ended := stop.exists()):
                    text = await asyncio.wait_for(socket.recv(decode=False), 10)
                    now = time.time()
                    seen.longest_silence_s = max(seen.longest_silence_s, now - last)
                    last = now
                    said = decoder.decode(text)
                    since = said.seq
                    seen.bytes += len(text)
                    seen.largest_bytes = max(seen.largest_bytes, len(text))
                    seen.snapshots += said.type == "snapshot"
                    seen.open_max = max(seen.open_max, said.open)
                    seen.cases_max = max(seen.cases_max, len(said.cases))
                    seen.beats.append((now, now - said.now_us / 1e6))
                    seen.late.extend((one.at_us / 1e6, now - one.at_us / 1e6) for one in said.events)
        except (OSError, TimeoutError, websockets.WebSocketException):
            seen.closed += 1
            ended = stop.exists()
            await asyncio.sleep(0.1)
    _write(settings.out, msgspec.msgpack.encode(seen))


def _write(out: str, data: bytes) -> None:
    part = Path(out).with_suffix(".part")
    part.write_bytes(data)
    part.replace(out)


def main(kind: str, settings: Path) -> None:
    """Be what was asked for."""
    # The web's own loop, which is the quicker one.
    factory = uvicorn.Config("", loop="uvloop").get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        if kind == "apps":
            apps = Apps(msgspec.json.decode(settings.read_bytes(), type=AppsSettings))
            runner.run(apps.run())
        else:
            runner.run(look(msgspec.json.decode(settings.read_bytes(), type=ConsoleSettings)))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
