"""What the tests of the web share: a state directory, its journal, the web in this process or on a port."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from playwright.sync_api import Browser, Page

from gateways.http.app import build
from gateways.http.parts.context import Web
from messages.ids import E164
from model.settings import Settings
from model.settings.psap import PsapSettings
from store.journal.journal import Journal
from tests.gateways.http.place import Place, WebThread
from tests.gateways.twins import Twins, twins
from tests.support import one_file
from tests.support.postgres import PostgresServer


@pytest.fixture(scope="session", autouse=True)
def _modules_in_one_file() -> Iterator[None]:
    """Pages open in a third of the time."""
    with one_file.modules_in_one_file():
        yield


@pytest.fixture
def modules_as_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that is about modules itself, or that asks one that the page has what it knows."""
    monkeypatch.setattr(one_file, "FIRST", {})


@pytest.fixture(scope="module")
def modules(browser: Browser) -> Iterator[Page]:
    """The pages' modules, to be asked for what they compute; a file of tests has one page for all."""
    with browser.new_page() as page:
        yield one_file.alone(page)


@pytest.fixture
def settings() -> Settings:
    """An ordinary number for 112, which alerts and tests of them call."""
    return Settings(psap=PsapSettings(number=E164("+390200000112"), test_number=E164("+390200000112")))


@pytest.fixture
def place(tmp_path: Path, settings: Settings) -> Place:
    """A state directory with keys, two operators and one user."""
    return Place.make(tmp_path / "state", settings)


@pytest.fixture
def journal(place: Place) -> Iterator[Journal]:
    """The journal, as the actors have it."""
    opened = place.journal()
    yield opened
    opened.close()


@pytest.fixture
def web(place: Place) -> Web:
    """The web's parts, in this process."""
    return place.web()


@pytest.fixture
def client(web: Web) -> Iterator[TestClient[Litestar]]:
    """The web, started without a port."""
    with TestClient(build(web), raise_server_exceptions=False) as started:
        yield started


@pytest.fixture
def pair(tmp_path: Path, settings: Settings, postgres: PostgresServer) -> Iterator[Twins]:
    """Two nodes that share a journal."""
    with twins(tmp_path, postgres, settings) as made:
        yield made


@pytest.fixture
def site(place: Place) -> Iterator[WebThread]:
    """The web on a real port, for a browser."""
    started = WebThread(place)
    yield started
    started.stop()
