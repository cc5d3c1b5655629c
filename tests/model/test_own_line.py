"""An operator's own line is named after its operator, and the name says who carries its calls."""

from __future__ import annotations

import pytest

from messages.ids import LineId, OperatorId, OperatorLine, Role
from model.rules.calls.own_line import carrier_of, is_own_line, mode_of, operator_of, own_line
from tests.support.there import there

ANNA = OperatorId("anna")


@pytest.mark.parametrize("mode", [OperatorLine.HEADSET, OperatorLine.NAILED_UP])
def test_the_name_of_an_own_line_says_whose_it_is_and_how_the_operator_is_reached(mode: OperatorLine) -> None:
    line = there(own_line(ANNA, mode))
    assert (is_own_line(line), mode_of(line), operator_of(line)) == (True, mode, ANNA)
    assert carrier_of(line) == (Role.OPERATOR_LINES, "")


def test_a_line_of_the_centers_is_nobodys_own() -> None:
    line = LineId("milano1")
    assert own_line(ANNA, OperatorLine.ON_DEMAND) is None
    assert (is_own_line(line), mode_of(line), operator_of(line)) == (False, OperatorLine.ON_DEMAND, None)
    assert carrier_of(line) == (Role.GSM_MODEM, "milano1")
