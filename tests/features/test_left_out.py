"""A center without one of its features takes an alert to its end, and knows nothing of the feature."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from application.first_run import machine
from application.state.journals import journal_of
from application.state.state_dir import StateDir
from center import features
from center.checks.selftest_step import check_of
from center.checks.table import every
from center.cli import commands
from center.features import FEATURES
from center.node.actors_group import ActorsGroup
from gateways.http.app import build
from gateways.http.routing.route import routes_of
from messages.events import LineSeized
from messages.ids import AlertId, LegId, LineId, NodeId, OperatorCommand, OperatorId, TrunkId
from model.alarms.table import kinds
from model.feature import Feature, load_object
from model.orders.effects import refusal
from model.orders.refusals import Refusal
from model.settings import Settings
from model.settings.lines import Modem
from model.setup import Setup
from runtime.clock import SystemClock
from store import streams
from store.journal.journal import Append, Journal
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
    declared = [one.declared for where in left_out.routes for one in routes_of([load_object(where)])]
    there = {(method.upper(), path) for path, said in paths.items() for method in said}
    assert not {(one.method, one.path) for one in declared} & there


def test_nothing_names_it(left_out: Feature) -> None:
    assert not {kind.name for kind in left_out.alarms} & {kind.name for kind in kinds()}
    assert not {one.words for one in left_out.commands} & {one.words for one in commands()}
    rows = [row for where in (*left_out.checks, *left_out.own_checks) for row in load_object(where)]
    assert not [row for row in rows if row in every()]


@pytest.mark.parametrize(
    ("off", "whose", "freed"),
    [
        ("selftest", {"tester": OperatorId("eva")}, True),
        ("duty", {"callout": "c1"}, True),
        ("duty", {"tester": OperatorId("eva")}, False),
        ("selftest", {"callout": "c1"}, False),
        ("selftest", {"alert": AlertId("a1")}, False),
    ],
)
def test_a_line_that_a_call_of_its_own_was_on_is_let_go_at_the_start(
    tmp_path: Path, off: str, whose: dict[str, Any], freed: bool
) -> None:
    state = StateDir(tmp_path / "state")
    state.create()
    settings = Settings(modem=(Modem(name="L1", port="/dev/null", trunk=TrunkId("public")),))
    with journal_of(state, create=True) as journal:
        seized = LineSeized(line=LineId("L1"), leg=LegId("x:1"), attempt=1, **whose)
        journal.append(Append(streams.line(LineId("L1")), None, (seized,)))
    features.install([off])
    try:
        ActorsGroup(
            state=state.path,
            clock=SystemClock.anchored(),
            node=NodeId("n"),
            journal_url=state.journal_url,
            setup=Setup(settings=settings),
        ).first_start(state, settings, simulated_phones=None, version="0")
    finally:
        features.install()
    with journal_of(state) as journal:
        (*_, last) = journal.read(streams.line(LineId("L1")))
    assert isinstance(last.event, LineSeized)
    assert last.event == (replace(seized, leg=LegId("")) if freed else seized)


def test_what_it_measures_is_for_people_to_say_and_what_it_tries_is_left_out(
    left_out: Feature, place: Place, journal: Journal
) -> None:
    assert not left_out.needs.keys() & machine(StateDir(place.state), journal).measured.keys()
    assert not [step for step in left_out.proofs if check_of(step) is not None]
