"""/v1/drill: who may begin one, when, and what is told of it."""

from __future__ import annotations

from typing import Any

import pytest
from litestar.testing import TestClient

from features.selftest.routes.drill import NOTE
from gateways.http.app import build
from gateways.http.parts.context import Web
from messages.events import AlertReceived, NoteAdded
from messages.ids import E164, SECOND, AlertId, Outcome, ShiftState
from model.settings.monitoring import DrillSettings
from tests.gateways.http.answered import no
from tests.gateways.http.askers import MARTA, Api, Asker, verdict
from tests.gateways.http.place import CLOCK, Place
from tests.gateways.story import Story, on_shift

PHONE = E164("+393330000099")
START = "/v1/admin/start"


@pytest.fixture
def place(place: Place) -> Place:
    place.changes["drill"] = DrillSettings(phone=PHONE, timeout_s=180)
    return place


@pytest.fixture
def ready(api: Api) -> None:
    """Marta is on shift."""
    on_shift(api.journal, MARTA)


def begin(marta: Asker) -> tuple[int, Any]:
    answer = marta.post("/v1/drill")
    return answer.status_code, answer.json()


def last(marta: Asker) -> Any:
    answer = marta.get("/v1/drill")
    assert answer.status_code == 200, answer.text
    return answer.json()


def again(web: Web, alert: str) -> Story:
    """The drill's alert, to be told on."""
    story = Story.__new__(Story)
    story.journal, story.alert, story.phone = web.journal, AlertId(alert), PHONE
    return story.opened()


@pytest.mark.usefixtures("ready")
def test_case_20_a_drill_is_a_test_alert_of_the_drill_s_phone_and_says_who_began_it(api: Api) -> None:
    status, said = begin(api.marta)
    assert status == 202
    inbox = api.inbox(AlertId(said["alert"]))
    received, note = inbox
    assert isinstance(received, AlertReceived)
    assert (received.test, received.phone) == (True, PHONE)
    assert note == NoteAdded(by=MARTA, text=NOTE)


@pytest.mark.usefixtures("ready")
def test_a_second_one_is_refused_while_one_runs_and_writes_nothing(api: Api) -> None:
    _, first = begin(api.marta)
    there = api.journal.last_seq()
    assert begin(api.marta) == (409, no("drill_running"))
    assert api.journal.last_seq() == there
    again(api.web, first["alert"]).closed(Outcome.TEST_DONE)
    status, second = begin(api.marta)
    assert status == 202
    assert second["alert"] != first["alert"]


@pytest.mark.usefixtures("ready")
def test_a_real_alert_of_that_phone_is_not_mixed_up_with_a_drill(api: Api) -> None:
    api.story(phone=PHONE)
    assert begin(api.marta) == (409, no("drill_phone_in_alert"))
    assert last(api.marta)["alert"] is None


@pytest.mark.parametrize("state", [None, ShiftState.OFF])
def test_who_is_off_shift_begins_none(api: Api, state: ShiftState | None) -> None:
    if state is not None:
        on_shift(api.journal, MARTA, state)
    assert begin(api.marta) == (409, no("off_shift"))


def test_without_a_phone_the_setting_is_named(api: Api) -> None:
    api.place.changes["drill"] = DrillSettings()
    with TestClient(build(api.place.web())) as client:
        marta = Asker(client, api.place.operator())
        assert begin(marta) == (409, no("no_drill_phone"))
        assert last(marta)["alert"] is None


@pytest.mark.usefixtures("ready")
def test_what_came_of_it_is_told_by_its_steps(api: Api) -> None:
    assert last(api.marta) == {
        "alert": None, "begun_us": None, "running": False, "overdue": False,
        "ok": False, "deadline_met": False, "outcome": None, "steps": [],
    }  # fmt: skip
    _, begun = begin(api.marta)
    said = last(api.marta)
    assert (said["alert"], said["running"], said["ok"]) == (begun["alert"], True, False)
    story = again(api.web, begun["alert"]).operator_called(MARTA).operator_joined(MARTA)
    story.user_called().user_answered().closed(Outcome.TEST_DONE)
    said = last(api.marta)
    assert (said["running"], said["ok"], said["deadline_met"]) == (False, True, True)
    assert said["outcome"] == "test_done"
    steps = {one["step"]: one["after_s"] for one in said["steps"]}
    assert list(steps) == ["operator joined", "user's phone rang", "in conversation", "closed"]
    assert all(value is not None for value in steps.values())


@pytest.mark.usefixtures("ready")
def test_one_in_which_112_was_called_and_never_came_has_failed(api: Api) -> None:
    _, begun = begin(api.marta)
    story = again(api.web, begun["alert"]).operator_called(MARTA).operator_joined(MARTA)
    story.user_called().user_answered().psap_called(MARTA).closed(Outcome.TEST_DONE)
    said = last(api.marta)
    assert said["ok"] is False
    assert {one["step"]: one["after_s"] for one in said["steps"]}["112 in conference"] is None


def test_one_that_does_not_end_is_told_as_overdue(api: Api) -> None:
    api.story(phone=PHONE, test=True, ago_s=200)
    said = last(api.marta)
    assert (said["running"], said["overdue"]) == (True, True)
    assert CLOCK.now_us() - said["begun_us"] > 199 * SECOND


def test_a_test_alert_is_of_ones_own_telephone_and_for_who_is_on_shift(api: Api, admin: Asker) -> None:
    assert verdict(admin.post("/v1/drill/own", json={})) == (409, "off_shift")
    admin.post("/v1/operators/me/shift", json={"state": ShiftState.READY})
    begun = admin.post("/v1/drill/own", json={})
    assert begun.status_code == 202
    assert verdict(admin.post("/v1/drill/own", json={})) == (409, "drill_running")
    assert verdict(admin.post("/v1/drill/own", json={"phone": "112"})) == (400, "number_refused")
    assert api.luca.post("/v1/drill/own", json={}).status_code == 403
    test = admin.get(START).json()["test"]
    assert (test["alert"], test["running"], test["ok"]) == (begun.json()["alert"], True, False)
