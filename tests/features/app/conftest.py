"""A phone with the app in it, before a real web."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from model.settings import Settings
from model.settings.alerts import DeadlineSettings
from store.fallback.fallback import Fallback
from store.journal.journal import Journal
from tests.features.app.phone import Phone
from tests.gateways.http.place import Place, WebThread

BOCCADASSE = {"latitude": 44.39058, "longitude": 8.97342, "accuracy": 18}


@pytest.fixture
def deadline_s() -> float:
    """Seconds; a test that waits for the deadline has its own."""
    return 50.0


@pytest.fixture
def settings(deadline_s: float) -> Settings:
    """The usual one but for the deadline."""
    return Settings(deadline=DeadlineSettings(seconds=deadline_s))


@pytest.fixture
def place(place: Place) -> Place:
    """Giulia's PINs are 4711 and, under duress, 9999; the journal has a fallback in memory."""
    Fallback.make(place.state / "run")
    return place


@pytest.fixture
def service_workers() -> str:
    """To keep a hundred files is half of what an opening costs: who asks for them says `allow`."""
    return "block"


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], service_workers: str) -> dict[str, Any]:
    """A phone of 390 by 844 that may say where it is, in English."""
    return {
        **browser_context_args,
        "service_workers": service_workers,
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "locale": "en-GB",
        "color_scheme": "dark",
        "permissions": ["geolocation"],
        "geolocation": BOCCADASSE,
    }


@pytest.fixture
def phone(page: Page, site: WebThread, place: Place, journal: Journal) -> Phone:
    """Giulia's phone, set up."""
    made = Phone(page, site.url, place, journal)
    made.set_up()
    return made
