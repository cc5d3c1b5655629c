"""Of several nodes one calls; where it is lost another goes on."""

from __future__ import annotations

import pytest

from messages import events as ev
from messages.ids import SECOND, CalloutFailure, DutyWay, NodeId
from model.callouts.callout import Callout
from model.callouts.roster import Roster
from store import streams
from store.callouts import callouts_of
from store.journal.journal import Append
from store.roster import store_roster
from tests.features.duty.test_scenarios import ANNA, BEA, PHONES, person
from tests.features.duty.world import PRESSED
from tests.scenarios.conftest import MakeNodes
from tests.scenarios.nodes import Cluster

pytestmark = pytest.mark.scenario


def begun(nodes: Cluster, *wrong: tuple[str, str]) -> None:
    """Something is wrong, or something at each node, and somebody is on duty."""
    roster = Roster(people=(person("anna", ANNA), person("bea", BEA)))
    nodes.journal.transact(lambda tx: store_roster(tx, roster, was_version=None, by="test"))
    for alarm, subject in wrong or [("actor.failing", f"{name}-part") for name in nodes.nodes]:
        raised = ev.AlarmRaised(alarm=alarm, subject=subject, text="x")
        nodes.journal.append(Append(streams.node(NodeId(subject[0])), None, (raised,)))


def the_callout(nodes: Cluster) -> Callout:
    found = callouts_of(nodes.journal)
    (one,) = (*found.open, *found.ended)
    return one


def called(nodes: Cluster) -> int:
    return len(nodes.calls(ANNA)) + len(nodes.calls(BEA))


def test_what_is_wrong_at_two_nodes_is_one_call(make_nodes: MakeNodes) -> None:
    nodes = make_nodes({"a": (3, 0), "b": (3, 0)}, behaviours=PHONES)
    begun(nodes)
    PRESSED["anna"] = "1"
    nodes.until("it is taken", lambda: called(nodes) and the_callout(nodes).ended_at, 60)
    nodes.advance(60)
    assert called(nodes) == 1
    assert {one.node for one in the_callout(nodes).alarms} == {"a", "b"}


def test_the_node_that_calls_is_lost_and_another_calls_within_30_s(make_nodes: MakeNodes) -> None:
    behaviours = PHONES | {str(ANNA): "no_answer"}
    nodes = make_nodes({"a": (3, 0), "b": (3, 0)}, behaviours=behaviours)
    begun(nodes)
    nodes.until("a phone rings", lambda: any(one.ringing_at_s for one in nodes.calls(ANNA)), 60)
    first = the_callout(nodes).node
    nodes.lose(first)
    lost_us = nodes.clock.now_us()
    nodes.until("it rings again", lambda: called(nodes) == 2, 40)
    assert nodes.clock.now_us() - lost_us < 30 * SECOND
    calls = [one for one in the_callout(nodes).attempts if one.way is DutyWay.CALL]
    assert [one.failure for one in calls] == [CalloutFailure.LOST, None]
    assert calls[1].node not in (first, calls[0].node)
    PRESSED["bea"] = "1"
    nodes.until("it is taken", lambda: the_callout(nodes).taken_by == "bea", 120)
    assert "node.lost" in [one.alarm for one in the_callout(nodes).alarms], "told in one"


def test_what_each_node_keeps_for_who_calls_in_is_not_left_to_the_next_alert(make_nodes: MakeNodes) -> None:
    nodes = make_nodes({"a": (3, 0), "b": (3, 0)}, behaviours=PHONES)
    begun(nodes, ("line.no_sim", "a-2"), ("line.no_sim", "a-3"))
    nodes.until("a phone rings", lambda: called(nodes), 60)
