"""At each door of the interface: who may come in, and who may not, as `docs/api.md` says it (*Who may*)."""

from __future__ import annotations

import re
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from gateways.http.app import routes
from gateways.http.parts import auditing
from store.audit.entry import Action
from store.registry.people import StaffRole
from tests.gateways.http.askers import MARTA, Api, Asker, bearer
from tests.gateways.http.place import entered
from tests.gateways.http.test_audit import handlers
from tests.waiting import wait_until

PAGE = Path(__file__).resolve().parents[3] / "docs" / "api.md"
_ROW = re.compile(r"^\| ([\w ,']+) \| (`(?:GET|POST|PUT|PATCH|DELETE|\*) /.*) \|$", re.MULTILINE)
RULES = [(who, re.findall(r"`([^`]+)`", what)) for who, what in _ROW.findall(PAGE.read_text())]
"""Who, and the doors at which that one is let in; of two that fit the first counts."""

OPEN = ("anybody", "what signs on", "the app, or by an invitation")
"""Or it is asked first what is said: a code, a link, a password."""
APPS = ("the app", "an enrolled phone", "the app, operators")
STAFF = ("operators", "supervisors", "admins")

Doors = dict[str, str]
"""Who may, by method and path."""


def rule(door: str) -> str:
    """Who may, as the page says it."""
    named = re.sub(r"{\w+}", "ID", door)
    return next(who for who, doors in RULES if any(fnmatchcase(named, one) for one in doors))


@pytest.fixture
def doors(api: Api, monkeypatch: pytest.MonkeyPatch) -> Doors:
    """Each door; no address is told to wait for having knocked at all of them."""
    monkeypatch.setattr(auditing, "REFUSALS_A_MINUTE", 10_000)
    return {
        door: rule(door)
        for name, one in handlers(api.client.app).items()
        for door in (f"{method} {name.split(' ')[0]}" for method in getattr(one, "http_methods", ()))
    }


def of(doors: Doors, *who: str) -> set[str]:
    return {door for door, one in doors.items() if one in who}


def knocked(who: Asker, doors: set[str]) -> dict[str, int]:
    """What is answered at each of these doors."""
    asked = {door: re.sub(r"{\w+}", "1", door).split(" ") for door in doors}
    return {door: who.request(method, path).status_code for door, (method, path) in asked.items()}


def test_each_route_is_declared_for_whom_the_page_says() -> None:
    declared = {f"{one.declared.method} {one.declared.path}": one.declared.by.who for one in routes()}
    assert {door: rule(door) for door in declared if declared[door] != "anybody"} == {
        door: who for door, who in declared.items() if who != "anybody"
    }
    unused = [
        (who, one)
        for who, patterns in RULES
        for one in patterns
        if who != "anybody" and not any(fnmatchcase(re.sub(r"{\w+}", "ID", door), one) for door in declared)
    ]
    assert not unused


def test_nobody_comes_in_without_a_key_and_an_app_where_apps_do(api: Api, doors: Doors) -> None:
    closed = doors.keys() - of(doors, *OPEN)
    for nobody in ({}, bearer("wrong")):
        assert set(knocked(Asker(api.client, nobody), closed).values()) == {401}
    told = knocked(api.app, closed)
    assert {door for door, status in told.items() if status != 401} == of(doors, *APPS)


def test_what_an_operator_and_a_supervisor_may_is_theirs_and_the_rest_refused_and_entered(
    api: Api, doors: Doors
) -> None:
    wanted: Counter[str] = Counter()
    for lacking, role in enumerate((StaffRole.OPERATOR, StaffRole.SUPERVISOR, StaffRole.ADMIN), 1):
        api.grant(role)
        refused = of(doors, *STAFF[lacking:])
        told = knocked(api.marta, of(doors, STAFF[lacking - 1]) | refused)
        assert {door for door, status in told.items() if status == 403} == refused
        assert 401 not in told.values()
        wanted[MARTA] += len(refused)
    wait_until(lambda: len(entered(api.web, Action.REFUSED)) == wanted.total())
    assert Counter(one.actor for one in entered(api.web, Action.REFUSED)) == wanted
    others = of(doors, "the app", "an enrolled phone", "the console's session")
    assert set(knocked(api.marta, others).values()) == {401}


def test_by_a_session_without_its_csrf_token_nothing_is_changed(api: Api, doors: Doors) -> None:
    api.grant(StaffRole.ADMIN)
    api.client.post("/v1/console/session", json={"token": api.place.marta_token})
    changes = {one for one in of(doors, *STAFF, "the console's session") if not one.startswith("GET")}
    for wrong in ({}, {"x-csrf-token": "wrong"}):
        assert set(knocked(Asker(api.client, wrong), changes).values()) == {403}
