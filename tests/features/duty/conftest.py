"""Of each test its own keys, words and letters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.features.duty.world import PRESSED, SPOKEN, WRITTEN


@pytest.fixture(autouse=True)
def _nothing_yet() -> Iterator[None]:
    yield
    for what in (PRESSED, SPOKEN, WRITTEN):
        what.clear()
