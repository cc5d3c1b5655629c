"""A world for each test."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import structlog

from tests.scenarios.nodes import Cluster, cluster
from tests.scenarios.world import World
from tests.scenarios.world import world as begun

MakeWorld = Callable[..., World]
MakeNodes = Callable[..., Cluster]


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
            made.append(worlds.enter_context(begun(tmp_path, **options)))
            return made[-1]

        yield make
        for one in made:
            assert one.stuck() == one.expected_to_be_stuck, one.story()


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """One as most tests want it: an operator, three public lines, and one for 112."""
    return make_world()


@pytest.fixture
def make_nodes(tmp_path: Path) -> Iterator[MakeNodes]:
    """Makes nodes; ended after the test, whatever happened."""
    with ExitStack() as clusters:
        yield lambda lines, **options: clusters.enter_context(cluster(tmp_path, lines, **options))


@pytest.fixture
def nodes(make_nodes: MakeNodes) -> Cluster:
    """Two nodes, each with what an alert needs."""
    return make_nodes({"a": (3, 1), "b": (3, 1)})
