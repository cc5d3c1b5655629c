"""A node is lost at a step of an alert, with its modems: others have the alert, and it ends well.

Here is a part of it; the whole is `scripts/chaos/nodes`.
"""

from __future__ import annotations

import itertools

import pytest

from tests.nodes.blows import OWNER, PSAP_LINE, Cell, Run
from tests.support.nodes import Nodes

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]

OWNED_WITHIN_S = 6.0
"""On a machine that does much else; how fast it is when quiet, `scripts/bench/takeover` tells."""
CELLS = (
    Cell(step="accepted", who=OWNER),
    Cell(step="operator_ringing", who=OWNER),
    Cell(step="talking", who=OWNER),
    Cell(step="psap_ringing", who=PSAP_LINE),
    Cell(step="conference", who=OWNER),
    Cell(step="alone", who=PSAP_LINE),
)
_users = itertools.count(10)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.who}-{cell.step}")
def test_an_alert_ends_well_whichever_node_is_lost(three: Nodes, cell: Cell) -> None:
    run = Run(three, cell, next(_users))
    wrong = run.go()
    assert not wrong, "\n".join((cell.name, *map(str, wrong), three.everything()))
    if run.taken_after_s is not None:
        assert run.taken_after_s < OWNED_WITHIN_S
