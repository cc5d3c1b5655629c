"""POST /v1/alerts."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.app import build
from gateways.http.parts.context import Web
from messages.events import AdviceChanged, AlertReceived
from messages.ids import Advice, AlertId
from model.policy import Policy
from model.rules.said.advice import Why, call_112_now
from store import streams
from store.journal.journal import Append
from tests.gateways.http.place import GIULIA, Place
from tests.waiting import wait_until

Client = TestClient[Litestar]
POSITION = {"lat": 44.39058, "lon": 8.97342, "accuracy_m": 18.0, "at": "2026-11-24T21:46:42Z"}
ALERT = {"phone": GIULIA, "position": POSITION}


def test_s01_an_alert_is_in_the_journal_when_it_is_answered(client: Client, place: Place, web: Web) -> None:
    answer = client.post("/v1/alerts", json=ALERT, headers=place.app())
    assert answer.status_code == 202
    said = answer.json()
    assert set(said) == {"alert", "received_at", "deadline_at", "advice", "calls_from", "proof"}
    assert said["advice"] == "wait"
    assert answer.headers["location"] == f"/v1/alerts/{said['alert']}"
    (received,) = web.journal.read(streams.inbox(AlertId(said["alert"])))
    assert isinstance(received.event, AlertReceived)
    assert received.event.phone == GIULIA
    assert received.event.deadline_at == received.event.received_at + 50_000_000


def test_s01_the_app_s_own_id_is_kept(client: Client, place: Place) -> None:
    answer = client.post("/v1/alerts", json={**ALERT, "id": "app-1"}, headers=place.app())
    assert (answer.status_code, answer.json()["alert"]) == (202, "app-1")


def test_case_1_the_same_id_again_is_the_alert_that_is_there(client: Client, place: Place, web: Web) -> None:
    first = client.post("/v1/alerts", json={**ALERT, "id": "app-1"}, headers=place.app())
    again = client.post("/v1/alerts", json={**ALERT, "id": "app-1"}, headers=place.app())
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json() == again.json()
    assert len(web.journal.read(streams.inbox(AlertId("app-1")))) == 1


def test_case_1_the_same_alert_again_is_the_alert_that_is_there(client: Client, place: Place) -> None:
    first = client.post("/v1/alerts", json={"id": "a1", "phone": GIULIA}, headers=place.app())
    again = client.post("/v1/alerts", json={"id": "a1", "phone": "+39 333 111 2223"}, headers=place.app())
    assert again.status_code == 200
    assert again.json()["alert"] == first.json()["alert"]
    assert again.json()["received_at"] == first.json()["received_at"]


def test_case_1_one_more_signal_of_the_phone_while_its_alert_is_open_makes_no_second_alert(
    client: Client, place: Place, web: Web
) -> None:
    first = client.post("/v1/alerts", json={"phone": GIULIA}, headers=place.app())
    again = client.post("/v1/alerts", json={"phone": "+39 333 111 2223"}, headers=place.app())
    assert (first.status_code, again.status_code) == (202, 200)
    assert web.journal.version(streams.inbox(first.json()["alert"])) == 2
    assert web.journal.version(streams.inbox(again.json()["alert"])) == 0


def test_an_alert_that_is_there_is_answered_with_its_advice(client: Client, place: Place, web: Web) -> None:
    body = {**ALERT, "id": "app-1"}
    alert = client.post("/v1/alerts", json=body, headers=place.app()).json()["alert"]
    change = AdviceChanged(advice=Advice.CALL_112_NOW)
    web.journal.append(Append(streams.inbox(alert), None, (change,)))

    def advice() -> object:
        return client.post("/v1/alerts", json=body, headers=place.app()).json()["advice"]

    wait_until(lambda: advice() == "call_112_now", what="the advice being shown")


def test_case_10_an_alert_beyond_those_that_can_be_handled_is_told_so_with_its_receipt(
    tmp_path: Path,
) -> None:
    place = Place.make(tmp_path / "full", Policy(live_cases=2))
    web = place.web()
    with TestClient(build(web)) as client:
        told = [
            client.post("/v1/alerts", json={"phone": f"+3933311100{n:02d}"}, headers=place.app()).json()
            for n in range(4)
        ]
        assert [one["advice"] for one in told] == ["wait", "wait", "call_112_now", "call_112_now"]
        story = [one.event for one in web.journal.read(streams.inbox(told[3]["alert"]))]
        assert isinstance(story[0], AlertReceived)
        assert story[1:] == [call_112_now(Why.ALL_AT_WORK)]
        assert web.metrics.advised_at_once._value.get() == 2


def test_messagepack_is_answered_in_messagepack(client: Client, place: Place) -> None:
    headers = {**place.app(), "content-type": "application/msgpack"}
    answer = client.post("/v1/alerts", content=msgspec.msgpack.encode(ALERT), headers=headers)
    assert answer.status_code == 202
    assert answer.headers["content-type"] == "application/msgpack"
    assert msgspec.msgpack.decode(answer.content)["advice"] == "wait"


def test_json_is_answered_in_messagepack_to_who_asks_for_it(client: Client, place: Place) -> None:
    headers = {**place.app(), "accept": "application/msgpack"}
    answer = client.post("/v1/alerts", json=ALERT, headers=headers)
    assert msgspec.msgpack.decode(answer.content)["advice"] == "wait"
    faulty = client.post("/v1/alerts", json={}, headers=headers)
    assert (faulty.status_code, msgspec.msgpack.decode(faulty.content)["path"]) == (400, "$")


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"phone": "\xff"}', "application/json", 400),
        (b"\xc1", "application/msgpack", 400),
        (b'{"phone": "+393331112223"}', "text/plain", 415),
        (b"phone=1", "application/x-www-form-urlencoded", 415),
        (b'{"x": "' + b"y" * 70_000 + b'"}', "application/json", 413),
        (b'{"phone": "+393331112223", "position": {"lat": NaN, "lon": 1}}', "application/json", 400),
    ],
)
def test_bad_input_is_refused_and_never_a_failure(
    client: Client, place: Place, content: bytes, content_type: str, status: int
) -> None:
    headers = {**place.app(), "content-type": content_type}
    answer = client.post("/v1/alerts", content=content, headers=headers)
    assert answer.status_code == status
    said = msgspec.msgpack.decode(answer.content) if "msgpack" in content_type else answer.json()
    assert said["reason"]


def test_a_fault_is_told_with_its_path(client: Client, place: Place) -> None:
    body = {**ALERT, "position": {"lat": 91, "lon": 0}}
    answer = client.post("/v1/alerts", json=body, headers=place.app())
    assert answer.json() == {"reason": "Expected `float` <= 90.0", "path": "$.position.lat"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer "},
        {"authorization": "Bearer wrong"},
        {"authorization": "Basic YTpi"},
        {"authorization": "Bearer " + "x" * 5000},
        {"authorization": b"Bearer \xff\xfe"},
    ],
)
def test_without_an_app_key_nothing_is_taken(client: Client, headers: dict[str, str], web: Web) -> None:
    before = web.journal.last_seq()
    answer = client.post("/v1/alerts", json=ALERT, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert web.journal.last_seq() == before


def test_an_operator_s_token_is_no_app_key(client: Client, place: Place) -> None:
    assert client.post("/v1/alerts", json=ALERT, headers=place.operator()).status_code == 401


def test_any_bytes_are_answered_and_never_with_a_failure(client: Client, place: Place) -> None:
    @given(st.binary(max_size=200), st.sampled_from(["application/json", "application/msgpack", "x", ""]))
    def holds(content: bytes, content_type: str) -> None:
        headers = {**place.app(), "content-type": content_type}
        answer = client.post("/v1/alerts", content=content, headers=headers)
        assert 400 <= answer.status_code < 500 or answer.status_code in (200, 202)

    holds()


@pytest.mark.parametrize(
    "path", ["/v1/alerts/%00", "/v1/alerts/%2e%2e", "/v1/alerts/" + "x" * 65, "/v1/alerts/à"]
)
def test_a_path_that_can_be_no_alert_s_is_not_found(client: Client, place: Place, path: str) -> None:
    assert client.get(path, headers=place.app()).status_code in (400, 404)


def test_a_method_that_there_is_not_is_said(client: Client, place: Place) -> None:
    answer = client.delete("/v1/alerts", headers=place.app())
    assert (answer.status_code, answer.json()["reason"]) == (405, "Method Not Allowed")
