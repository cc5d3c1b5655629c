"""What admins change by HTTP: who may, what is entered, what two at once lose, what cannot be."""

from __future__ import annotations

from functools import reduce
from typing import Any

import pytest

from gateways.http.app import build
from gateways.http.parts.context import Web
from gateways.http.routes.admin.version import libraries
from gateways.http.routing.route import routes_of
from messages.ids import E164, UserId
from model.feature import installed, named
from store.audit.entry import Action
from store.registry.access.sessions import Way, begin
from store.registry.devices import accept_invitation, invite, sign_of
from store.registry.people import Person, StaffRole
from store.registry.registry import Registry
from tests.gateways.http.administration import refused_or_not_entered
from tests.gateways.http.askers import LUCA, MARTA, Api, Asker, is_now, verdict
from tests.gateways.http.place import GIULIA, entered
from tests.gateways.http.test_audit import handlers
from tests.gateways.http.test_lines import says
from tests.support.each import each

OPS, KEYS, LINES = "/v1/admin/operators", "/v1/admin/keys", "/v1/admin/lines"
PEOPLE = "/v1/admin/people"
IMPORT = f"{PEOPLE}/import"
INVITATIONS = "/v1/admin/invitations"
FILE = "phone;first_name\n+393331112223;Julia\n+393330000001;Anna\n112;Eva\n"
SETTINGS, NODES = "/v1/admin/settings", "/v1/admin/nodes"
THRICE = {"was": {"value": None}, "now": {"value": 3}}
PASSWORD = "quattro parole messe insieme"
WOKEN = {"was": {"on_call": False}, "now": {"on_call": True}}


def row_of(admin: Asker, who: str) -> dict[str, Any]:
    """The operator's row."""
    found: dict[str, Any] = next(one for one in admin.get(OPS).json()["operators"] if one["id"] == who)
    return found


ROUTES = (
    ("GET", OPS, None, StaffRole.ADMIN),
    ("POST", OPS, {"name": "Eva Neri", "phone": "+390200000020"}, StaffRole.ADMIN),
    ("PATCH", f"{OPS}/luca-ferri", WOKEN, StaffRole.ADMIN),
    ("POST", f"{OPS}/luca-ferri/link", None, StaffRole.ADMIN),
    ("DELETE", f"{OPS}/luca-ferri/sessions", None, StaffRole.ADMIN),
    ("DELETE", f"{OPS}/luca-ferri", None, StaffRole.ADMIN),
    ("GET", KEYS, None, StaffRole.ADMIN),
    ("POST", KEYS, {"name": "another"}, StaffRole.ADMIN),
    ("DELETE", f"{KEYS}/SIGN", None, StaffRole.ADMIN),
    ("GET", SETTINGS, None, StaffRole.ADMIN),
    ("PATCH", f"{SETTINGS}/user.attempts", THRICE, StaffRole.ADMIN),
    ("GET", NODES, None, StaffRole.ADMIN),
    ("PATCH", f"{NODES}/n1", {"was": {"order": None}, "now": {"order": None}}, StaffRole.ADMIN),
    ("GET", "/v1/admin/version", None, StaffRole.SUPERVISOR),
    ("GET", LINES, None, StaffRole.SUPERVISOR),
    ("GET", f"{LINES}/check", None, StaffRole.SUPERVISOR),
    ("PUT", f"{LINES}/L1/out", {"reason": "a new aerial"}, StaffRole.SUPERVISOR),
    ("DELETE", f"{LINES}/L1/out", None, StaffRole.SUPERVISOR),
    ("PATCH", f"{LINES}/L1", {"was": {"agc": False}, "now": {"agc": True}}, StaffRole.ADMIN),
    ("PUT", f"{LINES}/L1/pin", {"pin": "2468"}, StaffRole.ADMIN),
    ("PUT", "/v1/admin/psap-live", {"was": False, "now": False}, StaffRole.ADMIN),
    ("GET", "/v1/admin/start", None, StaffRole.ADMIN),
    ("PUT", "/v1/admin/start/ups/confirmation", {"note": "two hours"}, StaffRole.ADMIN),
    ("DELETE", "/v1/admin/start/ups/confirmation", None, StaffRole.ADMIN),
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
    ("POST", f"{PEOPLE}/PERSON/erase", {"typed": "giulia rossi"}, StaffRole.ADMIN),
    ("POST", "/v1/admin/start/modem", {"name": "line9", "port": "usb:1-2"}, StaffRole.ADMIN),
)
NAMED = (
    ("luca-ferri", "{operator}"),
    ("SIGN", "{sign}"),
    ("INVITED", "{sign}"),
    ("L1", "{line}"),
    ("/ups/", "/{need}/"),
    ("?preview=true", ""),
    ("user.attempts", "{path}"),
    ("n1", "{node}"),
    ("PERSON", "{person}"),
    ("DEVICE", "{device}"),
)


def two_people(web: Web, registry: Registry) -> dict[str, str]:
    """Giulia, with an enrolled phone, and another."""
    giulia = registry.user_by_phone(E164(GIULIA))
    assert giulia is not None
    also = registry.add_user(Person(phones=("+393200000098",)), by="test")
    secret = web.journal.transact(lambda tx: invite(tx, E164(GIULIA), "test"))
    key = web.journal.transact(lambda tx: accept_invitation(tx, secret, b"\x04" * 65, "phone"))
    assert key is not None
    invited = sign_of(web.journal.transact(lambda tx: invite(tx, E164(GIULIA), "test")))
    return {"PERSON": giulia.id, "ALSO": also.id, "DEVICE": key.device, "INVITED": invited}


def test_every_route_of_the_administration_is_tried_below(web: Web) -> None:
    """Those of features may be tried by their own tests."""
    features = {
        one.declared.path for one in routes_of(named(where) for each in installed() for where in each.routes)
    }
    there = {
        (method, name.split(" ")[0])
        for name, one in handlers(build(web)).items()
        if name.startswith("/v1/admin/")
        for method in one.http_methods
    }
    tried = {
        (method, reduce(lambda path, one: path.replace(*one), NAMED, path)) for method, path, _, _ in ROUTES
    }
    assert {one for one in there if one[1] not in features} <= tried <= there


@pytest.fixture
def ids(api: Api, registry: Registry) -> dict[str, str]:
    """All that the routes name is there; how it is called in truth."""
    registry.issue_app_key("spare")
    says(api.place, "L1")
    with (api.place.state / "center.toml").open("a") as settings:
        settings.write('\n[[modem]]\nname = "L1"\ntrunk = "public"\nport = "/dev/ttyUSB0"\n')
    return {"SIGN": registry.app_keys()[0].sign, **two_people(api.web, registry)}


def test_who_may_do_it_does_and_a_change_is_entered(api: Api, ids: dict[str, str]) -> None:
    assert refused_or_not_entered(api, ROUTES, ids) == {}


def test_an_operator_is_added_with_a_link_that_leads_to_a_password(api: Api, admin: Asker) -> None:
    body = {"name": " Eva  Neri", "phone": "02 0000 0020", "language": "en", "role": "supervisor"}
    said = admin.post(OPS, json=body)
    assert (said.status_code, said.headers["cache-control"]) == (201, "no-store")
    made = said.json()
    row = made["operator"]
    assert (row["id"], row["name"], row["phone"]) == ("eva-neri", "Eva Neri", "+390200000020")
    assert (row["role"], row["language"], row["on_call"], row["sessions"]) == ("supervisor", "en", False, 0)
    (told,) = entered(api.web)
    assert (told.action, told.subjects) == (Action.CHANGE_STAFF, ("eva-neri",))
    assert "0020" not in told.detail
    assert made["link"]["code"] not in told.detail
    on = api.client.post("/v1/console/session", json={"token": made["link"]["code"]}).json()
    assert on["way"] == "recovery"
    eva = Asker(api.client, {"x-csrf-token": on["csrf"]})
    assert eva.put("/v1/console/access/password", json={"password": PASSWORD}).status_code == 200
    assert api.client.post("/v1/console/session", json={"token": made["link"]["code"]}).status_code == 401
    found = row_of(admin, "eva-neri")
    assert (found["has_password"], found["sessions"]) == (True, 1)


@each(
    ("fields", "path", "code"),
    [
        ({"phone": "112"}, "$.phone", "number_refused"),
        ({"phone": "Eva"}, "$.phone", "number_refused"),
        ({"name": "luca-ferri"}, "$.name", "name_taken"),
        ({"name": "luca  FERRI", "phone": "+390200000012"}, "$.name", "name_taken"),
        ({"name": " "}, "$.name", "empty"),
        ({"name": ""}, "$.name", ""),
        ({"language": "Italian"}, "$.language", ""),
        ({"role": "chief"}, "$.role", ""),
    ],
)
def test_what_cannot_be_is_refused_with_the_field_at_fault(
    admin: Asker, registry: Registry, fields: dict[str, str], path: str, code: str
) -> None:
    before = registry.operators()
    said = admin.post(OPS, json={"name": "Eva", "phone": "+390200000020", **fields})
    assert said.status_code == 400
    assert (said.json()["path"], said.json().get("code", "")) == (path, code)
    assert registry.operators() == before


def test_two_admins_change_one_person_at_once_and_nothing_is_lost_silently(
    api: Api, admin: Asker, registry: Registry
) -> None:
    api.grant(StaffRole.ADMIN, LUCA)
    eva = registry.add_operator("Eva", "+390200000019", by="test")
    path, seen = f"{OPS}/{eva.id}", {"phone": eva.phone}
    first = admin.change(path, seen, {"phone": "+390200000021"})
    assert (first.status_code, first.json()["phone"]) == (200, "+390200000021")
    second = api.luca.change(path, seen, {"phone": "+390200000022"})
    assert (is_now(second), second.json()["path"]) == ("+390200000021", "$.now.phone")
    # Another field of the same person is no conflict; and each change can be taken back.
    assert api.luca.change(path, {"on_call": False}, {"on_call": True}).status_code == 200
    assert admin.change(path, {"phone": "+390200000021"}, seen).status_code == 200
    found = row_of(admin, eva.id)
    assert (found["phone"], found["on_call"]) == (eva.phone, True)
    changes = [(one.actor, one.detail) for one in entered(api.web, Action.CHANGE_STAFF)]
    assert changes == [(MARTA, "phone"), (LUCA, "on_call"), (MARTA, "phone")]


def test_a_change_says_what_it_has_seen_of_the_same_fields(admin: Asker) -> None:
    refused = admin.change(f"{OPS}/{LUCA}", {}, {"phone": "+390200000099"})
    assert (refused.status_code, "`phone`" in refused.json()["reason"]) == (400, True)


def ended(admin: Asker, who: str, was: str, now: str) -> set[tuple[int, str]]:
    """The answers to whatever takes a role, the sessions and the place."""
    path = f"{OPS}/{who}"
    answers = (
        admin.change(path, {"role": was}, {"role": now}),
        admin.delete(path),
        admin.delete(f"{path}/sessions"),
    )
    return set(map(verdict, answers))


def test_nobody_ends_what_is_ones_own_and_one_admin_is_always_left(
    api: Api, admin: Asker, registry: Registry
) -> None:
    assert ended(admin, MARTA, "admin", "operator") == {(409, "yourself")}
    assert admin.change(f"{OPS}/{MARTA}", {"name": "Marta Bianchi"}, {"name": "Marta Neri"}).is_success
    # An admin who was one when the request came in, and is the last one by now.
    api.grant(StaffRole.ADMIN, LUCA)
    assert admin.change(f"{OPS}/{LUCA}", {"role": "admin"}, {"role": "operator"}).is_success
    assert [one.id for one in registry.operators() if one.role is StaffRole.ADMIN] == [MARTA]
    assert api.luca.get(OPS).status_code == 403


def test_who_is_on_an_alert_keeps_role_sessions_and_place_until_it_has_ended(
    api: Api, admin: Asker, giulia: UserId
) -> None:
    story = api.story().opened().identified(giulia)
    story.operator_called(LUCA).operator_joined(LUCA)
    assert ended(admin, LUCA, "operator", "supervisor") == {(409, "on_an_alert")}
    assert admin.change(f"{OPS}/{LUCA}", {"on_call": False}, {"on_call": True}).is_success


def test_ending_sessions_signs_off_and_ends_token_and_link_but_no_password(
    api: Api, admin: Asker, registry: Registry
) -> None:
    registry.set_password(LUCA, PASSWORD, by="test")
    code = admin.post(f"{OPS}/{LUCA}/link").json()["code"]
    for _ in range(2):
        api.journal.transact(lambda tx: begin(tx, LUCA, "10.0.0.7", way=Way.PASSWORD))
    assert row_of(admin, LUCA)["sessions"] == 2
    assert admin.delete(f"{OPS}/{LUCA}/sessions").json() == {"ended": 2}
    assert row_of(admin, LUCA)["sessions"] == 0
    for token in (code, api.place.luca_token):
        assert api.client.post("/v1/console/session", json={"token": token}).status_code == 401
    assert api.client.post(
        "/v1/console/session", json={"operator": "Luca Ferri", "password": PASSWORD}
    ).is_success


def test_a_key_is_issued_beside_the_others_told_once_and_revoked_but_not_the_last(
    api: Api, admin: Asker, registry: Registry
) -> None:
    (first,) = admin.get(KEYS).json()["keys"]
    assert verdict(admin.delete(f"{KEYS}/{first['sign']}")) == (409, "last_key")
    made = admin.post(KEYS, json={"name": "app"}).json()
    assert registry.app_key_name(made["key"]) == "app"
    shown = admin.get(KEYS)
    assert made["key"] not in shown.text
    assert [one["sign"] for one in shown.json()["keys"]] == [first["sign"], made["row"]["sign"]]
    assert admin.delete(f"{KEYS}/{first['sign']}").status_code == 204
    assert admin.delete(f"{KEYS}/{first['sign']}").status_code == 404
    assert registry.app_key_name(api.place.app_key) is None
    assert made["key"] not in str(entered(api.web))


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


def test_version_and_licences_are_those_of_what_is_installed_and_bundled(admin: Asker) -> None:
    said = admin.get("/v1/admin/version").json()
    assert (said["version"], said["database"], said["node"]) == ("0.1.0", "SQLite", "n1")
    by_name = {one["name"]: one for one in said["libraries"]}
    assert (by_name["litestar"]["licence"], by_name["Leaflet"]["licence"]) == ("MIT", "BSD-2-Clause")
    assert by_name["lit"]["licence"] == "BSD-3-Clause"
    assert len(said["libraries"]) > 20
    assert [one.name for one in libraries() if not one.licence] == []
    assert "pytest" not in by_name


def test_by_a_name_that_two_have_nobody_is_signed_on_and_the_number_is_asked_for(
    api: Api, admin: Asker, registry: Registry
) -> None:
    namesake = admin.post(OPS, json={"name": "Luca Ferri", "phone": "+390200000020"}).json()
    for who in (LUCA, namesake["operator"]["id"]):
        registry.set_password(who, PASSWORD, by="test")

    def tried(who: str) -> tuple[int, str, str]:
        said = api.client.post("/v1/console/session", json={"operator": who, "password": PASSWORD})
        told = said.json()
        api.client.cookies.clear()
        return said.status_code, told.get("code", ""), told.get("operator", "")

    assert tried("luca ferri") == (401, "name_shared", "")
    assert tried("+390200000020") == (200, "", "luca-ferri-2")
    assert tried("+390200000012") == (200, "", "luca-ferri")
    assert tried("luca-ferri") == (200, "", "luca-ferri")
