"""The figures and the history over HTTP."""

from __future__ import annotations

import csv
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from gateways.console.ended import tally as tallies
from gateways.console.ended.tally import Period, Tally
from gateways.http.app import build
from gateways.http.parts.context import Web
from gateways.http.routes.ended.figures import COLUMNS
from messages.base import Position
from messages.events import DeadlineMissed, PositionUpdated
from messages.ids import E164, SECOND, AlertId, Channel, Instant, Outcome
from model.figures import Figures, Row
from model.filtering import ALL, Filter
from store.alerts.accepting import accept
from store.alerts.belonging import Signal
from store.alerts.figures import newest
from store.audit.entry import Action
from store.journal import history
from store.journal.journal import Journal
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.http.place import CLOCK, GIULIA, Place, entered
from tests.gateways.story import Story
from tests.waiting import wait_until

Client = TestClient[Litestar]


@pytest.fixture(autouse=True)
def marta_is_a_supervisor(place: Place) -> None:
    journal = place.journal()
    Registry(journal).set_role(place.marta, StaffRole.SUPERVISOR, by="test")
    journal.close()


def ask(client: Client, place: Place, path: str, **params: object) -> Any:
    answer = client.get(
        path, params={key: str(value) for key, value in params.items()}, headers=place.operator()
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def whole(journal: Journal, place: Place, phone: str, outcome: Outcome, *, ago_s: float = 3.0) -> Story:
    """An alert from its receipt, `ago_s` before everything else of it, to its end."""
    story = Story(journal, CLOCK.now_us(), phone=phone, ago_s=ago_s).opened()
    user = Registry(journal).user_by_phone(E164(phone))
    if user is not None:
        story.identified(user.id)
    story.operator_called(place.marta).operator_joined(place.marta).user_called().user_answered()
    if outcome is Outcome.HANDED_OVER:
        story.psap_called(place.marta).psap_joined().operator_left(place.marta)
    return story.closed(outcome)


@pytest.fixture
def told(web: Web, client: Client, place: Place) -> list[Story]:
    """A false alarm, one handed over, one late and open, and a test."""
    journal = web.journal
    stories = [
        whole(journal, place, GIULIA, Outcome.FALSE_ALARM, ago_s=3),
        whole(journal, place, "+393331112262", Outcome.HANDED_OVER, ago_s=15),
        Story(journal, CLOCK.now_us(), phone="+393331112299", ago_s=70).opened(),
        Story(journal, CLOCK.now_us(), phone="+393331112277", test=True),
    ]
    stories[2].hear(DeadlineMissed())
    return stories


def test_s11_the_figures_tell_times_shares_and_outcomes(
    client: Client, place: Place, told: list[Story]
) -> None:
    said = ask(client, place, "/v1/figures", days=7)
    found = said["figures"]
    assert (found["real"], found["tests"], found["missed"], found["before"]) == (3, 1, 1, 0)
    assert found["outcomes"] == {"false_alarm": 1, "handed_over": 1}
    assert (found["ringing"]["of"], found["ringing"]["never"]) == (3, 1)
    assert found["ringing"]["within"] == pytest.approx([1 / 3, 2 / 3, 2 / 3])
    assert found["operator"]["p50_s"] == pytest.approx(15, abs=2)
    assert found["psap"]["of"] == 1
    assert len(found["days"]) == 7
    assert sum(sum(day["hours"]) for day in found["days"]) == 3
    assert [one["alert"] for one in said["latest"]] == [story.alert for story in reversed(told[:3])]
    assert said["latest"][2]["name"] == "Giulia"
    assert said["targets"]["ringing"] == [0.5, 0.95, 1.0]


def test_the_figures_follow_the_journal(client: Client, place: Place, told: list[Story]) -> None:
    assert ask(client, place, "/v1/figures")["figures"]["ringing"]["never"] == 1
    told[2].user_called().closed(Outcome.USER_CALLED_112)
    whole(told[0].journal, place, "+393331112244", Outcome.BRIEFED)
    found = ask(client, place, "/v1/figures")["figures"]
    assert (found["real"], found["ringing"]["never"]) == (4, 0)
    assert found["outcomes"] == {"false_alarm": 1, "handed_over": 1, "briefed": 1, "user_called_112": 1}


def test_the_csv_has_one_row_an_alert_and_no_users_name_nor_number(
    client: Client, place: Place, told: list[Story]
) -> None:
    answer = client.get("/v1/figures.csv", params={"days": "30"}, headers=place.operator())
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    assert 'filename="securwoman-30-days.csv"' in answer.headers["content-disposition"]
    assert answer.content.endswith(b"\r\n")
    rows = list(csv.DictReader(io.StringIO(answer.text, newline=""), strict=True))
    assert tuple(rows[0]) == COLUMNS
    assert [one["alert"] for one in rows] == [story.alert for story in reversed(told)]
    assert [one["test"] for one in rows] == ["yes", "no", "no", "no"]
    assert [one["outcome"] for one in rows] == ["", "", "handed_over", "false_alarm"]
    assert [one["deadline_missed"] for one in rows] == ["no", "yes", "no", "no"]
    assert 3 <= float(rows[3]["to_ringing_s"]) < 10
    assert [one["operator"] for one in rows] == ["", "", place.marta, place.marta]
    assert [one["lines"] for one in rows] == ["", "", "L2 L1 E1", "L2 L1"]
    for secret in ("Giulia", "Rossi", "Marta", "333111"):
        assert secret not in answer.text


@pytest.mark.parametrize("path", ["/v1/figures?days=2", "/v1/figures.csv?days=x", "/v1/alerts?limit=0"])
def test_a_parameter_that_is_none_is_said(client: Client, place: Place, path: str) -> None:
    answer = client.get(path, headers=place.operator())
    assert answer.status_code == 400
    assert answer.json()["path"].startswith("?")


@pytest.mark.parametrize("path", ["/v1/figures", "/v1/figures.csv", "/v1/alerts", "/v1/alerts/x/story"])
def test_nobody_else_sees_them(client: Client, place: Place, path: str) -> None:
    assert client.get(path).status_code == 401
    assert client.get(path, headers=place.app()).status_code == 401


@pytest.mark.parametrize(
    ("path", "status"), [("/v1/figures", 403), ("/v1/figures.csv", 403), ("/v1/alerts", 200)]
)
def test_the_figures_are_the_supervisors_and_the_history_everybodys(
    client: Client, place: Place, path: str, status: int
) -> None:
    luca = {"authorization": f"Bearer {place.luca_token}"}
    assert client.get(path, headers=luca).status_code == status
    client.post("/v1/console/session", json={"token": place.luca_token})
    assert client.get(path).status_code == status
    client.post("/v1/console/session", json={"token": place.marta_token})
    assert client.get(path).status_code == 200


def alerts(client: Client, place: Place, **params: object) -> list[str]:
    return [one["alert"] for one in ask(client, place, "/v1/alerts", **params)["alerts"]]


def test_alerts_are_listed_newest_first_and_page_by_page(
    client: Client, place: Place, told: list[Story]
) -> None:
    newest_first = [story.alert for story in reversed(told)]
    assert alerts(client, place) == newest_first
    page = ask(client, place, "/v1/alerts", limit=3)
    assert ([one["alert"] for one in page["alerts"]], page["more"]) == (newest_first[:3], True)
    rest = ask(client, place, "/v1/alerts", limit=3, before=page["alerts"][-1]["seq"])
    assert ([one["alert"] for one in rest["alerts"]], rest["more"]) == (newest_first[3:], False)
    first = rest["alerts"][0]
    assert (first["name"], first["phone"], first["outcome"]) == ("Giulia Rossi", GIULIA, "false_alarm")


@pytest.mark.parametrize(
    ("search", "which"),
    [
        ("2262", [1]),
        ("333 111 2262", [1]),
        ("+393331112262", [1]),
        ("giulia", [0]),
        ("Rossi Giu", [0]),
        ("  2223 ", [0]),
        ("22", []),
        ("nobody", []),
        ("%", []),
        ("'; drop table event; --", []),
    ],
)
def test_alerts_are_found_by_number_and_name(
    client: Client, place: Place, told: list[Story], search: str, which: list[int]
) -> None:
    assert alerts(client, place, search=search) == [told[n].alert for n in which]


@pytest.mark.parametrize(
    ("search", "is_found"),
    [
        ("223", False),
        ("112223", False),
        ("1112223", True),
        ("+39 333 111 2223", True),
        ("Giulia", True),
        ("giu", True),
        ("Rossi", False),
        ("Giulia Rossi", False),
        ("Giulia 223", False),
        ("R", False),
    ],
)
def test_others_alerts_are_not_found_by_what_is_not_told_of_them(
    client: Client, place: Place, told: list[Story], search: str, is_found: bool
) -> None:
    journal = place.journal()
    registry = Registry(journal)
    other = registry.add_operator("Other", "+393331110088", by="test")
    headers = {"authorization": f"Bearer {registry.issue_token(other.id, by='test')}"}
    journal.close()
    answer = client.get("/v1/alerts", params={"search": search}, headers=headers).json()
    assert [one["alert"] for one in answer["alerts"]] == ([told[0].alert] if is_found else [])


def test_an_alert_is_found_by_its_id_or_its_beginning(client: Client, place: Place, web: Web) -> None:
    for name in ("case-7", "case-71", "other", "case_7"):
        accept(
            web.journal,
            Signal(channel=Channel.DATA, received_at=CLOCK.now_us(), id=AlertId(name)),
            50.0,
        )
    assert alerts(client, place, search="case-7") == ["case-71", "case-7"]
    assert alerts(client, place, search="OTHER") == ["other"]
    assert alerts(client, place, search="case_") == ["case_7"]


def test_an_alert_of_a_device_alone_is_found_by_the_user_s_name(
    client: Client, place: Place, web: Web
) -> None:
    made = client.post("/v1/alerts", json={"device": "phone-of-giulia"}, headers=place.app()).json()["alert"]
    assert alerts(client, place, search="Giulia") == [made]


def test_a_story_tells_everything_and_who_has_seen_it(client: Client, place: Place, web: Web) -> None:
    story = whole(web.journal, place, GIULIA, Outcome.HANDED_OVER)
    said = ask(client, place, f"/v1/alerts/{story.alert}/story")
    told = [entry["what"] for entry in said["timeline"]]
    assert (told[0], told[-1]) == ("alert.received", "alert.closed")
    assert {"operator.joined", "user.reached", "psap.joined", "leave.requested"} <= set(told)
    assert (said["person"]["last_name"], said["outcome"]) == ("Rossi", "handed_over")
    giulia = Registry(web.journal).user_by_phone(E164(GIULIA))
    assert giulia is not None
    (seen,) = entered(web, Action.READ_ALERT)
    assert (seen.actor, seen.subjects, seen.origin) == (place.marta, (story.alert, giulia.id), "testclient")


def test_who_sees_a_story_is_noted_though_the_picture_does_not_know_yet_whose_it_is(
    client: Client, place: Place, web: Web
) -> None:
    giulia = Registry(web.journal).user_by_phone(E164(GIULIA))
    assert giulia is not None
    story = Story(web.journal, CLOCK.now_us(), phone=GIULIA).opened()
    wait_until(lambda: story.alert in web.following.picture.alerts)
    with client.portal() as portal:
        portal.call(web.following.stop)
    story.identified(giulia.id)
    said = ask(client, place, f"/v1/alerts/{story.alert}/story")
    assert said["person"]["last_name"] == "Rossi"
    (seen,) = entered(web, Action.READ_ALERT)
    assert (seen.actor, seen.subjects, seen.origin) == (place.marta, (story.alert, giulia.id), "testclient")


def test_a_long_story_is_told_to_its_end(client: Client, place: Place, web: Web) -> None:
    story = Story(web.journal, CLOCK.now_us()).opened()
    position = Position(lat=44.0, lon=9.0, at=CLOCK.now_us(), accuracy_m=5.0, source="gps")
    for attempt in range(1, 201):
        story.user_called(attempt)
        story.hear(PositionUpdated(position=position))
    said = ask(client, place, f"/v1/alerts/{story.alert}/story")
    assert len(said["timeline"]) > 600
    assert said["timeline"][1]["what"] == "leg.originating"


def test_a_story_of_nothing_is_not_found(client: Client, place: Place) -> None:
    for name in ("none", "%2e%2e", "a b"):
        assert client.get(f"/v1/alerts/{name}/story", headers=place.operator()).status_code == 404


def test_no_more_rows_than_the_newest_are_counted(
    web: Web, client: Client, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "ROWS_MAX", 3)
    tally = Tally(web.journal, web.clock)
    today = tally.last(1).around(ALL)
    assert tally.rows(today) == []
    stories = [Story(web.journal, CLOCK.now_us(), phone=f"+3933311100{n:02}") for n in range(10)]
    assert [row.alert for row in tally.rows(today)] == [story.alert for story in reversed(stories[-3:])]
    assert tally.figures(tally.last(1), ALL)[0].real == 3


def test_the_rows_are_kept_before_anybody_asks(
    web: Web, client: Client, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "CATCH_UP_EVERY_S", 0.01)
    with TestClient(build(place.web())):
        story = Story(web.journal, CLOCK.now_us())
        wait_until(lambda: [row.alert for page in newest(web.journal, Instant(0)) for row in page])
    assert [row.alert for page in newest(web.journal, Instant(0)) for row in page] == [story.alert]


def test_a_place_in_the_journal_is_found_by_its_time(web: Web, client: Client, place: Place) -> None:
    for n in range(20):
        Story(web.journal, CLOCK.now_us(), phone=f"+3933311100{n:02}")
    recorded = web.journal.read_all(0, 1000)
    last = web.journal.last_seq()
    for one in recorded:
        at = history.place_at(web.journal, one.at_us, last)
        assert at < one.seq
        assert all(other.at_us < one.at_us for other in recorded if other.seq <= at)
    assert history.place_at(web.journal, Instant(recorded[-1].at_us + SECOND), last) == last
    assert history.place_at(web.journal, Instant(0), last) == 0


def test_while_they_are_counted_those_who_ask_for_them_wait_and_nobody_else_does(
    client: Client, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go, counting = threading.Event(), threading.Event(), []
    count = Tally.figures

    def slowly(tally: Tally, period: Period, wanted: Filter) -> tuple[Figures, list[Row]]:
        counting.append(period.days)
        begun.set()
        assert go.wait(20)
        return count(tally, period, wanted)

    monkeypatch.setattr(Tally, "figures", slowly)
    with ThreadPoolExecutor(40) as many:
        # More than there are threads for everything that would keep the event loop.
        asked = [many.submit(ask, client, place, "/v1/figures", days=7) for _ in range(40)]
        try:
            assert begun.wait(20)
            assert ask(client, place, "/v1/alerts")["alerts"] == []
            assert counting == [7]
        finally:
            go.set()
        assert all(one.result()["days"] == 7 for one in asked)
