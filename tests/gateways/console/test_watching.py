"""Who looks at which alert is told to every console."""

from __future__ import annotations

from typing import Any

from litestar import Litestar
from litestar.testing import TestClient
from litestar.testing.websocket_test_session import WebSocketTestSession

from gateways.console.screen import Watching
from gateways.http.parts.context import Web
from messages.ids import AlertId, OperatorId
from tests.gateways.http.place import CLOCK, Place
from tests.gateways.story import Story
from tests.waiting import wait_until

A, B = AlertId("a"), AlertId("b")
MARTA, LUCA = OperatorId("marta"), OperatorId("luca")


def test_two_consoles_of_one_operator_are_one_who_watches() -> None:
    watching: Watching[int] = Watching()
    assert watching.shows(1, MARTA, A)
    assert watching.shows(2, MARTA, A)
    assert watching.shows(3, LUCA, A)
    assert not watching.shows(3, LUCA, A)
    assert watching.by_alert() == {A: [LUCA, MARTA]}


def test_whoever_looks_elsewhere_or_goes_away_no_longer_watches() -> None:
    watching: Watching[int] = Watching()
    watching.shows(1, MARTA, A)
    watching.shows(1, MARTA, B)
    assert watching.by_alert() == {B: [MARTA]}
    assert watching.shows(1, MARTA, None)
    assert not watching.shows(1, MARTA, None)
    assert watching.by_alert() == {}


def told(socket: WebSocketTestSession) -> dict[str, list[str]]:
    """The next that is said of who watches."""
    while True:
        said: dict[str, Any] = socket.receive_json(timeout=10)
        if "watching" in said:
            found: dict[str, list[str]] = said["watching"]
            return found


def test_a_console_is_told_who_else_looks_at_an_alert(
    client: TestClient[Litestar], place: Place, web: Web
) -> None:
    story = Story(web.journal, CLOCK.now_us()).opened()
    wait_until(lambda: web.following.read_model.seq == web.journal.last_seq())
    luca = {"authorization": f"Bearer {place.luca_token}"}
    with client.websocket_connect("/v1/console", headers=place.operator()) as marta_s:
        assert told(marta_s) == {}
        with client.websocket_connect("/v1/console", headers=luca) as luca_s:
            assert told(luca_s) == {}
            luca_s.send_json({"type": "opened", "alert": story.alert})
            assert told(marta_s) == {story.alert: [place.luca]}
            luca_s.send_json({"type": "opened", "alert": None})
            assert told(marta_s) == {}
            luca_s.send_json({"type": "opened", "alert": story.alert})
            assert told(marta_s) == {story.alert: [place.luca]}
        assert told(marta_s) == {}
