"""Nodes by HTTP: what is ordered of one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateways.http import node_orders
from gateways.http.parts.context import Web
from messages.events import NodeStarted
from messages.ids import NodeId, NodeOrder, Outcome
from runtime.environment import AGAIN, DRAINED, DRAINING
from store import streams
from store.journal.journal import Append, Journal
from store.nodes import orders
from tests.gateways.http.askers import MARTA, Api, Asker, is_now, verdict
from tests.gateways.http.place import CLOCK, Place
from tests.gateways.story import Story

NODE = "/v1/admin/nodes/n1"


@pytest.fixture
def file(place: Place) -> Path:
    return place.state / "center.toml"


def wish(admin: Asker, was: str | None, now: str | None) -> Any:
    return admin.change(NODE, {"order": was}, {"order": now})


def test_a_restart_waits_for_open_alerts_and_is_taken_back(api: Api, admin: Asker, journal: Journal) -> None:
    api.place.simulated()
    story = Story(journal, CLOCK.now_us()).opened()
    said = wish(admin, None, "restart")
    assert said.status_code == 200, said.text
    again = api.place.state / "run" / AGAIN
    node_orders.carry_out_order(api.web)
    (node,) = admin.get("/v1/admin/nodes").json()["nodes"]
    assert (node["order"], node["ordered_by"], node["alerts"]) == ("restart", MARTA, 1)
    assert not again.exists()
    assert wish(admin, None, "restart").status_code == 200
    assert wish(admin, "restart", None).json()["order"] is None
    assert wish(admin, None, "restart").status_code == 200
    story.closed(Outcome.FALSE_ALARM)
    node_orders.carry_out_order(api.web)
    assert again.exists()
    assert not (api.place.state / "run" / DRAINING).exists()
    # Begun anew, it has forgotten what was ordered.
    journal.append(Append(streams.node(NodeId("n1")), None, (NodeStarted(version="2", pid=2),)))
    assert admin.get("/v1/admin/nodes").json()["nodes"][0]["order"] is None


def test_a_node_that_would_not_come_back_is_not_started_again(api: Api, admin: Asker, file: Path) -> None:
    said = wish(admin, None, "restart")
    assert (said.status_code, said.json()["code"], said.json()["path"]) == (409, "would_not_start", "modem")
    api.place.simulated()
    assert wish(admin, None, "restart").status_code == 200
    for text, path in (
        ("[user]\nattempts = 99\n", "user.attempts"),
        ('node = "other"\n', "node"),
        ('[http]\nhost = "0.0.0.0"\n', "http.host"),
        ('[http]\nhost = "no.such.host.invalid"\n', "http.host"),
        ('[http]\ncertificate = "a.pem"\nkey = "a.key"\n', "http.certificate"),
    ):
        file.write_text(text)
        node_orders.carry_out_order(api.web)
        assert not (api.place.state / "run" / AGAIN).exists(), text
        assert [one.path for one in api.web.settings_file.obstacles()] == [path], text
    file.write_text("")
    node_orders.carry_out_order(api.web)
    assert (api.place.state / "run" / AGAIN).exists()


def test_a_node_that_is_alone_is_not_drained(admin: Asker) -> None:
    assert verdict(wish(admin, None, "drain")) == (409, "nobody_else")
    assert admin.change("/v1/admin/nodes/n9", {"order": None}, {"order": "drain"}).status_code == 404


def test_two_who_order_at_once_see_each_other(web: Web, admin: Asker) -> None:
    web.journal.transact(lambda tx: orders.set_order(tx, NodeId("n1"), None, NodeOrder.DRAIN, by="luca"))
    assert is_now(wish(admin, None, None)) == "drain"


def test_what_the_command_line_has_said_the_page_does_not_take_back(tmp_path: Path) -> None:
    (tmp_path / DRAINING).touch()
    (tmp_path / DRAINED).touch()
    node_orders.drain(tmp_path, wanted=False)
    assert (tmp_path / DRAINING).read_bytes() == b""
    (tmp_path / DRAINING).unlink()
    node_orders.drain(tmp_path, wanted=True)
    assert (tmp_path / DRAINING).read_bytes() == b"stays"
    node_orders.drain(tmp_path, wanted=False)
    assert not (tmp_path / DRAINING).exists()
    assert not (tmp_path / DRAINED).exists()
