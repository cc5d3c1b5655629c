"""Three nodes, for the tests of one file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.nodes.blows import quick_world
from tests.support.nodes import Nodes, missing, nodes


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """All of them well, as each test leaves them, with an operator whose shift has begun at c."""
    why = missing()
    if why:
        pytest.skip(f"NOT TESTED: nothing of several nodes: {why}")
    with nodes(tmp_path_factory.mktemp("nodes"), quick_world()) as made:
        made.shift("ready", "c")
        yield made
