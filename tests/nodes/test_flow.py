"""One alert over three nodes: the user's line on one, 112's on another, the operator at the third."""

from __future__ import annotations

import pytest

from messages.ids import Outcome, Party
from tests.chaos.harness.hearing import all_hear
from tests.chaos.harness.view import People
from tests.support.center import OPERATOR, PSAP
from tests.support.nodes import Nodes

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]

EVERYBODY = frozenset({Party.OPERATOR, Party.USER, Party.PSAP})


def test_an_alert_of_one_node_has_112_on_another_and_its_operator_at_the_third(three: Nodes) -> None:
    people = People("+393330000001", OPERATOR, PSAP)
    before = len(three.calls())
    alert = three.send(people.user, "a")
    three.until("operator and user are joined", lambda: three.joined(alert) == {"operator", "user"})
    answer = three.order(alert, "call_psap", "c")
    assert answer is not None
    assert answer.status_code == 202, answer.text
    three.until("all three are joined", lambda: len(three.joined(alert)) == 3)
    lines = {leg.party: leg.line for leg in three.case(alert).legs.values()}
    assert lines[Party.USER].startswith("a-")
    assert lines[Party.PSAP].startswith(("b-", "c-"))
    three.until("each hears the two others", lambda: all_hear(three.carrier, people, EVERYBODY))
    assert three.owner(alert) == "a"
    three.order(alert, "leave", "c")
    three.until("user and 112 are alone", lambda: three.joined(alert) == {"user", "psap"})
    for phone in (people.psap, people.user):
        three.carrier.post(f"/phones/{phone}/hang_up")
    three.until("it is closed", lambda: three.case(alert).closed_at)
    assert three.case(alert).outcome is Outcome.HANDED_OVER
    assert sorted(call["to"] for call in three.calls()[before:]) == sorted(people.all)
