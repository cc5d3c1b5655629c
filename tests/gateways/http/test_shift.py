"""What a shift hands over, who may still do something about a closed alert, and who is on duty."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from litestar.testing import TestClient

from gateways.console.handed import OnDutyRow, on_duty_now
from gateways.http.app import build
from gateways.http.parts.context import Web
from messages.events import AlertReopened, CalloutOpened, NoteAdded
from messages.ids import E164, SECOND, CalloutKind, DutyWay, Instant, OperatorId, Outcome, PersonId
from model.callouts.roster import Contact, Person, Roster, Shift
from model.rules.drilling import DUE_AFTER_US
from model.settings.watching import DrillSettings
from store import streams
from store.audit.entry import Action
from store.registry.people import StaffRole
from store.registry.staff_changes import Fields, change
from store.roster import keep
from tests.gateways.http.askers import LUCA, MARTA, Api, Asker, is_now, verdict
from tests.gateways.http.place import CLOCK, GIULIA, Place, entered
from tests.gateways.story import Story, on_shift
from tests.support.each import each
from tests.waiting import wait_until

NOTES = "/v1/shift/notes"
PHONE = E164("+393330000099")


def shift(who: Asker) -> dict[str, Any]:
    answer = who.get("/v1/shift")
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def ended(
    api: Api, by: OperatorId, outcome: Outcome = Outcome.FALSE_ALARM, *, phone: str = GIULIA, ago_s: float = 0
) -> Story:
    """An alert that this operator had, and its end."""
    told = Story(api.journal, CLOCK.now_us(), phone=phone, ago_s=ago_s).had_by(by)
    told.operator_left(by).closed(outcome)
    api.followed()
    return told


def ordered(who: Asker, story: Story, command: str) -> tuple[int, str]:
    return verdict(who.order(story, command, text="She was heard"))


def test_who_is_called_for_the_center_itself_is_told_by_name(api: Api) -> None:
    assert shift(api.luca)["duty"] is None
    somebody = Person(
        id=PersonId("p-1"), name="Anna Bianchi", contacts=(Contact(way=DutyWay.CALL, to="+393330000010"),)
    )
    always = Shift(name="a", days=tuple(range(7)), begins="08:00", ends="08:00", people=(somebody.id,))
    roster = Roster(people=(somebody,), shifts=(always,))
    api.journal.transact(partial(keep, roster=roster, was_version=0, by="test"))
    told = {"names": ["Anna Bianchi"], "until_us": None, "covered": True}
    wait_until(lambda: shift(api.luca)["duty"] == told)
    alone = on_duty_now(Roster(people=(somebody,)), CLOCK.now_us())
    assert alone == OnDutyRow(names=["Anna Bianchi"], until_us=None, covered=False)


def test_what_one_leaves_the_other_reads_and_is_done_with(api: Api) -> None:
    made = api.marta.post(NOTES, json={"text": "  sim2 makes noises "})
    assert (made.status_code, made.json()["by"], made.json()["text"]) == (201, MARTA, "sim2 makes noises")
    (note,) = shift(api.luca)["notes"]
    assert note == made.json()
    url = f"{NOTES}/{note['id']}/done"
    assert api.luca.post(url, json={"done": True}).json()["done_by"] == LUCA
    assert shift(api.marta)["notes"][0]["done_by"] == LUCA
    assert api.marta.post(url, json={"done": False}).json() == note
    assert api.luca.post(f"{NOTES}/none/done", json={"done": True}).status_code == 404


@each("body", [{"text": "  "}, {"text": ""}, {"text": "x" * 2001}, {}])
def test_a_note_of_nothing_or_of_too_much_is_refused(api: Api, body: dict[str, str]) -> None:
    assert api.marta.post(NOTES, json=body).status_code == 400
    assert shift(api.marta)["notes"] == []


def test_who_asks_again_is_told_what_has_changed(api: Api) -> None:
    first = api.marta.get("/v1/shift")
    asked = {**api.place.operator(), "if-none-match": first.headers["etag"]}
    assert api.client.get("/v1/shift", headers=asked).status_code == 304
    was, now = Fields(on_call=False), Fields(on_call=True)
    api.journal.transact(lambda tx: change(tx, LUCA, was, now, by="test", region="IT"))
    api.web.people.look_again()
    told = api.client.get("/v1/shift", headers=asked)
    assert told.status_code == 200
    (of_luca,) = [one for one in told.json()["staff"] if one["operator"] == LUCA]
    assert of_luca == {"operator": LUCA, "role": "operator", "on_call": True}
    assert entered(api.web) == [], "it shows nobody's data"


def test_a_callback_is_owed_where_no_operator_has_spoken_to_the_user(api: Api) -> None:
    ended(api, MARTA, Outcome.HANDED_OVER, phone="+393331110001")
    nobody = ended(api, MARTA, Outcome.NO_CONTACT)
    (owed,) = shift(api.luca)["owed"]
    assert (owed["alert"], owed["outcome"], owed["operator"]) == (nobody.alert, "no_contact", MARTA)
    assert GIULIA not in str(owed)


def test_no_drill_is_due_where_there_is_no_phone_for_it(api: Api) -> None:
    told = shift(api.marta)
    assert (told["drill_us"], told["drill_due"]) == (None, False)


def test_a_drill_is_due_a_week_after_the_last(place: Place) -> None:
    place.changes["drill"] = DrillSettings(phone=PHONE)
    web = place.web()
    with TestClient(build(web)) as client:
        told = shift(Asker(client, place.operator()))
        assert (told["drill_us"], told["drill_due"]) == (None, True)
        Story(web.journal, CLOCK.now_us(), phone=PHONE, test=True, ago_s=DUE_AFTER_US / SECOND + 60).opened()
        told = shift(Asker(client, place.operator()))
        assert told["drill_due"] is True
        assert told["drill_us"] < CLOCK.now_us() - DUE_AFTER_US


def test_one_s_last_alert_is_one_s_own_to_note_and_to_reopen(api: Api) -> None:
    assert shift(api.marta)["own"] is None
    story = ended(api, MARTA)
    own = shift(api.marta)["own"]
    assert (own["alert"], own["note"], own["reopen"]) == (story.alert, None, None)
    assert own["closed_us"] is not None
    assert shift(api.luca)["own"] is None
    assert ordered(api.marta, story, "note")[0] == 202
    assert api.inbox(story.alert)[-1] == NoteAdded(by=MARTA, text="She was heard")
    assert ordered(api.marta, story, "reopen")[0] == 202
    wait_until(lambda: shift(api.marta)["own"]["reopen"] == "not_closed")


def test_another_s_closed_alert_is_left_alone_while_its_operator_can_be_asked(api: Api) -> None:
    story = ended(api, MARTA)
    on_shift(api.journal, MARTA)
    api.followed()
    before = api.journal.last_seq()
    for command in ("note", "reopen"):
        assert ordered(api.luca, story, command) == (409, "anothers_alert")
    told = api.luca.get(f"/v1/alerts/{story.alert}/story").json()
    assert (told["note"], told["reopen"]) == ("anothers_alert", "anothers_alert")
    (row,) = api.luca.get("/v1/alerts").json()["alerts"]
    assert row["reopen"] == "anothers_alert"
    assert [one for one in api.journal.read(streams.inbox(story.alert)) if one.seq > before] == []
    api.grant(StaffRole.SUPERVISOR, LUCA)
    api.web.people.look_again()
    told = api.luca.get(f"/v1/alerts/{story.alert}/story").json()
    assert (told["note"], told["reopen"]) == (None, None)
    assert [ordered(api.luca, story, command)[0] for command in ("note", "reopen")] == [202, 202]


def test_who_is_alone_calls_another_s_user_again(api: Api) -> None:
    story = ended(api, MARTA)
    assert ordered(api.luca, story, "note") == (409, "anothers_alert")
    assert ordered(api.luca, story, "reopen")[0] == 202
    assert api.inbox(story.alert)[-1] == AlertReopened(by=LUCA)


def test_long_after_the_end_a_supervisor_is_to_be_asked(api: Api) -> None:
    past = api.place.journal(clock=lambda: Instant(CLOCK.now_us() - 13 * 3600 * SECOND))
    told = Story(past, Instant(CLOCK.now_us() - 13 * 3600 * SECOND)).had_by(MARTA)
    told.operator_left(MARTA).closed(Outcome.FALSE_ALARM)
    past.close()
    api.grant(StaffRole.SUPERVISOR, LUCA)
    on_shift(api.journal, LUCA)
    api.followed()
    assert ordered(api.marta, told, "reopen") == (409, "closed_long_ago")
    assert ordered(api.marta, told, "note")[0] == 202


DUTY = "/v1/admin/duty"
ANNA = {"id": "p-1", "name": " Anna  Bianchi", "contacts": [{"way": "call", "to": "333 000 0010"}]}
CARLA = {"id": "p-2", "name": "Carla", "contacts": [{"way": "sms", "to": "+393330000011"}]}
ALWAYS = {
    "name": "Always",
    "days": [0, 1, 2, 3, 4, 5, 6],
    "begins": "20:00",
    "ends": "20:00",
    "people": ["p-2", "p-1"],
}
ROSTER = {"zone": "Europe/Rome", "people": [ANNA, CARLA], "shifts": [ALWAYS]}
Put = Callable[..., Any]


@pytest.fixture
def put(admin: Asker) -> Put:
    def sent(was: int = 0, **changes: object) -> Any:
        return admin.put(DUTY, json={"was": was, "roster": {**ROSTER, **changes}})

    return sent


def test_what_an_admin_has_kept_is_told_with_who_is_called_now_and_what_is_missing(
    web: Web, admin: Asker, put: Put
) -> None:
    empty = admin.get(DUTY).json()
    assert (empty["version"], empty["now"], empty["spans"], empty["flaws"]) == (0, None, [], [])
    assert {one["name"] for one in empty["operators"]} == {"Marta Bianchi", "Luca Ferri"}
    said = put().json()
    assert said["version"] == 1
    assert said["now"]["people"] == ["p-2", "p-1"]
    assert said["now"]["covered"]
    assert said["roster"]["people"][0]["name"] == "Anna Bianchi"
    assert said["roster"]["people"][0]["contacts"] == [{"way": "call", "to": "+393330000010"}]
    assert [(one["kind"], one["path"]) for one in said["flaws"]] == [("no_call", "people.1.contacts")]
    again = admin.get(DUTY)
    assert again.json() == said
    assert admin.again(DUTY, again).status_code == 304
    assert [one.detail for one in entered(web, Action.CHANGE_STAFF)][-1] == "roster 1"
    assert "Anna" not in str(entered(web, Action.CHANGE_STAFF))


def test_an_override_of_an_hour_is_told_as_it_was_sent(put: Put) -> None:
    flu = {"from_at": "2030-01-01T20:00:00+01:00", "to_at": "2030-01-01T21:00:00+01:00", "people": ["p-1"]}
    said = put(overrides=[{**flu, "instead_of": "p-2", "why": "flu"}]).json()
    assert said["roster"]["overrides"] == [
        {
            "from_at": "2030-01-01T19:00:00Z",
            "to_at": "2030-01-01T20:00:00Z",
            "people": ["p-1"],
            "instead_of": "p-2",
            "why": "flu",
        }
    ]


def test_of_two_who_change_it_at_once_the_second_is_told(put: Put) -> None:
    assert put(0).status_code == 200
    assert is_now(put(0, shifts=[])) == "1"
    assert put(1, shifts=[]).json()["flaws"][0]["kind"] == "gap"


@each(
    ("changes", "code", "path"),
    [
        ({"zone": "Europe/Atlantis"}, "no_zone", "$.roster.zone"),
        ({"people": [ANNA, {**CARLA, "name": "anna bianchi"}]}, "name_twice", "$.roster.people.0.name"),
        ({"people": [{**ANNA, "contacts": []}, CARLA]}, "no_way", "$.roster.people.0.contacts"),
        ({"shifts": [{**ALWAYS, "people": ["p-3"]}]}, "unknown_person", "$.roster.shifts.0.people"),
        ({"holidays": [{"date": "2026-02-30", "name": "x"}]}, "no_date", "$.roster.holidays.0.date"),
    ],
)
def test_what_would_keep_somebody_from_being_reached_is_refused_with_its_place(
    put: Put, changes: dict[str, object], code: str, path: str
) -> None:
    refused = put(**changes)
    assert (refused.status_code, refused.json()["code"], refused.json()["path"]) == (400, code, path)


@each(
    ("from_at", "to_at"),
    [
        ("0001-01-01T00:00:00+14:00", "2026-12-01T00:00:00Z"),
        ("2026-12-01T00:00:00Z", "9999-12-31T23:59:59-12:00"),
    ],
)
def test_what_no_calendar_can_show_is_refused_and_the_roster_can_be_read_on(
    admin: Asker, put: Put, from_at: str, to_at: str
) -> None:
    refused = put(overrides=[{"from_at": from_at, "to_at": to_at, "people": ["p-1"]}])
    assert verdict(refused) == (400, "no_date")
    assert admin.get(DUTY).status_code == 200


@each(
    ("way", "to", "code"),
    [
        ("call", "112", "emergency"),
        ("sms", "113", "emergency"),
        ("call", "+39112", "no_number"),
        ("call", "anna", "no_number"),
        ("call", "+390200000001", "own_line"),
        ("call", "+39899123456", "withheld"),
        ("email", "anna", "no_address"),
        ("webhook", "ftp://example.org", "no_url"),
        ("apprise", "ntfy", "no_url"),
    ],
)
def test_nobody_is_reached_where_nobody_may_be_called(put: Put, way: str, to: str, code: str) -> None:
    refused = put(people=[{**ANNA, "contacts": [{"way": way, "to": to}]}, CARLA])
    assert verdict(refused) == (400, code)
    assert refused.json()["path"] == "$.roster.people.0.contacts.0.to"


def test_a_test_of_a_persons_ways_is_asked_of_whoever_calls_people(api: Api, admin: Asker, put: Put) -> None:
    put()
    assert admin.post(f"{DUTY}/test", json={"person": "p-9"}).status_code == 404
    begun = admin.post(f"{DUTY}/test", json={"person": "p-1", "way": "call"})
    assert begun.status_code == 202
    [recorded] = api.journal.read(streams.DUTY)
    assert recorded.event == CalloutOpened(
        callout=begun.json()["callout"], kind=CalloutKind.TEST, person="p-1", way=DutyWay.CALL, by=MARTA
    )


def test_supervisors_are_not_told_what_may_open_a_door(api: Api, put: Put) -> None:
    hook = {"way": "webhook", "to": "https://example.org/hooks/token"}
    put(people=[{**ANNA, "contacts": [hook]}, CARLA])
    api.grant(StaffRole.SUPERVISOR, LUCA)
    said = api.luca.get(DUTY).json()
    assert said["now"]["people"] == ["p-2", "p-1"]
    assert said["roster"]["people"][0]["contacts"][0]["to"] == "https://example.org/…"
