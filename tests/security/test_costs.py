"""What anybody may send costs the event loop a few milliseconds at most, at its greatest permitted size.

Measured as processor time of the longest turn of the loop, each time with other bytes, so that nothing is
known from before: one slow turn keeps every alert, console and headset waiting.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import httpx
import pytest

from gateways.http.app import build
from gateways.http.security.signatures import INPUT_MAX
from gateways.http.wire.decoding import BODY_MAX
from tests.gateways.http.place import GIULIA, Place

TURN_S: Final = 0.02
"""What was found took 5 ms or less; what was mended, 100 and more."""
HEADER: Final = 14_000
BODY: Final = BODY_MAX - 1500
JSON: Final = {"content-type": "application/json"}
PACK: Final = {"content-type": "application/msgpack"}
FORM: Final = {"content-type": "application/x-www-form-urlencoded"}


class Sent(NamedTuple):
    """One request. `n` of whatever makes it makes it another one."""

    method: str
    path: str
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed
    body: bytes = b""


def body_of(**body: object) -> bytes:
    return json.dumps(body).encode()


def text(n: int, unit: str, size: int) -> str:
    return f"{n}{unit * (size // len(unit))}"[:size]


def base64ed(n: int, size: int) -> str:
    return base64.urlsafe_b64encode(text(n, "x", size * 3 // 4).encode()).decode()


def jwk(**members: object) -> bytes:
    return body_of(phone=GIULIA, public_key={"kty": "EC", "crv": "P-256", **members})


def passkey(n: int) -> bytes:
    said = json.dumps({"challenge": base64.b64encode(b"1.x.00").decode(), "z": text(n, "y", 11_000)})
    client = base64.b64encode(said.encode()).decode()
    response = {"clientDataJSON": client, "authenticatorData": base64ed(n, 16_000), "signature": "A" * 16_000}
    return body_of(
        passkey={"id": base64ed(n, 16_000), "rawId": "A", "type": "public-key", "response": response}
    )


def point(n: int) -> str:
    return base64.urlsafe_b64encode(n.to_bytes(32, "big")).decode().rstrip("=")


ALERTS, DEVICES, SESSION = "/v1/alerts", "/v1/devices", "/v1/console/session"
ESCAPE, OCTET = '\\"', "\\134"
CASES: dict[str, Callable[[int], Sent]] = {
    "JSON in brackets": lambda n: Sent("POST", ALERTS, JSON, (text(n, "[", BODY)).encode()),
    "JSON of an unknown depth": lambda n: Sent("POST", ALERTS, JSON,
        f'{{"x{n}":'.encode() + b"[" * 20_000 + b"]" * 20_000 + b"}"),
    "JSON of many keys": lambda n: Sent("POST", ALERTS, JSON, body_of(**{f"k{i}": n for i in range(4000)})),
    "JSON of escapes": lambda n: Sent("POST", ALERTS, JSON, b'{"phone":"' + text(n, "\\u00e9",
        BODY - 6).encode() + b'"}'),
    "JSON of one long number": lambda n: Sent("POST", ALERTS, JSON, b'{"battery_pct":1' + text(n, "9",
        BODY).encode() + b"}"),
    "MessagePack of depth": lambda n: Sent("POST", ALERTS, PACK,
        b"\x81\xa1x" + b"\x91" * 60_000 + bytes([n])),
    "MessagePack of a false length": lambda n: Sent("POST", ALERTS, PACK,
        b"\xdf\xff\xff\xff\xff" + b"\xa1x\xc0" * 20_000 + bytes([n])),
    "a long key": lambda n: Sent("POST", DEVICES, JSON, jwk(x=base64ed(n, 30_000), y="A" * 30_000)),
    "a key that is no point": lambda n: Sent("POST", DEVICES, JSON, jwk(x=point(n + 7), y=point(n + 9))),
    "a key of many members": lambda n: Sent("POST", DEVICES, JSON, jwk(**{f"k{i}": n for i in range(4000)})),
    "an invitation": lambda n: Sent("POST", DEVICES, JSON, body_of(invitation=text(n, "x", 128),
        public_key={})),
    "a passkey": lambda n: Sent("POST", SESSION, JSON, passkey(n)),
    "a password": lambda n: Sent("POST", SESSION, JSON, body_of(operator=f"n{n}", password="e\u0301" * 200)),
    "a name of accents": lambda n: Sent("POST", SESSION, JSON, body_of(operator=text(n, "a\u0301", 200),
        password="x")),
    "a token": lambda n: Sent("POST", SESSION, JSON, body_of(token=text(n, "x", 400))),
    "a ticket": lambda n: Sent("POST", SESSION, JSON, body_of(ticket=f"a{n}.9999999999999999.b." + "0" * 64)),
    "a first code": lambda n: Sent("POST", "/v1/first-admin", JSON, body_of(code=text(n, "x", 200),
        name="A B", phone=GIULIA)),
    "cookies": lambda n: Sent("GET", SESSION, {"cookie": "; ".join(f"c{i}={n}" for i in range(1500))}),
    "a cookie of escapes": lambda n: Sent("GET", SESSION, {"cookie": f'a{n}="{text(n, ESCAPE, HEADER)}"'}),
    "a cookie of octets": lambda n: Sent("GET", SESSION, {"cookie": f'a="{text(n, OCTET, HEADER)}"'}),
    "112's code in a form": lambda n: Sent("POST", "/112", FORM, b"code=" + text(n, "a", BODY).encode()),
    "a form of many fields": lambda n: Sent("POST", "/112", FORM, text(n, "&a=", BODY).encode()),
    "a form in parts": lambda n: Sent("POST", "/112", {"content-type": "multipart/form-data; boundary=x"},
        text(n, "--x\r\n", BODY).encode()),
    "112's code in the path": lambda n: Sent("GET", "/112/" + text(n, "a", HEADER)),
    "a heartbeat": lambda n: Sent("POST", "/v1/heartbeats", {}, text(n, "x", BODY).encode()),
    "a long query": lambda n: Sent("GET", f"{ALERTS}/x?wait=1" + text(n, "9", HEADER)),
    "a query of many": lambda n: Sent("GET", f"{ALERTS}/x?" + "&".join(f"a{i}={n}" for i in range(1500))),
    "a path of many parts": lambda n: Sent("GET", f"/{n}" + "/a" * 6000),
    "Accept": lambda n: Sent("GET", f"{ALERTS}/x", {"accept": ",".join(f"a/{n}{i};q=0.1"
        for i in range(800))}),
    "Signature-Input": lambda n: Sent("GET", DEVICES, {"signature-input": text(n, ';keyid="a";created=1',
        INPUT_MAX), "signature": "sw=:AA:"}),
    "Content-Digest": lambda n: Sent("GET", DEVICES, {"signature-input": "sw=()", "content-digest": text(n,
        ", sha-256=:", HEADER)}),
}  # fmt: skip


class Turns:
    """How long the longest turn of a loop has taken, in processor time of its thread."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.longest_s = 0.0
        turn = asyncio.Handle._run

        def timed(handle: asyncio.Handle) -> None:
            begun_s = time.thread_time()
            turn(handle)
            self.longest_s = max(self.longest_s, time.thread_time() - begun_s)

        monkeypatch.setattr(asyncio.Handle, "_run", timed)


def test_nothing_that_anybody_sends_makes_a_long_turn(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    app: Any = build(place.web())
    turns = Turns(monkeypatch)
    found: dict[str, float] = {}

    async def measured(client: httpx.AsyncClient, name: str, n: int) -> float:
        sent = CASES[name](n)
        headers = {**place.app(), **sent.headers}
        turns.longest_s = 0.0
        answer = await asyncio.create_task(
            client.request(sent.method, sent.path, headers=headers, content=sent.body)
        )
        assert answer.status_code < 500
        return turns.longest_s

    async def all_of_them() -> None:
        async with app.lifespan():
            for at, name in enumerate(CASES):
                # Each from an address of its own: else it would be refused for the one before.
                transport = httpx.ASGITransport(app=app, client=(f"203.0.113.{at}", 1))
                async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                    found[name] = min([await measured(client, name, n) for n in range(1, 5)])

    asyncio.run(all_of_them())
    assert {name: took_s for name, took_s in found.items() if took_s > TURN_S} == {}
