"""What a supervisor does about alerts that are over: finds, corrects, prints and reviews them."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from features.reviews.reviewing import review_form
from gateways.console.tally import local
from messages.base import Position
from messages.events import AlertErased, CallReviewed, NoteAdded, OutcomeCorrected, PositionUpdated
from messages.ids import SECOND, Channel, ErasureReason, Instant, OperatorId, Outcome, PersonalKind, UserId
from model.settings.storage import RetentionSettings
from store import streams
from store.alerts.erasing import erase_expired
from store.audit.entry import Action
from store.registry.people import StaffRole
from tests.gateways.http.askers import LUCA, MARTA, Api, Asker, is_now
from tests.gateways.http.place import CLOCK, GIULIA, entered
from tests.gateways.story import Story
from tests.waiting import wait_until

DAY_S = 86_400


@pytest.fixture
def told(api: Api, giulia: UserId, supervisor: Asker) -> list[Story]:
    """Luca's false alarm, Marta's that 112 had, an open one by voice, and a test."""
    journal = api.journal
    first = Story(journal, CLOCK.now_us(), ago_s=40 * DAY_S).opened().identified(giulia)
    first.operator_called(LUCA).operator_joined(LUCA).user_called().user_answered()
    first.closed(Outcome.FALSE_ALARM)
    second = Story(journal, CLOCK.now_us(), phone="+393331112262").had_by(MARTA)
    second.user_called().psap_called(MARTA).psap_joined()
    second.operator_left(MARTA).closed(Outcome.HANDED_OVER)
    third = Story(journal, CLOCK.now_us(), phone="+393331112299", channel=Channel.VOICE)
    fourth = Story(journal, CLOCK.now_us(), phone="+393331112277", test=True)
    wait_until(lambda: api.read_model.seq == journal.last_seq())
    return [first, second, third, fourth]


def day(days_ago: int) -> str:
    at = CLOCK.now_us() - days_ago * DAY_S * 1_000_000
    return local(at).date().isoformat()  # type: ignore[arg-type]


FILTERS: list[tuple[dict[str, Any], list[int]]] = [
    ({"outcome": "false_alarm"}, [0]),
    ({"outcome": "no_contact"}, []),
    ({"operator": "luca-ferri"}, [0]),
    ({"operator": "marta-bianchi", "outcome": "handed_over"}, [1]),
    ({"line": "E1"}, [1]),
    ({"line": "L1"}, [0, 1]),
    ({"channel": "voice"}, [2]),
    ({"test": "true"}, [3]),
    ({"test": "false"}, [0, 1, 2]),
    ({"search": "giulia", "outcome": "false_alarm"}, [0]),
    ({"search": "giulia", "outcome": "handed_over"}, []),
    ({"from": "40 days ago"}, [0]),
    ({"from": "40 days ago", "to": "today"}, [0, 1, 2, 3]),
]


def test_the_list_and_the_csv_are_filtered_alike(told: list[Story], supervisor: Asker) -> None:
    days = {"40 days ago": day(40), "today": day(0)}
    for asked, which in FILTERS:
        query = {name: days.get(value, value) for name, value in asked.items()}
        wanted = [told[n].alert for n in reversed(which)]
        found = supervisor.get("/v1/alerts", params=query).json()
        assert [one["alert"] for one in found["alerts"]] == wanted, asked
        if "search" in query:
            continue
        query.setdefault("from", day(60))
        query.setdefault("to", query["from"] if "from" in asked else day(0))
        text = supervisor.get("/v1/figures.csv", params=query).text
        assert [one["alert"] for one in csv.DictReader(io.StringIO(text, newline=""))] == wanted, asked


def test_a_filtered_list_goes_on_page_by_page(told: list[Story], supervisor: Asker) -> None:
    query = {"test": "false", "limit": "2"}
    page = supervisor.get("/v1/alerts", params=query).json()
    assert ([one["alert"] for one in page["alerts"]], page["more"]) == ([told[2].alert, told[1].alert], True)
    query["before"] = page["alerts"][-1]["seq"]
    rest = supervisor.get("/v1/alerts", params=query).json()
    assert ([one["alert"] for one in rest["alerts"]], rest["more"]) == ([told[0].alert], False)


def test_figures_of_some_days_count_what_is_wanted(told: list[Story], supervisor: Asker) -> None:
    def real(**query: str) -> int:
        found = supervisor.get("/v1/figures", params=query).json()
        count: int = found["figures"]["real"]
        return count

    assert real(days="7") == 2
    assert real(days="7", channel="voice") == 1
    span = {"from": day(41), "to": day(1)}
    assert real(**span) == 1
    assert real(**span, operator="marta-bianchi") == 0


NO_FILTERS = (
    "to=2026-01-01",
    "from=2026-01-02&to=2026-01-01",
    "from=2020-01-01&to=2026-01-01",
    "from=0001-01-01",
    "from=yesterday",
    "outcome=good",
    "channel=pigeon",
    "test=perhaps",
)


def test_what_is_no_filter_is_said(told: list[Story], supervisor: Asker) -> None:
    for query in NO_FILTERS:
        for path in ("/v1/alerts", "/v1/figures", "/v1/figures.csv"):
            answer = supervisor.get(f"{path}?{query}")
            assert (answer.status_code, answer.json()["path"][:1]) == (400, "?"), query


def correct(who: Asker, story: Story, **body: str) -> Any:
    """The request, with what is as usual."""
    said = {"was": "handed_over", "now": "false_alarm", "reason": "She called back: a mistake.", **body}
    return who.post(f"/v1/alerts/{story.alert}/outcome", json=said)


def test_s07_a_false_alarm_that_is_found_after_the_end_counts_as_one_and_the_first_word_stays(
    api: Api, told: list[Story], supervisor: Asker
) -> None:
    story = told[1]
    before = api.app.get(f"/v1/alerts/{story.alert}").json()
    assert correct(supervisor, story).status_code == 200
    (made,) = entered(api.web, Action.CHANGE_ALERT)
    assert (made.actor, made.subjects) == (MARTA, (story.alert,))
    assert made.detail == "outcome handed_over corrected to false_alarm"
    seen = supervisor.get(f"/v1/alerts/{story.alert}/story").json()
    assert seen["outcome"] == "handed_over"
    corrected = seen["corrected"]
    assert (corrected["by"], corrected["outcome"], corrected["own"]) == (MARTA, "false_alarm", True)
    assert corrected["reason"] == "She called back: a mistake."
    last = seen["timeline"][-1]
    assert (last["what"], last["outcome"], last["text"]) == (
        "outcome.corrected",
        "false_alarm",
        "She called back: a mistake.",
    )
    (listed,) = supervisor.get("/v1/alerts?line=E1").json()["alerts"]
    assert (listed["outcome"], listed["closed_as"]) == ("false_alarm", "handed_over")
    found = supervisor.get("/v1/figures?days=7").json()["figures"]
    assert found["outcomes"] == {"false_alarm": 1}
    assert sum(one["false_alarms"] for one in found["days"]) == 1
    text = supervisor.get("/v1/figures.csv?line=E1").text
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["outcome"], row["closed_as"]) == ("false_alarm", "handed_over")
    # Neither the phone nor 112 is told of it.
    after = api.app.get(f"/v1/alerts/{story.alert}").json()
    assert (after["outcome"], after["phase"]) == (before["outcome"], before["phase"])


def test_a_correction_is_corrected_and_another_supervisors_is_not_overwritten_unseen(
    told: list[Story], supervisor: Asker
) -> None:
    assert correct(supervisor, told[1]).status_code == 200
    assert is_now(correct(supervisor, told[1], now="briefed")) == "false_alarm"
    assert correct(supervisor, told[1], was="false_alarm", now="handed_over").status_code == 200
    seen = supervisor.get(f"/v1/alerts/{told[1].alert}/story").json()
    assert (seen["outcome"], seen["corrected"]["outcome"]) == ("handed_over", "handed_over")


def test_what_cannot_be_corrected_says_why_and_changes_nothing(
    api: Api, told: list[Story], supervisor: Asker
) -> None:
    before = api.journal.last_seq()
    assert correct(supervisor, told[2]).json()["code"] == "not_closed"
    assert correct(supervisor, told[1], now="test_done").json()["code"] == "is_test"
    assert correct(supervisor, told[1], reason="  ").status_code == 400
    assert correct(supervisor, told[1], reason="").status_code == 400
    told[3].closed(Outcome.TEST_DONE)
    assert correct(supervisor, told[3], was="test_done").json()["code"] == "is_test"
    erased = AlertErased(by="", kinds=(PersonalKind.WORDS,), reason=ErasureReason.RETENTION)
    told[1].hear(erased)
    assert correct(supervisor, told[1]).json()["code"] == "forgotten"
    nobody = supervisor.post(
        "/v1/alerts/none/outcome", json={"was": "briefed", "now": "false_alarm", "reason": "x"}
    )
    assert nobody.status_code == 404
    new = [one.event for one in api.journal.read_all(before, 100)]
    assert not any(isinstance(one, OutcomeCorrected) for one in new)


def test_the_reason_of_a_correction_is_sealed_with_the_words_of_its_alert(
    api: Api, told: list[Story], supervisor: Asker
) -> None:
    assert correct(supervisor, told[1], reason="the sister in Voltri").status_code == 200
    stored = (api.place.state / "journal.db").read_bytes() + (api.place.state / "journal.db-wal").read_bytes()
    assert b"Voltri" not in stored
    (told_of,) = [
        one.event
        for one in api.journal.read(streams.inbox(told[1].alert))
        if isinstance(one.event, OutcomeCorrected)
    ]
    assert told_of.reason == "the sister in Voltri"


def test_a_case_on_paper_has_no_record_no_operators_number_and_is_entered(
    api: Api, told: list[Story], supervisor: Asker, giulia: UserId
) -> None:
    story = told[0]
    story.hear(NoteAdded(by=LUCA, text="it was the neighbour"))
    for n in range(3):
        position = Position(lat=44.0 + n, lon=9.0, at=CLOCK.now_us(), accuracy_m=5.0, source="gps")
        story.hear(PositionUpdated(position=position))
    answer = supervisor.get(f"/v1/alerts/{story.alert}/paper")
    assert answer.headers["cache-control"] == "no-store"
    view = answer.json()
    assert (view["person"]["last_name"], view["person"]["notes"], view["phone"]) == ("Rossi", "", GIULIA)
    assert "it was the neighbour" in {entry.get("text") for entry in view["timeline"]}
    assert len(view["positions"]) == 1
    assert view["operator_leg"]["number"] is None
    assert "Asthma" not in answer.text
    assert "+390200000011" not in answer.text
    (made,) = entered(api.web, Action.EXPORT)
    assert (made.subjects, made.detail) == ((story.alert, giulia), "printed")
    assert supervisor.get("/v1/alerts/none/paper").status_code == 404


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
    story = api.luca.get(f"/v1/alerts/{first}/story")
    assert "Via Roma" not in story.text
    stored = (api.place.state / "journal.db").read_bytes() + (api.place.state / "journal.db-wal").read_bytes()
    assert b"Via Roma" not in stored
    assert b"greeted=" not in stored
    later = api.place.journal(clock=lambda: Instant(CLOCK.now_us() + 3 * 86_400 * SECOND))
    assert len([one for page in erase_expired(later, RetentionSettings(words_days=1)) for one in page]) == 4
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
