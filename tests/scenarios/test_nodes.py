"""Several nodes, one of which dies or freezes: all actors, the journal, the AT engine and the carrier."""

from __future__ import annotations

import pytest

from messages import events as ev
from messages.ids import (
    E164,
    SECOND,
    Instant,
    NodeId,
    OperatorCommand,
    Outcome,
    Party,
    TextFailure,
    TextPurpose,
)
from model.alert.leg import leg_id
from store import streams
from store.sms_outbox import request_text
from tests.scenarios.conftest import MakeNodes
from tests.scenarios.nodes import Cluster
from tests.scenarios.world import OPERATORS, PSAP, SETTINGS, USER
from tests.support.settings import changed

pytestmark = pytest.mark.scenario

BOTH = {Party.OPERATOR, Party.USER}
ALL = BOTH | {Party.PSAP}


def to_talking(nodes: Cluster, at: str = "a") -> None:
    nodes.send(at)
    nodes.until("operator and user are joined", lambda: nodes.joined == BOTH)


def to_conference(nodes: Cluster, at: str = "a") -> None:
    to_talking(nodes, at)
    nodes.order(OperatorCommand.CALL_PSAP, at)
    nodes.until("112 is joined", lambda: nodes.joined == ALL)


def closes_handed_over(nodes: Cluster, at: str) -> None:
    nodes.order(OperatorCommand.LEAVE, at)
    nodes.until("user and 112 are alone", lambda: nodes.joined == {Party.USER, Party.PSAP})
    nodes.advance(nodes.settings.alert.leave_alarm_within_s + 1)
    nodes.psap_hangs_up()
    nodes.until("the alert is closed", lambda: nodes.case.closed_at is not None, 90)
    assert nodes.case.outcome is Outcome.HANDED_OVER, nodes.story()
    nodes.until("nothing is up", lambda: not nodes.live_calls())


def test_an_alert_uses_the_lines_and_the_operator_of_other_nodes(make_nodes: MakeNodes) -> None:
    nodes = make_nodes({"a": (3, 0), "b": (0, 1), "c": (0, 0)})
    to_talking(nodes)
    nodes.order(OperatorCommand.CALL_PSAP, "c")
    nodes.until("112 is joined", lambda: nodes.joined == ALL, 20)
    lines = {leg.party: leg.line for leg in nodes.case.legs.values()}
    assert lines[Party.PSAP] == "b-e1"
    assert lines[Party.USER].startswith("a-")
    assert nodes.owner == "a"
    closes_handed_over(nodes, "c")


def test_the_nearest_line_is_taken_first(nodes: Cluster) -> None:
    to_conference(nodes, "b")
    assert {str(leg.line)[0] for leg in nodes.case.legs.values()} == {"b"}


def test_what_a_lost_node_had_is_anothers_within_two_seconds_and_its_people_are_called_again(
    nodes: Cluster,
) -> None:
    to_talking(nodes)
    nodes.lose("a")
    took_s = nodes.until("b has the alert", lambda: nodes.owner == "b")
    assert took_s <= 2.0
    begun_s = nodes.until(
        "somebody is called", lambda: any(c.line.startswith("b-") for c in nodes.live_calls())
    )
    assert took_s + begun_s <= 3.0
    nodes.until("operator and user are joined", lambda: nodes.joined == BOTH)
    assert {str(leg.line)[0] for leg in nodes.case.legs.values() if leg.live} == {"b"}
    nodes.order(OperatorCommand.CALL_PSAP, "b")
    nodes.until("112 is joined", lambda: nodes.joined == ALL)
    closes_handed_over(nodes, "b")
    assert len(nodes.calls(USER)) == 2


def test_a_frozen_node_neither_writes_nor_dials_when_it_wakes_up_and_its_calls_are_taken_over(
    nodes: Cluster,
) -> None:
    to_conference(nodes)
    before = nodes.case.case_version
    nodes.freeze("a")
    nodes.until("b has the alert", lambda: nodes.owner == "b")
    nodes.advance(2.0).thaw("a")
    nodes.until("all are joined", lambda: nodes.joined == ALL, 60)
    since = [one for one in nodes.journal.read(f"alert-{nodes.alert}", before) if one.node == "a"]
    assert since == [], nodes.story()
    assert nodes.owner == "b"
    up = [call for call in nodes.calls(PSAP) if call.ended_at_s is None]
    assert [call.line for call in up] == ["a-e1"], nodes.story()
    closes_handed_over(nodes, "b")


def test_a_lost_node_is_an_alarm_that_ends_with_its_return(nodes: Cluster) -> None:
    nodes.freeze("a").advance(4.0).thaw("a").advance(4.0)
    said = [one.event for one in nodes.journal.read("node-b")]
    lost = [one for one in said if getattr(one, "alarm", "") == "node.lost"]
    assert [type(one) for one in lost] == [ev.AlarmRaised, ev.AlarmCleared]


def test_a_drained_node_ends_what_it_has_begun_and_gives_the_rest_away(make_nodes: MakeNodes) -> None:
    settings = changed(SETTINGS, {"limits.live_cases": 1})
    nodes = make_nodes({"a": (4, 1), "b": (4, 1)}, operators=2, settings=settings)
    to_talking(nodes)
    begun = nodes.alert
    waiting = nodes.send("a", E164("+393339990001"))
    assert nodes.owner_of(waiting) == "a"
    nodes.drain("a")
    nodes.until("b has what waited", lambda: nodes.owner_of(waiting) == "b")
    late = nodes.send("a", E164("+393339990002"))
    nodes.until("b has what came late", lambda: nodes.owner_of(late) == "b")
    nodes.alert = begun
    assert nodes.owner == "a"
    assert not nodes.is_drained("a")
    nodes.order(OperatorCommand.DECLARE_FALSE_ALARM, "a")
    nodes.until("the alert is closed", lambda: nodes.case.closed_at is not None)
    nodes.until("a has nothing left", lambda: nodes.is_drained("a"))


def test_no_call_is_begun_on_a_line_of_a_drained_node(make_nodes: MakeNodes) -> None:
    nodes = make_nodes({"a": (2, 1), "b": (4, 1)}).drain("b")
    nodes.send("a")
    nodes.advance(3.0)
    assert {call.line[0] for call in nodes.network.carrier.calls} == {"a"}


def test_where_no_other_line_is_left_the_user_is_called_on_a_drained_node_s(make_nodes: MakeNodes) -> None:
    nodes = make_nodes({"a": (1, 1), "b": (4, 1)}).drain("b")
    nodes.send("a")
    nodes.until("both are called", lambda: nodes.joined == BOTH, 15.0)


def test_a_drained_node_that_is_alone_goes_on(make_nodes: MakeNodes) -> None:
    nodes = make_nodes({"a": (4, 1)}).drain("a")
    to_talking(nodes)
    assert nodes.owner == "a"


def test_a_drained_node_takes_what_a_lost_one_had_where_no_other_is_left(make_nodes: MakeNodes) -> None:
    nodes = make_nodes({"a": (4, 1), "b": (4, 1)}, operators=2)
    nodes.send("a", E164("+393339990001"))
    nodes.until("a has somebody on the phone", lambda: Party.OPERATOR in nodes.joined)
    nodes.drain("a")
    to_talking(nodes, "b")
    assert nodes.owner == "b"
    nodes.lose("b")
    nodes.until("a has it", lambda: nodes.owner == "a", 2.0)
    nodes.until("she is called from a", lambda: nodes.calls(USER)[-1].line.startswith("a-"), 4.0)


def test_drained_nodes_that_are_the_last_call_on_each_other_s_lines(make_nodes: MakeNodes) -> None:
    nodes = make_nodes({"a": (4, 1), "b": (1, 0), "c": (1, 1)}, operators=2)
    for name in ("b", "c"):
        nodes.drain(name)
    to_talking(nodes, "a")
    nodes.lose("a")
    nodes.until("another has it", lambda: nodes.owner in ("b", "c"), 2.0)
    nodes.until("both are called", lambda: nodes.joined == BOTH, 12.0)


def test_a_drained_node_leaves_what_a_lost_one_had_to_another(make_nodes: MakeNodes) -> None:
    nodes = make_nodes({"a": (4, 1), "b": (4, 1), "c": (4, 1)}, operators=2)
    nodes.send("a", E164("+393339990001"))
    nodes.until("a has somebody on the phone", lambda: Party.OPERATOR in nodes.joined)
    nodes.drain("a")
    to_talking(nodes, "b")
    nodes.lose("b")
    nodes.until("c has it", lambda: nodes.owner == "c", 2.0)


def stays_the_only_call(nodes: Cluster, number: str) -> None:
    """Whoever else has dialled meanwhile has found the phone busy with it."""
    up = [call for call in nodes.calls(number) if call.ended_at_s is None]
    answered = [call for call in nodes.calls(number) if call.answered_at_s is not None]
    assert len(up) == len(answered) == 1, nodes.story()


def test_user_and_112_of_a_frozen_node_are_joined_again_though_their_operator_left_meanwhile(
    make_nodes: MakeNodes,
) -> None:
    nodes = make_nodes({"a": (4, 0), "b": (4, 1)})
    to_conference(nodes)
    nodes.freeze("a").order(OperatorCommand.LEAVE, "b")
    nodes.until("b has the alert", lambda: nodes.owner == "b")
    nodes.advance(3.0).thaw("a")
    nodes.until("user and 112 are together", lambda: nodes.joined >= {Party.USER, Party.PSAP}, 8)
    for number in (USER, PSAP):
        stays_the_only_call(nodes, number)
    # The phone of their operator was busy with the call of before; by then nobody is needed any more.
    nodes.until("they are left to talk", lambda: nodes.case.leave.at is not None, 20)
    nodes.network.hang_up(PSAP)
    nodes.until("the alert is closed", lambda: nodes.case.closed_at is not None, 90)


@pytest.mark.parametrize("wakes", [False, True])
def test_who_is_busy_with_the_silent_call_of_a_frozen_node_is_called_until_that_is_hung_up(
    nodes: Cluster, wakes: bool
) -> None:
    to_talking(nodes)
    nodes.freeze("a")
    nodes.until("she was busy three times", lambda: len(nodes.calls(USER)) >= 4, 20)
    assert not nodes.case.presumed_calling_112
    nodes.network.hang_up(USER)
    if wakes:
        nodes.thaw("a")
    nodes.until("she is on the phone", lambda: Party.USER in nodes.joined, 10)


def over_lines_of(nodes: Cluster, owner: str, lines: str) -> None:
    """Talking, with the alert at one node and the calls at another."""
    to_talking(nodes, owner)
    assert nodes.owner == owner
    assert {str(leg.line)[0] for leg in nodes.case.legs.values()} == {lines}


def test_calls_of_a_node_that_is_not_heard_are_given_up_and_taken_back_once_it_is(
    make_nodes: MakeNodes,
) -> None:
    nodes = make_nodes({"a": (0, 0), "b": (3, 1)})
    over_lines_of(nodes, "a", "b")
    nodes.part("a", "b")
    nodes.until(
        "both are given up", lambda: nodes.case.calls_on_lost_nodes.keys() == nodes.case.legs.keys(), 4
    )
    nodes.advance(8.0)
    assert nodes.owner == "a"
    nodes.part("a", "b", parted=False)
    nodes.until("they are joined again", lambda: nodes.joined == BOTH, 5)
    for number in (USER, OPERATORS[0]):
        assert len(nodes.calls(number)) == 1, nodes.story()


def test_people_whose_node_is_not_heard_are_called_on_the_lines_of_another(make_nodes: MakeNodes) -> None:
    nodes = make_nodes({"a": (0, 0), "b": (3, 1), "c": (3, 1)})
    over_lines_of(nodes, "a", "b")
    nodes.part("a", "b")
    nodes.until("she is called again", lambda: nodes.calls(USER)[-1].line.startswith("c-"), 4.5)
    for number in (USER, OPERATORS[0]):
        nodes.network.hang_up(number)
    nodes.until("they are joined", lambda: nodes.joined == BOTH, 20)
    nodes.part("a", "b", parted=False).advance(5.0)
    assert nodes.joined == BOTH
    assert {call.line[0] for call in nodes.live_calls()} == {"c"}
    assert len(nodes.live_calls()) == 2


def test_case_16_user_and_112_are_not_given_up_whose_lines_are_both_at_a_node_that_is_lost_after_the_leaving(
    make_nodes: MakeNodes,
) -> None:
    nodes = make_nodes({"a": (2, 0), "b": (3, 1), "c": (3, 1)})
    to_conference(nodes)
    lines = {leg.party: leg.line for leg in nodes.case.legs.values()}
    assert {str(lines[party])[0] for party in (Party.USER, Party.PSAP)} == {"b"}, lines
    nodes.order(OperatorCommand.LEAVE, "a")
    nodes.until("user and 112 are alone", lambda: nodes.joined == {Party.USER, Party.PSAP})
    nodes.freeze("b")
    nodes.until("she is called again", lambda: nodes.calls(USER)[1:], 10)
    nodes.advance(2.0).thaw("b")
    nodes.until("they are joined again", lambda: nodes.joined >= {Party.USER, Party.PSAP}, 20)
    for number in (USER, PSAP):
        stays_the_only_call(nodes, number)
    nodes.until("the operator looks after it", lambda: nodes.joined == ALL, 20)
    closes_handed_over(nodes, "a")


def test_the_operator_of_a_frozen_node_has_the_case_again_by_the_call_that_still_stands(
    nodes: Cluster,
) -> None:
    to_talking(nodes)
    nodes.freeze("a")
    nodes.until("b has the alert", lambda: nodes.owner == "b")
    nodes.advance(2.5).thaw("a")
    nodes.until("they are joined again", lambda: nodes.joined == BOTH, 10)
    for number in (USER, OPERATORS[0]):
        stays_the_only_call(nodes, number)


def test_of_two_nodes_lost_one_after_another_the_one_that_is_back_gives_back_its_call(
    make_nodes: MakeNodes,
) -> None:
    lines = {"a": (3, 1), "b": (3, 1), "c": (3, 1)}
    nodes = make_nodes(lines)
    nodes.send("c")
    nodes.until("she is called", lambda: nodes.calls(OPERATORS[0]))
    nodes.lose("c")
    nodes.until("another has the alert", lambda: nodes.owner in ("a", "b"))
    second = nodes.owner
    nodes.until("her phone rings again", lambda: nodes.calls(OPERATORS[0])[-1].ringing_at_s is not None)
    nodes.freeze(second)
    nodes.until("the third has it", lambda: nodes.owner not in ("c", second))
    nodes.until("she has answered", lambda: any(call.answered_at_s for call in nodes.calls(OPERATORS[0])))
    nodes.advance(2.0).thaw(second)
    nodes.until("they are joined", lambda: nodes.joined == BOTH, 40)
    stays_the_only_call(nodes, OPERATORS[0])
    told = [one.event for one in nodes.journal.read(f"alert-{nodes.alert}")]
    let_go = [one for one in told if isinstance(one, ev.OperatorLeft | ev.OperatorNotAnswering)]
    reserved = [one for one in told if isinstance(one, ev.OperatorReserved)]
    # She is let go once for each time that she was reserved, but for the last.
    assert len(let_go) == len(reserved) - 1, nodes.story()


def comes_back(nodes: Cluster) -> None:
    """The alert goes from a, which is not heard for a while, to b, and back to a when b is lost."""
    nodes.freeze("a")
    nodes.until("b has the alert", lambda: nodes.owner == "b")
    nodes.until("b has taken it up", lambda: nodes.case.owner is not None and nodes.case.owner.node == "b")
    nodes.advance(1.5).thaw("a").advance(2.0).lose("b")
    nodes.until("a has it again", lambda: nodes.owner == "a")


def is_served_by(nodes: Cluster, node: str) -> bool:
    return nodes.case.owner is not None and nodes.case.owner.node == node


def test_an_alert_that_waits_is_served_by_the_node_that_it_comes_back_to(make_nodes: MakeNodes) -> None:
    nodes = make_nodes({"a": (3, 1), "b": (3, 1)}, on_shift=False)
    nodes.send("a")
    nodes.advance(1.0)
    comes_back(nodes)
    nodes.until("a has taken it up", lambda: is_served_by(nodes, "a"), 3.0)
    nodes.shift(nodes.operators[0], "a")
    nodes.until("operator and user are joined", lambda: nodes.joined == BOTH, 20)


def test_an_alert_whose_phones_ring_is_served_by_the_node_that_it_comes_back_to(
    make_nodes: MakeNodes,
) -> None:
    silent = {OPERATORS[0]: "no_answer"}
    nodes = make_nodes({"a": (3, 1), "b": (3, 1)}, behaviours=silent)
    nodes.send("a")
    nodes.until("her phone rings", lambda: nodes.calls(OPERATORS[0])[-1:] and nodes.live_calls())
    comes_back(nodes)
    nodes.until("a has taken it up", lambda: is_served_by(nodes, "a"), 3.0)
    (up,) = nodes.live_calls()
    assert up.line == nodes.case.legs[leg_id(nodes.alert, "op1")].line


def test_a_conversation_is_served_by_the_node_that_it_comes_back_to(nodes: Cluster) -> None:
    to_talking(nodes)
    comes_back(nodes)
    nodes.until("a has taken it up", lambda: is_served_by(nodes, "a"), 3.0)
    nodes.until("they are joined", lambda: nodes.joined == BOTH, 15)
    closes_by_operator(nodes, "a")


def closes_by_operator(nodes: Cluster, at: str) -> None:
    nodes.order(OperatorCommand.DECLARE_FALSE_ALARM, at)
    nodes.until("the alert is closed", lambda: nodes.case.closed_at is not None)
    nodes.until("nothing is up", lambda: not nodes.live_calls())


def test_a_text_is_sent_by_the_node_that_has_asked_for_it_on_its_own_lines_first(
    make_nodes: MakeNodes,
) -> None:
    nodes = make_nodes({"a": (2, 0), "b": (2, 0), "c": (0, 0)})

    def line_of_text(at: str) -> str:
        journal = nodes.open(NodeId(at))
        until = Instant(nodes.clock.now_us() + 60 * SECOND)
        text = journal.transact(lambda tx: request_text(tx, USER, "words", TextPurpose.CODE, until))
        journal.close()
        nodes.until("it is over", lambda: len(nodes.journal.read(streams.text(text))) == 3, 10)
        sending, sent = (one.event for one in nodes.journal.read(streams.text(text))[1:])
        assert isinstance(sending, ev.TextSending)
        assert isinstance(sent, ev.TextSent)
        return sending.line

    assert line_of_text("b").startswith("b-")
    assert line_of_text("a").startswith("a-")
    assert line_of_text("c")[0] in "ab", "it has none of its own"
    assert len(nodes.network.carrier.messages) == 3


def test_a_text_of_a_node_that_is_lost_is_given_up_by_another_and_sent_by_none(make_nodes: MakeNodes) -> None:
    nodes = make_nodes({"a": (2, 0), "b": (2, 0)}).lose("a")
    journal = nodes.open(NodeId("a"))
    until = Instant(nodes.clock.now_us() + 20 * SECOND)
    text = journal.transact(lambda tx: request_text(tx, USER, "words", TextPurpose.CODE, until))
    journal.close()
    nodes.advance(19)
    assert len(nodes.journal.read(streams.text(text))) == 1
    nodes.advance(3)
    assert nodes.journal.read(streams.text(text))[-1].event == ev.TextFailed(cause=TextFailure.TOO_LATE)
    assert nodes.network.carrier.messages == []
