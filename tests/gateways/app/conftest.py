"""A phone with the app in it, before a real web."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from model.policy import Policy
from store.journal import Journal
from store.spare import Spare
from tests.gateways.app.phone import Phone
from tests.gateways.http.place import Place, WebThread

BOCCADASSE = {"latitude": 44.39058, "longitude": 8.97342, "accuracy": 18}


@pytest.fixture
def deadline_s() -> float:
    """Seconds; a test that waits for the deadline has its own."""
    return 50.0


@pytest.fixture
def place(tmp_path: Path, deadline_s: float) -> Place:
    """A state directory with keys, two operators and Giulia, whose PINs are 4711 and, under duress, 9999."""
    made = Place.make(tmp_path / "state", Policy(deadline_s=deadline_s))
    Spare.make(made.state / "run")
    return made


@pytest.fixture
def web(place: Place) -> Iterator[WebThread]:
    """The web, on a real port."""
    started = WebThread(place)
    yield started
    started.stop()


@pytest.fixture
def journal(place: Place) -> Iterator[Journal]:
    """The journal, as the actors have it."""
    opened = place.journal()
    yield opened
    opened.close()


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A phone of 390 by 844 that may say where it is, in English."""
    return {
        **browser_context_args,
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "locale": "en-GB",
        "color_scheme": "dark",
        "permissions": ["geolocation"],
        "geolocation": BOCCADASSE,
    }


@pytest.fixture
def phone(page: Page, web: WebThread, place: Place, journal: Journal) -> Iterator[Phone]:
    """Giulia's phone, set up; nothing that the policy forbids may have been tried at the end."""
    made = Phone(page, web.url, place, journal)
    made.set_up()
    yield made
    assert made.faults == []
