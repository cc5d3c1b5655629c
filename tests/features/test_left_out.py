"""A center without one of its features takes an alert to its end, and knows nothing of the feature."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

import pytest
from litestar.testing import TestClient

from center import features
from center.checks.table import every
from center.cli import commands
from center.features import FEATURES
from gateways.http.app import build
from gateways.http.routing.route import routes_of
from messages.ids import OperatorCommand
from model.alarms.table import kinds
from model.feature import Feature, named
from model.orders.effects import refusal
from model.orders.refusals import Refusal
from tests.gateways.http.place import Place
from tests.scenarios.conftest import MakeWorld

pytestmark = pytest.mark.scenario


@pytest.fixture(params=FEATURES, ids=lambda one: one.name)
def left_out(request: pytest.FixtureRequest) -> Iterator[Feature]:
    """The feature that this center has not."""
    features.install([request.param.name])
    yield request.param
    features.install()


def test_an_alert_comes_to_its_end(left_out: Feature, make_world: MakeWorld) -> None:
    world = make_world()
    assert not [one for one in left_out.actors if world.env.directory.all_of(one.role)]
    world.send()
    world.until(
        "operator and user talk", lambda: [leg.joined for leg in world.case.legs.values()] == [True] * 2
    )
    by = world.case.operator
    assert by is not None
    allowed = {one: refusal(world.case, one, by, world.settings) for one in left_out.orders}
    assert set(allowed.values()) <= {Refusal.LEFT_OUT}
    world.order(OperatorCommand.DECLARE_FALSE_ALARM)
    world.until("the alert is closed", lambda: world.case.closed_at is not None)


def test_the_web_serves_the_rest(left_out: Feature, place: Place) -> None:
    with TestClient(build(place.web()), raise_server_exceptions=False) as client:
        paths = client.get("/schema/openapi.json").json()["paths"]
        assert client.get("/console").status_code == HTTPStatus.OK
    assert "/v1/alerts" in paths
    own = {one.declared.path for where in left_out.routes for one in routes_of([named(where)])}
    assert not own & set(paths)


def test_nothing_names_it(left_out: Feature) -> None:
    assert not {kind.name for kind in left_out.alarms} & {kind.name for kind in kinds()}
    assert not {tuple(one.words.split()) for one in left_out.commands} & set(commands())
    rows = [row for where in (*left_out.checks, *left_out.own_checks) for row in named(where)]
    assert not [row for row in rows if row in every()]
