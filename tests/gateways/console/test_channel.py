"""GET /v1/console: a snapshot, then what changes, and resuming."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.exceptions import WebSocketDisconnect
from litestar.testing import TestClient
from litestar.testing.websocket_test_session import WebSocketTestSession

from gateways.console import channel
from gateways.console.sessions import SIGN_ON, WRONG_ORIGIN
from gateways.http.parts.context import Web
from messages.base import Position
from messages.events import AlarmRaised, NoteAdded, OperatorReserved, PositionUpdated
from messages.ids import E164, Outcome
from model.orders.refusals import Refusal
from store import streams
from store.audit.entry import Action
from store.errors import JournalUnavailable
from store.journal.journal import Append
from store.registry.registry import Registry
from tests.gateways.http.place import CLOCK, GIULIA, NODE, Place, entered
from tests.gateways.story import Story, on_shift
from tests.waiting import wait_until

Client = TestClient[Litestar]


def heard(socket: WebSocketTestSession) -> dict[str, Any]:
    """The next message that says something."""
    while True:
        said: dict[str, Any] = socket.receive_json(timeout=10)
        if said["type"] == "snapshot" or len(said) > 4:
            return said


def test_a_console_is_told_everything_first(client: Client, place: Place, web: Web) -> None:
    on_shift(web.journal, place.luca)
    story = Story(web.journal, CLOCK.now_us()).opened()
    wait_until(lambda: web.following.read_model.seq == web.journal.last_seq())
    with client.websocket_connect("/v1/console", headers=place.operator()) as socket:
        said = heard(socket)
    assert said["type"] == "snapshot"
    assert said["seq"] == web.journal.last_seq()
    assert said["me"] == {
        "operator": place.marta,
        "name": "Marta Bianchi",
        "number": "+390200000011",
        "role": "operator",
    }
    assert [case["alert"] for case in said["cases"]] == [story.alert]
    assert said["allowed"][story.alert]["take"] is None
    assert {one["name"]: one["state"] for one in said["operators"]} == {
        "Marta Bianchi": "off",
        "Luca Ferri": "ready",
    }
    assert [line["line"] for line in said["lines"]] == ["L1", "L2", "E1"]
    assert said["center"]["deadline_s"] == 50.0


def test_then_it_is_told_what_changes_in_the_order_of_the_journal(
    client: Client, place: Place, web: Web
) -> None:
    with client.websocket_connect("/v1/console", headers=place.operator()) as socket:
        last = heard(socket)["seq"]
        story = Story(web.journal, CLOCK.now_us()).opened().operator_called(place.marta)
        seqs: list[int] = []
        case: dict[str, Any] = {}
        while not case or case["operator_leg"]["state"] != "ringing":
            said = heard(socket)
            assert said["type"] == "events"
            seqs += [event["seq"] for event in said.get("events", [])]
            for case in said.get("cases", []):
                assert case["alert"] == story.alert
    assert seqs == sorted(set(seqs))
    assert seqs[0] > last
    types = [one.event for one in web.journal.read_all(last, 100)]
    assert len(types) >= len(seqs)


def test_what_is_allowed_is_told_with_every_change(client: Client, place: Place, web: Web) -> None:
    with client.websocket_connect("/v1/console", headers=place.operator()) as socket:
        heard(socket)
        story = Story(web.journal, CLOCK.now_us()).opened().operator_called(place.marta)
        story.operator_joined(place.marta)
        allowed: dict[str, str | None] = {"leave": ""}
        while allowed["leave"] != Refusal.PSAP_ABSENT:
            allowed = heard(socket).get("allowed", {}).get(story.alert, allowed)
    assert allowed["call_psap"] is None


def test_who_resumes_is_told_what_was_missed_and_nothing_twice(
    client: Client, place: Place, web: Web
) -> None:
    story = Story(web.journal, CLOCK.now_us()).opened()
    wait_until(lambda: web.following.read_model.seq == web.journal.last_seq())
    with client.websocket_connect("/v1/console", headers=place.operator()) as socket:
        seen = heard(socket)["seq"]
    story.hear(NoteAdded(by=place.marta, text="one"))
    story.hear(NoteAdded(by=place.marta, text="two"))
    wait_until(lambda: web.following.read_model.seq == web.journal.last_seq())
    with client.websocket_connect(f"/v1/console?since={seen}", headers=place.operator()) as socket:
        said = heard(socket)
        assert said["type"] == "events"
        # Another's case: that there were notes, and not what is in them.
        assert [(event["type"], event["data"]) for event in said["events"]] == [("note.added", {})] * 2
        assert all(event["seq"] > seen for event in said["events"])
        assert [case["alert"] for case in said["cases"]] == [story.alert]
        assert said["operators"]
        socket.send_json({"type": "opened", "alert": story.alert})
        wait_until(lambda: any(not case["withheld"] for case in heard(socket).get("cases", [])))
        story.hear(NoteAdded(by=place.marta, text="three"))
        assert [event["data"]["text"] for event in heard(socket)["events"]] == ["three"]


def test_who_resumes_where_nothing_was_missed_is_told_so(client: Client, place: Place, web: Web) -> None:
    Story(web.journal, CLOCK.now_us())
    wait_until(lambda: web.following.read_model.seq == web.journal.last_seq())
    seen = web.journal.last_seq()
    with client.websocket_connect(f"/v1/console?since={seen}", headers=place.operator()) as socket:
        said = socket.receive_json(timeout=10)
    assert (said["type"], said["seq"], said.get("events", [])) == ("events", seen, [])


@pytest.mark.parametrize("since", ["0", "x", "-1", "999999", "1.5", "²"])
def test_who_resumes_from_nowhere_is_told_everything(client: Client, place: Place, since: str) -> None:
    with client.websocket_connect(f"/v1/console?since={since}", headers=place.operator()) as socket:
        assert heard(socket)["type"] == "snapshot"


def test_who_has_missed_too_much_is_told_everything(
    client: Client, place: Place, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = Story(web.journal, CLOCK.now_us())
    seen = web.journal.last_seq()
    monkeypatch.setattr(channel, "RESUME_MAX", 3)
    story.hear(*(NoteAdded(by=place.marta, text=str(number)) for number in range(5)))
    wait_until(lambda: web.following.read_model.seq == web.journal.last_seq())
    with client.websocket_connect(f"/v1/console?since={seen}", headers=place.operator()) as socket:
        assert heard(socket)["type"] == "snapshot"


def test_a_slow_console_is_told_everything_anew_and_waited_for_by_nobody(
    client: Client, place: Place, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "PENDING_MAX", 5)
    story = Story(web.journal, CLOCK.now_us())
    with client.websocket_connect("/v1/console", headers=place.operator()) as socket:
        heard(socket)
        socket.send_json({"type": "opened", "alert": story.alert})
        wait_until(lambda: any(not case["withheld"] for case in heard(socket).get("cases", [])))
        story.hear(*(NoteAdded(by=place.marta, text=str(number)) for number in range(50)))
        said = heard(socket)
        while said["type"] != "snapshot":
            said = heard(socket)
        assert len(said["cases"][0]["timeline"]) == 51


def test_a_closed_alert_is_told_with_its_outcome(client: Client, place: Place, web: Web) -> None:
    story = Story(web.journal, CLOCK.now_us()).opened()
    with client.websocket_connect("/v1/console", headers=place.operator()) as socket:
        heard(socket)
        story.closed(Outcome.CANCELLED)
        outcome = None
        while outcome is None:
            for case in heard(socket).get("cases", []):
                outcome = case["outcome"]
    assert outcome == "cancelled"


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}, {"cookie": "securwoman-x=y"}])
def test_without_signing_on_nothing_is_told(client: Client, headers: dict[str, str]) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as caught,
        client.websocket_connect("/v1/console", headers=headers) as socket,
    ):
        socket.receive_json(timeout=10)
    assert caught.value.code == SIGN_ON


def test_a_session_is_enough_but_not_for_another_site_s_page(client: Client, place: Place) -> None:
    client.post("/v1/console/session", json={"token": place.marta_token})
    with client.websocket_connect("/v1/console") as socket:
        assert heard(socket)["me"]["operator"] == place.marta
    elsewhere = {"origin": "https://elsewhere.example"}
    with (
        pytest.raises(WebSocketDisconnect) as caught,
        client.websocket_connect("/v1/console", headers=elsewhere) as socket,
    ):
        socket.receive_json(timeout=10)
    assert caught.value.code == WRONG_ORIGIN


def test_who_opens_a_case_is_entered_once_with_whose_it_is(client: Client, place: Place, web: Web) -> None:
    giulia = Registry(web.journal).user_by_phone(E164(GIULIA))
    assert giulia is not None
    story = Story(web.journal, CLOCK.now_us()).opened().identified(giulia.id)
    wait_until(lambda: web.following.read_model.seq == web.journal.last_seq())
    with client.websocket_connect("/v1/console", headers=place.operator()) as socket:
        heard(socket)
        assert entered(web, Action.READ_ALERT) == []
        socket.send_json({"type": "opened", "alert": story.alert})
        socket.send_json({"type": "opened", "alert": story.alert})
        socket.send_text("no json")
        wait_until(lambda: any(not case["withheld"] for case in heard(socket).get("cases", [])))
        story.operator_called(place.marta)
        heard(socket)
    assert [(one.actor, one.subjects, one.detail) for one in entered(web, Action.READ_ALERT)] == [
        (place.marta, (story.alert, giulia.id), "opened")
    ]
    assert [(one.subjects, one.detail) for one in entered(web, Action.READ_LIST)] == [
        ((story.alert,), "snapshot")
    ]


def test_who_looks_on_while_it_is_found_out_who_the_user_is_is_entered_too(
    client: Client, place: Place, web: Web
) -> None:
    giulia = Registry(web.journal).user_by_phone(E164(GIULIA))
    assert giulia is not None
    story, other = (Story(web.journal, CLOCK.now_us(), phone=f"+39333111229{n}").opened() for n in range(2))
    wait_until(lambda: web.following.read_model.seq == web.journal.last_seq())
    with client.websocket_connect("/v1/console", headers=place.operator()) as socket:
        heard(socket)
        socket.send_json({"type": "opened", "alert": story.alert})
        wait_until(lambda: any(not case["withheld"] for case in heard(socket).get("cases", [])))
        other.identified(giulia.id)
        story.identified(giulia.id)
        wait_until(lambda: len(entered(web, Action.READ_ALERT)) == 2)
    assert [one.subjects for one in entered(web, Action.READ_ALERT)] == [
        (story.alert,),
        (story.alert, giulia.id),
    ]


def test_of_anothers_case_the_queue_is_told_and_all_of_it_once_it_is_opened(
    client: Client, place: Place, web: Web
) -> None:
    giulia = Registry(web.journal).user_by_phone(E164(GIULIA))
    assert giulia is not None
    position = Position(lat=45.4, lon=9.1, at=CLOCK.now_us())
    story = Story(web.journal, CLOCK.now_us()).opened().identified(giulia.id)
    story.hear(PositionUpdated(position=position), NoteAdded(by=place.luca, text="at the station"))
    story.operator_called(place.luca)
    wait_until(lambda: web.following.read_model.seq == web.journal.last_seq())
    secrets = (GIULIA, "Rossi", "Asthma", "45.4", "at the station")
    with client.websocket_connect("/v1/console", headers=place.operator()) as socket:
        said = heard(socket)
        (case,) = said["cases"]
        assert case["withheld"] is True
        assert {name: value for name, value in case["person"].items() if value} == {"first_name": "Giulia"}
        assert not [one for one in secrets if one in json.dumps(said)]
        story.hear(NoteAdded(by=place.luca, text="at the station, still"))
        told = json.dumps(heard(socket))
        assert "note.added" in told
        assert not [one for one in secrets if one in told]
        socket.send_json({"type": "opened", "alert": story.alert})
        whole = wait_until(lambda: [one for one in heard(socket).get("cases", []) if not one["withheld"]])
        assert not [one for one in secrets if one not in json.dumps(whole)]
        socket.send_json({"type": "opened", "alert": None})
        wait_until(lambda: [one for one in heard(socket).get("cases", []) if one["withheld"]])


def test_another_operator_s_number_is_told_to_that_one_alone(client: Client, place: Place, web: Web) -> None:
    """It is in the event by which the operator is called, in the operator's own stream, too."""
    story = Story(web.journal, CLOCK.now_us()).opened()
    private = {place.luca: E164("+393339990001"), place.marta: E164("+393339990002")}
    wait_until(lambda: web.following.read_model.seq == web.journal.last_seq())
    with client.websocket_connect("/v1/console", headers=place.operator()) as socket:
        heard(socket)
        for operator, number in private.items():
            called = OperatorReserved(operator=operator, alert=story.alert, number=number)
            web.journal.append(Append(streams.operator(operator), None, (called,)))
        told: list[dict[str, Any]] = []
        while len(told) < len(private):
            told += heard(socket).get("events", [])
    assert [one["data"].get("number") for one in told] == [None, private[place.marta]]


def test_who_is_called_is_told_everything_with_the_call(client: Client, place: Place, web: Web) -> None:
    with client.websocket_connect("/v1/console", headers=place.operator()) as socket:
        heard(socket)
        story = Story(web.journal, CLOCK.now_us()).opened().operator_called(place.marta)
        cases: list[dict[str, Any]] = []
        while not any(place.marta in case["reserved"] for case in cases):
            cases = heard(socket).get("cases", [])
        assert {(case["phone"], case["withheld"]) for case in cases} == {(GIULIA, False)}
        wait_until(lambda: entered(web, Action.READ_ALERT))
    assert [(one.subjects, one.detail) for one in entered(web, Action.READ_ALERT)] == [
        ((story.alert,), "shown")
    ]


@pytest.mark.parametrize("own", [True, False])
def test_where_nothing_can_be_entered_the_operator_s_own_case_alone_is_shown(
    client: Client, place: Place, web: Web, monkeypatch: pytest.MonkeyPatch, own: bool
) -> None:
    story = Story(web.journal, CLOCK.now_us()).opened().operator_called(place.marta if own else place.luca)
    wait_until(lambda: web.following.read_model.seq == web.journal.last_seq())

    def fails(*_: object) -> None:
        raise JournalUnavailable("no")

    monkeypatch.setattr(web.audit.trail, "append", fails)
    with client.websocket_connect("/v1/console", headers=place.operator()) as socket:
        said = heard(socket)
    assert [case["alert"] for case in said["cases"]] == ([story.alert] if own else [])


@pytest.mark.parametrize("own", [True, False])
def test_what_could_not_be_entered_at_first_is_entered_and_shown_later(
    client: Client, place: Place, web: Web, monkeypatch: pytest.MonkeyPatch, own: bool
) -> None:
    story = Story(web.journal, CLOCK.now_us()).opened().operator_called(place.marta if own else place.luca)
    wait_until(lambda: web.following.read_model.seq == web.journal.last_seq())
    real, failures = web.audit.trail.append, iter(range(2 if own else 3))

    def fails_at_first(*given: Any) -> Any:
        if next(failures, None) is None:
            return real(*given)
        raise JournalUnavailable("no")

    monkeypatch.setattr(web.audit.trail, "append", fails_at_first)
    with client.websocket_connect("/v1/console", headers=place.operator()) as socket:
        cases = heard(socket)["cases"]
        while not cases:
            cases = heard(socket).get("cases", [])
        wait_until(lambda: entered(web, Action.READ_ALERT if own else Action.READ_LIST))
    assert [case["alert"] for case in cases] == [story.alert]


def test_numbers_and_who_saw_what_are_not_among_the_events(client: Client, place: Place, web: Web) -> None:
    with client.websocket_connect("/v1/console", headers=place.operator()) as socket:
        last = heard(socket)["seq"]
        Story(web.journal, CLOCK.now_us()).opened()
        said = heard(socket)
        kinds = {event["stream"].partition("-")[0] for event in said["events"]}
    assert kinds <= {"inbox", "alert", "operator", "line", "node"}
    assert said["seq"] > last


def test_a_console_that_goes_away_is_forgotten(client: Client, place: Place, web: Web) -> None:
    with client.websocket_connect("/v1/console", headers=place.operator()) as socket:
        heard(socket)
        wait_until(lambda: "securwoman_consoles 1.0" in client.get("/metrics").text)
    wait_until(lambda: "securwoman_consoles 0.0" in client.get("/metrics").text)


@pytest.mark.parametrize(("asked", "many", "most"), [("?changes=alarms", 200, 120_000), ("", 20, 60_000)])
def test_a_storm_of_alarms_costs_by_what_is_new_where_the_page_asks_so(
    client: Client, place: Place, web: Web, asked: str, many: int, most: int
) -> None:
    def stands(all_of_them: dict[str, str], said: dict[str, Any]) -> dict[str, str]:
        if "alarms" in said:
            return {one["subject"]: one["text"] for one in said["alarms"]}
        gone = {subject for _, subject in said.get("alarms_gone", [])}
        came = {one["subject"]: one["text"] for one in said.get("alarms_changed", [])}
        return {subject: text for subject, text in {**all_of_them, **came}.items() if subject not in gone}

    with client.websocket_connect(f"/v1/console{asked}", headers=place.operator()) as socket:
        found, told = stands({}, heard(socket)), 0
        for n in range(many):
            event = AlarmRaised(alarm="line.no_sim", subject=f"L{n}", text=f"Line L{n} carries no calls.")
            web.journal.append(Append(streams.node(NODE), None, (event,)))
            while len(found) <= n:
                said = heard(socket)
                told += len(msgspec.json.encode(said))
                found = stands(found, said)
    assert set(found) == {f"L{n}" for n in range(many)}
    assert told < most
