"""POST /v1/alerts."""

from __future__ import annotations

import msgspec
import pytest

from messages.events import AdviceChanged, AlertReceived
from messages.ids import Advice
from model.rules.said.advice import Why, call_112_now
from model.settings import Settings
from model.settings.alerts import LimitsSettings
from store import streams
from store.journal.journal import Append
from tests.gateways.http.askers import Api, Asker
from tests.gateways.http.place import GIULIA
from tests.support.each import each
from tests.waiting import wait_until

POSITION = {"lat": 44.39058, "lon": 8.97342, "accuracy_m": 18.0, "at": "2026-11-24T21:46:42Z"}
ALERT = {"phone": GIULIA, "position": POSITION}


def test_s01_an_alert_is_in_the_journal_when_it_is_answered(api: Api) -> None:
    answer = api.app.post("/v1/alerts", json=ALERT)
    assert answer.status_code == 202
    said = answer.json()
    assert set(said) == {"alert", "received_at", "deadline_at", "advice", "calls_from", "proof"}
    assert said["advice"] == "wait"
    assert answer.headers["location"] == f"/v1/alerts/{said['alert']}"
    (received,) = api.inbox(said["alert"], AlertReceived)
    assert (received.phone, received.deadline_at - received.received_at) == (GIULIA, 50_000_000)


def test_case_1_the_same_id_again_is_the_alert_that_is_there(api: Api) -> None:
    first = api.app.post("/v1/alerts", json={**ALERT, "id": "app-1"})
    again = api.app.post("/v1/alerts", json={**ALERT, "id": "app-1"})
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json() == again.json()
    assert first.json()["alert"] == "app-1"
    assert len(api.inbox("app-1")) == 1


def test_case_1_one_more_signal_of_the_phone_while_its_alert_is_open_makes_no_second_alert(api: Api) -> None:
    first = api.app.post("/v1/alerts", json={"phone": GIULIA})
    again = api.app.post("/v1/alerts", json={"phone": "+39 333 111 2223"})
    assert (first.status_code, again.status_code) == (202, 200)
    assert [len(api.inbox(one.json()["alert"])) for one in (first, again)] == [2, 0]


def test_an_alert_that_is_there_is_answered_with_its_advice(api: Api) -> None:
    body = {**ALERT, "id": "app-1"}
    alert = api.app.post("/v1/alerts", json=body).json()["alert"]
    change = AdviceChanged(advice=Advice.CALL_112_NOW)
    api.journal.append(Append(streams.inbox(alert), None, (change,)))

    def advice() -> object:
        return api.app.post("/v1/alerts", json=body).json()["advice"]

    wait_until(lambda: advice() == "call_112_now", what="the advice being shown")


@pytest.mark.parametrize("policy", [Settings(limits=LimitsSettings(live_cases=2))])
def test_case_10_an_alert_beyond_those_that_can_be_handled_is_told_so_with_its_receipt(api: Api) -> None:
    bodies = [{"phone": f"+3933311100{n:02d}"} for n in range(4)]
    told = [api.app.post("/v1/alerts", json=body).json() for body in bodies]
    assert [one["advice"] for one in told] == ["wait", "wait", "call_112_now", "call_112_now"]
    received, *more = api.inbox(told[3]["alert"])
    assert isinstance(received, AlertReceived)
    assert more == [call_112_now(Why.ALL_AT_WORK)]
    assert api.web.metrics.advised_at_once._value.get() == 2


def test_messagepack_is_answered_in_messagepack(app: Asker) -> None:
    content = msgspec.msgpack.encode(ALERT)
    answer = app.post("/v1/alerts", content=content, headers={"content-type": "application/msgpack"})
    assert answer.status_code == 202
    assert answer.headers["content-type"] == "application/msgpack"
    assert msgspec.msgpack.decode(answer.content)["advice"] == "wait"


def test_json_is_answered_in_messagepack_to_who_asks_for_it(app: Asker) -> None:
    wanted = {"accept": "application/msgpack"}
    answer = app.post("/v1/alerts", json=ALERT, headers=wanted)
    assert msgspec.msgpack.decode(answer.content)["advice"] == "wait"
    faulty = app.post("/v1/alerts", json={}, headers=wanted)
    assert (faulty.status_code, msgspec.msgpack.decode(faulty.content)["path"]) == (400, "$")


@each(
    ("content", "content_type", "status"),
    [
        (b'{"phone": "\xff"}', "application/json", 400),
        (b"\xc1", "application/msgpack", 400),
        (b'{"phone": "+393331112223"}', "text/plain", 415),
        (b'{"x": "' + b"y" * 70_000 + b'"}', "application/json", 413),
    ],
)
def test_bad_input_is_refused_and_never_a_failure(
    app: Asker, content: bytes, content_type: str, status: int
) -> None:
    answer = app.post("/v1/alerts", content=content, headers={"content-type": content_type})
    assert answer.status_code == status
    told = msgspec.msgpack.decode(answer.content) if "msgpack" in content_type else answer.json()
    assert told["reason"]


@each(
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
def test_without_an_app_key_nothing_is_taken(api: Api, headers: dict[str, str]) -> None:
    before = api.journal.last_seq()
    answer = api.client.post("/v1/alerts", json=ALERT, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert api.journal.last_seq() == before
