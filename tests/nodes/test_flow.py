"""One alert over three nodes: the user's line on one, 112's on another, the operator at the third."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from messages.ids import Outcome, Party
from tests.chaos.harness.hearing import all_hear
from tests.chaos.harness.view import People
from tests.support.center import OPERATOR, PSAP
from tests.support.nodes import Nodes

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]

EVERYBODY = frozenset({Party.OPERATOR, Party.USER, Party.PSAP})


def can_call(nodes: Nodes, line: str) -> bool:
    """Whether the line can carry calls, as its node tells it."""
    told = nodes[line[0]].http.get("/metrics").text
    return any(
        row.startswith("securwoman_line_ready{") and f'line="{line}"' in row and row.endswith(" 1.0")
        for row in told.splitlines()
    )


@pytest.fixture
def emergency_only_at_b(three: Nodes) -> Iterator[Nodes]:
    """Without the third node's emergency line."""
    three.carrier.post("/modems/c-e1/unplug")
    three.until("c-e1 is away", lambda: not can_call(three, "c-e1"))
    assert can_call(three, "b-e1")
    yield three
    three.carrier.post("/modems/c-e1/plug")
    three.until("c-e1 is back", lambda: can_call(three, "c-e1"))


def test_an_alert_of_one_node_has_112_on_another_and_its_operator_at_the_third(
    emergency_only_at_b: Nodes,
) -> None:
    three = emergency_only_at_b
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
    assert lines[Party.PSAP] == "b-e1"
    three.until("each hears the two others", lambda: all_hear(three.carrier, people, EVERYBODY))
    assert three.owner(alert) == "a"
    answer = three.order(alert, "leave", "c")
    assert answer is not None
    assert answer.status_code == 202, answer.text
    three.until("user and 112 are alone", lambda: three.joined(alert) == {"user", "psap"})
    for phone in (people.psap, people.user):
        three.carrier.post(f"/phones/{phone}/hang_up")
    three.until("it is closed", lambda: three.case(alert).closed_at)
    assert three.case(alert).outcome is Outcome.HANDED_OVER
    assert sorted(call["to"] for call in three.calls()[before:]) == sorted(people.all)
