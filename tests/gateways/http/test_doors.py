"""At each door of the interface: who may come in, and who may not."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from gateways.http.parts import auditing
from store.audit.entry import Action
from store.registry.people import StaffRole
from tests.gateways.http.askers import MARTA, Api, Asker, bearer
from tests.gateways.http.place import entered
from tests.gateways.http.test_audit import handlers
from tests.waiting import wait_until

ANYBODY = """
GET /    GET /112    POST /112    GET /112/{code}    GET /112/{code}/pictures/{picture}    GET /app
GET /app/{path}    GET /authority.crt    GET /console    GET /console/{path}    GET /healthz    GET /metrics
GET /readyz    POST /v1/console/session    DELETE /v1/console/session    POST /v1/devices
POST /v1/first-admin
"""
"""Or it is asked first what is said: a code, a link, a session that stands."""
OTHERS = """
POST /v1/heartbeats    GET /v1/psap/feed    GET /v1/console/session    GET /v1/console/session/challenge
GET /v1/console/access    POST /v1/console/access/challenge
DELETE /v1/console/access/authenticators/{which}    DELETE /v1/console/access/sessions/{which}
PUT /v1/console/access/password    POST /v1/console/access/authenticators
PUT /v1/console/access/authenticators/{which}
"""
"""By a session, the key of another center or the token of a PSAP."""
APPS = """
POST /v1/alerts    GET /v1/alerts/{alert}    POST /v1/alerts/{alert}/position
POST /v1/alerts/{alert}/ringing    POST /v1/alerts/{alert}/cancel    GET /v1/alerts/{alert}/messages
POST /v1/alerts/{alert}/messages    POST /v1/alerts/{alert}/messages/seen    GET /v1/devices
DELETE /v1/devices/{device}    POST /v1/devices/{device}/confirm    PUT /v1/pins    GET /v1/me/record
PUT /v1/me/record    POST /v1/me/record/pictures    GET /v1/me/record/pictures/{picture}
"""
BOTH = "GET /v1/nodes"
OPERATORS = """
GET /v1/alerts    GET /v1/alarms/history    POST /v1/alarms/seen    GET /v1/drill    POST /v1/drill
GET /v1/shift    POST /v1/shift/notes    POST /v1/shift/notes/{note}/done    POST /v1/operators/me/shift
GET /v1/reviews/mine    POST /v1/alerts/{alert}/commands    GET /v1/alerts/{alert}/story
GET /v1/alerts/{alert}/earlier    GET /v1/alerts/{alert}/pictures/{picture}
POST /v1/callouts/{callout}/take    GET /v1/map/tiles/{z}/{x}/{y}
"""
SUPERVISORS = """
POST /v1/alarms/quiet    DELETE /v1/alarms/quiet    GET /v1/audit    GET /v1/availability    GET /v1/figures
GET /v1/figures.csv    GET /v1/reports/{month}/{form}    GET /v1/reviews    POST /v1/alerts/{alert}/reviews
GET /v1/alerts/{alert}/reviews    POST /v1/alerts/{alert}/outcome    GET /v1/alerts/{alert}/paper
GET /v1/alerts/{alert}/dossier    GET /v1/alerts/{alert}/person    GET /v1/alerts/{alert}/recordings
GET /v1/alerts/{alert}/recordings/{file}    GET /v1/users/{user}/data    GET /v1/users/{user}/record
PUT /v1/users/{user}/record    POST /v1/users/{user}/record/pictures
GET /v1/users/{user}/record/pictures/{picture}    GET /v1/proofs    POST /v1/proofs    DELETE /v1/proofs
GET /v1/admin/version    GET /v1/admin/duty    GET /v1/admin/lines    GET /v1/admin/lines/check
PUT /v1/admin/lines/{line}/out    DELETE /v1/admin/lines/{line}/out    GET /v1/admin/lines/{line}/trial
POST /v1/admin/lines/{line}/trial    DELETE /v1/admin/lines/{line}/trial
"""
# All others are the admins'.


def named(table: str) -> set[str]:
    return set(re.split(r" {2,}|\n", table.strip()))


@pytest.fixture
def routes(api: Api, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Each method and path; no address is told to wait for having knocked at all of them."""
    monkeypatch.setattr(auditing, "REFUSALS_A_MINUTE", 10_000)
    found = {
        f"{method} {name.split(' ')[0]}"
        for name, one in handlers(api.client.app).items()
        for method in getattr(one, "http_methods", ())
    }
    for table in (ANYBODY, OTHERS, APPS, BOTH, OPERATORS, SUPERVISORS):
        assert named(table) <= found
    return found


def knocked(who: Asker, routes: set[str]) -> dict[str, int]:
    """What is answered at each of these doors."""
    asked = {route: re.sub(r"{\w+}", "1", route).split(" ") for route in routes}
    return {route: who.request(method, path).status_code for route, (method, path) in asked.items()}


def test_nobody_comes_in_without_a_key_and_an_app_where_apps_do(api: Api, routes: set[str]) -> None:
    closed = routes - named(ANYBODY)
    for nobody in ({}, bearer("wrong")):
        assert set(knocked(Asker(api.client, nobody), closed).values()) == {401}
    told = knocked(api.app, closed)
    assert {route for route, status in told.items() if status != 401} == named(APPS) | named(BOTH)


def test_what_an_operator_and_a_supervisor_may_is_theirs_and_the_rest_refused_and_entered(
    api: Api, routes: set[str]
) -> None:
    theirs = routes - named(ANYBODY) - named(OTHERS) - named(APPS) - named(BOTH)
    wanted: Counter[str] = Counter()
    for role, may in ((StaffRole.OPERATOR, named(OPERATORS)), (StaffRole.SUPERVISOR, named(SUPERVISORS))):
        api.grant(role)
        theirs -= may
        told = knocked(api.marta, theirs | may)
        assert {route for route, status in told.items() if status == 403} == theirs
        assert 401 not in told.values()
        wanted[MARTA] += len(theirs)
    wait_until(lambda: len(entered(api.web, Action.REFUSED)) == wanted.total())
    assert Counter(one.actor for one in entered(api.web, Action.REFUSED)) == wanted
    assert set(knocked(api.marta, named(APPS)).values()) == {401}


def test_by_a_session_without_its_csrf_token_nothing_is_changed(api: Api, routes: set[str]) -> None:
    api.grant(StaffRole.ADMIN)
    api.client.post("/v1/console/session", json={"token": api.place.marta_token})
    theirs = routes - named(ANYBODY) - named(OTHERS) - named(APPS)
    changes = {one for one in theirs if not one.startswith("GET")}
    for wrong in ({}, {"x-csrf-token": "wrong"}):
        assert set(knocked(Asker(api.client, wrong), changes).values()) == {403}
