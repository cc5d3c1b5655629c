"""kill -9 of each actor role in the middle of a call: the alert ends well, and no call is dropped (S13)."""

from __future__ import annotations

from pathlib import Path

import pytest

from messages.ids import Outcome
from tests.support.center import OPERATOR, PSAP, USER, center, simulation

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]

ROLES = (
    "AlertIntake",
    "Identifier",
    "OperatorPool",
    "TrunkPool",
    "OperatorLines",
    "DeadlineWatchdog",
    "JournalKeeper",
    "RecordingKeeper",
    "HttpBridge",
    "GsmModem",
    "AlertCase",
    "CallLeg",
    "ConferenceBridge",
    "Supervisor",
)


@pytest.mark.parametrize("role", ROLES)
def test_s13_killed_in_the_middle_of_a_call(tmp_path: Path, role: str) -> None:
    with center(tmp_path, simulation()) as made:
        alert = made.send()
        made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
        dead = made.kill(role, alert)
        made.until(
            f"another {role}",
            lambda: (
                not {row["pid"] for row in made.ps() if row["role"] == role} & set(dead)
                and any(row["role"] == role for row in made.ps())
            ),
        )
        made.until("everything is ready", made.is_ready)
        assert made.order(alert, "call_psap").status_code == 202
        made.until("all three are joined", lambda: len(made.joined(alert)) == 3)
        assert made.order(alert, "leave").status_code == 202
        made.until("the operator has left", lambda: made.joined(alert) == {"user", "psap"})
        for number in (OPERATOR, USER, PSAP):
            assert len(made.calls(number)) == 1, f"{number} was called once, and never dropped"
        for number in (PSAP, USER):
            made.carrier.post(f"/phones/{number}/hang_up")
        made.until("it is closed", lambda: made.case(alert).closed_at)
        assert made.case(alert).outcome is Outcome.HANDED_OVER
        assert {call["state"] for call in made.calls()} == {"ended"}
