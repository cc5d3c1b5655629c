"""Two calls of each operator a month: drawn, judged by another, read by the operator, kept as the case."""

from __future__ import annotations

from typing import Any

import pytest

from application.giving.facts import told_outside
from gateways.console.ended.review_form import review_form
from messages.events import CallReviewed
from messages.ids import SECOND, Instant, OperatorId, Outcome
from model.settings.kept import RetentionSettings
from store import streams
from store.alerts.forgetting import sweep
from store.audit.entry import Action
from store.registry.people import StaffRole
from tests.gateways.http.askers import LUCA, MARTA, Api, Asker
from tests.gateways.http.place import CLOCK, entered
from tests.gateways.story import Story

QUESTIONS = [one.id for one in review_form().question]
MARKS = {question: n % 5 for n, question in enumerate(QUESTIONS)}


@pytest.fixture
def calls(api: Api, supervisor: Asker) -> list[Story]:
    """Three of Luca's, one of Marta's."""
    made = []
    for n, operator in enumerate((LUCA, LUCA, LUCA, MARTA)):
        story = api.story(phone=f"+39333111000{n}").had_by(operator)
        story.user_called().user_answered()
        made.append(story.closed(Outcome.FALSE_ALARM))
    return made


def the_draw(who: Asker, **query: str) -> dict[str, Any]:
    answer = who.get("/v1/reviews", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def of(view: dict[str, Any], operator: OperatorId) -> list[dict[str, Any]]:
    return next((one["calls"] for one in view["operators"] if one["operator"] == operator), [])


def give(who: Asker, alert: str, operator: str, **other: Any) -> Any:
    body = {"operator": operator, "marks": MARKS, "text": "Calm; asked twice where.", **other}
    return who.post(f"/v1/alerts/{alert}/reviews", json=body)


def test_two_of_each_operator_are_drawn_judged_and_counted_and_the_operator_reads_it(
    api: Api, calls: list[Story], supervisor: Asker
) -> None:
    view = the_draw(supervisor)
    assert (view["drawn"], view["reviewed"], view["over"]) == (3, 0, False)
    assert [one["id"] for one in view["form"]["question"]] == QUESTIONS
    drawn = of(view, LUCA)
    assert len(drawn) == 2
    assert {one["alert"] for one in drawn} < {story.alert for story in calls[:3]}
    (own,) = of(view, MARTA)
    assert own["why"] == "own_call"
    alert = drawn[0]["alert"]
    assert give(supervisor, alert, LUCA).status_code == 201
    (made,) = entered(api.web, Action.CHANGE_ALERT)
    assert (made.actor, made.subjects, made.detail) == (MARTA, (alert, LUCA), "reviewed")
    view = the_draw(supervisor)
    assert (view["drawn"], view["reviewed"]) == (3, 1)
    (done,) = [one for one in of(view, LUCA) if one["alert"] == alert]
    assert (done["by"], done["why"]) == (MARTA, "reviewed")
    (mine,) = api.luca.get("/v1/reviews/mine").json()["reviews"]
    assert (mine["alert"], mine["by"], mine["marks"]) == (alert, MARTA, MARKS)
    assert mine["text"] == "Calm; asked twice where."
    assert supervisor.get("/v1/reviews/mine").json()["reviews"] == []
    (again,) = supervisor.get(f"/v1/alerts/{alert}/reviews").json()["reviews"]
    assert again == mine


def test_what_is_not_to_be_reviewed_says_why(calls: list[Story], supervisor: Asker) -> None:
    drawn = [one["alert"] for one in of(the_draw(supervisor), LUCA)]
    (other,) = {story.alert for story in calls[:3]} - set(drawn)
    assert give(supervisor, other, LUCA).json()["code"] == "not_drawn"
    assert give(supervisor, calls[3].alert, MARTA).json()["code"] == "own_call"
    assert give(supervisor, drawn[0], LUCA).status_code == 201
    assert give(supervisor, drawn[0], LUCA).json()["code"] == "reviewed"
    assert give(supervisor, "none", LUCA).status_code == 404
    for marks in ({}, {**MARKS, "greeted": 5}, {**MARKS, "greeted": -1}, {**MARKS, "more": 1}):
        assert give(supervisor, drawn[1], LUCA, marks=marks).status_code == 400
    assert supervisor.get("/v1/reviews?month=2026-13").status_code == 400
    last = the_draw(supervisor, month="2020-02")
    assert (last["month"], last["over"], last["operators"]) == ("2020-02", True, [])


def test_a_review_is_forgotten_with_the_words_of_its_alert_and_is_told_to_nobody_outside(
    api: Api, calls: list[Story], supervisor: Asker
) -> None:
    first, second = (one["alert"] for one in of(the_draw(supervisor), LUCA))
    assert give(supervisor, first, LUCA, text="said Via Roma").status_code == 201
    recorded = api.journal.read(streams.inbox(first))
    assert isinstance(recorded[-1].event, CallReviewed)
    assert recorded[-1].event.text == "said Via Roma"
    assert not any(isinstance(one.event, CallReviewed) for one in told_outside(recorded))
    story = api.luca.get(f"/v1/alerts/{first}/story")
    assert "Via Roma" not in story.text
    stored = (api.place.state / "journal.db").read_bytes() + (api.place.state / "journal.db-wal").read_bytes()
    assert b"Via Roma" not in stored
    assert b"greeted=" not in stored
    later = api.place.journal(clock=lambda: Instant(CLOCK.now_us() + 3 * 86_400 * SECOND))
    assert len([one for page in sweep(later, RetentionSettings(words_days=1)) for one in page]) == 4
    later.close()
    (left,) = api.luca.get("/v1/reviews/mine").json()["reviews"]
    assert (left["by"], left["marks"], left["text"]) == (MARTA, {}, "")
    assert give(supervisor, second, LUCA).json()["code"] == "forgotten"


def test_a_recording_is_listened_to_by_supervisors_and_each_time_entered(
    api: Api, calls: list[Story], supervisor: Asker
) -> None:
    folder = api.place.state / "recordings"
    folder.mkdir()
    alert = calls[0].alert
    (folder / f"{alert}.1.flac").write_bytes(b"fLaC of this one")
    (folder / f"{alert}.2.flac.part").write_bytes(b"fLaC that is being written")
    (folder / f"{calls[1].alert}.1.flac").write_bytes(b"fLaC of another")
    path = f"/v1/alerts/{alert}/recordings"
    assert supervisor.get(path).json() == {"files": [f"{alert}.1.flac"]}
    answer = supervisor.get(f"{path}/{alert}.1.flac")
    assert (answer.content, answer.headers["content-type"]) == (b"fLaC of this one", "audio/flac")
    assert answer.headers["cache-control"] == "no-store"
    (made,) = entered(api.web, Action.PLAYED)
    assert (made.actor, made.subjects, made.detail) == (MARTA, (alert,), f"{alert}.1.flac")
    for name in (f"{calls[1].alert}.1.flac", f"{alert}.2.flac.part", "..%2F..%2Fjournal.db"):
        assert supervisor.get(f"{path}/{name}").status_code == 404
    assert api.luca.get(f"{path}/{alert}.1.flac").status_code == 403
    assert api.luca.get(path).status_code == 403
    api.grant(StaffRole.SUPERVISOR, LUCA)
    assert api.luca.get(path).status_code == 200
