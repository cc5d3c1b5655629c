"""Three nodes for the tests of this folder, which each leaves well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.nodes.blows import quick_world
from tests.support.nodes import Nodes, missing, nodes


@pytest.fixture(scope="session")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """All of them well, with an operator who has begun her shift at c."""
    why = missing()
    if why:
        pytest.skip(f"NOT TESTED: nothing of several nodes: {why}")
    with nodes(tmp_path_factory.mktemp("nodes"), quick_world()) as made:
        made.shift("ready", "c")
        yield made
