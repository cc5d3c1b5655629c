"""What an operator orders."""

from __future__ import annotations

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.app import build
from gateways.http.parts.context import Web
from messages.events import AlertReopened, CommandGiven, Event, NoteAdded, ShiftChanged, WrapUpEnded
from messages.ids import SECOND, Instant, OperatorCommand, Outcome, Party, ShiftState
from store import streams
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.http.answered import no
from tests.gateways.http.place import CLOCK, Place
from tests.gateways.story import Story, on_shift
from tests.waiting import wait_until

Client = TestClient[Litestar]


@pytest.fixture
def story(web: Web, client: Client, place: Place) -> Story:
    """An alert that Marta has, the user on the line."""
    told = Story(web.journal, CLOCK.now_us()).opened().operator_called(place.marta)
    return told.operator_joined(place.marta).user_called().user_answered()


def order(client: Client, story: Story, headers: dict[str, str], command: str, text: str = "") -> int:
    url = f"/v1/alerts/{story.alert}/commands"
    return client.post(url, json={"command": command, "text": text}, headers=headers).status_code


def test_s08_a_command_is_in_the_journal_when_it_is_answered(
    client: Client, place: Place, story: Story, web: Web
) -> None:
    assert order(client, story, place.operator(), "call_psap") == 202
    event = web.journal.read(streams.inbox(story.alert))[-1].event
    assert event == CommandGiven(command=OperatorCommand.CALL_PSAP, by=place.marta)


def test_a_note_is_a_fact_of_its_own(client: Client, place: Place, story: Story, web: Web) -> None:
    assert order(client, story, place.operator(), "note", "Speaks quietly") == 202
    event = web.journal.read(streams.inbox(story.alert))[-1].event
    assert event == NoteAdded(by=place.marta, text="Speaks quietly")


def test_s09_what_the_case_does_not_allow_is_refused_with_the_reason(
    client: Client, place: Place, story: Story, web: Web
) -> None:
    before = web.journal.last_seq()
    url = f"/v1/alerts/{story.alert}/commands"
    answer = client.post(url, json={"command": "leave"}, headers=place.operator())
    assert (answer.status_code, answer.json()) == (409, no("psap_absent"))
    assert web.journal.last_seq() == before


def test_another_operator_s_case_is_not_mine(client: Client, place: Place, story: Story) -> None:
    luca = {"authorization": f"Bearer {place.luca_token}"}
    assert order(client, story, luca, "call_psap") == 409
    assert order(client, story, luca, "note", "I heard it too") == 202


def test_s08_before_112_was_told_only_a_supervisor_closes_and_the_order_says_so(
    client: Client, place: Place, story: Story, web: Web
) -> None:
    story.user_released(16)
    url = f"/v1/alerts/{story.alert}/commands"
    refused = client.post(url, json={"command": "close"}, headers=place.operator())
    assert (refused.status_code, refused.json()) == (409, no("psap_not_told"))
    Registry(web.journal).set_role(place.marta, StaffRole.SUPERVISOR, by="test")
    assert order(client, story, place.operator(), "close") == 202
    event = web.journal.read(streams.inbox(story.alert))[-1].event
    assert event == CommandGiven(command=OperatorCommand.CLOSE, by=place.marta, supervisor=True)


def test_what_nothing_proves_a_supervisor_alone_puts_away_and_the_order_says_so(
    client: Client, place: Place, web: Web
) -> None:
    told = Story(web.journal, CLOCK.now_us(), phone="+393331112299").opened()
    told.operator_called(place.marta).operator_joined(place.marta)
    assert order(client, told, place.operator(), "put_away") == 409
    Registry(web.journal).set_role(place.marta, StaffRole.SUPERVISOR, by="test")
    assert order(client, told, place.operator(), "put_away") == 202
    event = web.journal.read(streams.inbox(told.alert))[-1].event
    assert event == CommandGiven(command=OperatorCommand.PUT_AWAY, by=place.marta, supervisor=True)


def test_only_a_supervisor_listens_in(client: Client, place: Place, story: Story, web: Web) -> None:
    luca = {"authorization": f"Bearer {place.luca_token}"}
    assert order(client, story, luca, "listen") == 403
    Registry(web.journal).set_role(place.luca, StaffRole.SUPERVISOR, by="test")
    assert order(client, story, luca, "listen") == 202
    assert order(client, story, luca, "listen") == 409
    assert order(client, story, luca, "stop_listening") == 202
    state = client.get(f"/v1/alerts/{story.alert}", headers=place.app()).json()
    assert {leg["party"] for leg in state["legs"]} == {"operator", "user"}
    story.listened(place.luca)
    state = client.get(f"/v1/alerts/{story.alert}", headers=place.app()).json()
    assert {leg["party"] for leg in state["legs"]} == {"operator", "user"}


def test_an_alert_that_waits_can_be_taken(client: Client, place: Place, web: Web) -> None:
    waits = Story(web.journal, CLOCK.now_us(), phone="+393331112299")
    assert order(client, waits, place.operator(), "take") == 202
    event = web.journal.read(streams.inbox(waits.alert))[-1].event
    assert event == CommandGiven(command=OperatorCommand.TAKE, by=place.marta)


def test_a_case_is_handed_over_to_whoever_is_named_and_to_nobody_unknown(
    client: Client, place: Place, story: Story, web: Web
) -> None:
    url = f"/v1/alerts/{story.alert}/commands"
    body = {"command": "hand_over", "to": "nobody"}
    answer = client.post(url, json=body, headers=place.operator())
    assert (answer.status_code, answer.json()) == (409, no("no_such_operator"))
    body = {"command": "hand_over", "to": place.marta}
    answer = client.post(url, json=body, headers=place.operator())
    assert (answer.status_code, answer.json()) == (409, no("already_yours"))
    body = {"command": "hand_over", "to": place.luca, "text": "end of shift"}
    assert client.post(url, json=body, headers=place.operator()).status_code == 202
    event = web.journal.read(streams.inbox(story.alert))[-1].event
    assert event == CommandGiven(
        command=OperatorCommand.HAND_OVER, by=place.marta, to=place.luca, text="end of shift"
    )
    again = client.post(url, json=body, headers=place.operator())
    assert (again.status_code, again.json()) == (409, no("being_handed_over"))


def test_a_key_is_pressed_as_often_as_it_is_ordered(
    client: Client, place: Place, story: Story, web: Web
) -> None:
    url = f"/v1/alerts/{story.alert}/commands"
    body = {"command": "send_digit", "digit": "*", "party": "user"}
    for _ in range(2):
        assert client.post(url, json=body, headers=place.operator()).status_code == 202
    given = [one.event for one in web.journal.read(streams.inbox(story.alert))[-2:]]
    pressed = CommandGiven(command=OperatorCommand.SEND_DIGIT, by=place.marta, digit="*", party=Party.USER)
    assert given == [pressed, pressed]
    answer = client.post(url, json={"command": "send_digit", "digit": "1"}, headers=place.operator())
    assert (answer.status_code, answer.json()) == (409, no("psap_absent"))


def test_what_is_handed_over_can_be_taken_by_another_and_kept_by_the_operator(
    client: Client, place: Place, story: Story
) -> None:
    luca = {"authorization": f"Bearer {place.luca_token}"}
    assert order(client, story, place.operator(), "keep") == 409
    assert order(client, story, luca, "take") == 409
    assert order(client, story, place.operator(), "hand_over") == 202
    assert order(client, story, luca, "take") == 202
    assert order(client, story, place.operator(), "keep") == 202
    assert order(client, story, luca, "take") == 409


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"command": "dance"}, "$.command"),
        ({"command": "leave", "to": "luca"}, "$"),
        ({"command": "hand_over", "to": ""}, "$.to"),
        ({"command": "hand_over", "to": 7}, "$.to"),
        ({}, "$"),
        ({"command": "note"}, "$"),
        ({"command": "note", "text": "x" * 4001}, "$.text"),
        ({"command": "take", "text": 1}, "$.text"),
        ({"command": "send_digit"}, "$"),
        ({"command": "send_digit", "digit": "12"}, "$.digit"),
        ({"command": "send_digit", "digit": "x"}, "$.digit"),
        ({"command": "send_digit", "digit": "1", "party": "operator"}, "$"),
        ({"command": "mute", "digit": "1"}, "$"),
    ],
)
def test_a_wrong_command_is_told_with_its_path(
    client: Client, place: Place, story: Story, body: dict[str, object], path: str
) -> None:
    answer = client.post(f"/v1/alerts/{story.alert}/commands", json=body, headers=place.operator())
    assert (answer.status_code, answer.json()["path"]) == (400, path)


def test_an_alert_that_there_is_not_cannot_be_ordered(client: Client, place: Place) -> None:
    answer = client.post("/v1/alerts/none/commands", json={"command": "take"}, headers=place.operator())
    assert answer.status_code == 404


def test_an_app_key_orders_nothing(client: Client, place: Place, story: Story) -> None:
    assert order(client, story, place.app(), "call_psap") == 401
    assert order(client, story, {}, "call_psap") == 401


def test_a_session_orders_with_its_csrf_token_only(client: Client, place: Place, story: Story) -> None:
    signed_on = client.post("/v1/console/session", json={"token": place.marta_token})
    assert signed_on.status_code == 200
    said = signed_on.json()
    assert (said["operator"], said["name"]) == (place.marta, "Marta Bianchi")
    assert order(client, story, {}, "note", "x") == 403
    assert order(client, story, {"x-csrf-token": "wrong"}, "note", "x") == 403
    assert order(client, story, {"x-csrf-token": said["csrf"]}, "note", "x") == 202


def test_the_session_s_cookie_is_out_of_reach_for_scripts_and_other_sites(
    client: Client, place: Place
) -> None:
    answer = client.post("/v1/console/session", json={"token": place.marta_token})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert answer.headers["cache-control"] == "no-store"


def test_a_session_outlasts_the_web_process_and_ends_by_signing_off(client: Client, place: Place) -> None:
    client.post("/v1/console/session", json={"token": place.marta_token})
    assert client.get("/v1/console/session").json()["operator"] == place.marta
    with TestClient(build(place.web()), cookies=dict(client.cookies)) as another:
        assert another.get("/v1/console/session").json()["operator"] == place.marta
    client.delete("/v1/console/session")
    assert client.get("/v1/console/session").status_code == 401


@pytest.mark.parametrize("token", ["wrong", "x" * 512, "à"])
def test_a_token_of_nobody_s_signs_nobody_on(client: Client, token: str) -> None:
    assert client.post("/v1/console/session", json={"token": token}).status_code == 401


def test_another_site_cannot_sign_anybody_on(client: Client, place: Place) -> None:
    headers = {"origin": "https://elsewhere.example"}
    answer = client.post("/v1/console/session", json={"token": place.marta_token}, headers=headers)
    assert answer.status_code == 403


def test_a_shift_is_in_the_journal_once_for_each_change(client: Client, place: Place, web: Web) -> None:
    for state in ("ready", "ready", "paused", "off", "off"):
        answer = client.post("/v1/operators/me/shift", json={"state": state}, headers=place.operator())
        assert answer.status_code == 200
        assert {"operator": place.marta, "state": state}.items() <= answer.json().items()
    states = [
        one.event.state
        for one in web.journal.read(streams.operator(place.marta))
        if isinstance(one.event, ShiftChanged)
    ]
    assert states == [ShiftState.READY, ShiftState.PAUSED, ShiftState.OFF]


def test_who_is_ready_in_the_wrap_up_ends_it_once(
    client: Client, place: Place, story: Story, web: Web
) -> None:
    def ready() -> list[Event]:
        answer = client.post("/v1/operators/me/shift", json={"state": "ready"}, headers=place.operator())
        assert answer.status_code == 200
        assert {"operator": place.marta, "state": "ready"}.items() <= answer.json().items()
        return [one.event for one in web.journal.read(streams.operator(place.marta))]

    ready()
    story.psap_called(place.marta).psap_joined().operator_left(place.marta)
    assert ready()[-1] == WrapUpEnded(operator=place.marta)
    count = len(ready())
    assert len(ready()) == count


def test_a_wrap_up_that_is_over_is_not_ended_again(client: Client, place: Place, web: Web) -> None:
    past = place.journal(clock=lambda: Instant(CLOCK.now_us() - 31 * SECOND))
    on_shift(past, place.marta)
    told = Story(past, CLOCK.now_us(), ago_s=60).opened().operator_called(place.marta)
    told.operator_joined(place.marta).operator_left(place.marta)
    past.close()
    answer = client.post("/v1/operators/me/shift", json={"state": "ready"}, headers=place.operator())
    assert answer.status_code == 200
    events = [one.event for one in web.journal.read(streams.operator(place.marta))]
    assert not any(isinstance(event, WrapUpEnded) for event in events)


def test_a_wrong_shift_is_told_with_its_path(client: Client, place: Place) -> None:
    answer = client.post("/v1/operators/me/shift", json={"state": "asleep"}, headers=place.operator())
    assert (answer.status_code, answer.json()["path"]) == (400, "$.state")


def closed(web: Web, place: Place, phone: str = "+393331112223") -> Story:
    told = Story(web.journal, CLOCK.now_us(), phone=phone).opened().operator_called(place.marta)
    return told.operator_joined(place.marta).operator_left(place.marta).closed(Outcome.FALSE_ALARM)


def test_a_closed_alert_is_reopened_and_the_app_sees_it_open(client: Client, place: Place, web: Web) -> None:
    story = closed(web, place)
    url = f"/v1/alerts/{story.alert}"
    body = {"command": "reopen", "party": "psap"}
    assert client.post(f"{url}/commands", json=body, headers=place.operator()).status_code == 202
    event = web.journal.read(streams.inbox(story.alert))[-1].event
    assert event == AlertReopened(by=place.marta, psap=True)
    wait_until(lambda: client.get(url, headers=place.app()).json()["phase"] != "closed")
    state = client.get(url, headers=place.app()).json()
    assert (state["closed_at"], state["outcome"], state["advice"]) == (None, None, "wait")
    answer = client.post(f"{url}/commands", json={"command": "reopen"}, headers=place.operator())
    assert (answer.status_code, answer.json()) == (409, no("not_closed"))


def test_the_history_says_whether_an_alert_may_be_reopened(client: Client, place: Place, web: Web) -> None:
    first = closed(web, place)
    assert reopening(client, place) == {first.alert: None}
    second = Story(web.journal, CLOCK.now_us()).opened()
    assert reopening(client, place) == {first.alert: "newer_open", second.alert: "not_closed"}
    story = client.get(f"/v1/alerts/{first.alert}/story", headers=place.operator()).json()
    assert story["reopen"] == "newer_open"
    url = f"/v1/alerts/{first.alert}/commands"
    answer = client.post(url, json={"command": "reopen"}, headers=place.operator())
    assert (answer.status_code, answer.json()) == (409, no("newer_open"))


def reopening(client: Client, place: Place) -> dict[str, str | None]:
    listed = client.get("/v1/alerts", headers=place.operator()).json()["alerts"]
    return {one["alert"]: one["reopen"] for one in listed}
