"""What a supervisor does about alerts that are over: finds them, corrects how one ended, has one on paper."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from gateways.console.ended.tally import local
from gateways.http.parts.context import Web
from messages.base import Position
from messages.events import AlertErased, NoteAdded, OutcomeCorrected, PositionUpdated
from messages.ids import Channel, ErasureReason, Outcome, PersonalKind, UserId
from store import streams
from store.audit.entry import Action
from tests.gateways.http.place import CLOCK, GIULIA, Place, entered
from tests.gateways.story import Story
from tests.waiting import wait_until

Client = TestClient[Litestar]
Header = dict[str, str]
DAY_S = 86_400


@pytest.fixture
def told(web: Web, client: Client, place: Place, giulia: UserId, supervisor: Header) -> list[Story]:
    """Luca's false alarm, Marta's that 112 had, an open one by voice, and a test."""
    journal = web.journal
    first = Story(journal, CLOCK.now_us(), ago_s=40 * DAY_S).opened().identified(giulia)
    first.operator_called(place.luca).operator_joined(place.luca).user_called().user_answered()
    first.closed(Outcome.FALSE_ALARM)
    second = Story(journal, CLOCK.now_us(), phone="+393331112262").opened().operator_called(place.marta)
    second.operator_joined(place.marta).user_called().psap_called(place.marta).psap_joined()
    second.operator_left(place.marta).closed(Outcome.HANDED_OVER)
    third = Story(journal, CLOCK.now_us(), phone="+393331112299", channel=Channel.VOICE)
    fourth = Story(journal, CLOCK.now_us(), phone="+393331112277", test=True)
    wait_until(lambda: web.following.picture.seq == journal.last_seq())
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


def test_the_list_and_the_csv_are_filtered_alike(
    client: Client, told: list[Story], supervisor: Header
) -> None:
    days = {"40 days ago": day(40), "today": day(0)}
    for asked, which in FILTERS:
        query = {name: days.get(value, value) for name, value in asked.items()}
        wanted = [told[n].alert for n in reversed(which)]
        found = client.get("/v1/alerts", params=query, headers=supervisor).json()
        assert [one["alert"] for one in found["alerts"]] == wanted, asked
        if "search" in query:
            continue
        query.setdefault("from", day(60))
        query.setdefault("to", query["from"] if "from" in asked else day(0))
        text = client.get("/v1/figures.csv", params=query, headers=supervisor).text
        assert [one["alert"] for one in csv.DictReader(io.StringIO(text, newline=""))] == wanted, asked


def test_a_filtered_list_goes_on_page_by_page(client: Client, told: list[Story], supervisor: Header) -> None:
    query = {"test": "false", "limit": "2"}
    page = client.get("/v1/alerts", params=query, headers=supervisor).json()
    assert ([one["alert"] for one in page["alerts"]], page["more"]) == (
        [told[2].alert, told[1].alert],
        True,
    )
    query["before"] = page["alerts"][-1]["seq"]
    rest = client.get("/v1/alerts", params=query, headers=supervisor).json()
    assert ([one["alert"] for one in rest["alerts"]], rest["more"]) == ([told[0].alert], False)


def test_figures_of_some_days_count_what_is_wanted(
    client: Client, told: list[Story], supervisor: Header
) -> None:
    def real(**query: str) -> int:
        found = client.get("/v1/figures", params=query, headers=supervisor).json()
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


def test_what_is_no_filter_is_said(client: Client, told: list[Story], supervisor: Header) -> None:
    for query in NO_FILTERS:
        for path in ("/v1/alerts", "/v1/figures", "/v1/figures.csv"):
            answer = client.get(f"{path}?{query}", headers=supervisor)
            assert (answer.status_code, answer.json()["path"][:1]) == (400, "?"), query


def correct(client: Client, story: Story, header: Header, **body: str) -> Any:
    """The request, with what is as usual."""
    said = {"was": "handed_over", "now": "false_alarm", "reason": "She called back: a mistake.", **body}
    return client.post(f"/v1/alerts/{story.alert}/outcome", json=said, headers=header)


def test_s07_a_false_alarm_that_is_found_after_the_end_counts_as_one_and_the_first_word_stays(
    web: Web, client: Client, place: Place, told: list[Story], supervisor: Header
) -> None:
    story = told[1]
    before = client.get(f"/v1/alerts/{story.alert}", headers=place.app()).json()
    assert correct(client, story, supervisor).status_code == 200
    (made,) = entered(web, Action.CHANGE_ALERT)
    assert (made.actor, made.subjects) == (place.marta, (story.alert,))
    assert made.detail == "outcome handed_over corrected to false_alarm"
    seen = client.get(f"/v1/alerts/{story.alert}/story", headers=supervisor).json()
    assert seen["outcome"] == "handed_over"
    corrected = seen["corrected"]
    assert (corrected["by"], corrected["outcome"], corrected["own"]) == (place.marta, "false_alarm", True)
    assert corrected["reason"] == "She called back: a mistake."
    last = seen["timeline"][-1]
    assert (last["what"], last["outcome"], last["text"]) == (
        "outcome.corrected",
        "false_alarm",
        "She called back: a mistake.",
    )
    (listed,) = client.get("/v1/alerts?line=E1", headers=supervisor).json()["alerts"]
    assert (listed["outcome"], listed["closed_as"]) == ("false_alarm", "handed_over")
    found = client.get("/v1/figures?days=7", headers=supervisor).json()["figures"]
    assert found["outcomes"] == {"false_alarm": 1}
    assert sum(one["false_alarms"] for one in found["days"]) == 1
    text = client.get("/v1/figures.csv?line=E1", headers=supervisor).text
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["outcome"], row["closed_as"]) == ("false_alarm", "handed_over")
    # Neither the phone nor 112 is told of it.
    after = client.get(f"/v1/alerts/{story.alert}", headers=place.app()).json()
    assert (after["outcome"], after["phase"]) == (before["outcome"], before["phase"])


def test_a_correction_is_corrected_and_another_supervisors_is_not_overwritten_unseen(
    client: Client, told: list[Story], supervisor: Header
) -> None:
    assert correct(client, told[1], supervisor).status_code == 200
    said = correct(client, told[1], supervisor, now="briefed")
    assert (said.status_code, said.json()["code"], said.json()["is_now"]) == (
        409,
        "changed_meanwhile",
        "false_alarm",
    )
    assert correct(client, told[1], supervisor, was="false_alarm", now="handed_over").status_code == 200
    seen = client.get(f"/v1/alerts/{told[1].alert}/story", headers=supervisor).json()
    assert (seen["outcome"], seen["corrected"]["outcome"]) == ("handed_over", "handed_over")


def test_what_cannot_be_corrected_says_why_and_changes_nothing(
    web: Web, client: Client, told: list[Story], supervisor: Header
) -> None:
    before = web.journal.last_seq()
    assert correct(client, told[2], supervisor).json()["code"] == "not_closed"
    assert correct(client, told[1], supervisor, now="test_done").json()["code"] == "is_test"
    assert correct(client, told[1], supervisor, reason="  ").status_code == 400
    assert correct(client, told[1], supervisor, reason="").status_code == 400
    told[3].closed(Outcome.TEST_DONE)
    assert correct(client, told[3], supervisor, was="test_done").json()["code"] == "is_test"
    erased = AlertErased(by="", kinds=(PersonalKind.WORDS,), reason=ErasureReason.RETENTION)
    told[1].hear(erased)
    assert correct(client, told[1], supervisor).json()["code"] == "forgotten"
    nobody = client.post(
        "/v1/alerts/none/outcome",
        json={"was": "briefed", "now": "false_alarm", "reason": "x"},
        headers=supervisor,
    )
    assert nobody.status_code == 404
    new = [one.event for one in web.journal.read_all(before, 100)]
    assert not any(isinstance(one, OutcomeCorrected) for one in new)


def test_an_operator_corrects_nothing_and_prints_nothing(
    web: Web, client: Client, place: Place, told: list[Story]
) -> None:
    luca = {"authorization": f"Bearer {place.luca_token}"}
    assert correct(client, told[0], luca, was="false_alarm", now="briefed").status_code == 403
    assert client.get(f"/v1/alerts/{told[0].alert}/paper", headers=luca).status_code == 403
    wait_until(lambda: len(entered(web, Action.REFUSED)) == 2)
    assert {one.actor for one in entered(web, Action.REFUSED)} == {place.luca}


def test_the_reason_of_a_correction_is_sealed_with_the_words_of_its_alert(
    web: Web, client: Client, told: list[Story], supervisor: Header, place: Place
) -> None:
    assert correct(client, told[1], supervisor, reason="the sister in Voltri").status_code == 200
    stored = (place.state / "journal.db").read_bytes() + (place.state / "journal.db-wal").read_bytes()
    assert b"Voltri" not in stored
    (told_of,) = [
        one.event
        for one in web.journal.read(streams.inbox(told[1].alert))
        if isinstance(one.event, OutcomeCorrected)
    ]
    assert told_of.reason == "the sister in Voltri"


def test_a_case_on_paper_has_no_record_no_operators_number_and_is_entered(
    web: Web, client: Client, place: Place, told: list[Story], supervisor: Header, giulia: UserId
) -> None:
    story = told[0]
    story.hear(NoteAdded(by=place.luca, text="it was the neighbour"))
    for n in range(3):
        position = Position(lat=44.0 + n, lon=9.0, at=CLOCK.now_us(), accuracy_m=5.0, source="gps")
        story.hear(PositionUpdated(position=position))
    answer = client.get(f"/v1/alerts/{story.alert}/paper", headers=supervisor)
    assert answer.headers["cache-control"] == "no-store"
    view = answer.json()
    assert (view["person"]["last_name"], view["person"]["notes"], view["phone"]) == ("Rossi", "", GIULIA)
    assert "it was the neighbour" in {entry.get("text") for entry in view["timeline"]}
    assert len(view["positions"]) == 1
    assert view["operator_leg"]["number"] is None
    assert "Asthma" not in answer.text
    assert "+390200000011" not in answer.text
    (made,) = entered(web, Action.EXPORT)
    assert (made.subjects, made.detail) == ((story.alert, giulia), "printed")
    assert client.get("/v1/alerts/none/paper", headers=supervisor).status_code == 404
