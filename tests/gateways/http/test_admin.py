"""What admins change by HTTP: who may, what is entered, what two at once lose, what cannot be."""

from __future__ import annotations

import json
from functools import reduce
from typing import Any

import msgspec
import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.app import build
from gateways.http.backups import BackupKept, BackupRun, BackupStanding, BackupWrong
from gateways.http.parts.context import Web
from gateways.http.routes.admin.about import libraries
from messages.ids import E164, OperatorId
from model.duty.roster import Roster
from runtime.published.backup_runs import Work
from store import duty
from store.audit.entry import Action
from store.registry.access.sessions import begin
from store.registry.devices import accept_invitation, invite, sign_of
from store.registry.people import Person, StaffRole
from store.registry.registry import Registry
from tests.gateways.http.place import CLOCK, GIULIA, Place, entered
from tests.gateways.http.test_audit import handlers
from tests.gateways.http.test_lines import says
from tests.gateways.story import Story
from tests.waiting import wait_until

Client = TestClient[Litestar]
OPS, KEYS, LINES = "/v1/admin/operators", "/v1/admin/keys", "/v1/admin/lines"
BACKUPS, PEOPLE = "/v1/admin/backups", "/v1/admin/people"
IMPORT = f"{PEOPLE}/import"
INVITATIONS = "/v1/admin/invitations"
FILE = "phone;first_name\n+393331112223;Julia\n+393330000001;Anna\n112;Eva\n"
DUTY = "/v1/admin/duty"
ANNA = {"id": "anna", "name": "Anna Bianchi", "contacts": [{"way": "call", "to": "+393330000010"}]}
SETTINGS, NODES = "/v1/admin/settings", "/v1/admin/nodes"
THRICE = {"was": {"value": None}, "now": {"value": 3}}
PASSWORD = "quattro parole messe insieme"
WOKEN = {"was": {"on_call": False}, "now": {"on_call": True}}


@pytest.fixture
def registry(web: Web) -> Registry:
    return Registry(web.journal)


@pytest.fixture(autouse=True)
def admin(registry: Registry, place: Place) -> dict[str, str]:
    """The header of Marta, who is one."""
    registry.set_role(place.marta, StaffRole.ADMIN, by="test")
    return place.operator()


def header(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def of(client: Client, headers: dict[str, str], who: str) -> dict[str, Any]:
    """The operator's row."""
    rows = client.get(OPS, headers=headers).json()["operators"]
    found: dict[str, Any] = next(one for one in rows if one["id"] == who)
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
    ("POST", f"{LINES}/L1/trial", {"to": GIULIA}, StaffRole.SUPERVISOR),
    ("GET", f"{LINES}/L1/trial", None, StaffRole.SUPERVISOR),
    ("DELETE", f"{LINES}/L1/trial", None, StaffRole.SUPERVISOR),
    ("GET", BACKUPS, None, StaffRole.ADMIN),
    ("POST", f"{BACKUPS}/check", None, StaffRole.ADMIN),
    ("GET", "/v1/admin/start", None, StaffRole.ADMIN),
    ("PUT", "/v1/admin/start/ups/confirmation", {"note": "two hours"}, StaffRole.ADMIN),
    ("DELETE", "/v1/admin/start/ups/confirmation", None, StaffRole.ADMIN),
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
    ("GET", DUTY, None, StaffRole.SUPERVISOR),
    ("PUT", DUTY, {"was": 1, "roster": {"people": [ANNA]}}, StaffRole.ADMIN),
    ("POST", f"{DUTY}/test", {"person": "anna"}, StaffRole.ADMIN),
    ("GET", INVITATIONS, None, StaffRole.ADMIN),
    ("POST", INVITATIONS, {"phone": GIULIA}, StaffRole.ADMIN),
    ("DELETE", f"{INVITATIONS}/INVITED", None, StaffRole.ADMIN),
)
NAMED = (
    ("luca-ferri", "{operator}"),
    ("SIGN", "{sign}"),
    ("INVITED", "{sign}"),
    ("L1", "{line}"),
    ("/ups/", "/{need}/"),
    ("backups/check", "backups/{work}"),
    ("?preview=true", ""),
    ("user.attempts", "{path}"),
    ("n1", "{node}"),
    ("PERSON", "{person}"),
    ("DEVICE", "{device}"),
)
CHANGES = (
    Action.CHANGE_STAFF,
    Action.CHANGE_KEY,
    Action.CHANGE_LINE,
    Action.CHANGE_KEPT,
    Action.CHANGE_PERSON,
    Action.CHANGE_SETTINGS,
    Action.READ_LIST,
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


def filled(said: Any, ids: dict[str, str]) -> Any:
    """With the ids in place of their names."""
    return json.loads(reduce(lambda text, one: text.replace(*one), ids.items(), json.dumps(said)))


def test_every_route_of_the_administration_is_tried_below(web: Web) -> None:
    there = {
        (method, name.split(" ")[0])
        for name, one in handlers(build(web)).items()
        if name.startswith("/v1/admin/")
        for method in one.http_methods
    }
    tried = {
        (method, reduce(lambda path, one: path.replace(*one), NAMED, path)) for method, path, _, _ in ROUTES
    }
    assert tried == there


@pytest.mark.parametrize(
    ("role", "method", "path", "body", "wanted"),
    [(role, *route) for route in ROUTES for role in StaffRole if role.may(route[-1])],
)
def test_who_may_do_what_and_who_may_not_is_entered(
    web: Web, client: Client, place: Place, registry: Registry,
    role: StaffRole, method: str, path: str, body: dict[str, Any] | str | None, wanted: StaffRole,
) -> None:  # fmt: skip
    registry.issue_app_key("spare")
    ids = {"SIGN": registry.app_keys()[0].sign, **two_people(web, registry)}
    says(place, "L1")
    with (place.state / "center.toml").open("a") as settings:
        settings.write('\n[[modem]]\nname = "L1"\ntrunk = "public"\nport = "/dev/ttyUSB0"\n')
    on_duty = msgspec.convert({"people": [ANNA]}, Roster)
    web.journal.transact(lambda tx: duty.keep(tx, on_duty, was_version=0, by="test"))
    staff = {
        one: registry.add_operator(f"Eva {one}", f"+39020000009{n}", role=one, by="test").id
        for n, one in enumerate(StaffRole)
    }
    tokens = {who: registry.issue_token(who, by="test") for who in staff.values()}
    before = registry.operators(), registry.app_keys(), registry.users()
    sent: dict[str, Any] = {"content": body} if isinstance(body, str) else {"json": filled(body, ids)}

    def asked(token: str) -> Response:
        return client.request(method, filled(path, ids), **sent, headers=header(token))

    refused = ["", *(staff[one] for one in StaffRole if not one.may(wanted))]
    for who in refused:
        assert asked(tokens.get(OperatorId(who), "swo_nobodys")).status_code == (403 if who else 401)
        assert (registry.operators(), registry.app_keys(), registry.users()) == before
    wait_until(lambda: len(entered(web)) == len(refused))
    assert [(one.action, one.actor) for one in entered(web)] == [(Action.REFUSED, who) for who in refused]
    said = asked(tokens[staff[role]])
    assert said.status_code in (200, 201, 202, 204), said.text
    if method != "GET":
        made = entered(web)[len(refused) :]
        assert [one.actor for one in made] == [staff[role]]
        assert made[0].action in CHANGES


def test_a_session_without_its_csrf_token_changes_nothing(
    client: Client, place: Place, registry: Registry
) -> None:
    assert client.post("/v1/console/session", json={"token": place.marta_token}).status_code == 200
    assert client.get(OPS).status_code == 200
    assert client.delete(f"{OPS}/{place.luca}").status_code == 403
    assert registry.operator(place.luca) is not None


def test_an_operator_is_added_with_a_link_that_leads_to_a_password(
    web: Web, client: Client, admin: dict[str, str]
) -> None:
    body = {"name": " Eva  Neri", "phone": "02 0000 0020", "language": "en", "role": "supervisor"}
    said = client.post(OPS, json=body, headers=admin)
    assert (said.status_code, said.headers["cache-control"]) == (201, "no-store")
    made = said.json()
    row = made["operator"]
    assert (row["id"], row["name"], row["phone"]) == ("eva-neri", "Eva Neri", "+390200000020")
    assert (row["role"], row["language"], row["on_call"], row["sessions"]) == ("supervisor", "en", False, 0)
    (told,) = entered(web)
    assert (told.action, told.subjects) == (Action.CHANGE_STAFF, ("eva-neri",))
    assert "0020" not in told.detail
    assert made["link"]["code"] not in told.detail
    on = client.post("/v1/console/session", json={"token": made["link"]["code"]}).json()
    csrf = {"x-csrf-token": on["csrf"]}
    assert on["way"] == "recovery"
    put = client.put("/v1/console/access/password", json={"password": PASSWORD}, headers=csrf)
    assert put.status_code == 200
    assert client.post("/v1/console/session", json={"token": made["link"]["code"]}).status_code == 401
    found = of(client, admin, "eva-neri")
    assert (found["has_password"], found["sessions"]) == (True, 1)


@pytest.mark.parametrize(
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
    client: Client, admin: dict[str, str], registry: Registry, fields: dict[str, str], path: str, code: str
) -> None:
    before = registry.operators()
    said = client.post(OPS, json={"name": "Eva", "phone": "+390200000020", **fields}, headers=admin)
    assert said.status_code == 400
    assert (said.json()["path"], said.json().get("code", "")) == (path, code)
    assert registry.operators() == before


def test_two_admins_change_one_person_at_once_and_nothing_is_lost_silently(
    web: Web, client: Client, place: Place, admin: dict[str, str], registry: Registry
) -> None:
    registry.set_role(place.luca, StaffRole.ADMIN, by="test")
    eva = registry.add_operator("Eva", "+390200000019", by="test")
    path, other = f"{OPS}/{eva.id}", header(place.luca_token)
    seen = {"phone": eva.phone}
    first = client.patch(path, json={"was": seen, "now": {"phone": "+390200000021"}}, headers=admin)
    assert (first.status_code, first.json()["phone"]) == (200, "+390200000021")
    second = client.patch(path, json={"was": seen, "now": {"phone": "+390200000022"}}, headers=other)
    assert second.status_code == 409
    problem = second.json()
    assert (problem["code"], problem["path"], problem["is_now"]) == (
        "changed_meanwhile",
        "$.now.phone",
        "+390200000021",
    )
    # Another field of the same person is no conflict; and each change can be taken back.
    assert (
        client.patch(
            path, json={"was": {"on_call": False}, "now": {"on_call": True}}, headers=other
        ).status_code
        == 200
    )
    back = {"was": {"phone": "+390200000021"}, "now": seen}
    assert client.patch(path, json=back, headers=admin).status_code == 200
    found = registry.operator(eva.id)
    assert found is not None
    assert (found.phone, found.on_call) == (eva.phone, True)
    assert [(one.actor, one.detail) for one in entered(web, Action.CHANGE_STAFF)] == [
        (place.marta, "phone"),
        (place.luca, "on_call"),
        (place.marta, "phone"),
    ]


def test_a_change_says_what_it_has_seen_of_the_same_fields(
    client: Client, place: Place, admin: dict[str, str]
) -> None:
    said = client.patch(
        f"{OPS}/{place.luca}", json={"was": {}, "now": {"phone": "+390200000099"}}, headers=admin
    )
    assert said.status_code == 400
    assert "`phone`" in said.json()["reason"]


def test_nobody_ends_what_is_ones_own_and_one_admin_is_always_left(
    client: Client, place: Place, admin: dict[str, str], registry: Registry
) -> None:
    down = {"was": {"role": "admin"}, "now": {"role": "operator"}}
    own = f"{OPS}/{place.marta}"
    for method, path, body in (
        ("PATCH", own, down),
        ("DELETE", own, None),
        ("DELETE", f"{own}/sessions", None),
    ):
        said = client.request(method, path, json=body, headers=admin)
        assert (said.status_code, said.json()["code"]) == (409, "yourself")
    renamed = {"was": {"name": "Marta Bianchi"}, "now": {"name": "Marta Neri"}}
    assert client.patch(own, json=renamed, headers=admin).status_code == 200
    # An admin who was one when the request came in, and is the last one by now.
    registry.set_role(place.luca, StaffRole.ADMIN, by="test")
    assert client.patch(f"{OPS}/{place.luca}", json=down, headers=admin).status_code == 200
    assert [one.id for one in registry.operators() if one.role is StaffRole.ADMIN] == [place.marta]
    assert client.get(OPS, headers=header(place.luca_token)).status_code == 403


def test_who_is_on_an_alert_keeps_role_sessions_and_place_until_it_has_ended(
    web: Web, client: Client, place: Place, admin: dict[str, str], registry: Registry
) -> None:
    giulia = registry.user_by_phone(E164(GIULIA))
    assert giulia is not None
    story = Story(web.journal, CLOCK.now_us()).opened().identified(giulia.id)
    story.operator_called(place.luca).operator_joined(place.luca)
    up = {"was": {"role": "operator"}, "now": {"role": "supervisor"}}
    path = f"{OPS}/{place.luca}"
    for method, where, body in (
        ("PATCH", path, up),
        ("DELETE", path, None),
        ("DELETE", f"{path}/sessions", None),
    ):
        said = client.request(method, where, json=body, headers=admin)
        assert (said.status_code, said.json()["code"]) == (409, "on_an_alert")
    assert client.patch(
        path, json={"was": {"on_call": False}, "now": {"on_call": True}}, headers=admin
    ).is_success


def test_ending_sessions_signs_off_and_ends_token_and_link_but_no_password(
    web: Web, client: Client, place: Place, admin: dict[str, str], registry: Registry
) -> None:
    registry.set_password(place.luca, PASSWORD, by="test")
    code = client.post(f"{OPS}/{place.luca}/link", headers=admin).json()["code"]
    for _ in range(2):
        web.journal.transact(lambda tx: begin(tx, place.luca, "10.0.0.7"))
    assert of(client, admin, place.luca)["sessions"] == 2
    said = client.delete(f"{OPS}/{place.luca}/sessions", headers=admin)
    assert said.json() == {"ended": 2}
    assert of(client, admin, place.luca)["sessions"] == 0
    for token in (code, place.luca_token):
        assert client.post("/v1/console/session", json={"token": token}).status_code == 401
    assert client.post(
        "/v1/console/session", json={"operator": "Luca Ferri", "password": PASSWORD}
    ).is_success


def test_a_list_that_is_asked_for_again_is_told_and_entered_only_where_it_has_changed(
    web: Web, client: Client, place: Place, admin: dict[str, str], registry: Registry
) -> None:
    first = client.get(OPS, headers=admin)
    again = {**admin, "if-none-match": first.headers["etag"]}
    for _ in range(3):
        said = client.get(OPS, headers=again)
        assert (said.status_code, said.content) == (304, b"")
    (read,) = entered(web, Action.READ_STAFF)
    assert set(read.subjects) == {place.marta, place.luca}
    registry.add_operator("Eva", "+390200000019", by="another admin")
    said = client.get(OPS, headers=again)
    assert [one["id"] for one in said.json()["operators"]] == ["eva", place.luca, place.marta]
    assert len(entered(web, Action.READ_STAFF)) == 2


def test_it_is_spoken_in_messagepack_too(client: Client, admin: dict[str, str]) -> None:
    said = client.post(
        KEYS,
        content=msgspec.msgpack.encode({"name": "app two"}),
        headers={**admin, "content-type": "application/msgpack"},
    )
    assert msgspec.msgpack.decode(said.content)["row"]["name"] == "app two"


def test_a_key_is_issued_beside_the_others_told_once_and_revoked_but_not_the_last(
    web: Web, client: Client, place: Place, admin: dict[str, str], registry: Registry
) -> None:
    (first,) = client.get(KEYS, headers=admin).json()["keys"]
    alone = client.delete(f"{KEYS}/{first['sign']}", headers=admin)
    assert (alone.status_code, alone.json()["code"]) == (409, "last_key")
    made = client.post(KEYS, json={"name": "app"}, headers=admin).json()
    assert registry.app_key_name(made["key"]) == "app"
    shown = client.get(KEYS, headers=admin)
    assert made["key"] not in shown.text
    assert [one["sign"] for one in shown.json()["keys"]] == [first["sign"], made["row"]["sign"]]
    assert client.delete(f"{KEYS}/{first['sign']}", headers=admin).status_code == 204
    assert client.delete(f"{KEYS}/{first['sign']}", headers=admin).status_code == 404
    assert registry.app_key_name(place.app_key) is None
    assert made["key"] not in str(entered(web))


def test_a_backup_is_ordered_once_entered_and_told_by_the_list(
    web: Web, client: Client, place: Place, admin: dict[str, str]
) -> None:
    began_at = CLOCK.now_us()
    made = BackupKept(
        file="/b/c.age", made_at=began_at, events=9, bytes=2_000_000, seconds=1.5, checked_at=None,
        check_seconds=0, is_there=True,
    )  # fmt: skip
    place.backups.stands = BackupStanding(
        file="/b/c.age",
        to=("age1abc…7k2m",),
        kept=(made,),
        runs={Work.BACKUP: BackupRun(began_at=began_at, failed="/b: No space left on device")},
        next={Work.CHECK: began_at},
        wrong=(BackupWrong.FAILED,),
    )
    first = client.get(BACKUPS, headers=admin)
    told = first.json()
    assert (told["wrong"], told["backups"][0]["checked_at"], told["check_run"]) == (["failed"], None, None)
    assert told["backup_run"]["failed"] == "/b: No space left on device"
    assert (told["backup_next"], told["check_next"]) == (None, told["backups"][0]["made_at"])
    again = client.get(BACKUPS, headers={**admin, "if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    codes = [
        client.post(f"{BACKUPS}/{one}", headers=admin).status_code for one in ("backup", "backup", "all")
    ]
    assert codes == [202, 409, 404]
    assert place.backups.ordered == [Work.BACKUP]
    assert [(one.action, one.detail) for one in entered(web)] == [(Action.CHANGE_KEPT, "backup ordered")]


def test_a_file_of_people_is_looked_at_taken_in_as_it_was_seen_and_its_bad_lines_given_back(
    web: Web, client: Client, admin: dict[str, str], registry: Registry
) -> None:
    def asked(path: str, **headers: str) -> Any:
        return client.post(path, content=FILE.encode("cp1252"), headers={**admin, **headers})

    looked = asked(f"{IMPORT}?preview=true").json()
    bad_row, change, new = looked["rows"]
    assert [(one["line"], one["verdict"]) for one in looked["rows"]] == [
        (4, "bad"),
        (2, "changes"),
        (3, "new"),
    ]
    assert (bad_row["faults"][0]["flaw"], change["changed"], new["name"]) == (
        *("emergency", ["first_name"], "Anna"),
    )
    assert (looked["new"], looked["changes"], looked["bad"], looked["done"]) == (1, 1, 1, False)
    assert asked(IMPORT).status_code == 428
    other = asked(IMPORT, **{"if-match": '"another"'})
    assert (other.status_code, other.json()["code"]) == (409, "changed_meanwhile")
    assert registry.user_by_phone(E164("+393330000001")) is None
    done = asked(IMPORT, **{"if-match": f'"{looked["tag"]}"'}).json()
    assert (done["new"], done["changes"], done["done"]) == (1, 1, True)
    giulia = registry.user_by_phone(E164(GIULIA))
    assert giulia is not None
    assert (giulia.first_name, giulia.notes) == ("Julia", "Asthma")
    bad = asked(f"{IMPORT}/bad")
    assert bad.text.splitlines()[1] == "112;Eva;phone: '112' is an emergency number"
    assert [(one.action, one.detail) for one in entered(web)] == [
        (Action.READ_LIST, "import looked at"),
        (Action.CHANGE_PERSON, "import: 1 added, 1 changed"),
        (Action.READ_LIST, "lines not taken"),
    ]
    nothing = client.post(f"{IMPORT}?preview=true", content=b"name\nAnna\n", headers=admin).json()
    assert [one["flaw"] for one in nothing["faults"]] == ["no_column", "column_missing"]
    assert nothing["tag"] == ""


def test_version_and_licences_are_those_of_what_is_installed_and_bundled(
    client: Client, admin: dict[str, str]
) -> None:
    said = client.get("/v1/admin/version", headers=admin).json()
    assert (said["version"], said["database"], said["node"]) == ("0.1.0", "SQLite", "n1")
    by_name = {one["name"]: one for one in said["libraries"]}
    assert (by_name["litestar"]["licence"], by_name["Leaflet"]["licence"]) == ("MIT", "BSD-2-Clause")
    assert by_name["lit"]["licence"] == "BSD-3-Clause"
    assert len(said["libraries"]) > 20
    assert [one.name for one in libraries() if not one.licence] == []
    assert "pytest" not in by_name


def test_by_a_name_that_two_have_nobody_is_signed_on_and_the_number_is_asked_for(
    client: Client, place: Place, admin: dict[str, str], registry: Registry
) -> None:
    namesake = client.post(OPS, json={"name": "Luca Ferri", "phone": "+390200000020"}, headers=admin).json()
    for who in (place.luca, namesake["operator"]["id"]):
        registry.set_password(who, PASSWORD, by="test")

    def tried(who: str) -> tuple[int, str, str]:
        said = client.post("/v1/console/session", json={"operator": who, "password": PASSWORD})
        told = said.json()
        client.cookies.clear()
        return said.status_code, told.get("code", ""), told.get("operator", "")

    assert tried("luca ferri") == (401, "name_shared", "")
    assert tried("+390200000020") == (200, "", "luca-ferri-2")
    assert tried("+390200000012") == (200, "", "luca-ferri")
    assert tried("luca-ferri") == (200, "", "luca-ferri")
