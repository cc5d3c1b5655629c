"""Operators as admins change them by HTTP: who may, what two at once lose, what cannot be."""

from __future__ import annotations

from typing import Any

from messages.ids import UserId
from store.audit.entry import Action
from store.registry.access.sessions import SignOnMethod, start_session
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.http.administration import refused_or_not_entered
from tests.gateways.http.askers import LUCA, MARTA, Api, Asker, is_now, verdict
from tests.gateways.http.place import entered
from tests.support.each import each

OPS = "/v1/admin/operators"
PASSWORD = "quattro parole messe insieme"
WOKEN = {"was": {"on_call": False}, "now": {"on_call": True}}
ROUTES = (
    ("GET", OPS, None, StaffRole.ADMIN),
    ("POST", OPS, {"name": "Eva Neri", "phone": "+390200000020"}, StaffRole.ADMIN),
    ("PATCH", f"{OPS}/luca-ferri", WOKEN, StaffRole.ADMIN),
    ("POST", f"{OPS}/luca-ferri/link", None, StaffRole.ADMIN),
    ("DELETE", f"{OPS}/luca-ferri/sessions", None, StaffRole.ADMIN),
    ("DELETE", f"{OPS}/luca-ferri", None, StaffRole.ADMIN),
)


def row_of(admin: Asker, who: str) -> dict[str, Any]:
    """The operator's row."""
    found: dict[str, Any] = next(one for one in admin.get(OPS).json()["operators"] if one["id"] == who)
    return found


def test_who_may_do_it_does_and_a_change_is_entered(api: Api) -> None:
    assert refused_or_not_entered(api, ROUTES) == {}


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
        api.journal.transact(lambda tx: start_session(tx, LUCA, "10.0.0.7", way=SignOnMethod.PASSWORD))
    assert row_of(admin, LUCA)["sessions"] == 2
    assert admin.delete(f"{OPS}/{LUCA}/sessions").json() == {"ended": 2}
    assert row_of(admin, LUCA)["sessions"] == 0
    for token in (code, api.place.luca_token):
        assert api.client.post("/v1/console/session", json={"token": token}).status_code == 401
    assert api.client.post(
        "/v1/console/session", json={"operator": "Luca Ferri", "password": PASSWORD}
    ).is_success
