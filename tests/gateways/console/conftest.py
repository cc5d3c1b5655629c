"""What the tests of the console share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.gateways.console.stage import Stage
from tests.gateways.http.place import Place


@pytest.fixture
def stage(page: Page, place: Place) -> Iterator[Stage]:
    """A web, its journal and a page that has not yet been opened."""
    with Stage.of(page, place) as made:
        yield made
