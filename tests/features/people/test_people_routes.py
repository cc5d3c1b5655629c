"""People as admins find, correct and merge them by HTTP: what two at once lose, what is entered."""

from __future__ import annotations

from typing import Any

import pytest

from gateways.http.parts.context import Web
from messages.ids import E164, UserId
from store.audit.entry import Action
from store.registry.devices import accept_invitation, invite, sign_of
from store.registry.people import Person, StaffRole
from store.registry.registry import Registry
from tests.gateways.http.administration import refused_or_not_entered
from tests.gateways.http.askers import LUCA, MARTA, Api, Asker, is_now, verdict
from tests.gateways.http.place import GIULIA, entered
from tests.support.each import each

ALSO = "+393200000098"
PEOPLE, INVITATIONS = "/v1/admin/people", "/v1/admin/invitations"
IMPORT = f"{PEOPLE}/import"
FILE = "phone;first_name\n+393331112223;Julia\n+393330000001;Anna\n112;Eva\n"
ROUTES = (
    ("GET", INVITATIONS, None, StaffRole.ADMIN),
    ("POST", INVITATIONS, {"phone": GIULIA}, StaffRole.ADMIN),
    ("DELETE", f"{INVITATIONS}/INVITED", None, StaffRole.ADMIN),
    ("POST", f"{IMPORT}?preview=true", None, StaffRole.ADMIN),
    ("POST", f"{IMPORT}/bad", FILE, StaffRole.ADMIN),
    ("GET", PEOPLE, None, StaffRole.ADMIN),
    ("POST", PEOPLE, {"phones": ["+393200000099"]}, StaffRole.ADMIN),
    ("GET", f"{PEOPLE}/PERSON", None, StaffRole.ADMIN),
    ("PATCH", f"{PEOPLE}/PERSON", {"was": {"notes": "Asthma"}, "now": {"notes": ""}}, StaffRole.ADMIN),
    ("POST", f"{PEOPLE}/PERSON/merge", {"other": "ALSO", "was": {"kept": {}, "other": {}}}, StaffRole.ADMIN),
    ("DELETE", f"{PEOPLE}/PERSON/devices/DEVICE", None, StaffRole.ADMIN),
)


@pytest.fixture
def ids(web: Web, registry: Registry) -> dict[str, str]:
    """Giulia, with an enrolled phone, and another."""
    giulia = registry.user_by_phone(E164(GIULIA))
    assert giulia is not None
    also = registry.add_user(Person(phones=("+393200000098",)), by="test")
    secret = web.journal.transact(lambda tx: invite(tx, E164(GIULIA), "test"))
    key = web.journal.transact(lambda tx: accept_invitation(tx, secret, b"\x04" * 65, "phone"))
    assert key is not None
    invited = sign_of(web.journal.transact(lambda tx: invite(tx, E164(GIULIA), "test")))
    return {"PERSON": giulia.id, "ALSO": also.id, "DEVICE": key.device, "INVITED": invited}


def seen(person: dict[str, Any]) -> dict[str, Any]:
    return {one: person[one] for one in ("phones", "first_name", "last_name", "language", "notes")}


def told(admin: Asker, who: str) -> Any:
    return admin.get(f"{PEOPLE}/{who}").json()


def test_who_may_do_it_does_and_a_change_is_entered(api: Api, ids: dict[str, str]) -> None:
    assert refused_or_not_entered(api, ROUTES, ids) == {}


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


def test_a_file_of_people_is_looked_at_taken_in_as_it_was_seen_and_its_bad_lines_given_back(
    web: Web, admin: Asker, registry: Registry
) -> None:
    def sent(path: str, **headers: str) -> Any:
        return admin.post(path, content=FILE.encode("cp1252"), headers=headers)

    looked = sent(f"{IMPORT}?preview=true").json()
    bad_row, change, new = looked["rows"]
    verdicts = [(one["line"], one["verdict"]) for one in looked["rows"]]
    assert verdicts == [(4, "bad"), (2, "changes"), (3, "new")]
    assert bad_row["faults"][0]["flaw"] == "emergency"
    assert (change["changed"], new["name"]) == (["first_name"], "Anna")
    assert (looked["new"], looked["changes"], looked["bad"], looked["done"]) == (1, 1, 1, False)
    assert sent(IMPORT).status_code == 428
    assert verdict(sent(IMPORT, **{"if-match": '"another"'})) == (409, "changed_meanwhile")
    assert registry.user_by_phone(E164("+393330000001")) is None
    done = sent(IMPORT, **{"if-match": f'"{looked["tag"]}"'}).json()
    assert (done["new"], done["changes"], done["done"]) == (1, 1, True)
    giulia = registry.user_by_phone(E164(GIULIA))
    assert giulia is not None
    assert (giulia.first_name, giulia.notes) == ("Julia", "Asthma")
    bad = sent(f"{IMPORT}/bad")
    assert bad.text.splitlines()[1] == "112;Eva;phone: '112' is an emergency number"
    assert [(one.action, one.detail) for one in entered(web)] == [
        (Action.READ_LIST, "import looked at"),
        (Action.CHANGE_PERSON, "import: 1 added, 1 changed"),
        (Action.READ_LIST, "lines not taken"),
    ]
    nothing = admin.post(f"{IMPORT}?preview=true", content=b"name\nAnna\n").json()
    assert [one["flaw"] for one in nothing["faults"]] == ["no_column", "column_missing"]
    assert nothing["tag"] == ""
