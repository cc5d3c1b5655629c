"""A whole center whose operator is nailed up: one call through a shift, whatever dies (S4, S9, S13)."""

from __future__ import annotations

from pathlib import Path

import pytest

from messages.ids import AlertId, Outcome
from tests.support.center import OPERATOR, PSAP, USER, Center, center, simulation

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]


def standing(made: Center) -> bool:
    return [call["state"] for call in made.calls(OPERATOR)] == ["active"]


def has_it(made: Center, alert: AlertId) -> bool:
    """The operator says *I am there*, unless heard already."""
    if made.case(alert).operator is None:
        made.order(alert, "take")
    return made.joined(alert) == {"operator", "user"}


def test_s13_killed_in_an_alert_and_the_operator_s_call_stands_until_the_shift_ends(tmp_path: Path) -> None:
    settings = tmp_path / "center.toml"
    settings.write_text('[operator]\nline = "nailed_up"\n')
    with center(tmp_path, simulation(public=5), "--config", str(settings)) as made:
        made.until("her call stands", lambda: standing(made))
        alert = made.send()
        made.until("operator and user are joined", lambda: has_it(made, alert))
        leg = made.case(alert).operator_leg
        assert leg is not None
        assert leg.line.startswith("nailed:")
        for role in ("OperatorLines", "GsmModem"):
            dead = set(made.kill(role))
            made.until(
                f"another {role}", lambda role=role, dead=dead: made.pids(role) and not made.pids(role) & dead
            )
            made.until("everything is ready", made.is_ready)
        assert made.order(alert, "call_psap").status_code == 202
        made.until("all three are joined", lambda: len(made.joined(alert)) == 3)
        assert made.order(alert, "leave").status_code == 202
        made.until("the operator has left", lambda: made.joined(alert) == {"user", "psap"})
        assert standing(made), "one call, and it goes on"
        for number in (PSAP, USER):
            assert len(made.calls(number)) == 1
            made.carrier.post(f"/phones/{number}/hang_up")
        made.until("it is closed", lambda: made.case(alert).closed_at)
        assert made.case(alert).outcome is Outcome.HANDED_OVER
        told = made.cli("doctor").stdout
        assert "is nailed up on sim" in told
        assert made.cli("operator", "shift", OPERATOR, "off").returncode == 0
        made.until("it is hung up", lambda: {call["state"] for call in made.calls()} == {"ended"})
        assert len(made.calls(OPERATOR)) == 1
