"""A dialogue with real processes, of which one after the other is killed while the app's long poll waits."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from messages.ids import AlertId
from tests.support.center import Center, center, simulation
from tests.waiting import wait_until

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]

KILLED = ("Web", "AlertCase", "Supervisor", "Web")


class App(threading.Thread):
    """Asks for messages by long poll, and again at once where that breaks."""

    def __init__(self, made: Center, alert: AlertId) -> None:
        super().__init__(daemon=True)
        self.made, self.alert = made, alert
        self.key = (made.state.path / "keys" / "app.key").read_text().strip()
        self.told: list[tuple[int, str]] = []
        self.broken = 0
        self.ended = False

    def client(self) -> httpx.Client:
        headers = {"authorization": f"Bearer {self.key}"}
        return httpx.Client(base_url=f"{self.made.address}/v1/alerts/{self.alert}", headers=headers)

    def run(self) -> None:
        version = 0
        with self.client() as client:
            while not self.ended:
                try:
                    said = client.get(f"/messages?wait=2&since={version}", timeout=10).json()
                except httpx.TransportError:
                    self.broken += 1
                    continue
                version = said["version"]
                has = {number for number, _ in self.told}
                self.told += [
                    (one["number"], one["text"]) for one in said["messages"] if one["number"] not in has
                ]


def kept(made: Center, client: httpx.Client, path: str, body: dict[str, str]) -> None:
    """Sent until it is answered, as an app and a console do that have lost their center for a moment."""

    def answered() -> bool:
        return client.post(path, json=body, timeout=10).status_code == 202

    made.until(f"{body} is taken", answered, within_s=30)


def test_none_is_lost_none_told_twice_though_the_web_is_killed_in_the_middle_of_a_poll(
    tmp_path: Path,
) -> None:
    with center(tmp_path, simulation()) as made:
        alert = made.send()
        made.until("they talk", lambda: made.joined(alert) == {"operator", "user"})
        token = (made.state.path / "keys" / "demo-operator.token").read_text().strip()
        bearer = {"authorization": f"Bearer {token}"}
        app = App(made, alert)
        app.start()
        said = []
        with (
            app.client() as phone,
            httpx.Client(base_url=f"{made.address}/v1/alerts/{alert}", headers=bearer) as console,
        ):
            for role in KILLED:
                for by in ("user", "operator"):
                    name = f"m{len(said) + 1}"
                    said.append((len(said) + 1, f"{by} before {role} dies: {name}"))
                    body = {"id": name, "text": said[-1][1]}
                    if by == "user":
                        kept(made, phone, "/messages", body)
                        wait_until(
                            lambda: app.told == said, within_s=30, what="the app has it: it asks again"
                        )
                        made.kill(role, alert)
                    else:
                        kept(made, console, "/commands", {"command": "write", **body})
            wait_until(lambda: app.told == said, within_s=30, what=f"the app has all: {said}")
        app.ended = True
        app.join(20)
        assert app.told == said
        assert app.broken >= KILLED.count("Web")
        with connect(f"{made.address.replace('http', 'ws')}/v1/console", additional_headers=bearer) as socket:
            (view,) = json.loads(socket.recv())["cases"]
        assert [(one["number"], one["text"]) for one in view["dialogue"]] == said
