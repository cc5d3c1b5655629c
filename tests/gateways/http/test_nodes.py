"""Several nodes with one journal: what each web tells of the others, and who may ask it from there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from litestar.testing import TestClient

from gateways.http import node_orders
from gateways.http.app import build
from gateways.http.routes.staff.commands import move_shift
from messages.calls import CallState
from messages.events import AlarmRaised, NodeStarted, ShiftChanged
from messages.ids import NodeId, OperatorLine, ShiftState
from messages.operators import OperatorVoice
from runtime.environment import AGAIN, DRAINED, DRAINING, STAYS
from store import streams
from store.journal.journal import Append, Journal
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.http.askers import Asker, Client, bearer, verdict
from tests.gateways.http.place import GIULIA, Place
from tests.gateways.served import may_ask_the_other_nodes
from tests.gateways.story import on_shift
from tests.gateways.twins import Twins
from tests.waiting import wait_until

THINGS = ("/position", "/ringing", "/cancel")
"""What an app says of its alert."""


@pytest.fixture
def second(pair: Twins) -> Iterator[Client]:
    """The second node's web."""
    with TestClient(build(pair.second.web()), raise_server_exceptions=False) as started:
        yield started


def test_whoever_may_ask_is_told_all_nodes_with_the_one_that_is_asked_first(
    pair: Twins, second: Client
) -> None:
    both = {
        "nodes": [
            {"node": "b", "web": pair.web(pair.second), "alive": True, "draining": False, "left": False},
            {"node": "a", "web": pair.web(pair.first), "alive": True, "draining": False, "left": False},
        ],
        "calls_from": [],
    }

    def are_told(headers: dict[str, str]) -> bool:
        return bool(second.get("/v1/nodes", headers=headers).json() == both)

    for headers in (pair.second.app(), pair.second.operator()):
        wait_until(partial(are_told, headers), what="both nodes told")
    for headers in ({}, bearer("wrong")):
        assert second.get("/v1/nodes", headers=headers).status_code == 401
    pair.lose(pair.first)
    (_, lost) = second.get("/v1/nodes", headers=pair.second.app()).json()["nodes"]
    assert (lost["node"], lost["alive"], lost["left"]) == ("a", False, False)


def test_the_receipt_of_an_alert_has_the_addresses_too(pair: Twins, second: Client) -> None:
    told = second.post("/v1/alerts", json={"phone": GIULIA}, headers=pair.second.app())
    assert told.json()["nodes"] == [pair.web(pair.second), pair.web(pair.first)]


def test_a_node_that_is_alone_tells_of_itself_and_nothing_in_its_receipts(app: Asker) -> None:
    nodes = app.get("/v1/nodes").json()["nodes"]
    assert [(one["node"], one["web"], one["alive"]) for one in nodes] == [("n1", "", True)]
    assert "nodes" not in app.post("/v1/alerts", json={"phone": GIULIA}).json()
    told = app.client.options("/v1/alerts", headers={"origin": "http://elsewhere.test"})
    assert "access-control-allow-origin" not in told.headers


def test_a_page_of_another_node_may_ask_what_an_app_asks_and_nothing_else(
    pair: Twins, second: Client
) -> None:
    asks = {
        "origin": pair.web(pair.first),
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }
    for path in ("/v1/alerts", "/v1/nodes", *(f"/v1/alerts/x{end}" for end in ("", *THINGS))):
        told = second.options(path, headers=asks)
        assert told.status_code == 204
        assert told.headers["access-control-allow-origin"] == pair.web(pair.first)
        assert "authorization" in told.headers["access-control-allow-headers"]
        assert "access-control-allow-credentials" not in told.headers
        stranger = second.options(path, headers={**asks, "origin": "http://127.0.0.1:1"})
        assert "access-control-allow-origin" not in stranger.headers
    for path in ("/v1/alerts/x/commands", "/v1/console/session", "/v1/operators/me/shift", "/v1/figures"):
        assert "access-control-allow-origin" not in second.options(path, headers=asks).headers
    refused = second.post("/v1/alerts", json={}, headers={"origin": pair.web(pair.first)})
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == pair.web(pair.first)
    assert refused.headers["access-control-expose-headers"] == "date"


def test_the_console_may_ask_the_other_nodes_and_nobody_else(pair: Twins, second: Client) -> None:
    may_ask_the_other_nodes(second, "/console/", pair.web(pair.first))


def test_a_node_is_drained_at_the_page_of_another_and_does_it_itself(
    pair: Twins, second: Client, journals: tuple[Journal, Journal]
) -> None:
    Registry(journals[0]).set_role(pair.second.marta, StaffRole.ADMIN, by="test")
    admin = Asker(second, pair.second.operator())

    def row(node: str) -> dict[str, Any]:
        told = admin.get("/v1/admin/nodes").json()
        assert told["shared"]
        return dict(next(one for one in told["nodes"] if one["node"] == node))

    def wish(node: str, was: str | None, now: str | None) -> tuple[int, str]:
        return verdict(admin.change(f"/v1/admin/nodes/{node}", {"order": was}, {"order": now}))

    assert (row("a")["here"], row("b")["here"], row("a")["lines"]) == (False, True, ["L1", "E1"])
    assert wish("a", None, "drain") == (200, "")
    assert (row("a")["order"], row("a")["ordered_by"]) == ("drain", pair.second.marta)
    assert wish("b", None, "drain") == (409, "nobody_else"), "a is drained already"
    first = pair.first.web()
    draining = pair.first.state / "run" / DRAINING
    try:
        node_orders.carry_out_order(first)
        assert draining.read_bytes() == STAYS
        assert wish("a", "drain", "restart") == (200, "")
        node_orders.carry_out_order(first)
        assert not draining.exists(), "it would not come back: it has no modem"
        pair.first.simulated()
        node_orders.carry_out_order(first)
        assert draining.read_bytes() == STAYS
        assert not (pair.first.state / "run" / AGAIN).exists(), "it is not empty yet"
        (pair.first.state / "run" / DRAINED).touch()
        node_orders.carry_out_order(first)
        assert (pair.first.state / "run" / AGAIN).exists()
        assert wish("a", "restart", None) == (200, "")
        node_orders.carry_out_order(first)
        assert not draining.exists()
    finally:
        first.journal.close()
    pair.lose(pair.first)
    assert row("a")["state"] == "lost"
    assert wish("a", None, "restart") == (409, "node_gone")


def test_a_node_that_is_no_member_would_serve_no_alert(pair: Twins, second: Client) -> None:
    what = "this node is not a member of the center: it handles no alert and dials no number"
    wait_until(lambda: what not in second.get("/readyz").json()["problems"], what="a member")
    pair.lose(pair.second)
    told = second.get("/readyz")
    assert told.status_code == 503
    assert what in told.json()["problems"]


def test_the_figures_tell_of_the_nodes(pair: Twins, second: Client) -> None:
    second.post("/v1/alerts", json={"phone": GIULIA}, headers=pair.second.app())
    figures = {
        'securwoman_nodes{state="alive"} 2.0',
        'securwoman_nodes{state="lost"} 0.0',
        'securwoman_alerts_owned{node="a"} 0.0',
        'securwoman_alerts_owned{node="b"} 1.0',
    }
    told = wait_until(
        lambda: figures <= set(lines := second.get("/metrics").text.splitlines()) and lines,
        what="the figures of both",
    )
    age = next(one for one in told if one.startswith('securwoman_membership_age_seconds{node="b"}'))
    assert 0 <= float(age.split()[1]) < 1.5
    pair.lose(pair.first)
    assert 'securwoman_nodes{state="lost"} 1.0' in second.get("/metrics").text


def test_a_headset_at_another_node_is_shown_as_one(pair: Twins, second: Client) -> None:
    voice = OperatorVoice(operator=pair.first.marta, mode=OperatorLine.HEADSET, state=CallState.ANSWERED)
    pair.voices(pair.first, voice)

    def shown() -> object:
        with second.websocket_connect("/v1/console", headers=pair.second.operator()) as socket:
            said = socket.receive_json(timeout=10)
        (found,) = [one for one in said["operators"] if one["operator"] == pair.first.marta]
        return found["line"], found["line_state"]

    wait_until(lambda: shown() == ("headset", "answered"), what="her headset shown")


# ----------------------------------------------------------------------------------- shifts


@pytest.fixture
def journals(pair: Twins) -> Iterator[tuple[Journal, Journal]]:
    """Each node's own."""
    opened = pair.first.journal(), pair.second.journal()
    yield opened
    for one in opened:
        one.close()


def shifts(journal: Journal, place: Place) -> list[tuple[NodeId, ShiftState]]:
    return [
        (one.node, one.event.state)
        for one in journal.read(streams.operator(place.marta))
        if isinstance(one.event, ShiftChanged)
    ]


def brought(journal: Journal, place: Place) -> bool:
    return journal.transact(lambda transaction: move_shift(transaction, place.marta))


def test_a_shift_is_brought_here_from_a_node_that_is_gone_and_only_then(
    pair: Twins, journals: tuple[Journal, Journal]
) -> None:
    there, here = journals
    assert not brought(here, pair.second), "she has none"
    on_shift(there, pair.first.marta)
    assert not brought(here, pair.second), "its node lives"
    pair.lose(pair.first)
    assert brought(here, pair.second)
    assert not brought(here, pair.second), "it is here"
    assert shifts(here, pair.second) == [("a", ShiftState.READY), ("b", ShiftState.READY)]


def test_a_shift_that_is_over_is_not_brought_back(pair: Twins, journals: tuple[Journal, Journal]) -> None:
    there, here = journals
    off = ShiftChanged(operator=pair.first.marta, state=ShiftState.OFF)
    there.append(Append(streams.operator(pair.first.marta), None, (off,)))
    pair.lose(pair.first)
    assert not brought(here, pair.second)


# ---------------------------------------------------------------------------------- console


def test_a_console_is_told_the_lines_of_all_nodes_and_brings_the_shift_of_a_node_that_is_lost(
    pair: Twins, second: Client, journals: tuple[Journal, Journal]
) -> None:
    there, here = journals
    on_shift(there, pair.first.marta)
    signed = second.post("/v1/console/session", json={"token": pair.second.marta_token})
    assert signed.status_code == 200
    with second.websocket_connect("/v1/console") as socket:
        first = socket.receive_json(timeout=10)
        assert [(one["line"], one["node"]) for one in first["lines"]] == [
            ("L7", "b"), ("E7", "b"), ("L1", "a"), ("E1", "a")
        ]  # fmt: skip
        nodes = socket.receive_json(timeout=10)
        assert nodes["type"] == "nodes"
        assert [(one["node"], one["alive"]) for one in nodes["nodes"]] == [("b", True), ("a", True)]
        assert nodes["ticket"]
        assert shifts(here, pair.second) == [("a", ShiftState.READY)]
        pair.lose(pair.first)
        while (said := socket.receive_json(timeout=10))["type"] != "nodes":
            pass
        assert [(one["node"], one["alive"]) for one in said["nodes"]] == [("b", True), ("a", False)]
        wait_until(lambda: len(shifts(here, pair.second)) == 2, what="her shift at b")
    assert shifts(here, pair.second)[1] == ("b", ShiftState.READY)


def test_who_has_come_by_a_token_alone_is_given_no_ticket(pair: Twins, second: Client) -> None:
    with second.websocket_connect("/v1/console", headers=pair.second.operator()) as socket:
        socket.receive_json(timeout=10)
        assert socket.receive_json(timeout=10)["ticket"] == ""


def test_the_alarms_are_those_of_the_nodes_that_live_each_once(
    pair: Twins, second: Client, journals: tuple[Journal, Journal]
) -> None:
    there, here = journals

    def raised(journal: Journal, node: str, alarm: str, subject: str) -> None:
        event = AlarmRaised(alarm=alarm, subject=subject, text="")
        journal.append(Append(streams.node(NodeId(node)), None, (event,)))

    raised(there, "a", "line.no_network", "L1")
    raised(there, "a", "node.lost", "c")
    raised(here, "b", "node.lost", "c")
    here.append(Append(streams.node(NodeId("b")), None, (NodeStarted(version="1", pid=1),)))
    raised(here, "b", "line.no_network", "L7")
    raised(here, "b", "node.lost", "c")

    def told() -> set[tuple[str, str]]:
        with second.websocket_connect("/v1/console", headers=pair.second.operator()) as socket:
            said = socket.receive_json(timeout=10)
        assert len(said["alarms"]) == len({(one["alarm"], one["subject"]) for one in said["alarms"]})
        return {(one["alarm"], one["subject"]) for one in said["alarms"]}

    all_of_them = {("line.no_network", "L1"), ("line.no_network", "L7"), ("node.lost", "c")}
    wait_until(lambda: told() == all_of_them, what="the alarms of both")
    pair.lose(pair.first)
    assert told() == all_of_them - {("line.no_network", "L1")}
