"""/v1/drill: who may begin one, when, and what is told of it."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.parts.context import Web
from gateways.http.routes.drill import NOTE
from gateways.http.settings import DrillSettings
from messages.events import AlertReceived, NoteAdded
from messages.ids import E164, SECOND, AlertId, Outcome, ShiftState
from store import streams
from tests.gateways.http.answered import no
from tests.gateways.http.place import CLOCK, Place
from tests.gateways.story import Story, on_shift

Client = TestClient[Litestar]
PHONE = E164("+393330000099")


@pytest.fixture
def place(place: Place) -> Place:
    place.changes["drill"] = DrillSettings(phone=PHONE, timeout_s=180)
    return place


@pytest.fixture
def ready(web: Web, client: Client, place: Place) -> None:
    """Marta is on shift."""
    on_shift(web.journal, place.marta)


def begin(client: Client, place: Place) -> tuple[int, Any]:
    answer = client.post("/v1/drill", headers=place.operator())
    return answer.status_code, answer.json()


def last(client: Client, place: Place) -> Any:
    answer = client.get("/v1/drill", headers=place.operator())
    assert answer.status_code == 200, answer.text
    return answer.json()


def again(web: Web, alert: str) -> Story:
    """The drill's alert, to be told on."""
    story = Story.__new__(Story)
    story.journal, story.alert, story.phone = web.journal, AlertId(alert), PHONE
    return story.opened()


@pytest.mark.usefixtures("ready")
def test_case_20_a_drill_is_a_test_alert_of_the_drill_s_phone_and_says_who_began_it(
    client: Client, place: Place, web: Web
) -> None:
    status, said = begin(client, place)
    assert status == 202
    inbox = [one.event for one in web.journal.read(streams.inbox(AlertId(said["alert"])))]
    received, note = inbox
    assert isinstance(received, AlertReceived)
    assert (received.test, received.phone) == (True, PHONE)
    assert note == NoteAdded(by=place.marta, text=NOTE)


@pytest.mark.usefixtures("ready")
def test_a_second_one_is_refused_while_one_runs_and_writes_nothing(
    client: Client, place: Place, web: Web
) -> None:
    _, first = begin(client, place)
    there = web.journal.last_seq()
    assert begin(client, place) == (409, no("drill_running"))
    assert web.journal.last_seq() == there
    again(web, first["alert"]).closed(Outcome.TEST_DONE)
    status, second = begin(client, place)
    assert status == 202
    assert second["alert"] != first["alert"]


@pytest.mark.usefixtures("ready")
def test_a_real_alert_of_that_phone_is_not_mixed_up_with_a_drill(
    client: Client, place: Place, web: Web
) -> None:
    Story(web.journal, CLOCK.now_us(), phone=PHONE)
    assert begin(client, place) == (409, no("drill_phone_in_alert"))
    assert last(client, place)["alert"] is None


@pytest.mark.parametrize("state", [None, ShiftState.OFF])
def test_who_is_off_shift_begins_none(
    client: Client, place: Place, web: Web, state: ShiftState | None
) -> None:
    if state is not None:
        on_shift(web.journal, place.marta, state)
    assert begin(client, place) == (409, no("off_shift"))


def test_without_a_phone_the_setting_is_named(place: Place) -> None:
    from gateways.http.app import build

    place.changes["drill"] = DrillSettings()
    with TestClient(build(place.web())) as client:
        assert begin(client, place) == (409, no("no_drill_phone"))
        assert last(client, place)["alert"] is None


@pytest.mark.usefixtures("ready")
def test_a_session_needs_its_csrf_token(client: Client, place: Place) -> None:
    session = client.post("/v1/console/session", json={"token": place.marta_token}).json()
    assert client.post("/v1/drill").status_code == 403
    assert client.post("/v1/drill", headers={"x-csrf-token": session["csrf"]}).status_code == 202
    assert client.get("/v1/drill").json()["running"] is True


def test_nobody_else_begins_or_sees_one(client: Client, place: Place) -> None:
    for headers in ({}, place.app()):
        assert client.post("/v1/drill", headers=headers).status_code == 401
        assert client.get("/v1/drill", headers=headers).status_code == 401


@pytest.mark.usefixtures("ready")
def test_what_came_of_it_is_told_by_its_steps(client: Client, place: Place, web: Web) -> None:
    assert last(client, place) == {
        "alert": None, "begun_us": None, "running": False, "overdue": False,
        "ok": False, "deadline_met": False, "outcome": None, "steps": [],
    }  # fmt: skip
    _, begun = begin(client, place)
    said = last(client, place)
    assert (said["alert"], said["running"], said["ok"]) == (begun["alert"], True, False)
    story = again(web, begun["alert"]).operator_called(place.marta).operator_joined(place.marta)
    story.user_called().user_answered().closed(Outcome.TEST_DONE)
    said = last(client, place)
    assert (said["running"], said["ok"], said["deadline_met"]) == (False, True, True)
    assert said["outcome"] == "test_done"
    steps = {one["step"]: one["after_s"] for one in said["steps"]}
    assert list(steps) == ["operator joined", "user's phone rang", "in conversation", "closed"]
    assert all(value is not None for value in steps.values())


@pytest.mark.usefixtures("ready")
def test_a_drill_in_which_the_phone_was_not_answered_has_failed(
    client: Client, place: Place, web: Web
) -> None:
    _, begun = begin(client, place)
    story = again(web, begun["alert"]).operator_called(place.marta).operator_joined(place.marta)
    story.user_called().user_released(19).closed(Outcome.TEST_DONE)
    said = last(client, place)
    assert (said["running"], said["ok"]) == (False, False)
    assert {one["step"]: one["after_s"] for one in said["steps"]}["in conversation"] is None


@pytest.mark.usefixtures("ready")
def test_one_in_which_112_was_called_and_never_came_has_failed(
    client: Client, place: Place, web: Web
) -> None:
    _, begun = begin(client, place)
    story = again(web, begun["alert"]).operator_called(place.marta).operator_joined(place.marta)
    story.user_called().user_answered().psap_called(place.marta).closed(Outcome.TEST_DONE)
    said = last(client, place)
    assert said["ok"] is False
    assert {one["step"]: one["after_s"] for one in said["steps"]}["112 in conference"] is None


def test_one_that_does_not_end_is_told_as_overdue(client: Client, place: Place, web: Web) -> None:
    Story(web.journal, CLOCK.now_us(), phone=PHONE, test=True, ago_s=200)
    said = last(client, place)
    assert (said["running"], said["overdue"]) == (True, True)
    assert CLOCK.now_us() - said["begun_us"] > 199 * SECOND
