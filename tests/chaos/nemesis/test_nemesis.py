"""The nemesis in small: fifteen seconds of a seed with hard faults, and all of the center killed once."""

from __future__ import annotations

from pathlib import Path

import pytest

from messages.ids import Role
from tests.chaos.nemesis.round import Round
from tests.chaos.nemesis.schedule import Alert, Strike, Whole, schedule
from tests.chaos.nemesis.world import world

SEED = 33
WITHOUT = frozenset(("shift", "phone", "command"))
"""Those that mostly take time."""
DEEDS = (*schedule(SEED, 0.25, WITHOUT), Whole(at_s=15.0, how="kill", down_s=0.0))


def test_the_seed_has_hard_faults_in_the_midst_of_several_alerts() -> None:
    killed = {one.role for one in DEEDS if isinstance(one, Strike) and not one.frozen_s}
    assert {Role.GSM_MODEM, Role.CONFERENCE_BRIDGE, Role.CALL_LEG, Role.WEB} <= killed
    assert sum(isinstance(one, Alert) for one in DEEDS) == 5


@pytest.mark.process
def test_a_short_round_of_everything_at_once_is_right(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        one = Round(made, DEEDS)
        result = one.go()
        if result.wrong:
            one.keep(tmp_path / "kept", result)
    assert result.wrong == []
    assert (result.starts, result.alerts > 1, result.calls > 3) == (2, True, True)
