"""What the tests of the console share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from playwright.sync_api import Page

from gateways.http.app import build
from gateways.http.context import Web
from tests.gateways.console.complaints import Complaints
from tests.gateways.console.states import Stage
from tests.gateways.http.place import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A state directory with keys, two operators and one user."""
    return Place.make(tmp_path / "state")


@pytest.fixture
def web(place: Place) -> Web:
    """The web's parts, in this process."""
    return place.web()


@pytest.fixture
def client(web: Web) -> Iterator[TestClient[Litestar]]:
    """The web, started, with the console mounted."""
    with TestClient(build(web), raise_server_exceptions=False) as started:
        yield started


@pytest.fixture(autouse=True)
def complaints(request: pytest.FixtureRequest) -> Iterator[Complaints | None]:
    """No test in a browser may end with a complaint of it; `browser_may_say` names what has to be there."""
    if "page" not in request.fixturenames:
        yield None
        return
    marks = list(request.node.iter_markers("browser_may_say"))
    heard = Complaints(request.getfixturevalue("page"), [pattern for mark in marks for pattern in mark.args])
    yield heard
    assert heard.found == []


@pytest.fixture
def stage(page: Page, place: Place) -> Iterator[Stage]:
    """A web, its journal and a page that has not yet been opened."""
    with Stage.of(page, place) as made:
        yield made
