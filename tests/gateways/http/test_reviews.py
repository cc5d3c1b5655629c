"""Two calls of each operator a month: drawn, judged by another, read by the operator, kept as the case."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from center.giving.facts import told_outside
from gateways.console.ended.review_form import review_form
from gateways.http.parts.context import Web
from messages.events import CallReviewed
from messages.ids import SECOND, Instant, OperatorId, Outcome
from model.policy import Retention
from store import streams
from store.alerts.forgetting import sweep
from store.audit.entry import Action
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.http.place import CLOCK, Place, entered
from tests.gateways.story import Story

Client = TestClient[Litestar]
Header = dict[str, str]
QUESTIONS = [one.id for one in review_form().question]
MARKS = {question: n % 5 for n, question in enumerate(QUESTIONS)}


@pytest.fixture
def luca(web: Web, place: Place) -> Header:
    """An operator's header."""
    return {"authorization": f"Bearer {place.luca_token}"}


@pytest.fixture
def calls(web: Web, client: Client, place: Place, supervisor: Header) -> list[Story]:
    """Three of Luca's, one of Marta's."""
    made = []
    for n, operator in enumerate((place.luca, place.luca, place.luca, place.marta)):
        story = Story(web.journal, CLOCK.now_us(), phone=f"+39333111000{n}").opened()
        story.operator_called(operator).operator_joined(operator).user_called().user_answered()
        made.append(story.closed(Outcome.FALSE_ALARM))
    return made


def the_draw(client: Client, header: Header, **query: str) -> dict[str, Any]:
    answer = client.get("/v1/reviews", params=query, headers=header)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def of(view: dict[str, Any], operator: OperatorId) -> list[dict[str, Any]]:
    return next((one["calls"] for one in view["operators"] if one["operator"] == operator), [])


def give(client: Client, header: Header, alert: str, operator: str, **other: Any) -> Any:
    body = {"operator": operator, "marks": MARKS, "text": "Calm; asked twice where.", **other}
    return client.post(f"/v1/alerts/{alert}/reviews", json=body, headers=header)


def test_two_of_each_operator_are_drawn_judged_and_counted_and_the_operator_reads_it(
    web: Web, client: Client, place: Place, calls: list[Story], supervisor: Header, luca: Header
) -> None:
    view = the_draw(client, supervisor)
    assert (view["drawn"], view["reviewed"], view["over"]) == (3, 0, False)
    assert [one["id"] for one in view["form"]["question"]] == QUESTIONS
    drawn = of(view, place.luca)
    assert len(drawn) == 2
    assert {one["alert"] for one in drawn} < {story.alert for story in calls[:3]}
    (own,) = of(view, place.marta)
    assert own["why"] == "own_call"
    alert = drawn[0]["alert"]
    assert give(client, supervisor, alert, place.luca).status_code == 201
    (made,) = entered(web, Action.CHANGE_ALERT)
    assert (made.actor, made.subjects, made.detail) == (place.marta, (alert, place.luca), "reviewed")
    view = the_draw(client, supervisor)
    assert (view["drawn"], view["reviewed"]) == (3, 1)
    (done,) = [one for one in of(view, place.luca) if one["alert"] == alert]
    assert (done["by"], done["why"]) == (place.marta, "reviewed")
    (mine,) = client.get("/v1/reviews/mine", headers=luca).json()["reviews"]
    assert (mine["alert"], mine["by"], mine["marks"]) == (alert, place.marta, MARKS)
    assert mine["text"] == "Calm; asked twice where."
    assert client.get("/v1/reviews/mine", headers=supervisor).json()["reviews"] == []
    (again,) = client.get(f"/v1/alerts/{alert}/reviews", headers=supervisor).json()["reviews"]
    assert again == mine


def test_what_is_not_to_be_reviewed_says_why(
    client: Client, place: Place, calls: list[Story], supervisor: Header
) -> None:
    drawn = [one["alert"] for one in of(the_draw(client, supervisor), place.luca)]
    (other,) = {story.alert for story in calls[:3]} - set(drawn)
    assert give(client, supervisor, other, place.luca).json()["code"] == "not_drawn"
    assert give(client, supervisor, calls[3].alert, place.marta).json()["code"] == "own_call"
    assert give(client, supervisor, drawn[0], place.luca).status_code == 201
    assert give(client, supervisor, drawn[0], place.luca).json()["code"] == "reviewed"
    assert give(client, supervisor, "none", place.luca).status_code == 404
    for marks in ({}, {**MARKS, "greeted": 5}, {**MARKS, "greeted": -1}, {**MARKS, "more": 1}):
        assert give(client, supervisor, drawn[1], place.luca, marks=marks).status_code == 400
    assert client.get("/v1/reviews?month=2026-13", headers=supervisor).status_code == 400
    last = the_draw(client, supervisor, month="2020-02")
    assert (last["month"], last["over"], last["operators"]) == ("2020-02", True, [])


def test_an_operator_neither_draws_nor_judges_nor_reads_what_was_said_of_others(
    client: Client, place: Place, calls: list[Story], luca: Header
) -> None:
    alert = calls[3].alert
    assert client.get("/v1/reviews", headers=luca).status_code == 403
    assert client.get(f"/v1/alerts/{alert}/reviews", headers=luca).status_code == 403
    assert give(client, luca, alert, place.marta).status_code == 403
    assert client.get("/v1/reviews/mine", headers=luca).json()["reviews"] == []


def test_a_review_is_forgotten_with_the_words_of_its_alert_and_is_told_to_nobody_outside(
    web: Web, client: Client, place: Place, calls: list[Story], supervisor: Header, luca: Header
) -> None:
    first, second = (one["alert"] for one in of(the_draw(client, supervisor), place.luca))
    assert give(client, supervisor, first, place.luca, text="said Via Roma").status_code == 201
    recorded = web.journal.read(streams.inbox(first))
    assert isinstance(recorded[-1].event, CallReviewed)
    assert recorded[-1].event.text == "said Via Roma"
    assert not any(isinstance(one.event, CallReviewed) for one in told_outside(recorded))
    story = client.get(f"/v1/alerts/{first}/story", headers=luca)
    assert "Via Roma" not in story.text
    stored = (place.state / "journal.db").read_bytes() + (place.state / "journal.db-wal").read_bytes()
    assert b"Via Roma" not in stored
    assert b"greeted=" not in stored
    later = place.journal(clock=lambda: Instant(CLOCK.now_us() + 3 * 86_400 * SECOND))
    assert len([one for page in sweep(later, Retention(words_days=1)) for one in page]) == 4
    later.close()
    (left,) = client.get("/v1/reviews/mine", headers=luca).json()["reviews"]
    assert (left["by"], left["marks"], left["text"]) == (place.marta, {}, "")
    assert give(client, supervisor, second, place.luca).json()["code"] == "forgotten"


def test_a_recording_is_listened_to_by_supervisors_and_each_time_entered(
    web: Web, client: Client, place: Place, calls: list[Story], supervisor: Header, luca: Header
) -> None:
    folder = place.state / "recordings"
    folder.mkdir()
    alert = calls[0].alert
    (folder / f"{alert}.1.flac").write_bytes(b"fLaC of this one")
    (folder / f"{alert}.2.flac.part").write_bytes(b"fLaC that is being written")
    (folder / f"{calls[1].alert}.1.flac").write_bytes(b"fLaC of another")
    path = f"/v1/alerts/{alert}/recordings"
    assert client.get(path, headers=supervisor).json() == {"files": [f"{alert}.1.flac"]}
    answer = client.get(f"{path}/{alert}.1.flac", headers=supervisor)
    assert (answer.content, answer.headers["content-type"]) == (b"fLaC of this one", "audio/flac")
    assert answer.headers["cache-control"] == "no-store"
    (made,) = entered(web, Action.PLAYED)
    assert (made.actor, made.subjects, made.detail) == (place.marta, (alert,), f"{alert}.1.flac")
    for name in (f"{calls[1].alert}.1.flac", f"{alert}.2.flac.part", "..%2F..%2Fjournal.db"):
        assert client.get(f"{path}/{name}", headers=supervisor).status_code == 404
    assert client.get(f"{path}/{alert}.1.flac", headers=luca).status_code == 403
    assert client.get(path, headers=luca).status_code == 403
    Registry(web.journal).set_role(place.luca, StaffRole.SUPERVISOR, by="test")
    assert client.get(path, headers=luca).status_code == 200
