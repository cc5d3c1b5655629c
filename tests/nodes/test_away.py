"""A node that is away and comes back while its modems go on: frozen, cut off, or only its processes killed.

Others have its alerts meanwhile. It writes and dials nothing by what it had; what its modems still hold is
taken over by whoever has the alert now, and nobody is hung up.
"""

from __future__ import annotations

import itertools

import pytest

from tests.nodes.blows import OWNER, PSAP_LINE, Blow, Cell, Run
from tests.support.nodes import Nodes

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]

CELLS = (
    Cell(step="conference", who=OWNER, blow=Blow.FREEZE, back_after_s=4.0),
    Cell(step="conference", who=OWNER, blow=Blow.CUT, back_after_s=4.0),
    Cell(step="psap_dialled", who=PSAP_LINE, blow=Blow.CUT, back_after_s=4.0),
    Cell(step="user_ringing", who=OWNER, blow=Blow.CUT, back_after_s=4.0),
    Cell(step="talking", who=OWNER, blow=Blow.KILL, back_after_s=1.0),
)
_users = itertools.count(60)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.blow}-{cell.who}-{cell.step}")
def test_a_node_that_was_away_has_lost_its_alert_and_nobody_is_hung_up(three: Nodes, cell: Cell) -> None:
    run = Run(three, cell, next(_users))
    wrong = run.go()
    assert not wrong, "\n".join((cell.name, *map(str, wrong), three.everything()))
