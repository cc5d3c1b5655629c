"""What admins change by HTTP: who may, what is entered, what two at once lose, what cannot be."""

from __future__ import annotations

from functools import reduce

import pytest

from gateways.http.app import build
from gateways.http.parts.context import Web
from gateways.http.routes.admin.version import libraries
from gateways.http.routing.route import routes_of
from model.feature import installed, load_object
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.http.administration import refused_or_not_entered
from tests.gateways.http.askers import Api, Asker, verdict
from tests.gateways.http.place import entered
from tests.gateways.http.test_audit import handlers
from tests.gateways.http.test_lines import says

KEYS, LINES = "/v1/admin/keys", "/v1/admin/lines"
SETTINGS, NODES = "/v1/admin/settings", "/v1/admin/nodes"
THRICE = {"was": {"value": None}, "now": {"value": 3}}


ROUTES = (
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
    ("POST", "/v1/admin/start/modem", {"name": "line9", "port": "usb:1-2"}, StaffRole.ADMIN),
)
NAMED = (
    ("SIGN", "{sign}"),
    ("L1", "{line}"),
    ("/ups/", "/{need}/"),
    ("user.attempts", "{path}"),
    ("n1", "{node}"),
)


def test_every_route_of_the_administration_is_tried_below(web: Web) -> None:
    """Those of features may be tried by their own tests."""
    features = {
        one.declared.path
        for one in routes_of(load_object(where) for each in installed() for where in each.routes)
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
    return {"SIGN": registry.app_keys()[0].sign}


def test_who_may_do_it_does_and_a_change_is_entered(api: Api, ids: dict[str, str]) -> None:
    assert refused_or_not_entered(api, ROUTES, ids) == {}


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


def test_version_and_licences_are_those_of_what_is_installed_and_bundled(admin: Asker) -> None:
    said = admin.get("/v1/admin/version").json()
    assert (said["version"], said["database"], said["node"]) == ("0.1.0", "SQLite", "n1")
    by_name = {one["name"]: one for one in said["libraries"]}
    assert (by_name["litestar"]["licence"], by_name["Leaflet"]["licence"]) == ("MIT", "BSD-2-Clause")
    assert by_name["lit"]["licence"] == "BSD-3-Clause"
    assert len(said["libraries"]) > 20
    assert [one.name for one in libraries() if not one.licence] == []
    assert "pytest" not in by_name
