"""What the app asks and says of its alert."""

from __future__ import annotations

import threading
import time

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.app import build
from gateways.http.parts.context import Web
from messages.events import (
    AlertReopened,
    AlertSignalAdded,
    InboxRead,
    LegSoundLost,
    LegUnheard,
    PositionUpdated,
    RingingSeen,
    UserReached,
)
from messages.ids import E164, AlertId, Channel, LineId, NodeId, Outcome, TrunkId
from model.policy import LineSpec
from runtime.published.peers import Peers
from runtime.published.peers import Place as OtherNode
from store import streams
from tests.gateways.http.place import CLOCK, GIULIA, Place
from tests.gateways.story import Story
from tests.waiting import wait_until

Client = TestClient[Litestar]


def raised(client: Client, place: Place) -> str:
    answer = client.post("/v1/alerts", json={"phone": GIULIA}, headers=place.app())
    return str(answer.json()["alert"])


def test_the_app_is_told_what_the_journal_says(client: Client, place: Place, web: Web) -> None:
    story = Story(web.journal, CLOCK.now_us()).opened()
    url = f"/v1/alerts/{story.alert}"
    seen = []
    for step in (
        lambda: None,
        lambda: story.operator_called(place.marta),
        lambda: story.operator_joined(place.marta),
        story.user_called,
        story.user_answered,
        lambda: story.psap_called(place.marta),
        story.psap_joined,
        lambda: story.closed(Outcome.HANDED_OVER),
    ):
        before = web.following.picture.seq
        step()
        last = web.journal.last_seq()
        assert last >= before
        said = client.get(f"{url}?wait=5&since={0}", headers=place.app()).json()
        while said["version"] < web.journal.version(streams.inbox(story.alert)) + web.journal.version(
            streams.case(story.alert)
        ):
            said = client.get(f"{url}?wait=5&since={said['version']}", headers=place.app()).json()
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


@pytest.mark.parametrize("is_silent", [False, True])
def test_a_call_of_which_it_is_not_known_whether_it_is_heard_is_told_so(
    client: Client, place: Place, web: Web, is_silent: bool
) -> None:
    story = Story(web.journal, CLOCK.now_us()).opened().operator_called(place.marta)
    story.operator_joined(place.marta).user_called().user_answered()
    user = story.leg("user")
    lost = (
        LegSoundLost(leg=user, attempt=1, line=LineId("m1")) if is_silent else LegUnheard(leg=user, attempt=1)
    )
    story.say(lost)
    said = client.get(f"/v1/alerts/{story.alert}", headers=place.app()).json()
    assert {leg["party"]: leg["heard"] for leg in said["legs"]} == {"operator": True, "user": False}


def test_the_app_is_told_that_an_alert_is_silent_until_it_is_asked_to_cancel(
    client: Client, place: Place, web: Web
) -> None:
    story = Story(web.journal, CLOCK.now_us()).opened()
    url = f"/v1/alerts/{story.alert}"
    assert client.get(url, headers=place.app()).json()["silent"] is False
    now = CLOCK.now_us()
    story.hear(
        AlertSignalAdded(channel=Channel.SMS, received_at=now, raised_at=now, phone=E164(GIULIA), silent=True)
    )
    wait_until(lambda: client.get(url, headers=place.app()).json()["silent"], what="that it is silent")
    client.post(f"{url}/cancel", json={"pin": "0000"}, headers=place.app())
    wait_until(lambda: client.get(url, headers=place.app()).json()["cancelled"], what="the attempt")
    assert client.get(url, headers=place.app()).json()["silent"] is False


def test_an_alert_of_long_ago_is_read_from_the_journal(client: Client, place: Place, web: Web) -> None:
    story = Story(web.journal, CLOCK.now_us()).opened().closed(Outcome.CANCELLED)
    web.following.picture.alerts.pop(story.alert, None)
    said = client.get(f"/v1/alerts/{story.alert}", headers=place.app()).json()
    assert (said["phase"], said["outcome"]) == ("closed", "cancelled")


def test_an_alert_that_there_is_not_is_not_found(client: Client, place: Place) -> None:
    for method, path in (("GET", ""), ("POST", "/position"), ("POST", "/cancel"), ("POST", "/ringing")):
        body = {"lat": 1.0, "lon": 1.0, "pin": "1"} if method == "POST" else None
        answer = client.request(method, f"/v1/alerts/nothing{path}", json=body, headers=place.app())
        assert answer.status_code == 404


def test_a_long_poll_is_answered_at_the_first_change(client: Client, place: Place, web: Web) -> None:
    alert = raised(client, place)
    answers: list[tuple[float, dict[str, object]]] = []

    def poll() -> None:
        answers.append(
            (time.monotonic(), client.get(f"/v1/alerts/{alert}?wait=20", headers=place.app()).json())
        )

    thread = threading.Thread(target=poll)
    begun = time.monotonic()
    thread.start()
    wait_until(lambda: web.following._waiting, what="the poll being held")
    client.post(f"/v1/alerts/{alert}/position", json={"lat": 1.0, "lon": 2.0}, headers=place.app())
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


def test_a_picture_that_lags_behind_the_app_is_no_news(client: Client, place: Place, web: Web) -> None:
    story = Story(web.journal, CLOCK.now_us())
    wait_until(lambda: story.alert in web.following.picture.alerts)
    with client.portal() as portal:
        portal.call(web.following.stop)
    story.opened()
    said = client.get(f"/v1/alerts/{story.alert}?wait=0.05&since=2", headers=place.app()).json()
    assert said["version"] == 2


def test_a_long_poll_that_has_missed_a_change_is_answered_at_once(client: Client, place: Place) -> None:
    alert = raised(client, place)
    begun = time.monotonic()
    said = client.get(f"/v1/alerts/{alert}?wait=20&since=0", headers=place.app()).json()
    assert said["version"] == 1
    assert time.monotonic() - begun < 5


def test_a_long_poll_ends_with_nothing_new(client: Client, place: Place) -> None:
    alert = raised(client, place)
    assert client.get(f"/v1/alerts/{alert}?wait=0.05&since=1", headers=place.app()).json()["version"] == 1


@pytest.mark.parametrize("query", ["wait=x", "wait=-1", "wait=nan", "wait=1000", "since=x", "since="])
def test_a_wrong_query_is_refused_with_its_name(client: Client, place: Place, query: str) -> None:
    alert = raised(client, place)
    answer = client.get(f"/v1/alerts/{alert}?{query}", headers=place.app())
    assert answer.status_code in (200, 400)
    if query != "since=":
        assert answer.status_code == 400
        assert answer.json()["path"] == f"?{query.partition('=')[0]}"


def test_case_13_a_position_more_is_kept(client: Client, place: Place, web: Web) -> None:
    alert = raised(client, place)
    body = {"lat": 44.4, "lon": 8.9, "accuracy_m": 5.0, "at": "2026-11-24T21:46:42Z", "source": "gps"}
    answer = client.post(f"/v1/alerts/{alert}/position", json=body, headers=place.app())
    assert (answer.status_code, answer.json()) == (202, {"alert": alert})
    event = web.journal.read(streams.inbox(AlertId(alert)))[-1].event
    assert isinstance(event, PositionUpdated)
    assert (event.position.lat, event.position.source) == (44.4, "gps")
    bad = client.post(f"/v1/alerts/{alert}/position", json={"lat": 100, "lon": 0}, headers=place.app())
    assert (bad.status_code, bad.json()["path"]) == (400, "$.lat")


def test_the_app_s_word_that_the_phone_rings_is_kept_once_and_again_after_a_reopening(
    client: Client, place: Place, web: Web
) -> None:
    story = Story(web.journal, CLOCK.now_us()).opened().operator_called(place.marta).user_called()
    url, inbox = f"/v1/alerts/{story.alert}/ringing", streams.inbox(story.alert)

    def kept() -> int:
        return sum(isinstance(one.event, RingingSeen) for one in web.journal.read(inbox))

    for body in ({}, {"json": {"more": 1}}, {"content": b"\xff{"}):
        answer = client.post(url, headers=place.app(), **body)
        assert (answer.status_code, answer.json()) == (202, {"alert": story.alert})
    assert kept() == 1
    story.say(UserReached(met_by="app", by="app"), InboxRead(upto=2))
    assert client.post(url, headers=place.app()).status_code == 202
    assert kept() == 1, "the case knows it"
    story.closed(Outcome.NO_CONTACT).hear(AlertReopened(by=place.marta))
    assert client.post(url, headers=place.app()).status_code == 202
    assert client.post(url, headers=place.app()).status_code == 202
    assert kept() == 2


def test_what_is_said_of_ringing_before_any_call_can_be_said_again_once_there_is_one(
    client: Client, place: Place, web: Web
) -> None:
    story = Story(web.journal, CLOCK.now_us()).opened().operator_called(place.marta)
    url, inbox = f"/v1/alerts/{story.alert}/ringing", streams.inbox(story.alert)
    assert client.post(url, headers=place.app()).status_code == 202
    story.user_called()
    assert client.post(url, headers=place.app()).status_code == 202
    assert [one.event for one in web.journal.read(inbox)][1:] == [RingingSeen()]


def test_the_numbers_that_may_call_are_told_before_an_alert_with_it_and_after_it(
    client: Client, place: Place
) -> None:
    numbers = ["+390200000001"]
    receipt = client.post("/v1/alerts", json={"phone": GIULIA}, headers=place.app()).json()
    assert receipt["calls_from"] == numbers
    assert client.get(f"/v1/alerts/{receipt['alert']}", headers=place.app()).json()["calls_from"] == numbers
    assert client.get("/v1/nodes", headers=place.app()).json()["calls_from"] == numbers


def test_of_all_public_lines_the_numbers_are_told_and_of_no_emergency_line(place: Place) -> None:
    def line(name: str, number: str, *, emergency: bool = False) -> LineSpec:
        trunk = TrunkId("emergency" if emergency else "public")
        return LineSpec(line=LineId(name), trunk=trunk, emergency=emergency, number=E164(number))

    here = (line("L2", "+390200000002"), line("L1", "+390200000001"), line("E", "+39112", emergency=True))
    there = OtherNode(node=NodeId("n2"), address="", lines=(line("L3", "+390200000003"), here[0]))
    place.changes["lines"] = here
    web = place.web()
    web.nodes._peers._peers = Peers(places=(there,))
    assert web.calls_from() == ("+390200000001", "+390200000002", "+390200000003")
    web.journal.close()
