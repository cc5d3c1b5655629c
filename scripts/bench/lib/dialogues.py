"""Many dialogues at once, as a process beside the center: apps that write, wait for news and report messages
as read, and operators with messages that go into the journal as another node's web writes them.

  python scripts/bench/lib/dialogues.py STATE ADDRESS COUNT EVERY_S

Prints `ready` once all apps wait, and continues until a line comes on standard input. Then the process prints
the numbers of messages written and received, and the delays, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT)]

from messages import events as ev  # noqa: E402
from messages.ids import AlertId, NodeId, OperatorId  # noqa: E402
from runtime.clock import SystemClock  # noqa: E402
from scripts.bench.lib.measuring import quantiles  # noqa: E402
from store import streams  # noqa: E402
from store.journal.journal import Append, Journal  # noqa: E402
from store.journal.notify import SocketNotifier  # noqa: E402

OPERATOR = OperatorId("demo")
ENDS_S = 10.0
"""Time allowed at the end for messages on their way, in seconds."""


class Asking:
    """A persistent HTTP/1.1 connection, from a local address of its own: many phones do not share one
    address.
    """

    def __init__(self, address: str, key: str, of: int) -> None:
        where = urlsplit(address)
        self.host, self.port = str(where.hostname), int(where.port or 80)
        self.key = key
        self.own = (f"127.1.{of // 250}.{of % 250 + 1}", 0)
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, object]]:
        """Send a request; return status and body. Raises ConnectionError, IncompleteReadError."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(
                self.host, self.port, local_addr=self.own if self.host == "127.0.0.1" else None
            )
        data = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: {self.host}:{self.port}\r\naccept: application/json\r\n"
            f"authorization: Bearer {self.key}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(data)}\r\n\r\n"
        )
        try:
            self.writer.write(head.encode() + data)
            answered = (await self.reader.readuntil(b"\r\n\r\n")).lower()
            length = int(answered.partition(b"content-length:")[2].split(b"\r\n")[0])
            return int(answered[9:12]), json.loads(await self.reader.readexactly(length) or b"{}")
        except BaseException:
            self.close()  # the response may still come: the next request must not receive it
            raise

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self.writer is not None:
            self.writer.close()
        self.writer = None


class Dialogue:
    """An alert, its app, and an operator."""

    def __init__(self, load: Load, number: int) -> None:
        self.load = load
        self.number = number
        self.waiting = Asking(load.address, load.key, number)
        self.saying = Asking(load.address, load.key, number)
        self.version = 0
        self.alert = ""
        self.has: dict[str, None] = {}
        """Messages of both sides, in the order of their first appearance."""

    async def begin(self) -> None:
        """Raise the alert. The alert is a test and silent: no phone is called for it."""
        phone = f"+39335{self.number:07d}"
        body = {"phone": phone, "silent": True, "test": True}
        status, said = await self.saying.ask("POST", "/v1/alerts", body)
        assert status == 202, (status, said)
        self.alert = str(said["alert"])

    async def listen(self) -> None:
        """Run the app's long poll."""
        while True:
            path = f"/v1/alerts/{self.alert}/messages?wait=25&since={self.version}"
            status, said = await self.waiting.ask("GET", path)
            if status != 200:
                self.load.count(f"poll {status}")
                await asyncio.sleep(0.3)
                continue
            now_s = time.time()
            self.version = int(str(said["version"]))
            messages: list[dict[str, object]] = said["messages"]  # type: ignore[assignment]
            for one in messages:
                name = str(one["text"])
                if name not in self.has and not one["mine"]:
                    self.load.to_app.append(now_s - self.load.said_s[name])
                self.has[name] = None
            upto = max((int(str(one["number"])) for one in messages if not one["mine"]), default=0)
            if upto and any(not one["mine"] and not one["read"] for one in messages):
                await self.say("/seen", {"upto": upto, "read": True})

    async def write(self, text: str) -> None:
        """Send a message of the app."""
        self.load.said_s[text] = time.time()
        took_s = await self.say("", {"id": text.replace(" ", "-"), "text": text})
        self.load.answered.append(took_s)

    async def say(self, path: str, body: dict[str, object]) -> float:
        """Send a message or a report; return the time of the center's response, in seconds."""
        begun = time.perf_counter()
        status, _ = await self.saying.ask("POST", f"/v1/alerts/{self.alert}/messages{path}", body)
        self.load.count(f"write {status}")
        return time.perf_counter() - begun


class Load:
    """All dialogues."""

    def __init__(self, state: Path, address: str, count: int, every_s: float) -> None:
        self.state, self.address, self.every_s = state, address, every_s
        self.key = (state / "keys" / "app.key").read_text().strip()
        self.said_s: dict[str, float] = {}
        self.to_app: list[float] = []
        self.answered: list[float] = []
        self.counted: dict[str, int] = {}
        self.of: dict[str, list[str]] = {}
        self.all = [Dialogue(self, number) for number in range(count)]
        self.turn = asyncio.Lock()

    def count(self, what: str) -> None:
        self.counted[what] = self.counted.get(what, 0) + 1

    async def run(self) -> dict[str, object]:
        for one in self.all:
            await one.begin()
        listening = [asyncio.ensure_future(one.listen()) for one in self.all]
        journal = Journal.open(
            f"sqlite:///{self.state / 'journal.db'}",
            node=NodeId("beside"),
            clock=SystemClock.anchored().now_us,
            notify=SocketNotifier(self.state / "run" / "notify"),
            shared=False,
        )
        print("ready", flush=True)
        ending = asyncio.ensure_future(asyncio.to_thread(sys.stdin.readline))
        begun = time.monotonic()
        talking = [asyncio.ensure_future(self._talk(one, journal, ending)) for one in self.all]
        await asyncio.gather(*talking)
        seconds = time.monotonic() - begun
        until = time.monotonic() + ENDS_S
        while self._missing() and time.monotonic() < until:
            await asyncio.sleep(0.05)
        for poll in listening:
            poll.cancel()
        journal.close()
        return {
            "dialogues": len(self.all),
            "seconds": round(seconds, 1),
            "messages": len(self.said_s),
            "messages_per_s": round(len(self.said_s) / seconds, 1),
            "answers": self.counted,
            "lost": self._missing(),
            "out_of_order": sum(list(one.has) != self.of[one.alert] for one in self.all),
            "app_to_answer": quantiles(self.answered),
            "operator_to_app": quantiles(self.to_app),
        }

    async def _talk(self, one: Dialogue, journal: Journal, ending: asyncio.Future[str]) -> None:
        """Write as both sides in turn, so that the order of the messages is known."""
        said = self.of.setdefault(one.alert, [])
        await asyncio.sleep(random.uniform(0, self.every_s))
        while not ending.done():
            text = f"{one.alert} {len(said)}"
            said.append(text)
            if len(said) % 2:
                await one.write(text)
            else:
                async with self.turn:
                    await asyncio.to_thread(self._operator_says, journal, one, text)
            await asyncio.wait([ending], timeout=random.uniform(0.5, 1.5) * self.every_s / 2)

    def _operator_says(self, journal: Journal, one: Dialogue, text: str) -> None:
        self.said_s[text] = time.time()
        said = ev.DialogueSaid(id=text, by=OPERATOR, text=text)
        journal.append(Append(streams.inbox(AlertId(one.alert)), None, (said,)))

    def _missing(self) -> int:
        return sum(len(set(self.of[one.alert]) - one.has.keys()) for one in self.all)


if __name__ == "__main__":
    load = Load(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
    print(json.dumps(asyncio.run(load.run())))
