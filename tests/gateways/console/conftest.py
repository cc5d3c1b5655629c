"""What the tests of the console share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from messages.ids import OperatorId
from store.journal.journal import Journal
from tests.gateways.console.desk import signed_on
from tests.gateways.console.stage import Stage
from tests.gateways.http.place import Place, WebThread
from tests.gateways.story import on_shift


@pytest.fixture
def stage(page: Page, place: Place) -> Iterator[Stage]:
    """A web, its journal and a page that has not yet been opened."""
    with Stage.of(page, place) as made:
        yield made


@pytest.fixture
def on_duty(place: Place) -> tuple[OperatorId, ...]:
    """Who is on shift at the beginning."""
    return (place.marta,)


@pytest.fixture
def console(
    page: Page, site: WebThread, place: Place, journal: Journal, on_duty: tuple[OperatorId, ...]
) -> Page:
    """Marta, signed on, in English."""
    for operator in on_duty:
        on_shift(journal, operator)
    return signed_on(page, site.url, place)
