"""How many conversations the doctor thinks the machine carries."""

from __future__ import annotations

import pytest

from center.checks import capacity
from model.checks import Verdict
from model.settings import Settings
from model.settings.alerts import LimitsSettings


def test_more_and_quicker_processors_carry_more_and_there_is_always_one() -> None:
    assert capacity.conversations(60.0, 2) == 7
    assert capacity.conversations(60.0, 4) == 19
    assert capacity.conversations(30.0, 2) == 19
    assert capacity.conversations(1e9, 1) == 1


def test_a_promise_beyond_the_machine_is_told_with_the_number_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "turn_us", lambda parties: 60.0)
    monkeypatch.setattr(capacity, "processors", lambda: 2)
    carried = capacity.conversations(60.0, 2)
    (fits,) = capacity.capacity(Settings(limits=LimitsSettings(live_cases=carried)))
    assert fits.verdict is Verdict.OK
    (more,) = capacity.capacity(Settings(limits=LimitsSettings(live_cases=carried + 1)))
    assert more.verdict is Verdict.WARN
    assert f"Set it to {carried}" in more.text


def test_three_parties_cost_more_than_two() -> None:
    assert 0 < capacity.turn_us(2, 20) < 2 * capacity.turn_us(6, 20)
