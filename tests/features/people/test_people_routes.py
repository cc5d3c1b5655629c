"""People as admins find, correct and merge them by HTTP: what two at once lose, what is entered."""

from __future__ import annotations

from typing import Any

import pytest

from gateways.http.parts.context import Web
from messages.ids import UserId
from store.audit.entry import Action
from store.registry.people import Person, StaffRole
from store.registry.registry import Registry
from tests.gateways.http.askers import LUCA, MARTA, Api, Asker, is_now, verdict
from tests.gateways.http.place import GIULIA, entered
from tests.gateways.http.test_admin import PEOPLE, two_people
from tests.support.each import each

ALSO = "+393200000098"


@pytest.fixture
def ids(web: Web, registry: Registry) -> dict[str, str]:
    return two_people(web, registry)


def seen(person: dict[str, Any]) -> dict[str, Any]:
    return {one: person[one] for one in ("phones", "first_name", "last_name", "language", "notes")}


def told(admin: Asker, who: str) -> Any:
    return admin.get(f"{PEOPLE}/{who}").json()


def test_a_person_is_added_found_by_a_part_and_told_whole(web: Web, admin: Asker, giulia: UserId) -> None:
    body = {"phones": ["320 000 0001", "02 5551234"], "first_name": " Ada ", "last_name": "Pérez Ruiz"}
    said = admin.post(PEOPLE, json=body)
    made = said.json()
    assert (said.status_code, made["phones"]) == (201, ["+393200000001", "+39025551234"])
    assert (made["first_name"], made["language"], made["record"], made["alerts"]) == ("Ada", "it", 0, 0)
    found = admin.get(PEOPLE, params={"search": "perez"}).json()
    assert ([one["id"] for one in found["people"]], found["found"], found["known"]) == ([made["id"]], 1, 2)
    first = admin.get(PEOPLE, params={"most": 1}).json()
    assert (len(first["people"]), first["found"]) == (1, 2)
    whole = told(admin, giulia)
    assert (whole["notes"], whole["has_pin"], whole["has_duress_pin"]) == ("Asthma", True, True)
    actions = [(one.action, one.subjects, one.detail) for one in entered(web)]
    assert actions[0] == (Action.CHANGE_PERSON, (made["id"],), "added")
    assert (Action.READ_LIST, (made["id"],), "") in actions
    assert actions[-1] == (Action.READ_PERSON, (giulia,), "")
    assert "perez" not in str(actions).lower()


def test_two_admins_correct_one_person_at_once_and_nothing_is_lost_silently(
    api: Api, admin: Asker, giulia: UserId
) -> None:
    api.grant(StaffRole.ADMIN, LUCA)
    path, was = f"{PEOPLE}/{giulia}", {"phones": [GIULIA]}
    first = admin.change(path, was, {"phones": [GIULIA, ALSO]})
    assert (first.status_code, first.json()["phones"]) == (200, [GIULIA, ALSO])
    second = api.luca.change(path, was, {"phones": ["+393200000001"]})
    assert (is_now(second), second.json()["path"]) == (f"{GIULIA}, {ALSO}", "$.now.phones")
    assert api.luca.change(path, {"last_name": "Rossi"}, {"last_name": "Bruni"}).status_code == 200
    back = admin.change(path, {"phones": [GIULIA, ALSO]}, was)
    assert (back.json()["phones"], back.json()["last_name"]) == ([GIULIA], "Bruni")
    changes = [(one.actor, one.detail) for one in entered(api.web, Action.CHANGE_PERSON)]
    assert changes == [(MARTA, "phones"), (LUCA, "last_name"), (MARTA, "phones")]


@each(
    ("fields", "path", "code"),
    [
        ({"phones": ["112"]}, "$.phones", "not_a_number"),
        ({"phones": [GIULIA]}, "$.phones", "number_taken"),
        ({"phones": []}, "$.phones", ""),
        ({"language": "Italian"}, "$.language", ""),
    ],
)
def test_what_cannot_be_is_refused_with_the_field_at_fault(
    admin: Asker, registry: Registry, fields: dict[str, Any], path: str, code: str
) -> None:
    said = admin.post(PEOPLE, json={"phones": [ALSO], **fields})
    assert said.status_code == 400
    assert (said.json()["path"], said.json().get("code", "")) == (path, code)
    assert registry.count_users() == 1


def test_two_who_are_one_are_merged_as_they_were_seen_and_a_phone_is_revoked(
    web: Web, admin: Asker, registry: Registry, ids: dict[str, str]
) -> None:
    kept, other = (told(admin, ids[one]) for one in ("PERSON", "ALSO"))
    path = f"{PEOPLE}/{kept['id']}/merge"
    registry.change_user(UserId(other["id"]), Person(notes="just added"), by="another admin")
    order = {"other": other["id"], "was": {"kept": seen(kept), "other": seen(other)}}
    assert is_now(admin.post(path, json=order)) == "just added"
    order["was"]["other"]["notes"] = "just added"
    one = admin.post(path, json=order).json()
    assert (one["phones"], one["notes"]) == ([GIULIA, ALSO], "Asthma\njust added")
    assert told(admin, other["id"]) == one
    assert verdict(admin.post(path, json=order)) == (409, "one_already")
    merged = entered(web, Action.CHANGE_PERSON)[-1]
    assert set(merged.subjects) == {kept["id"], other["id"]}
    (phone,) = one["devices"]
    assert (phone["device"], phone["phone"]) == (ids["DEVICE"], GIULIA)
    gone = f"{PEOPLE}/{one['id']}/devices/{phone['device']}"
    assert admin.delete(gone).json()["devices"] == []
    assert admin.delete(gone).status_code == 404
