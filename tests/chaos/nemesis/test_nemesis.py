"""The nemesis in small: nine seconds of a seed, blows besides, and all of the center killed at their end."""

from __future__ import annotations

from pathlib import Path

import pytest

from messages.ids import Role
from tests.chaos.nemesis.deeds import Alert, How, Strike, Whole, in_order
from tests.chaos.nemesis.round import Round
from tests.chaos.nemesis.schedule import schedule
from tests.chaos.nemesis.world import world

SEED = 5
WITHOUT = frozenset(("shift", "phone", "command"))
"""Those that mostly take time."""
DEEDS = in_order(
    *schedule(SEED, 0.15, WITHOUT),
    Strike(at_s=6.0, role=Role.GSM_MODEM, pick=0, busy=True),
    Strike(at_s=7.5, role=Role.CONFERENCE_BRIDGE, pick=0, busy=True),
    Whole(at_s=9.0, how="kill", down_s=0.0),
)


def test_the_seed_has_alerts_of_several_kinds_and_blows_among_them() -> None:
    assert {one.how for one in DEEDS if isinstance(one, Alert)} == {How.CALL, How.DATA, How.SILENT}
    killed = {one.role for one in DEEDS if isinstance(one, Strike) and not one.frozen_s}
    assert {Role.CALL_LEG, Role.ALERT_INTAKE} <= killed


@pytest.mark.process
def test_a_short_round_of_everything_at_once_is_right(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        one = Round(made, DEEDS)
        result = one.go()
        if result.wrong:
            one.keep(tmp_path / "kept", result)
    assert result.wrong == []
    assert (result.starts, result.alerts > 1) == (2, True)
