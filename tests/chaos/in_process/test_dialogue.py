"""A dialogue through a whole center in which somebody dies between any two messages.

Everybody in turn, the web too, is killed after a message of the user's and after one of the operator's;
whoever wrote it sends it again, as one does that has had no answer. The app, by what it asks for, and the
operator's screen, by the console's feed, have every message, once, and in its order.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from application.settings.protocols import protocols_of
from center.node.composition import SUPERVISOR
from gateways.http.app import build
from gateways.http.parts.construction import parts
from gateways.http.parts.context import Web
from gateways.http.settings import WebSettings
from messages.ids import Party, Role
from runtime.environment import Environment
from tests.scenarios.nodes import Cluster, cluster
from tests.scenarios.test_flow import joined
from tests.scenarios.world import USER, World, world
from tests.waiting import wait_until

pytestmark = pytest.mark.scenario

AGAIN_S = 6.0
"""Until another one stands in the place of whoever died, by the center's clock."""


class Talk:
    """The app and the operator's console, before a web that can die."""

    def __init__(self, made: World | Cluster, url: str) -> None:
        self.world, self.url = made, url
        self.app_key = made.registry.issue_app_key("test")
        self.token = made.registry.issue_token(made.operators[0], by="test")
        self.said: list[tuple[str, str]] = []
        """By whom, and what, in the order in which it was written."""
        self.version = 0
        self.on_app: list[tuple[int, str]] = []
        self.on_console: list[tuple[int, str]] = []
        self.web: Web

    @contextmanager
    def served(self, env: Environment) -> Iterator[TestClient[Litestar]]:
        """A web process' whole life: it knows nothing but what the journal says."""
        (env.state / "keys").mkdir(exist_ok=True)
        settings = WebSettings(
            protocols=protocols_of(""),
            node=env.node,
            state=str(env.state),
            journal=self.url,
            anchor_us=0,
            center=self.world.settings,
            port=0,
            version="0",
        )
        self.web = parts(settings, clock=self.world.clock, notifier=self.world.notify)
        with TestClient(build(self.web)) as client:
            yield client

    def write(self, client: TestClient[Litestar], by: str) -> None:
        """One message; it is sent twice, as after an answer that was lost."""
        number = len(self.said) + 1
        text, name = f"{by} {number}", f"m{number}"
        self.said.append((by, text))
        self._has_read()
        for _ in range(2):
            if by == "user":
                body = {"id": name, "text": text}
                answer = client.post(self._path("messages"), json=body, headers=self._bearer(self.app_key))
            else:
                body = {"command": "write", "id": name, "text": text}
                answer = client.post(self._path("commands"), json=body, headers=self._bearer(self.token))
            assert answer.status_code == 202, (by, answer.text, self.world.story())
        self.world.advance(0.0)

    def look(self, client: TestClient[Litestar]) -> None:
        """What is new for the app, and what the screen shows."""
        self._has_read()
        path = f"{self._path('messages')}?since={self.version}"
        told = client.get(path, headers=self._bearer(self.app_key)).json()
        self.version = told["version"]
        has = {number for number, _ in self.on_app}
        self.on_app += [(one["number"], one["text"]) for one in told["messages"] if one["number"] not in has]
        with client.websocket_connect("/v1/console", headers=self._bearer(self.token)) as socket:
            snapshot: dict[str, Any] = json.loads(socket.receive_text())
        (view,) = (one for one in snapshot["cases"] if one["alert"] == self.world.alert)
        self.on_console = [(one["number"], one["text"]) for one in view["dialogue"]]

    def has_all(self) -> None:
        """Both sides have what was written, once and in its order."""
        expected = [(number, text) for number, (_, text) in enumerate(self.said, 1)]
        assert self.on_app == expected
        assert self.on_console == expected

    def _has_read(self) -> None:
        """The web knows what is in the journal now."""
        wait_until(
            lambda: self.web.following.read_model.seq >= self.world.journal.last_seq(), what="all is read"
        )

    def _path(self, what: str) -> str:
        return f"/v1/alerts/{self.world.alert}/{what}"

    def _bearer(self, key: str) -> dict[str, str]:
        return {"authorization": f"Bearer {key}"}


def test_none_is_lost_none_told_twice_whoever_dies_between_two_messages(tmp_path: Path) -> None:
    for name in ("run", "logs"):
        (tmp_path / name).mkdir()
    with world(tmp_path) as made:
        talk = Talk(made, f"sqlite:///{tmp_path / 'journal.db'}")
        made.send(USER)
        made.until("they talk", lambda: joined(made) >= {Party.USER, Party.OPERATOR})
        living = sorted({entry.role for entry in made.env.directory.read()})
        assert {Role.ALERT_INTAKE, Role.ALERT_CASE, Role.IDENTIFIER, Role.OPERATOR_POOL} <= set(living)
        assert {Role.TRUNK_POOL, Role.CONFERENCE_BRIDGE, Role.CALL_LEG, Role.GSM_MODEM} <= set(living)
        assert {Role.SUPERVISOR, Role.DEADLINE_WATCHDOG, Role.FALLBACK_KEEPER} <= set(living)
        struck = [role for role in living for _ in range(2)]
        while struck:
            with talk.served(made.env) as client:  # the web dies each time that somebody of each role has
                for role in dict.fromkeys(struck):
                    by = "user" if struck.count(role) == 2 else "operator"
                    talk.write(client, by)
                    kill(made, role)
                    struck.remove(role)
                    talk.look(client)
                talk.write(client, "user")
                talk.write(client, "operator")
            # Written, and the web is gone before anybody has asked for it.
        with talk.served(made.env) as client:
            talk.look(client)
        talk.has_all()
        assert len(talk.said) == 2 * len(living) + 4
        assert joined(made) >= {Party.USER, Party.OPERATOR}, "nobody's death has ended the call"


def kill(made: World, role: Role) -> None:
    """As kill -9, and until another one is there: the node starts a Supervisor, and that one all others."""
    made.kill(role)
    if role is Role.SUPERVISOR:
        made.system.create(SUPERVISOR, role=Role.SUPERVISOR)
    made.advance(AGAIN_S)
    assert made.env.directory.all_of(role), f"nobody is a {role} again"


def test_a_dialogue_by_two_nodes_goes_on_whichever_s_membership_dies_and_beyond_the_owner_s_power(
    tmp_path: Path,
) -> None:
    with cluster(tmp_path, {"a": (2, 1), "b": (2, 1)}) as nodes:
        talk = Talk(nodes, f"sqlite:///{tmp_path / 'shared.db'}")
        nodes.send("a")
        nodes.until("they talk", lambda: nodes.joined >= {Party.USER, Party.OPERATOR})
        for struck in ("a", "b"):
            for name, by in (("a", "user"), ("b", "operator")):
                with talk.served(nodes.nodes[name].env) as client:
                    talk.write(client, by)
                    (entry,) = nodes.nodes[struck].env.directory.all_of(Role.MEMBERSHIP)
                    assert nodes.nodes[struck].system.kill(Role.MEMBERSHIP, entry.key)
                    nodes.advance(AGAIN_S)
                    talk.look(client)
        nodes.lose("a")
        nodes.until("the other node's operator call stands", lambda: nodes.case.operator_leg is not None, 90)
        with talk.served(nodes.nodes["b"].env) as client:
            talk.write(client, "user")
            talk.write(client, "operator")
            talk.look(client)
        talk.has_all()
        assert len(talk.said) == 6
