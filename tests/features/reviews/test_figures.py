"""The figures and the history over HTTP."""

from __future__ import annotations

import csv
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from litestar.testing import TestClient

from features.reviews.figures_routes import COLUMNS
from gateways.console import tally as tallies
from gateways.console.tally import Period, Tally
from gateways.http.app import build
from messages.base import Position
from messages.events import DeadlineMissed, PositionUpdated
from messages.ids import E164, SECOND, AlertId, Channel, Instant, Outcome, UserId
from model.figures import AlertRow, AlertStatistics
from model.filtering import ALL, Filter
from model.rules.signal import Signal
from store.alerts.accepting import accept
from store.alerts.figures import newest
from store.audit.entry import Action
from store.journal import history
from store.journal.journal import Journal
from store.registry.registry import Registry
from tests.gateways.http.askers import MARTA, Api, Asker, bearer
from tests.gateways.http.place import CLOCK, GIULIA, entered
from tests.gateways.story import Story
from tests.support.each import each
from tests.waiting import wait_until

pytestmark = pytest.mark.usefixtures("supervisor")


def ask(who: Asker, path: str, **params: object) -> Any:
    answer = who.get(path, params={key: str(value) for key, value in params.items()})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def whole(journal: Journal, phone: str, outcome: Outcome, *, ago_s: float = 3.0) -> Story:
    """An alert from its receipt, `ago_s` before everything else of it, to its end."""
    story = Story(journal, CLOCK.now_us(), phone=phone, ago_s=ago_s).opened()
    user = Registry(journal).user_by_phone(E164(phone))
    if user is not None:
        story.identified(user.id)
    story.operator_called(MARTA).operator_joined(MARTA).user_called().user_answered()
    if outcome is Outcome.HANDED_OVER:
        story.psap_called(MARTA).psap_joined().operator_left(MARTA)
    return story.closed(outcome)


@pytest.fixture
def told(api: Api) -> list[Story]:
    """A false alarm, one handed over, one late and open, and a test."""
    journal = api.journal
    stories = [
        whole(journal, GIULIA, Outcome.FALSE_ALARM, ago_s=3),
        whole(journal, "+393331112262", Outcome.HANDED_OVER, ago_s=15),
        Story(journal, CLOCK.now_us(), phone="+393331112299", ago_s=70).opened(),
        Story(journal, CLOCK.now_us(), phone="+393331112277", test=True),
    ]
    stories[2].hear(DeadlineMissed())
    return stories


def test_s11_the_figures_tell_times_shares_and_outcomes(marta: Asker, told: list[Story]) -> None:
    said = ask(marta, "/v1/figures", days=7)
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


def test_the_figures_follow_the_journal(api: Api, told: list[Story]) -> None:
    assert ask(api.marta, "/v1/figures")["figures"]["ringing"]["never"] == 1
    told[2].user_called().closed(Outcome.USER_CALLED_112)
    whole(told[0].journal, "+393331112244", Outcome.BRIEFED)
    found = ask(api.marta, "/v1/figures")["figures"]
    assert (found["real"], found["ringing"]["never"]) == (4, 0)
    assert found["outcomes"] == {"false_alarm": 1, "handed_over": 1, "briefed": 1, "user_called_112": 1}


def test_the_csv_has_one_row_an_alert_and_no_users_name_nor_number(api: Api, told: list[Story]) -> None:
    answer = api.marta.get("/v1/figures.csv", params={"days": "30"})
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
    assert [one["operator"] for one in rows] == ["", "", MARTA, MARTA]
    assert [one["lines"] for one in rows] == ["", "", "L2 L1 E1", "L2 L1"]
    for secret in ("Giulia", "Rossi", "Marta", "333111"):
        assert secret not in answer.text


@each("path", ["/v1/figures?days=2", "/v1/figures.csv?days=x", "/v1/alerts?limit=0"])
def test_a_parameter_that_is_none_is_said(marta: Asker, path: str) -> None:
    answer = marta.get(path)
    assert (answer.status_code, answer.json()["path"][:1]) == (400, "?")


def alerts(who: Asker, **params: object) -> list[str]:
    return [one["alert"] for one in ask(who, "/v1/alerts", **params)["alerts"]]


def test_alerts_are_listed_newest_first_and_page_by_page(marta: Asker, told: list[Story]) -> None:
    newest_first = [story.alert for story in reversed(told)]
    assert alerts(marta) == newest_first
    page = ask(marta, "/v1/alerts", limit=3)
    assert ([one["alert"] for one in page["alerts"]], page["more"]) == (newest_first[:3], True)
    rest = ask(marta, "/v1/alerts", limit=3, before=page["alerts"][-1]["seq"])
    assert ([one["alert"] for one in rest["alerts"]], rest["more"]) == (newest_first[3:], False)
    first = rest["alerts"][0]
    assert (first["name"], first["phone"], first["outcome"]) == ("Giulia Rossi", GIULIA, "false_alarm")


@each(
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
    marta: Asker, told: list[Story], search: str, which: list[int]
) -> None:
    assert alerts(marta, search=search) == [told[n].alert for n in which]


def test_others_alerts_are_not_found_by_what_is_not_told_of_them(
    api: Api, registry: Registry, told: list[Story]
) -> None:
    other = registry.add_operator("Other", "+393331110088", by="test")
    who = Asker(api.client, bearer(registry.issue_token(other.id, by="test")))
    for search in ("1112223", "+39 333 111 2223", "Giulia", "giu"):
        assert alerts(who, search=search) == [told[0].alert], search
    for search in ("223", "112223", "Rossi", "Giulia Rossi", "Giulia 223", "R"):
        assert alerts(who, search=search) == [], search


def test_an_alert_is_found_by_its_id_or_its_beginning(api: Api) -> None:
    for name in ("case-7", "case-71", "other", "case_7"):
        signal = Signal(channel=Channel.DATA, received_at=CLOCK.now_us(), id=AlertId(name))
        accept(api.journal, signal, 50.0)
    assert alerts(api.marta, search="case-7") == ["case-71", "case-7"]
    assert alerts(api.marta, search="OTHER") == ["other"]
    assert alerts(api.marta, search="case_") == ["case_7"]


def test_an_alert_of_a_device_alone_is_found_by_the_user_s_name(api: Api) -> None:
    made = api.app.post("/v1/alerts", json={"device": "phone-of-giulia"}).json()["alert"]
    assert alerts(api.marta, search="Giulia") == [made]


def test_a_story_tells_everything_and_who_has_seen_it(api: Api, giulia: UserId) -> None:
    story = whole(api.journal, GIULIA, Outcome.HANDED_OVER)
    said = ask(api.marta, f"/v1/alerts/{story.alert}/story")
    told = [entry["what"] for entry in said["timeline"]]
    assert (told[0], told[-1]) == ("alert.received", "alert.closed")
    assert {"operator.joined", "user.reached", "psap.joined", "leave.requested"} <= set(told)
    assert (said["person"]["last_name"], said["outcome"]) == ("Rossi", "handed_over")
    (seen,) = entered(api.web, Action.READ_ALERT)
    assert (seen.actor, seen.subjects, seen.origin) == (MARTA, (story.alert, giulia), "testclient")


def test_who_sees_a_story_is_noted_though_the_picture_does_not_know_yet_whose_it_is(
    api: Api, giulia: UserId
) -> None:
    story = api.story(phone=GIULIA).opened()
    wait_until(lambda: story.alert in api.read_model.alerts)
    with api.client.portal() as portal:
        portal.call(api.web.following.stop)
    story.identified(giulia)
    assert ask(api.marta, f"/v1/alerts/{story.alert}/story")["person"]["last_name"] == "Rossi"
    (seen,) = entered(api.web, Action.READ_ALERT)
    assert (seen.actor, seen.subjects) == (MARTA, (story.alert, giulia))


def test_a_long_story_is_told_to_its_end(api: Api) -> None:
    story = api.story().opened()
    position = Position(lat=44.0, lon=9.0, at=CLOCK.now_us(), accuracy_m=5.0, source="gps")
    for attempt in range(1, 201):
        story.user_called(attempt)
        story.hear(PositionUpdated(position=position))
    said = ask(api.marta, f"/v1/alerts/{story.alert}/story")
    assert len(said["timeline"]) > 600
    assert said["timeline"][1]["what"] == "leg.originating"


def test_a_story_of_nothing_is_not_found(marta: Asker) -> None:
    for name in ("none", "%2e%2e", "a b"):
        assert marta.get(f"/v1/alerts/{name}/story").status_code == 404


def test_no_more_rows_than_the_newest_are_counted(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "ROWS_MAX", 3)
    tally = Tally(api.journal, api.web.clock)
    today = tally.last(1).around(ALL)
    assert tally.rows(today) == []
    stories = [api.story(phone=f"+3933311100{n:02}") for n in range(10)]
    assert [row.alert for row in tally.rows(today)] == [story.alert for story in reversed(stories[-3:])]
    assert tally.figures(tally.last(1), ALL)[0].real == 3


def test_the_rows_are_kept_before_anybody_asks(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "CATCH_UP_EVERY_S", 0.01)
    with TestClient(build(api.place.web())):
        story = api.story()
        wait_until(lambda: [row.alert for page in newest(api.journal, Instant(0)) for row in page])
    assert [row.alert for page in newest(api.journal, Instant(0)) for row in page] == [story.alert]


def test_a_place_in_the_journal_is_found_by_its_time(api: Api) -> None:
    for n in range(20):
        api.story(phone=f"+3933311100{n:02}")
    recorded = api.journal.read_all(0, 1000)
    last = api.journal.last_seq()
    for one in recorded:
        at = history.seq_at(api.journal, one.at_us, last)
        assert at < one.seq
        assert all(other.at_us < one.at_us for other in recorded if other.seq <= at)
    assert history.seq_at(api.journal, Instant(recorded[-1].at_us + SECOND), last) == last
    assert history.seq_at(api.journal, Instant(0), last) == 0


def test_while_they_are_counted_those_who_ask_for_them_wait_and_nobody_else_does(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go, counting = threading.Event(), threading.Event(), []
    count = Tally.figures

    def slowly(tally: Tally, period: Period, wanted: Filter) -> tuple[AlertStatistics, list[AlertRow]]:
        counting.append(period.days)
        begun.set()
        assert go.wait(20)
        return count(tally, period, wanted)

    monkeypatch.setattr(Tally, "figures", slowly)
    with ThreadPoolExecutor(40) as many:
        # More than there are threads for everything that would keep the event loop.
        asked = [many.submit(ask, api.marta, "/v1/figures", days=7) for _ in range(40)]
        try:
            assert begun.wait(20)
            assert ask(api.marta, "/v1/alerts")["alerts"] == []
            assert counting == [7]
        finally:
            go.set()
        assert all(one.result()["days"] == 7 for one in asked)
