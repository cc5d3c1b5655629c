"""The first run by HTTP: the first admin by a printed link, what is missing, what people confirm, a test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.app import build
from gateways.http.parts.context import Web
from gateways.http.parts.making import parts
from messages.ids import ShiftState
from model.first_run import Machine, Need, Trust
from store.audit.entry import Action
from store.journal.notify import LocalNotifier
from store.registry.access.first_admin import offer
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.http.place import Place, entered

Client = TestClient[Litestar]
START = "/v1/admin/start"
PEM = b"-----BEGIN CERTIFICATE-----"


class Found:
    """Measures of a machine as a test wants it."""

    def __init__(self) -> None:
        self.says = Machine(trust=Trust.OWN, names=("center.example.org",), fingerprint="AA:BB")
        self.pem: bytes | None = PEM

    def machine(self) -> Machine:
        return self.says

    def authority(self) -> bytes | None:
        return self.pem

    def lines(self) -> list[tuple[str, str]]:
        return []


@pytest.fixture
def found() -> Found:
    return Found()


@pytest.fixture
def web(place: Place, found: Found) -> Web:
    settings = place.settings(public_url="https://center.example.org:8112")
    return parts(settings, notifier=LocalNotifier(), measures=found)


@pytest.fixture
def client(web: Web) -> Iterator[Client]:
    with TestClient(
        build(web), base_url="https://center.example.org:8112", raise_server_exceptions=False
    ) as started:
        yield started


@pytest.fixture
def registry(web: Web) -> Registry:
    return Registry(web.journal)


@pytest.fixture
def admin(registry: Registry, place: Place) -> dict[str, str]:
    """The header of Marta, who is one."""
    registry.set_role(place.marta, StaffRole.ADMIN, by="test")
    return place.operator()


def needs(said: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["need"]: one for one in said["needs"]}


def test_whoever_has_the_printed_link_becomes_the_first_admin_once(
    web: Web, client: Client, registry: Registry
) -> None:
    code = offer(web.journal)
    body = {"code": code, "name": " Anna  Verdi ", "phone": "02 0000 0020", "language": "it"}
    said = client.post("/v1/first-admin", json=body)
    assert (said.status_code, said.headers["cache-control"]) == (201, "no-store")
    made = registry.operator(said.json()["operator"])
    assert made is not None
    assert (made.name, made.phone, made.role) == ("Anna Verdi", "+390200000020", StaffRole.ADMIN)
    on = client.post("/v1/console/session", json={"token": said.json()["code"]}).json()
    assert (on["role"], on["way"]) == ("admin", "recovery")
    again = client.post("/v1/first-admin", json={**body, "name": "Eva", "phone": "+390200000021"})
    assert again.status_code == 401
    assert len(registry.operators()) == 3
    (entry,) = entered(web, Action.CHANGE_STAFF)
    assert (entry.actor, code in entry.detail) == (made.id, False)


def test_a_code_that_was_offered_before_or_made_up_is_worth_nothing_and_trying_is_throttled(
    web: Web, client: Client, registry: Registry
) -> None:
    older = offer(web.journal)
    offer(web.journal)
    body = {"name": "Eva", "phone": "+390200000020"}
    said = [client.post("/v1/first-admin", json={**body, "code": older}).status_code for _ in range(30)]
    assert set(said) == {401, 429}
    assert len(registry.operators()) == 2


def test_what_is_wrong_about_the_first_admin_is_told_with_the_field_and_the_link_stays_good(
    web: Web, client: Client
) -> None:
    code = offer(web.journal)
    wrong = client.post("/v1/first-admin", json={"code": code, "name": "Eva", "phone": "112"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "number_refused")
    other = {"origin": "https://elsewhere.example.org"}
    body = {"code": code, "name": "Eva", "phone": "+390200000020"}
    assert client.post("/v1/first-admin", json=body, headers=other).status_code == 403
    assert client.post("/v1/first-admin", json=body).status_code == 201


def test_needs_are_told_in_their_order_with_what_was_measured(
    client: Client, found: Found, admin: dict[str, str]
) -> None:
    said = client.get(START, headers=admin).json()
    assert [one["need"] for one in said["needs"]] == list(Need)
    there = needs(said)
    assert {name for name, one in there.items() if one["done"]} == {
        Need.LINES,
        Need.SECOND_OPERATOR,
        Need.EMERGENCY_TRUNK,
    }
    assert said["missing"] == len(Need) - 3
    assert (said["public_lines"], said["emergency_lines"], said["operators"]) == (2, 1, 2)
    trust = said["trust"]
    assert (trust["kind"], trust["address"]) == ("own", "https://center.example.org:8112/authority.crt")
    assert set("".join(trust["picture"])) == {"0", "1"}
    found.says = Machine(simulated=True)
    assert not needs(client.get(START, headers=admin).json())[Need.LINES]["done"]


def test_what_is_not_measured_is_confirmed_with_name_and_moment_and_taken_back(
    web: Web, client: Client, place: Place, admin: dict[str, str]
) -> None:
    path = f"{START}/{Need.UPS}/confirmation"
    said = client.put(path, json={"note": "two  hours, tried"}, headers=admin)
    row = needs(said.json())[Need.UPS]
    assert (row["done"], row["by"], row["note"]) == (True, place.marta, "two hours, tried")
    assert row["at"]
    assert client.put(path, json={}, headers=admin).json()["missing"] == said.json()["missing"]
    back = needs(client.delete(path, headers=admin).json())[Need.UPS]
    assert (back["done"], back["by"]) == (False, None)
    details = [one.detail for one in entered(web, Action.CHANGE_SETTINGS)]
    assert details == ["confirmed: ups", "confirmed: ups", "taken back: ups"]


def test_nobodys_word_counts_for_what_is_measured_and_no_other_need_is_known(
    client: Client, admin: dict[str, str]
) -> None:
    measured = client.put(f"{START}/{Need.BACKUP}/confirmation", json={}, headers=admin)
    assert (measured.status_code, measured.json()["code"]) == (409, "measured")
    for method in ("PUT", "DELETE"):
        body = {} if method == "PUT" else None
        said = client.request(method, f"{START}/luck/confirmation", json=body, headers=admin)
        assert said.status_code == 404


def test_a_test_alert_is_of_ones_own_telephone_and_for_who_is_on_shift(
    client: Client, place: Place, admin: dict[str, str]
) -> None:
    off = client.post("/v1/drill/own", json={}, headers=admin)
    assert (off.status_code, off.json()["code"]) == (409, "off_shift")
    client.post("/v1/operators/me/shift", json={"state": ShiftState.READY}, headers=admin)
    begun = client.post("/v1/drill/own", json={}, headers=admin)
    assert begun.status_code == 202
    again = client.post("/v1/drill/own", json={}, headers=admin)
    assert (again.status_code, again.json()["code"]) == (409, "drill_running")
    bad = client.post("/v1/drill/own", json={"phone": "112"}, headers=admin)
    assert (bad.status_code, bad.json()["code"]) == (400, "number_refused")
    luca = {"authorization": f"Bearer {place.luca_token}"}
    assert client.post("/v1/drill/own", json={}, headers=luca).status_code == 403
    test = client.get(START, headers=admin).json()["test"]
    assert (test["alert"], test["running"], test["ok"]) == (begun.json()["alert"], True, False)


def test_whoever_asks_is_given_the_centers_own_authority_and_nothing_where_there_is_none(
    client: Client, found: Found
) -> None:
    said = client.get("/authority.crt")
    assert (said.content, said.headers["content-type"]) == (PEM, "application/x-x509-ca-cert")
    found.pem = None
    assert client.get("/authority.crt").status_code == 404
