"""What a console, the search and the list are told where an event cannot be read: that, and all the rest."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from playwright.sync_api import expect

from gateways.http.parts.context import Web
from messages.ids import NodeId
from store import streams
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.console.stage import Stage
from tests.gateways.http.place import CLOCK, Place
from tests.gateways.story import Story, on_shift
from tests.support.unreadable import DAMAGED, newer, write
from tests.waiting import wait_until

Client = TestClient[Litestar]


@pytest.mark.parametrize("data", [DAMAGED, newer("alarm.raised", alarm=7)])
def test_every_console_goes_on_beside_what_cannot_be_read(
    client: Client, place: Place, web: Web, data: bytes
) -> None:
    on_shift(web.journal, place.luca)
    whole = Story(web.journal, CLOCK.now_us()).opened()
    torn = Story(web.journal, CLOCK.now_us(), phone="+393331112224").opened()
    wait_until(lambda: web.following.read_model.seq == web.journal.last_seq())
    with client.websocket_connect("/v1/console", headers=place.operator()) as socket:
        last = socket.receive_json(timeout=10)["seq"]
        for stream in (
            streams.case(torn.alert),
            streams.inbox(torn.alert),
            streams.node(NodeId("n1")),
            streams.operator(place.luca),
            "line-L1",
            streams.SHELF,
            streams.DUTY,
        ):
            write(web.journal, stream, "alarm.raised", data)
        whole.operator_called(place.marta)
        cases: dict[str, Any] = {}
        told: list[dict[str, Any]] = []
        # Another's case comes once it is in the audit that it was shown.
        while (
            cases.get(whole.alert, {}).get("operator_leg", {}).get("state") != "ringing"
            or cases.get(torn.alert, {}).get("unreadable") != 2
        ):
            said = socket.receive_json(timeout=10)
            cases |= {one["alert"]: one for one in said.get("cases", [])}
            told += said.get("events", [])
    assert [one["what"] for one in cases[torn.alert]["timeline"]].count("event.unreadable") == 0
    assert sum(one["type"] == "event.unreadable" for one in told if one["seq"] > last) == 7

    # One that starts now reads the streams from their beginning.
    web.following.load()
    assert set(web.following.read_model.alerts) == {whole.alert, torn.alert}
    with client.websocket_connect("/v1/console", headers=place.operator()) as socket:
        found = socket.receive_json(timeout=10)
    assert {one["alert"]: one["unreadable"] for one in found["cases"]} == {whole.alert: 0, torn.alert: 2}


def test_an_alert_whose_receipt_and_end_cannot_be_read_is_in_the_list(
    client: Client, place: Place, web: Web
) -> None:
    Registry(web.journal).set_role(place.marta, StaffRole.SUPERVISOR, by="test")
    supervisor = place.operator()
    stream = streams.inbox(Story(web.journal, CLOCK.now_us()).opened().alert)
    write(web.journal, "inbox-torn", "alert.received")
    write(web.journal, "alert-torn", "alert.closed", newer("alert.closed", outcome="went home"))
    wait_until(lambda: web.following.read_model.seq == web.journal.last_seq())
    answer = client.get("/v1/alerts", headers=supervisor)
    assert answer.status_code == 200, answer.text
    listed = {one["alert"]: one for one in answer.json()["alerts"]}
    assert set(listed) == {"torn", stream.removeprefix("inbox-")}
    assert listed["torn"]["closed_us"] is not None
    assert listed["torn"]["outcome"] is None
    story = client.get("/v1/alerts/torn/story", headers=supervisor)
    assert story.status_code == 200, story.text


@pytest.mark.browser
def test_the_operator_is_told_beside_all_that_can_be_read(stage: Stage) -> None:
    story = stage.mine()
    page = stage.signed_on()
    write(stage.journal, streams.case(story.alert), "note.added")
    expect(page.locator(".banner[role=alert]")).to_contain_text("A part cannot be read")
    expect(page.get_by_role("log")).to_contain_text("Cannot be read: note.added")
    write(stage.journal, streams.case(story.alert), "alert.closed")
    expect(page.locator("body")).to_contain_text("Closed: ?")
