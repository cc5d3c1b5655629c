"""An alert as the app raises it, and what the app asks and says of it."""

from __future__ import annotations

import threading
import time
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient

from gateways.http.app import build
from gateways.http.parts.context import Web
from messages.events import (
    AdviceChanged,
    AlertReceived,
    AlertReopened,
    AlertSignalAdded,
    InboxRead,
    LegSoundLost,
    LegUnheard,
    PositionUpdated,
    RingingSeen,
    UserReached,
)
from messages.ids import E164, Advice, Assurance, Channel, LineId, NodeId, Outcome, TrunkId
from model.rules.messages.advice import AdviceReason, call_112_now
from model.settings import Settings
from model.settings.alerts import LimitsSettings
from model.settings.lines import Modem
from runtime.published.peers import NodeInfo as OtherNode
from runtime.published.peers import Peers
from store import streams
from store.database.sqlite import SqliteConnection
from store.errors import JournalUnavailable
from store.journal.journal import Append
from tests.gateways.http.askers import MARTA, Api, Asker, Client
from tests.gateways.http.place import CLOCK, GIULIA, Place
from tests.gateways.story import Story
from tests.support.each import each
from tests.waiting import wait_until


def raised(app: Asker) -> str:
    answer = app.post("/v1/alerts", json={"phone": GIULIA})
    return str(answer.json()["alert"])


def test_a_journal_that_is_away_and_has_no_spare_is_answered_with_the_advice_to_call_112(
    app: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise JournalUnavailable("the server is away")

    monkeypatch.setattr(SqliteConnection, "commit", away)
    answer = app.post("/v1/alerts", json={"phone": GIULIA})
    assert (answer.status_code, answer.json()["advice"]) == (503, Advice.CALL_112_NOW)


def test_the_app_is_told_what_the_journal_says(api: Api) -> None:
    story = api.story().opened()
    url = f"/v1/alerts/{story.alert}"
    seen = []
    for step in (
        lambda: None,
        lambda: story.operator_called(MARTA),
        lambda: story.operator_joined(MARTA),
        story.user_called,
        story.user_answered,
        lambda: story.psap_called(MARTA),
        story.psap_joined,
        lambda: story.closed(Outcome.HANDED_OVER),
    ):
        step()
        wanted = sum(api.journal.version(of(story.alert)) for of in (streams.inbox, streams.case))
        said = api.app.get(f"{url}?wait=5&since=0").json()
        while said["version"] < wanted:
            said = api.app.get(f"{url}?wait=5&since={said['version']}").json()
        seen.append((said["phase"], said["operator_assigned"], len(said["legs"])))
    assert seen == [
        ("received", False, 0),
        ("calling_operator", False, 1),
        ("calling_user", True, 1),
        ("calling_user", True, 2),
        ("talking", True, 2),
        ("calling_112", True, 3),
        ("conference", True, 3),
        ("closed", True, 3),
    ]
    assert said["outcome"] == "handed_over"


@pytest.mark.parametrize("lost", [LegSoundLost, LegUnheard])
def test_a_call_of_which_it_is_not_known_whether_it_is_heard_is_told_so(api: Api, lost: type[Any]) -> None:
    story = api.story().had_by(MARTA).user_called().user_answered()
    line = {"line": LineId("m1")} if lost is LegSoundLost else {}
    story.say(lost(leg=story.leg("user"), attempt=1, **line))
    api.followed()
    said = api.app.get(f"/v1/alerts/{story.alert}").json()
    assert {leg["party"]: leg["heard"] for leg in said["legs"]} == {"operator": True, "user": False}


def test_the_app_is_told_that_an_alert_is_silent_until_it_is_asked_to_cancel(api: Api) -> None:
    story = api.story().opened()
    url = f"/v1/alerts/{story.alert}"
    assert api.app.get(url).json()["silent"] is False
    now = CLOCK.now_us()
    story.hear(
        AlertSignalAdded(
            channel=Channel.SMS,
            proof=Assurance.NETWORK,
            received_at=now,
            raised_at=now,
            phone=E164(GIULIA),
            silent=True,
        )
    )
    wait_until(lambda: api.app.get(url).json()["silent"], what="that it is silent")
    api.app.post(f"{url}/cancel", json={"pin": "0000"})
    wait_until(lambda: api.app.get(url).json()["cancelled"], what="the attempt")
    assert api.app.get(url).json()["silent"] is False


def test_an_alert_of_long_ago_is_read_from_the_journal(api: Api) -> None:
    story = api.story().opened().closed(Outcome.CANCELLED)
    api.read_model.alerts.pop(story.alert, None)
    said = api.app.get(f"/v1/alerts/{story.alert}").json()
    assert (said["phase"], said["outcome"]) == ("closed", "cancelled")


def test_an_alert_that_there_is_not_is_not_found(app: Asker) -> None:
    for method, path in (("GET", ""), ("POST", "/position"), ("POST", "/cancel"), ("POST", "/ringing")):
        body = {"lat": 1.0, "lon": 1.0, "pin": "1"} if method == "POST" else None
        assert app.request(method, f"/v1/alerts/nothing{path}", json=body).status_code == 404


def test_a_long_poll_is_answered_at_the_first_change(api: Api) -> None:
    alert = raised(api.app)
    answers: list[tuple[float, dict[str, object]]] = []

    def poll() -> None:
        answers.append((time.monotonic(), api.app.get(f"/v1/alerts/{alert}?wait=20").json()))

    thread = threading.Thread(target=poll)
    begun = time.monotonic()
    thread.start()
    wait_until(lambda: api.web.following._waiting, what="the poll being held")
    api.app.post(f"/v1/alerts/{alert}/position", json={"lat": 1.0, "lon": 2.0})
    thread.join(10)
    assert len(answers) == 1
    assert answers[0][1]["version"] == 2
    assert time.monotonic() - begun < 10


def test_what_happens_while_the_open_alerts_are_being_read_ends_a_long_poll(
    place: Place, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    story, go_on = Story(web.journal, CLOCK.now_us()), threading.Event()
    load = web.following.load

    def load_late() -> None:
        assert go_on.wait(20)
        load()

    monkeypatch.setattr(web.following, "load", load_late)
    said: list[dict[str, object]] = []

    def poll(client: Client) -> None:
        said.append(client.get(f"/v1/alerts/{story.alert}?wait=20", headers=place.app()).json())

    with TestClient(build(web)) as client:
        thread = threading.Thread(target=poll, args=(client,))
        begun = time.monotonic()
        thread.start()
        wait_until(lambda: web.following._waiting)
        story.opened()
        go_on.set()
        thread.join(15)
    assert [one["version"] for one in said] == [2]
    assert time.monotonic() - begun < 10


def test_a_picture_that_lags_behind_the_app_is_no_news(api: Api) -> None:
    story = api.story()
    wait_until(lambda: story.alert in api.read_model.alerts)
    with api.client.portal() as portal:
        portal.call(api.web.following.stop)
    story.opened()
    said = api.app.get(f"/v1/alerts/{story.alert}?wait=0.05&since=2").json()
    assert said["version"] == 2


def test_a_long_poll_that_has_missed_a_change_is_answered_at_once(app: Asker) -> None:
    alert = raised(app)
    begun = time.monotonic()
    said = app.get(f"/v1/alerts/{alert}?wait=20&since=0").json()
    assert said["version"] == 1
    assert time.monotonic() - begun < 5


def test_a_long_poll_ends_with_nothing_new(app: Asker) -> None:
    alert = raised(app)
    assert app.get(f"/v1/alerts/{alert}?wait=0.05&since=1").json()["version"] == 1


@each("query", ["wait=x", "wait=-1", "wait=nan", "wait=1000", "since=x"])
def test_a_wrong_query_is_refused_with_its_name(app: Asker, query: str) -> None:
    answer = app.get(f"/v1/alerts/{raised(app)}?{query}")
    assert (answer.status_code, answer.json()["path"]) == (400, f"?{query.partition('=')[0]}")


def test_case_13_a_position_more_is_kept(api: Api) -> None:
    alert = raised(api.app)
    body = {"lat": 44.4, "lon": 8.9, "accuracy_m": 5.0, "at": "2026-11-24T21:46:42Z", "source": "gps"}
    answer = api.app.post(f"/v1/alerts/{alert}/position", json=body)
    assert (answer.status_code, answer.json()) == (202, {"alert": alert})
    where = api.inbox(alert, PositionUpdated)[-1].position
    assert (where.lat, where.source) == (44.4, "gps")
    bad = api.app.post(f"/v1/alerts/{alert}/position", json={"lat": 100, "lon": 0})
    assert (bad.status_code, bad.json()["path"]) == (400, "$.lat")


def test_the_app_s_word_that_the_phone_rings_is_kept_once_and_again_after_a_reopening(api: Api) -> None:
    story = api.story().opened().operator_called(MARTA).user_called()
    url = f"/v1/alerts/{story.alert}/ringing"

    def kept() -> int:
        return len(api.inbox(story.alert, RingingSeen))

    for body in ({}, {"json": {"more": 1}}, {"content": b"\xff{"}):
        answer = api.app.post(url, **body)
        assert (answer.status_code, answer.json()) == (202, {"alert": story.alert})
    assert kept() == 1
    story.say(UserReached(met_by="app", by="app"), InboxRead(upto=2))
    assert api.app.post(url).status_code == 202
    assert kept() == 1, "the case knows it"
    story.closed(Outcome.NO_CONTACT).hear(AlertReopened(by=MARTA))
    assert api.app.post(url).status_code == 202
    assert api.app.post(url).status_code == 202
    assert kept() == 2


def test_what_is_said_of_ringing_before_any_call_can_be_said_again_once_there_is_one(api: Api) -> None:
    story = api.story().opened().operator_called(MARTA)
    url = f"/v1/alerts/{story.alert}/ringing"
    assert api.app.post(url).status_code == 202
    story.user_called()
    assert api.app.post(url).status_code == 202
    assert api.inbox(story.alert)[1:] == [RingingSeen()]


def test_the_numbers_that_may_call_are_told_before_an_alert_with_it_and_after_it(app: Asker) -> None:
    numbers = ["+390200000001"]
    receipt = app.post("/v1/alerts", json={"phone": GIULIA}).json()
    assert receipt["calls_from"] == numbers
    assert app.get(f"/v1/alerts/{receipt['alert']}").json()["calls_from"] == numbers
    assert app.get("/v1/nodes").json()["calls_from"] == numbers


def test_of_all_public_lines_the_numbers_are_told_and_of_no_emergency_line(place: Place) -> None:
    def line(name: str, number: str, *, emergency: bool = False) -> Modem:
        trunk = TrunkId("emergency" if emergency else "public")
        return Modem(name=name, trunk=trunk, emergency=emergency, number=E164(number))

    here = (line("L2", "+390200000002"), line("L1", "+390200000001"), line("E", "+39112", emergency=True))
    there = OtherNode(node=NodeId("n2"), address="", lines=(line("L3", "+390200000003"), here[0]))
    place.changes["modem"] = here
    web = place.web()
    web.nodes._peers._peers = Peers(places=(there,))
    assert web.calls_from() == ("+390200000001", "+390200000002", "+390200000003")
    web.journal.close()


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


@pytest.mark.parametrize("settings", [Settings(limits=LimitsSettings(live_cases=2))])
def test_case_10_an_alert_beyond_those_that_can_be_handled_is_told_so_with_its_receipt(api: Api) -> None:
    bodies = [{"phone": f"+3933311100{n:02d}"} for n in range(4)]
    told = [api.app.post("/v1/alerts", json=body).json() for body in bodies]
    assert [one["advice"] for one in told] == ["wait", "wait", "call_112_now", "call_112_now"]
    received, *more = api.inbox(told[3]["alert"])
    assert isinstance(received, AlertReceived)
    assert more == [call_112_now(AdviceReason.ALL_AT_WORK)]
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
