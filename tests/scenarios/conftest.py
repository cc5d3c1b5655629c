"""A world for each test."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import structlog

from tests.scenarios.world import World, world

MakeWorld = Callable[..., World]


@pytest.fixture(autouse=True)
def _warnings_are_logged() -> None:
    """Logs warnings, and nothing of what goes well."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


@pytest.fixture
def make_world(tmp_path: Path) -> Iterator[MakeWorld]:
    """Makes a world; ended after the test, whatever happened."""
    for name in ("run", "logs"):
        (tmp_path / name).mkdir()
    made: list[World] = []
    with ExitStack() as worlds:

        def make(**options: object) -> World:
            made.append(worlds.enter_context(world(tmp_path, **options)))
            return made[-1]

        yield make
        for one in made:
            assert one.stuck() == one.expected_to_be_stuck, one.story()
