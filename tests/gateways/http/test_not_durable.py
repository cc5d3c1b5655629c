"""The disk fails: everything is taken and acted on from memory, and nothing is said to be durable."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from litestar.testing import TestClient

from gateways.http.app import build
from gateways.http.parts.context import Web
from messages.events import AlertReceived, CommandGiven, NoteAdded
from messages.ids import SECOND, AlertId, Assurance
from store import streams
from store.database.sqlite import SqliteConnection
from store.errors import JournalFull
from store.fallback.fallback import Fallback
from store.fallback.keeper import Keeper
from tests.gateways.http.askers import Api, Asker, Client
from tests.gateways.http.place import CLOCK, GIULIA, NODE, Place
from tests.support.signing import Phone

REAL_COMMIT = SqliteConnection.commit


@pytest.fixture
def place(place: Place) -> Place:
    """With a fallback in memory."""
    Fallback.make(place.state / "run")
    return place


@pytest.fixture
def client(web: Web) -> Iterator[Client]:
    with TestClient(build(web)) as client:
        yield client


@pytest.fixture
def keeper(api: Api) -> Keeper:
    made = Keeper(
        api.place.url,
        api.place.state / "run",
        api.place.state / "keys",
        node=NODE,
        clock=CLOCK.now_us,
        notify=api.journal.notify,
    )
    made.replicate()
    return made


def failing_commit(self: SqliteConnection) -> None:
    """As on a full disk; memory is written."""
    if self.lasting:
        raise JournalFull("/disk: full")
    REAL_COMMIT(self)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch, keeper: Keeper) -> pytest.MonkeyPatch:
    """Full until `undo`."""
    monkeypatch.setattr(SqliteConnection, "commit", failing_commit)
    return monkeypatch


def test_an_alert_is_answered_503_with_its_name_and_its_deadline_and_is_handled(
    api: Api, full_disk: pytest.MonkeyPatch
) -> None:
    answer = api.app.post("/v1/alerts", json={"phone": GIULIA, "id": "app-1"})
    assert answer.status_code == 503
    said = answer.json()
    assert (said["advice"], said["alert"]) == ("call_112_now", "app-1")
    assert said["deadline_at"] > said["received_at"]
    inbox = api.journal.read(streams.inbox(AlertId("app-1")))
    assert isinstance(inbox[0].event, AlertReceived), "whoever handles it finds it"
    assert api.app.get("/v1/alerts/app-1").json()["advice"] == "call_112_now"


def test_a_signed_alert_is_handled_as_any_other(
    api: Api, keeper: Keeper, full_disk: pytest.MonkeyPatch
) -> None:
    full_disk.undo()
    giulia = Phone(number=GIULIA).enrolled(api.journal)
    keeper.replicate()
    full_disk.setattr(SqliteConnection, "commit", failing_commit)
    data, headers = giulia.signed(
        "POST", "/v1/alerts", {"phone": GIULIA, "id": "app-1"}, created=api.web.clock.now_us() // SECOND
    )
    answer = api.client.post("/v1/alerts", content=data, headers=headers)
    assert (answer.status_code, answer.json()["alert"]) == (503, "app-1")
    (received, *_) = api.journal.read(streams.inbox(AlertId("app-1")))
    assert isinstance(received.event, AlertReceived)
    assert received.event.proof is Assurance.DEVICE
    assert (api.web.writing.kept, api.web.writing.works) == (0, True), "it was taken, and is not tried again"


def test_the_same_alert_again_is_not_durable_either(app: Asker, full_disk: pytest.MonkeyPatch) -> None:
    body = {"id": "a1", "phone": GIULIA}
    first = app.post("/v1/alerts", json=body)
    again = app.post("/v1/alerts", json=body)
    assert (first.status_code, again.status_code) == (503, 503)
    assert first.json()["alert"] == again.json()["alert"]


def test_an_operator_s_command_acts_and_says_that_it_is_not_durable(
    api: Api, full_disk: pytest.MonkeyPatch
) -> None:
    alert = api.app.post("/v1/alerts", json={"phone": GIULIA}).json()["alert"]
    command = {"command": "note", "text": "hello"}
    answer = api.marta.post(f"/v1/alerts/{alert}/commands", json=command)
    assert answer.status_code == 202
    assert answer.json() == {"alert": alert, "command": "note", "durable": False}
    last = api.inbox(AlertId(alert))[-1]
    assert isinstance(last, CommandGiven | NoteAdded)
    position = {"lat": 44.0, "lon": 8.0}
    answer = api.app.post(f"/v1/alerts/{alert}/position", json=position)
    assert (answer.status_code, answer.json()["durable"]) == (202, False)


def test_it_is_said_to_those_who_watch(api: Api, full_disk: pytest.MonkeyPatch) -> None:
    api.app.post("/v1/alerts", json={"phone": GIULIA})
    ready = api.client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["journal"] is False
    assert any("nothing is durable" in problem for problem in ready.json()["problems"])
    assert "securwoman_journal_works 0.0" in api.client.get("/metrics").text
    assert "securwoman_alerts_not_durable_total 1.0" in api.client.get("/metrics").text


def test_when_the_disk_is_back_all_is_durable(
    api: Api, keeper: Keeper, full_disk: pytest.MonkeyPatch
) -> None:
    body = {"id": "a1", "phone": GIULIA}
    alert = api.app.post("/v1/alerts", json=body).json()["alert"]
    full_disk.undo()
    keeper.go_back()
    again = api.app.post("/v1/alerts", json=body)
    assert (again.status_code, again.json()["alert"]) == (200, alert)
    assert api.app.post("/v1/alerts", json={"phone": "+393331112224"}).status_code == 202
    command = {"command": "note", "text": "hello"}
    answer = api.marta.post(f"/v1/alerts/{alert}/commands", json=command)
    assert answer.json() == {"alert": alert, "command": "note"}
