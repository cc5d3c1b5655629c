"""People as admins find, correct, merge and erase them by HTTP: what two at once lose, what is entered."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.parts.context import Web
from messages.ids import Outcome, UserId
from store.audit.entry import Action
from store.registry.people import Person, StaffRole
from store.registry.registry import Registry
from tests.gateways.http.place import CLOCK, GIULIA, Place, entered
from tests.gateways.http.test_admin import PEOPLE, header, two_people
from tests.gateways.story import Story

Client = TestClient[Litestar]
ALSO = "+393200000098"


@pytest.fixture
def registry(web: Web) -> Registry:
    return Registry(web.journal)


@pytest.fixture(autouse=True)
def admin(registry: Registry, place: Place) -> dict[str, str]:
    registry.set_role(place.marta, StaffRole.ADMIN, by="test")
    return place.operator()


@pytest.fixture
def ids(web: Web, registry: Registry) -> dict[str, str]:
    return two_people(web, registry)


def seen(person: dict[str, Any]) -> dict[str, Any]:
    return {one: person[one] for one in ("phones", "first_name", "last_name", "language", "notes")}


def told(client: Client, admin: dict[str, str], who: str) -> Any:
    return client.get(f"{PEOPLE}/{who}", headers=admin).json()


def test_a_person_is_added_found_by_a_part_and_told_whole(
    web: Web, client: Client, admin: dict[str, str], giulia: UserId
) -> None:
    body = {"phones": ["320 000 0001", "02 5551234"], "first_name": " Ada ", "last_name": "Pérez Ruiz"}
    said = client.post(PEOPLE, json=body, headers=admin)
    made = said.json()
    assert (said.status_code, made["phones"]) == (201, ["+393200000001", "+39025551234"])
    assert (made["first_name"], made["language"], made["record"], made["alerts"]) == ("Ada", "it", 0, 0)
    found = client.get(PEOPLE, params={"search": "perez"}, headers=admin).json()
    assert ([one["id"] for one in found["people"]], found["found"], found["known"]) == ([made["id"]], 1, 2)
    first = client.get(PEOPLE, params={"most": 1}, headers=admin).json()
    assert (len(first["people"]), first["found"]) == (1, 2)
    whole = told(client, admin, giulia)
    assert (whole["notes"], whole["has_pin"], whole["has_duress_pin"]) == ("Asthma", True, True)
    actions = [(one.action, one.subjects, one.detail) for one in entered(web)]
    assert actions[0] == (Action.CHANGE_PERSON, (made["id"],), "added")
    assert (Action.READ_LIST, (made["id"],), "") in actions
    assert actions[-1] == (Action.READ_PERSON, (giulia,), "")
    assert "perez" not in str(actions).lower()


def test_a_list_and_a_person_are_told_again_only_where_they_have_changed(
    client: Client, admin: dict[str, str], registry: Registry, giulia: UserId
) -> None:
    for path in (f"{PEOPLE}?search=giu", f"{PEOPLE}/{giulia}"):
        first = client.get(path, headers=admin)
        again = {**admin, "if-none-match": first.headers["etag"]}
        assert client.get(path, headers=again).status_code == 304
        registry.change_user(giulia, Person(last_name=f"of {path}"), by="another admin")
        assert client.get(path, headers=again).status_code == 200


def test_two_admins_correct_one_person_at_once_and_nothing_is_lost_silently(
    web: Web, client: Client, place: Place, admin: dict[str, str], registry: Registry, giulia: UserId
) -> None:
    registry.set_role(place.luca, StaffRole.ADMIN, by="test")
    path, other = f"{PEOPLE}/{giulia}", header(place.luca_token)
    was = {"phones": [GIULIA]}
    first = client.patch(path, json={"was": was, "now": {"phones": [GIULIA, ALSO]}}, headers=admin)
    assert (first.status_code, first.json()["phones"]) == (200, [GIULIA, ALSO])
    second = client.patch(path, json={"was": was, "now": {"phones": ["+393200000001"]}}, headers=other)
    problem = second.json()
    assert (second.status_code, problem["code"], problem["path"], problem["is_now"]) == (
        409,
        "changed_meanwhile",
        "$.now.phones",
        f"{GIULIA}, {ALSO}",
    )
    renamed = {"was": {"last_name": "Rossi"}, "now": {"last_name": "Bruni"}}
    assert client.patch(path, json=renamed, headers=other).status_code == 200
    back = client.patch(path, json={"was": {"phones": [GIULIA, ALSO]}, "now": was}, headers=admin)
    assert (back.json()["phones"], back.json()["last_name"]) == ([GIULIA], "Bruni")
    assert [(one.actor, one.detail) for one in entered(web, Action.CHANGE_PERSON)] == [
        (place.marta, "phones"),
        (place.luca, "last_name"),
        (place.marta, "phones"),
    ]


@pytest.mark.parametrize(
    ("fields", "path", "code"),
    [
        ({"phones": ["112"]}, "$.phones", "not_a_number"),
        ({"phones": [GIULIA]}, "$.phones", "number_taken"),
        ({"phones": []}, "$.phones", ""),
        ({"language": "Italian"}, "$.language", ""),
    ],
)
def test_what_cannot_be_is_refused_with_the_field_at_fault(
    client: Client, admin: dict[str, str], registry: Registry, fields: dict[str, Any], path: str, code: str
) -> None:
    said = client.post(PEOPLE, json={"phones": [ALSO], **fields}, headers=admin)
    assert said.status_code == 400
    assert (said.json()["path"], said.json().get("code", "")) == (path, code)
    assert registry.count_users() == 1


def test_two_who_are_one_are_merged_as_they_were_seen_and_a_phone_is_revoked(
    web: Web, client: Client, admin: dict[str, str], registry: Registry, ids: dict[str, str]
) -> None:
    kept, other = (told(client, admin, ids[one]) for one in ("PERSON", "ALSO"))
    path = f"{PEOPLE}/{kept['id']}/merge"
    registry.change_user(UserId(other["id"]), Person(notes="just added"), by="another admin")
    order = {"other": other["id"], "was": {"kept": seen(kept), "other": seen(other)}}
    late = client.post(path, json=order, headers=admin)
    assert (late.status_code, late.json()["code"], late.json()["is_now"]) == (
        409,
        "changed_meanwhile",
        "just added",
    )
    order["was"]["other"]["notes"] = "just added"
    one = client.post(path, json=order, headers=admin).json()
    assert (one["phones"], one["notes"]) == ([GIULIA, ALSO], "Asthma\njust added")
    assert told(client, admin, other["id"]) == one
    again = client.post(path, json=order, headers=admin)
    assert (again.status_code, again.json()["code"]) == (409, "one_already")
    merged = entered(web, Action.CHANGE_PERSON)[-1]
    assert set(merged.subjects) == {kept["id"], other["id"]}
    (phone,) = one["devices"]
    assert (phone["device"], phone["phone"]) == (ids["DEVICE"], GIULIA)
    gone = f"{PEOPLE}/{one['id']}/devices/{phone['device']}"
    assert client.delete(gone, headers=admin).json()["devices"] == []
    assert client.delete(gone, headers=admin).status_code == 404


def test_a_person_is_erased_once_named_and_never_in_an_alert(
    web: Web, client: Client, admin: dict[str, str], registry: Registry, giulia: UserId
) -> None:
    path = f"{PEOPLE}/{giulia}/erase"
    for typed in ("1234", "Giulia", " "):
        said = client.post(path, json={"typed": typed}, headers=admin)
        assert (said.status_code, said.json()["code"]) == (409, "not_typed")
    story = Story(web.journal, CLOCK.now_us()).opened().identified(giulia)
    assert told(client, admin, giulia)["open"] == 1
    said = client.post(path, json={"typed": GIULIA[-4:]}, headers=admin)
    assert (said.status_code, said.json()["code"]) == (409, "on_an_alert")
    story.closed(Outcome.HANDED_OVER)
    erased = client.post(path, json={"typed": "GIULIA  rossi"}, headers=admin).json()
    assert erased == {"alerts": [story.alert], "held": [], "recordings": 0, "on_disk_until": ""}
    assert registry.count_users() == 0
    assert client.get(f"{PEOPLE}/{giulia}", headers=admin).status_code == 404
    last = entered(web, Action.CHANGE_PERSON)[-1]
    assert (last.subjects, last.detail) == ((giulia,), "erased")


def test_a_persons_data_are_given_as_a_folder(
    web: Web, client: Client, admin: dict[str, str], giulia: UserId
) -> None:
    said = client.get(f"/v1/users/{giulia}/data", headers=admin)
    names = {name.rpartition("/")[2] for name in ZipFile(BytesIO(said.content)).namelist()} - {""}
    assert names == {"index.html", "data.json"}
    assert [(one.action, one.subjects) for one in entered(web)] == [(Action.EXPORT, (giulia,))]
    assert client.get("/v1/users/u0/data", headers=admin).status_code == 404
