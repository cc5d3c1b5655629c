"""The main flow, with real processes, PTYs and pyserial, and what is heard on the phones.

The voice alert and the alert without an answer have theirs in `tests.flows`, from the operator's screen.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from messages.ids import Outcome
from tests.support.center import OPERATOR, PSAP, USER, center, simulation
from tests.support.tones_heard import all_hear_each_other

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]


def test_s01_to_s09_from_an_alert_to_user_and_112_alone_in_conversation(tmp_path: Path) -> None:
    with center(tmp_path, simulation()) as running:
        alert = running.send()
        running.until("operator and user are joined", lambda: running.joined(alert) == {"operator", "user"})
        running.until("they hear each other", lambda: all_hear_each_other(running, (USER, OPERATOR)))
        assert running.order(alert, "leave").status_code == 409
        assert running.order(alert, "call_psap").status_code == 202
        running.until("112 is joined", lambda: len(running.joined(alert)) == 3)
        running.until(
            "each hears exactly the two others", lambda: all_hear_each_other(running, (USER, OPERATOR, PSAP))
        )
        assert running.order(alert, "leave").status_code == 202
        running.until("user and 112 alone", lambda: running.joined(alert) == {"user", "psap"})
        running.until("they hear each other alone", lambda: all_hear_each_other(running, (USER, PSAP)))
        timeline = running.cli("alert", "timeline", alert)
        assert timeline.returncode == 0
        assert "112 is in the conference" in timeline.stdout
        for number in (PSAP, USER):
            running.carrier.post(f"/phones/{number}/hang_up")
        running.until("it is closed", lambda: running.case(alert).closed_at)
        assert running.case(alert).outcome is Outcome.HANDED_OVER
        assert [call["state"] for call in running.calls()] == ["ended"] * len(running.calls())
