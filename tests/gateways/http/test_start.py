"""The first run by HTTP: the first admin by a printed link, what is missing, what people confirm, a test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient

from application import first_run
from gateways.http.app import build
from gateways.http.parts.construction import parts
from gateways.http.parts.context import Web
from model.first_run import CertificateTrust, MachineMeasurements, Need
from store.audit.entry import Action
from store.journal.notify import LocalNotifier
from store.registry.access.first_admin import issue_code
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.http.askers import MARTA, Api, Asker, Client, verdict
from tests.gateways.http.place import Place, entered

START = "/v1/admin/start"
PEM = b"-----BEGIN CERTIFICATE-----"


class Found:
    """Measures of a machine as a test wants it."""

    def __init__(self) -> None:
        self.says = MachineMeasurements(
            trust=CertificateTrust.OWN, names=("center.example.org",), fingerprint="AA:BB"
        )
        self.pem: bytes | None = PEM


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Found:
    found = Found()
    monkeypatch.setattr(first_run, "machine", lambda state, journal: found.says)
    monkeypatch.setattr(first_run, "authority", lambda state: found.pem)
    return found


@pytest.fixture
def web(place: Place, found: Found) -> Web:
    settings = place.settings(**{"http.public_url": "https://center.example.org:8112"})
    return parts(settings, notifier=LocalNotifier())


@pytest.fixture
def client(web: Web) -> Iterator[Client]:
    with TestClient(
        build(web), base_url="https://center.example.org:8112", raise_server_exceptions=False
    ) as started:
        yield started


def needs(said: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["need"]: one for one in said["needs"]}


def test_whoever_has_the_printed_link_becomes_the_first_admin_once(api: Api, registry: Registry) -> None:
    code = issue_code(api.journal)
    body = {"code": code, "name": " Anna  Verdi ", "phone": "02 0000 0020", "language": "it"}
    said = api.client.post("/v1/first-admin", json=body)
    assert (said.status_code, said.headers["cache-control"]) == (201, "no-store")
    made = registry.operator(said.json()["operator"])
    assert made is not None
    assert (made.name, made.phone, made.role) == ("Anna Verdi", "+390200000020", StaffRole.ADMIN)
    on = api.client.post("/v1/console/session", json={"token": said.json()["code"]}).json()
    assert (on["role"], on["way"]) == ("admin", "recovery")
    answer = api.client.post("/v1/first-admin", json={**body, "name": "Eva", "phone": "+390200000021"})
    assert answer.status_code == 401
    assert len(registry.operators()) == 3
    (entry,) = entered(api.web, Action.CHANGE_STAFF)
    assert (entry.actor, code in entry.detail) == (made.id, False)


def test_a_code_that_was_offered_before_or_made_up_is_worth_nothing_and_trying_is_throttled(
    api: Api, registry: Registry
) -> None:
    older = issue_code(api.journal)
    issue_code(api.journal)
    body = {"name": "Eva", "phone": "+390200000020"}
    said = [api.client.post("/v1/first-admin", json={**body, "code": older}).status_code for _ in range(30)]
    assert set(said) == {401, 429}
    assert len(registry.operators()) == 2


def test_what_is_wrong_about_the_first_admin_is_told_with_the_field_and_the_link_stays_good(api: Api) -> None:
    code = issue_code(api.journal)
    refused = api.client.post("/v1/first-admin", json={"code": code, "name": "Eva", "phone": "112"})
    assert verdict(refused) == (400, "number_refused")
    other = {"origin": "https://elsewhere.example.org"}
    body = {"code": code, "name": "Eva", "phone": "+390200000020"}
    assert api.client.post("/v1/first-admin", json=body, headers=other).status_code == 403
    assert api.client.post("/v1/first-admin", json=body).status_code == 201


def test_needs_are_told_in_their_order_with_what_was_measured(found: Found, admin: Asker) -> None:
    said = admin.get(START).json()
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
    found.says = MachineMeasurements(simulated=True)
    assert not needs(admin.get(START).json())[Need.LINES]["done"]


def test_what_is_not_measured_is_confirmed_with_name_and_moment_and_taken_back(
    api: Api, admin: Asker
) -> None:
    path = f"{START}/{Need.UPS}/confirmation"
    said = admin.put(path, json={"note": "two  hours, tried"})
    row = needs(said.json())[Need.UPS]
    assert (row["done"], row["by"], row["note"]) == (True, MARTA, "two hours, tried")
    assert row["at"]
    assert admin.put(path, json={}).json()["missing"] == said.json()["missing"]
    back = needs(admin.delete(path).json())[Need.UPS]
    assert (back["done"], back["by"]) == (False, None)
    details = [one.detail for one in entered(api.web, Action.CHANGE_SETTINGS)]
    assert details == ["confirmed: ups", "confirmed: ups", "taken back: ups"]


def test_nobodys_word_counts_for_what_is_measured_and_no_other_need_is_known(admin: Asker) -> None:
    measured = admin.put(f"{START}/{Need.LINES}/confirmation", json={})
    assert verdict(measured) == (409, "measured")
    for method in ("PUT", "DELETE"):
        body: dict[str, str] | None = {} if method == "PUT" else None
        assert admin.request(method, f"{START}/luck/confirmation", json=body).status_code == 404


def test_whoever_asks_is_given_the_centers_own_authority_and_nothing_where_there_is_none(
    client: Client, found: Found
) -> None:
    said = client.get("/authority.crt")
    assert (said.content, said.headers["content-type"]) == (PEM, "application/x-x509-ca-cert")
    found.pem = None
    assert client.get("/authority.crt").status_code == 404
