"""The main flow where the network joins the parties: real processes and PTYs, modems without a voice port."""

from __future__ import annotations

from pathlib import Path

import pytest

from messages.ids import Outcome
from tests.support.center import OPERATOR, PSAP, USER, center, simulation
from tests.support.tones_heard import all_hear_each_other

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]


def test_s01_to_s09_on_one_line_that_gives_no_voice_to_the_host(tmp_path: Path) -> None:
    with center(tmp_path, simulation(dialects=("sim800",))) as running:
        alert = running.send()
        running.until("operator and user are joined", lambda: running.joined(alert) == {"operator", "user"})
        running.until("they hear each other", lambda: all_hear_each_other(running, (USER, OPERATOR)))
        assert running.order(alert, "mute").status_code == 409
        assert running.order(alert, "call_psap").status_code == 202
        running.until("112 is joined", lambda: len(running.joined(alert)) == 3)
        running.until("all hear each other", lambda: all_hear_each_other(running, (USER, OPERATOR, PSAP)))
        assert len({leg.line for leg in running.case(alert).legs.values()}) == 1
        assert running.order(alert, "leave").status_code == 202
        running.until("user and 112 alone", lambda: running.joined(alert) == {"user", "psap"})
        running.until("they hear each other alone", lambda: all_hear_each_other(running, (USER, PSAP)))
        for number in (PSAP, USER):
            running.carrier.post(f"/phones/{number}/hang_up")
        running.until("it is closed", lambda: running.case(alert).closed_at)
        assert running.case(alert).outcome is Outcome.HANDED_OVER
