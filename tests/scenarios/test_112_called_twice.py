"""112 is called a second time for an alert whose node is lost, and each call has a call-taker of its own."""

from __future__ import annotations

import pytest

from messages.ids import Party
from simulator.network.call import Call
from tests.scenarios.mixer import MixedVoice
from tests.scenarios.nodes import Cluster
from tests.scenarios.test_nodes import ALL, closes_handed_over, to_conference
from tests.scenarios.world import OPERATORS, PSAP, USER

pytestmark = pytest.mark.scenario


def plays_to_112(nodes: Cluster) -> list[str]:
    """What 112 was begun to be told at the alert's node, by the ids of the clips."""
    owner = nodes.case.owner
    assert owner is not None
    bridge = MixedVoice(nodes.nodes[owner.node].system, owner.worker)
    psap = {leg.leg for leg in nodes.case.of(Party.PSAP)}
    return [name for name, clip in bridge.begun.items() if clip.to & psap]


def taken(nodes: Cluster) -> list[Call]:
    """The calls that a call-taker of 112 has answered."""
    return [call for call in nodes.calls(PSAP) if call.answered_at_s is not None]


def is_told(nodes: Cluster) -> bool:
    return "psap_again:2" in nodes.case.played


def until_a_second_is_told(nodes: Cluster) -> None:
    nodes.until("another call-taker has answered", lambda: len(taken(nodes)) == 2, 20)
    nodes.until("who is told that it is the same alert", lambda: is_told(nodes), 15)
    assert plays_to_112(nodes)[0] == "psap_again:2"


def test_the_first_call_taker_is_kept_where_the_others_are_still_in_that_call(nodes: Cluster) -> None:
    to_conference(nodes)
    nodes.freeze("a")
    until_a_second_is_told(nodes)
    assert [call.line for call in nodes.live_calls_to(PSAP)] == ["a-e1", "b-e1"]
    nodes.thaw("a")
    took_s = nodes.until("all are joined", lambda: nodes.joined == ALL, 20)
    assert took_s <= 6.0
    nodes.advance(3.0)
    assert [call.line for call in nodes.live_calls_to(PSAP)] == ["a-e1"], nodes.story()
    assert len(nodes.calls(PSAP)) == 2, nodes.story()
    closes_handed_over(nodes, "b")


def test_the_second_call_taker_has_the_alert_of_a_node_without_power(nodes: Cluster) -> None:
    to_conference(nodes)
    nodes.lose("a")
    until_a_second_is_told(nodes)
    nodes.until("all are joined", lambda: nodes.joined == ALL, 20)
    assert [call.line for call in nodes.live_calls_to(PSAP)] == ["b-e1"], nodes.story()
    closes_handed_over(nodes, "b")
    assert len(taken(nodes)) == 2


def test_the_second_call_taker_is_kept_where_the_user_and_the_operator_are_with_it(nodes: Cluster) -> None:
    to_conference(nodes)
    nodes.freeze("a")
    nodes.until("another call-taker has answered", lambda: len(taken(nodes)) == 2, 20)
    for number in (USER, OPERATORS[0]):
        nodes.network.hang_up(number)
    nodes.until("all are joined", lambda: nodes.joined == ALL, 40)
    assert is_told(nodes)
    assert [call.line for call in nodes.live_calls_to(PSAP)] == ["a-e1", "b-e1"]
    nodes.thaw("a")
    nodes.until("the first is let go", lambda: len(nodes.live_calls_to(PSAP)) == 1, 8)
    nodes.advance(3.0)
    assert [call.line for call in nodes.live_calls_to(PSAP)] == ["b-e1"], nodes.story()
    assert nodes.joined == ALL
    closes_handed_over(nodes, "b")
    assert len(nodes.calls(PSAP)) == 2
