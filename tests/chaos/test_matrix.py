"""The matrix of `scripts/chaos/run` in small: every role is struck once, at a step where it has work to do.

How soon somebody stands in its place the whole matrix measures, on a quiet machine; here it only has to be.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from messages.ids import Role
from tests.chaos.harness.cell import Cell, Strike
from tests.chaos.harness.flows import FLOWS
from tests.chaos.harness.matrix import matrix, pairs
from tests.chaos.harness.report import PAGE, roles_of
from tests.chaos.harness.strikes import ROLES, Kind
from tests.chaos.harness.worker import Worker, sweep

CELLS: tuple[tuple[str, str, Role, Kind], ...] = (
    ("main", "accepted", Role.ALERT_INTAKE, Kind.KILL),
    ("main", "user_ringing", Role.CALL_LEG, Kind.KILL),
    ("main", "operator_answered", Role.ALERT_CASE, Kind.KILL),
    ("main", "psap_ringing", Role.GSM_MODEM, Kind.KILL),
    ("main", "talking", Role.WEB, Kind.KILL),
    ("main", "conference", Role.CONFERENCE_BRIDGE, Kind.STOP),
    ("main", "psap_dialled", Role.TRUNK_POOL, Kind.STOP),
    ("main", "alone", Role.SUPERVISOR, Kind.KILL),
    ("main", "hung_up", Role.DEADLINE_WATCHDOG, Kind.KILL),
    ("main", "psap_ordered", Role.JOURNAL_KEEPER, Kind.KILL),
    ("main", "user_dialled", Role.OPERATOR_LINES, Kind.KILL),
    ("main", "leave_ordered", Role.RECORDING_KEEPER, Kind.KILL),
    ("voice", "ringing_in", Role.LINE_TESTER, Kind.KILL),
    ("voice", "joined", Role.PROVER, Kind.KILL),
    ("no_answer", "user_rang_out", Role.DUTY_CALLER, Kind.STOP),
    ("no_answer", "briefing", Role.HEARTBEAT_SENDER, Kind.STOP),
    ("voice", "ringing_in", Role.ALERT_INTAKE, Kind.KILL),
    ("voice", "taken", Role.OPERATOR_POOL, Kind.STOP),
    ("voice", "joined", Role.ADMIN, Kind.KILL),
    ("voice", "talking", Role.WEB_STANDBY, Kind.STOP),
    ("no_answer", "user_ringing_again", Role.LOGGER, Kind.KILL),
    ("no_answer", "psap_dialled", Role.NODE, Kind.KILL),
    ("false_alarm", "operator_dialled", Role.IDENTIFIER, Kind.KILL),
    ("false_alarm", "false_alarm_ordered", Role.GSM_MODEM, Kind.STOP),
    ("main", "user_answered", Role.GSM_MODEM, Kind.GARBLE),
    ("main", "psap_answered", Role.GSM_MODEM, Kind.UNPLUG),
)


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
@pytest.mark.parametrize(("flow", "step", "role", "kind"), CELLS)
def test_s13_an_alert_ends_well_whoever_is_struck(
    worker: Worker, flow: str, step: str, role: Role, kind: Kind
) -> None:
    cell = Cell(flow=flow, step=step, strikes=(Strike(role=role, kind=kind),))
    result = worker.run(cell)
    wrong = [str(one) for one in result.violations if one.rule != "in time"]
    assert not wrong, "\n".join((*wrong, cell.command, result.story))


def test_every_role_is_struck_in_small_as_in_the_whole_matrix() -> None:
    assert {role for _, _, role, _ in CELLS} == set(ROLES)
    whole = matrix()
    places = {(cell.flow, cell.step) for cell in whole}
    assert places == {(flow.name, step) for flow in FLOWS.values() for step in flow.places}
    assert {cell.strikes[0].role for cell in whole} == set(ROLES)


def test_a_seed_gives_the_same_cells_again() -> None:
    assert matrix(seed=3) == matrix(seed=3)
    assert pairs(5, 50) == pairs(5, 50) != pairs(6, 50)


def test_the_page_tells_of_every_role() -> None:
    assert roles_of(PAGE.read_text()) == set(ROLES)
