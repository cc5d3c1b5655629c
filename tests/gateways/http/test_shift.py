"""/v1/shift: what is handed over, and who may still do something about a closed alert."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from gateways.console.handed import OnDutyRow, on_duty_now
from gateways.http.app import build
from gateways.http.parts.context import Web
from gateways.http.settings import DrillSettings
from messages.events import AlertReopened, NoteAdded
from messages.ids import E164, SECOND, DutyWay, Instant, OperatorId, Outcome, PersonId
from model.duty.roster import Contact, Person, Roster, Shift
from model.rules.drilling import DUE_AFTER_US
from store import duty, streams
from store.registry.people import StaffRole
from store.registry.registry import Registry
from store.registry.staff_changes import Fields, change
from tests.gateways.http.answered import no
from tests.gateways.http.place import CLOCK, GIULIA, Place, entered
from tests.gateways.story import Story, on_shift
from tests.waiting import wait_until

Client = TestClient[Litestar]
NOTES = "/v1/shift/notes"
PHONE = E164("+393330000099")


@pytest.fixture
def luca(place: Place) -> dict[str, str]:
    return {"authorization": f"Bearer {place.luca_token}"}


def shift(client: Client, headers: dict[str, str]) -> dict[str, Any]:
    answer = client.get("/v1/shift", headers=headers)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def ended(
    web: Web, by: OperatorId, outcome: Outcome = Outcome.FALSE_ALARM, *, phone: str = GIULIA, ago_s: float = 0
) -> Story:
    """An alert that this operator had, and its end."""
    told = Story(web.journal, CLOCK.now_us(), phone=phone, ago_s=ago_s).opened().operator_called(by)
    told.operator_joined(by).operator_left(by).closed(outcome)
    wait_until(lambda: web.following.picture.seq == web.journal.last_seq())
    return told


def ordered(client: Client, headers: dict[str, str], story: Story, command: str) -> tuple[int, Any]:
    url = f"/v1/alerts/{story.alert}/commands"
    answer = client.post(url, json={"command": command, "text": "She was heard"}, headers=headers)
    return answer.status_code, answer.json()


def test_who_is_called_for_the_center_itself_is_told_by_name(
    client: Client, web: Web, luca: dict[str, str]
) -> None:
    assert shift(client, luca)["duty"] is None
    somebody = Person(
        id=PersonId("p-1"), name="Anna Bianchi", contacts=(Contact(way=DutyWay.CALL, to="+393330000010"),)
    )
    always = Shift(name="a", days=tuple(range(7)), begins="08:00", ends="08:00", people=(somebody.id,))
    roster = Roster(people=(somebody,), shifts=(always,))
    web.journal.transact(partial(duty.keep, roster=roster, was_version=0, by="test"))
    told = {"names": ["Anna Bianchi"], "until_us": None, "covered": True}
    wait_until(lambda: shift(client, luca)["duty"] == told)
    alone = on_duty_now(Roster(people=(somebody,)), CLOCK.now_us())
    assert alone == OnDutyRow(names=["Anna Bianchi"], until_us=None, covered=False)


def test_what_one_leaves_the_other_reads_and_is_done_with(
    client: Client, place: Place, luca: dict[str, str]
) -> None:
    made = client.post(NOTES, json={"text": "  sim2 makes noises "}, headers=place.operator())
    assert (made.status_code, made.json()["by"], made.json()["text"]) == (
        201,
        place.marta,
        "sim2 makes noises",
    )
    (note,) = shift(client, luca)["notes"]
    assert note == made.json()
    url = f"{NOTES}/{note['id']}/done"
    assert client.post(url, json={"done": True}, headers=luca).json()["done_by"] == place.luca
    assert shift(client, place.operator())["notes"][0]["done_by"] == place.luca
    assert client.post(url, json={"done": False}, headers=place.operator()).json() == note
    assert client.post(f"{NOTES}/none/done", json={"done": True}, headers=luca).status_code == 404


@pytest.mark.parametrize("body", [{"text": "  "}, {"text": ""}, {"text": "x" * 2001}, {}])
def test_a_note_of_nothing_or_of_too_much_is_refused(
    client: Client, place: Place, body: dict[str, str]
) -> None:
    assert client.post(NOTES, json=body, headers=place.operator()).status_code == 400
    assert shift(client, place.operator())["notes"] == []


def test_nobody_but_an_operator_is_told_anything(client: Client, place: Place) -> None:
    for method, path, body in (
        ("GET", "/v1/shift", None),
        ("POST", NOTES, {"text": "x"}),
        ("POST", f"{NOTES}/x/done", {"done": True}),
    ):
        for headers in ({}, place.app()):
            assert client.request(method, path, json=body, headers=headers).status_code == 401


def test_who_asks_again_is_told_what_has_changed(client: Client, place: Place, web: Web) -> None:
    first = client.get("/v1/shift", headers=place.operator())
    asked = {**place.operator(), "if-none-match": first.headers["etag"]}
    assert client.get("/v1/shift", headers=asked).status_code == 304
    was, now = Fields(on_call=False), Fields(on_call=True)
    web.journal.transact(lambda tx: change(tx, place.luca, was, now, by="test", region="IT"))
    web.people.look_again()
    told = client.get("/v1/shift", headers=asked)
    assert told.status_code == 200
    (of_luca,) = [one for one in told.json()["staff"] if one["operator"] == place.luca]
    assert of_luca == {"operator": place.luca, "role": "operator", "on_call": True}
    assert entered(web) == [], "it shows nobody's data"


def test_a_callback_is_owed_where_no_operator_has_spoken_to_the_user(
    client: Client, place: Place, web: Web, luca: dict[str, str]
) -> None:
    ended(web, place.marta, Outcome.HANDED_OVER, phone="+393331110001")
    nobody = ended(web, place.marta, Outcome.NO_CONTACT)
    (owed,) = shift(client, luca)["owed"]
    assert (owed["alert"], owed["outcome"], owed["operator"]) == (nobody.alert, "no_contact", place.marta)
    assert GIULIA not in str(owed)


def test_no_drill_is_due_where_there_is_no_phone_for_it(client: Client, place: Place) -> None:
    told = shift(client, place.operator())
    assert (told["drill_us"], told["drill_due"]) == (None, False)


def test_a_drill_is_due_a_week_after_the_last(place: Place) -> None:
    place.changes["drill"] = DrillSettings(phone=PHONE)
    web = place.web()
    with TestClient(build(web)) as client:
        told = shift(client, place.operator())
        assert (told["drill_us"], told["drill_due"]) == (None, True)
        Story(web.journal, CLOCK.now_us(), phone=PHONE, test=True, ago_s=DUE_AFTER_US / SECOND + 60).opened()
        told = shift(client, place.operator())
        assert told["drill_due"] is True
        assert told["drill_us"] < CLOCK.now_us() - DUE_AFTER_US


def test_one_s_last_alert_is_one_s_own_to_note_and_to_reopen(
    client: Client, place: Place, web: Web, luca: dict[str, str]
) -> None:
    assert shift(client, place.operator())["own"] is None
    story = ended(web, place.marta)
    own = shift(client, place.operator())["own"]
    assert (own["alert"], own["note"], own["reopen"]) == (story.alert, None, None)
    assert own["closed_us"] is not None
    assert shift(client, luca)["own"] is None
    assert ordered(client, place.operator(), story, "note")[0] == 202
    assert web.journal.read(streams.inbox(story.alert))[-1].event == NoteAdded(
        by=place.marta, text="She was heard"
    )
    assert ordered(client, place.operator(), story, "reopen")[0] == 202
    wait_until(lambda: shift(client, place.operator())["own"]["reopen"] == "not_closed")


def test_another_s_closed_alert_is_left_alone_while_its_operator_can_be_asked(
    client: Client, place: Place, web: Web, luca: dict[str, str]
) -> None:
    story = ended(web, place.marta)
    on_shift(web.journal, place.marta)
    wait_until(lambda: web.following.picture.seq == web.journal.last_seq())
    before = web.journal.last_seq()
    for command in ("note", "reopen"):
        assert ordered(client, luca, story, command) == (409, no("anothers_alert"))
    told = client.get(f"/v1/alerts/{story.alert}/story", headers=luca).json()
    assert (told["note"], told["reopen"]) == ("anothers_alert", "anothers_alert")
    (row,) = client.get("/v1/alerts", headers=luca).json()["alerts"]
    assert row["reopen"] == "anothers_alert"
    assert [one for one in web.journal.read(streams.inbox(story.alert)) if one.seq > before] == []
    Registry(web.journal).set_role(place.luca, StaffRole.SUPERVISOR, by="test")
    web.people.look_again()
    told = client.get(f"/v1/alerts/{story.alert}/story", headers=luca).json()
    assert (told["note"], told["reopen"]) == (None, None)
    assert [ordered(client, luca, story, command)[0] for command in ("note", "reopen")] == [202, 202]


def test_who_is_alone_calls_another_s_user_again(
    client: Client, place: Place, web: Web, luca: dict[str, str]
) -> None:
    story = ended(web, place.marta)
    assert ordered(client, luca, story, "note") == (409, no("anothers_alert"))
    assert ordered(client, luca, story, "reopen")[0] == 202
    event = web.journal.read(streams.inbox(story.alert))[-1].event
    assert event == AlertReopened(by=place.luca)


def test_a_note_in_an_open_alert_is_anybody_s_as_before(
    client: Client, place: Place, web: Web, luca: dict[str, str]
) -> None:
    told = Story(web.journal, CLOCK.now_us()).opened().operator_called(place.marta)
    told.operator_joined(place.marta)
    assert ordered(client, luca, told, "note")[0] == 202


def test_long_after_the_end_a_supervisor_is_to_be_asked(client: Client, place: Place, web: Web) -> None:
    past = place.journal(clock=lambda: Instant(CLOCK.now_us() - 13 * 3600 * SECOND))
    told = Story(past, Instant(CLOCK.now_us() - 13 * 3600 * SECOND)).opened().operator_called(place.marta)
    told.operator_joined(place.marta).operator_left(place.marta).closed(Outcome.FALSE_ALARM)
    past.close()
    Registry(web.journal).set_role(place.luca, StaffRole.SUPERVISOR, by="test")
    on_shift(web.journal, place.luca)
    wait_until(lambda: web.following.picture.seq == web.journal.last_seq())
    assert ordered(client, place.operator(), told, "reopen") == (409, no("closed_long_ago"))
    assert ordered(client, place.operator(), told, "note")[0] == 202
