"""Three nodes, of which one is frozen, cut off or killed at a step of an alert, and comes back.

Its modems go on meanwhile. It writes and dials nothing by what it had, what its modems hold is taken over by
the node that has the alert now, and nobody is hung up. The whole is `scripts/chaos/nodes`.
"""

from __future__ import annotations

import itertools

import pytest

from tests.nodes.blows import OWNER, PSAP_LINE, Blow, Cell, Run
from tests.support.nodes import Nodes

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

CELLS = (
    Cell(step="conference", who=OWNER, blow=Blow.FREEZE, back_after_s=4.0),
    Cell(step="conference", who=OWNER, blow=Blow.CUT, back_after_s=4.0),
    Cell(step="psap_dialled", who=PSAP_LINE, blow=Blow.CUT, back_after_s=4.0),
    Cell(step="user_ringing", who=OWNER, blow=Blow.CUT, back_after_s=4.0),
    Cell(step="talking", who=OWNER, blow=Blow.KILL, back_after_s=1.0),
)
_users = itertools.count(10)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.blow}-{cell.who}-{cell.step}")
def test_an_alert_ends_well_whichever_node_is_away(three: Nodes, cell: Cell) -> None:
    wrong = Run(three, cell, next(_users)).go()
    assert not wrong, "\n".join((cell.name, *map(str, wrong), three.everything()))
