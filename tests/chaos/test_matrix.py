"""The matrix of `scripts/chaos/run` in small: every role is struck, one after another in a few alerts, at a
step where it has work to do.

How soon somebody stands in its place the whole matrix measures, on a quiet machine; here it only has to be.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.harness.cell import Cell
from tests.chaos.harness.command_line import strike_of
from tests.chaos.harness.flows import FLOWS
from tests.chaos.harness.matrix import matrix, pairs
from tests.chaos.harness.report import PAGE, roles_of
from tests.chaos.harness.strikes import ROLES
from tests.chaos.harness.worker import Worker, sweep

CELLS = tuple(
    Cell(flow=flow, strikes=tuple(map(strike_of, strikes.split())))
    for flow, strikes in (
        (
            "main",
            "AlertIntake:kill/accepted AlertCase:kill/operator_answered CallLeg:kill/user_ringing "
            "Web:kill/talking GsmModem:kill/psap_ringing Mixer:stop/conference "
            "Supervisor:kill/alone",
        ),
        (
            "main",
            "OperatorLines:kill/user_dialled GsmModem:garble/user_answered FallbackKeeper:kill/psap_ordered "
            "TrunkPool:stop/psap_dialled ConferenceBridge:kill/psap_answered "
            "Housekeeper:kill/leave_ordered DeadlineWatchdog:kill/hung_up",
        ),
        ("main", "GsmModem:unplug/psap_answered"),
        (
            "voice",
            "AlertIntake:kill/ringing_in LineTest:kill/ringing_in OperatorPool:stop/taken "
            "SelfTest:kill/joined WebStandby:stop/talking",
        ),
        ("voice", "Admin:kill/joined"),
        (
            "no_answer",
            "DutyCaller:stop/user_rang_out Logger:kill/user_ringing_again Node:kill/psap_dialled "
            "HeartbeatSender:stop/briefing",
        ),
        ("false_alarm", "Identifier:kill/operator_dialled GsmModem:stop/false_alarm_ordered"),
    )
)
"""Each a flow, and who is struck in it, as `scripts/chaos/run one` has them: ROLE:KIND/STEP."""


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    folder: Path = tmp_path_factory.mktemp("chaos")
    made = Worker(folder, None)
    try:
        yield made
    finally:
        made.end()
        sweep(folder)


@pytest.mark.process
@pytest.mark.timeout(240)
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.flow}-{cell.strikes[-1].at}")
def test_s13_an_alert_ends_well_whoever_is_struck(worker: Worker, cell: Cell) -> None:
    result = worker.run(cell)
    wrong = [str(one) for one in result.violations if one.rule != "in time"]
    assert not wrong, "\n".join((*wrong, cell.command, result.story))


def test_every_role_is_struck_in_small_as_in_the_whole_matrix() -> None:
    assert {one.role for cell in CELLS for one in cell.strikes} == set(ROLES)
    assert all({one.at for one in cell.strikes} <= set(FLOWS[cell.flow].places) for cell in CELLS)
    whole = matrix()
    places = {(cell.flow, cell.step) for cell in whole}
    assert places == {(flow.name, step) for flow in FLOWS.values() for step in flow.places}
    assert {cell.strikes[0].role for cell in whole} == set(ROLES)


def test_a_seed_gives_the_same_cells_again() -> None:
    assert matrix(seed=3) == matrix(seed=3)
    assert pairs(5, 50) == pairs(5, 50) != pairs(6, 50)


def test_the_page_tells_of_every_role() -> None:
    assert roles_of(PAGE.read_text()) == set(ROLES)
