"""The roster by HTTP: kept, shown, refused; a test of somebody's ways; and who takes a callout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gateways.http.parts.context import Web
from messages.events import CalloutEnded, CalloutOpened, CalloutTaken
from messages.ids import SECOND, CalloutEnd, CalloutKind, DutyWay, Instant
from store import streams
from store.audit.entry import Action
from store.callouts import KEPT_US
from store.journal.journal import Append
from store.registry.people import StaffRole
from tests.gateways.http.administration import refused_or_not_entered
from tests.gateways.http.askers import LUCA, MARTA, Api, Asker, is_now, verdict
from tests.gateways.http.place import CLOCK, entered
from tests.support.each import each

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


def test_who_may_do_it_does_and_a_change_is_entered(api: Api) -> None:
    routes = (
        ("PUT", DUTY, {"was": 0, "roster": {"people": [ANNA]}}, StaffRole.ADMIN),
        ("GET", DUTY, None, StaffRole.SUPERVISOR),
        ("POST", f"{DUTY}/test", {"person": "p-1"}, StaffRole.ADMIN),
    )
    assert refused_or_not_entered(api, routes) == {}


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


OPENED = CalloutOpened(callout="c1", kind=CalloutKind.ALARM)
TAKE = "/v1/callouts/c1/take"


def test_an_operator_takes_it_once_and_then_it_is_taken(api: Api) -> None:
    api.journal.append(Append(streams.DUTY, None, (OPENED,)))
    assert api.marta.post("/v1/callouts/c2/take").status_code == 404
    assert api.marta.post(TAKE).status_code == 204
    assert verdict(api.marta.post(TAKE)) == (409, "taken")
    assert [one.event for one in api.journal.read(streams.DUTY)][1:] == [
        CalloutTaken(callout="c1", operator=MARTA),
        CalloutEnded(callout="c1", why=CalloutEnd.TAKEN),
    ]
    (one,) = api.marta.get("/v1/alarms/history").json()["callouts"]
    assert (one["operator"], one["taken_by"], one["end"]) == (MARTA, "", "taken")


def test_what_is_older_than_anybody_remembers_is_not_taken(api: Api) -> None:
    past = api.place.journal(clock=lambda: Instant(CLOCK.now_us() - KEPT_US - SECOND))
    past.append(Append(streams.DUTY, None, (OPENED,)))
    past.close()
    assert api.marta.post(TAKE).status_code == 404
