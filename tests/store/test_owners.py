"""Members and leases, over both databases: who may write an alert's story, and who takes what nobody has."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from messages.events import AlertClosed, NoteAdded
from messages.ids import SECOND, Advice, AlertId, Instant, NodeId, OperatorId, Outcome
from model.alert.evolve import fold
from store import streams
from store.alerts.accepting import accept, accept_soon
from store.alerts.reopening import reopen
from store.errors import LeaseLost, NodeNameTaken
from store.journal.group_commit import GroupCommitter
from store.journal.journal import Append, Journal
from store.nodes import members, owners
from tests.store.databases import Database
from tests.store.places import Clock, answered, on_both, signal
from tests.support.there import there

pytestmark = on_both

TTL_US = 60 * SECOND
A, B, C = NodeId("a"), NodeId("b"), NodeId("c")
OpenAs = Callable[[str], Journal]


@pytest.fixture
def open_as(open_journal: Callable[..., Journal]) -> OpenAs:
    """The journal as a node has it that shares it with others."""
    return lambda node: open_journal(node=node, shared=True)


class Time:
    """Lets a membership end."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def until_ended(self, node: NodeId) -> None:
        self._database.execute("UPDATE member SET until_us = 1 WHERE node = ?", node)


@pytest.fixture
def time(database: Database) -> Time:
    return Time(database)


@pytest.fixture(autouse=True)
def _ends_by_the_test_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server's clock goes on while a loaded machine stands still."""
    monkeypatch.setattr(members, "TTL_US", TTL_US)


def alert_at(journal: Journal, clock: Clock, phone: str = "+393331112223") -> AlertId:
    return accept(journal, signal(clock, phone), 50.0).alert


def story(journal: Journal, alert: AlertId, expected: int = 0) -> None:
    journal.append(Append(streams.case(alert), expected, (answered(),)))


def test_a_new_alert_is_the_node_s_that_has_received_it(open_as: OpenAs, clock: Clock) -> None:
    a, b = open_as("a"), open_as("b")
    members.join_cluster(a, A, "10.0.0.1")
    members.join_cluster(b, B, "10.0.0.2")
    alert = alert_at(a, clock)
    assert owners.owned_alerts(a, A) == {alert: 1}
    assert owners.owned_alerts(b, B) == {}
    assert owners.lease_left_us(b, alert, A)
    assert not owners.lease_left_us(b, alert, B)
    assert owners.claim_alerts(b, B, 10) == []


def test_only_the_owner_writes_the_story_and_everybody_the_inbox(open_as: OpenAs, clock: Clock) -> None:
    a, b = open_as("a"), open_as("b")
    members.join_cluster(a, A, "10.0.0.1")
    members.join_cluster(b, B, "10.0.0.2")
    alert = alert_at(a, clock)
    with pytest.raises(LeaseLost):
        story(b, alert)
    story(a, alert)
    note = NoteAdded(by=OperatorId("o"), text="seen from b")
    b.append(Append(streams.inbox(alert), None, (note,)))
    assert [one.epoch for one in a.read(streams.case(alert))] == [1]


def test_who_is_no_member_writes_no_story(open_as: OpenAs, clock: Clock) -> None:
    a = open_as("a")
    alert = alert_at(a, clock)
    assert owners.has_unassigned_alerts(a)
    with pytest.raises(LeaseLost):
        story(a, alert)
    members.join_cluster(a, A, "10.0.0.1")
    assert owners.claim_alerts(a, A, 10) == [alert]
    story(a, alert)


def test_what_a_node_had_that_is_no_member_any_more_is_anothers_with_a_higher_epoch(
    open_as: OpenAs, clock: Clock, time: Time
) -> None:
    a, b = open_as("a"), open_as("b")
    members.join_cluster(a, A, "10.0.0.1")
    alert = alert_at(a, clock)
    story(a, alert)
    time.until_ended(A)
    with pytest.raises(LeaseLost):
        story(a, alert, 1)
    members.join_cluster(b, B, "10.0.0.2")
    assert owners.claim_alerts(b, B, 10) == [alert]
    assert owners.owned_alerts(b, B) == {alert: 2}
    story(b, alert, 1)
    assert [(one.node, one.epoch) for one in b.read(streams.case(alert))] == [("a", 1), ("b", 2)]
    assert members.join_cluster(a, A, "10.0.0.1") == 2
    assert owners.owned_alerts(a, A) == {}
    with pytest.raises(LeaseLost):
        story(a, alert, 2)


def test_who_has_an_alert_is_told_for_how_long_for_certain(open_as: OpenAs, clock: Clock, time: Time) -> None:
    a, b = open_as("a"), open_as("b")
    term = members.join_cluster(a, A, "10.0.0.1")
    members.join_cluster(b, B, "10.0.0.2")
    alert = alert_at(a, clock)
    assert 0 < owners.lease_left_us(b, alert, A) <= TTL_US
    assert owners.lease_left_us(a, alert, B) == 0
    members.renew_membership(a, A, term)
    assert TTL_US / 2 < owners.lease_left_us(a, alert, A) <= TTL_US
    time.until_ended(A)
    assert owners.lease_left_us(a, alert, A) == 0


def test_who_joins_anew_has_again_what_nobody_has_taken(open_as: OpenAs, clock: Clock, time: Time) -> None:
    a = open_as("a")
    members.join_cluster(a, A, "10.0.0.1")
    alert = alert_at(a, clock)
    time.until_ended(A)
    assert members.join_cluster(a, A, "10.0.0.1") == 2
    assert owners.owned_alerts(a, A) == {alert: 2}
    story(a, alert)


def test_a_process_that_is_started_again_goes_on_with_the_same_term(open_as: OpenAs, clock: Clock) -> None:
    a = open_as("a")
    assert members.join_cluster(a, A, "10.0.0.1") == members.join_cluster(a, A, "10.0.0.1") == 1
    assert members.renew_membership(a, A, 1)


def test_a_membership_that_has_ended_is_not_renewed(open_as: OpenAs, time: Time) -> None:
    a = open_as("a")
    term = members.join_cluster(a, A, "10.0.0.1")
    time.until_ended(A)
    assert not members.renew_membership(a, A, term)
    again = members.join_cluster(a, A, "10.0.0.1")
    assert not members.renew_membership(a, A, term), "an older term is nobody's"
    assert members.renew_membership(a, A, again)


def test_two_machines_of_one_name_are_not_both_members(open_as: OpenAs, time: Time) -> None:
    a = open_as("a")
    members.join_cluster(a, A, "10.0.0.1")
    with pytest.raises(NodeNameTaken, match=r"10\.0\.0\.1"):
        members.join_cluster(a, A, "10.0.0.9")
    time.until_ended(A)
    assert members.join_cluster(a, A, "10.0.0.9") == 2


def test_who_leaves_gives_everything_up_at_once(open_as: OpenAs, clock: Clock) -> None:
    a, b = open_as("a"), open_as("b")
    term = members.join_cluster(a, A, "10.0.0.1")
    members.join_cluster(b, B, "10.0.0.2")
    alert = alert_at(a, clock)
    members.leave_cluster(a, A, term)
    assert next((one.node, one.alive, one.until_us) for one in members.members(b)) == (A, False, 0)
    assert owners.claim_alerts(b, B, 10) == [alert]
    assert members.forget_member(b, A)
    assert not members.forget_member(b, B)


def test_a_closed_alert_is_nobody_s(open_as: OpenAs, clock: Clock, time: Time) -> None:
    a, b = open_as("a"), open_as("b")
    members.join_cluster(a, A, "10.0.0.1")
    alert = alert_at(a, clock)
    closed = AlertClosed(outcome=Outcome.FALSE_ALARM)
    a.append(Append(streams.case(alert), 0, (closed,)))
    assert owners.owned_alerts(a, A) == owners.alerts_per_node(a) == {}
    time.until_ended(A)
    members.join_cluster(b, B, "10.0.0.2")
    assert not owners.has_unassigned_alerts(b)


def test_an_alert_is_handed_on_to_a_member_and_to_nobody_else(open_as: OpenAs, clock: Clock) -> None:
    a, b = open_as("a"), open_as("b")
    members.join_cluster(a, A, "10.0.0.1")
    members.join_cluster(b, B, "10.0.0.2")
    alert = alert_at(a, clock)
    assert not owners.reassign_alert(a, alert, A, C)
    assert not owners.reassign_alert(b, alert, B, A)
    assert owners.reassign_alert(a, alert, A, B)
    assert owners.alerts_per_node(a) == {B: 1}
    assert owners.owned_alerts(b, B) == {alert: 2}


def test_of_those_who_claim_at_once_each_gets_others(open_as: OpenAs, clock: Clock, time: Time) -> None:
    a = open_as("a")
    members.join_cluster(a, A, "10.0.0.1")
    alerts = {alert_at(a, clock, f"+3933311122{n:02d}") for n in range(12)}
    time.until_ended(A)
    journals = {node: open_as(node) for node in (B, C)}
    for node, journal in journals.items():
        members.join_cluster(journal, node, f"10.0.0.{node}")
    got: dict[NodeId, list[AlertId]] = {B: [], C: []}

    def claim(node: NodeId) -> None:
        for _ in range(4):
            got[node] += owners.claim_alerts(journals[node], node, 3)

    with ThreadPoolExecutor() as threads:
        list(threads.map(claim, got))
    assert sorted(got[B] + got[C]) == sorted(alerts)


def test_what_is_told_of_a_node_is_its_own_and_by_its_term(open_as: OpenAs) -> None:
    a = open_as("a")
    term = members.join_cluster(a, A, "10.0.0.1")
    members.publish_places(a, A, term, b"places", draining=True)
    members.publish_places(a, A, term - 1, b"older", draining=False)
    told = members.members(a)[0]
    assert (told.places, told.draining, told.term, told.address) == (b"places", True, 1, "10.0.0.1")
    assert told.until_us > Instant(0)


def test_case_10_a_node_is_full_by_its_own_alerts_and_not_by_all(open_as: OpenAs, clock: Clock) -> None:
    a, b = open_as("a"), open_as("b")
    members.join_cluster(a, A, "10.0.0.1")
    members.join_cluster(b, B, "10.0.0.2")

    def advised(journal: Journal, *phones: str) -> list[Advice]:
        committer = GroupCommitter(journal)
        try:
            return [accept_soon(committer, signal(clock, one), 50, 2).result(10).advice for one in phones]
        finally:
            committer.close()

    assert advised(a, "+393331110001", "+393331110002", "+393331110003") == [
        Advice.WAIT, Advice.WAIT, Advice.CALL_112_NOW
    ]  # fmt: skip
    assert advised(b, "+393331110004", "+393331110005", "+393331110006") == [
        Advice.WAIT, Advice.WAIT, Advice.CALL_112_NOW
    ]  # fmt: skip
    first = min(owners.owned_alerts(a, A))
    a.append(Append(streams.case(first), 0, (AlertClosed(outcome=Outcome.FALSE_ALARM),)))
    assert advised(a, "+393331110007") == [Advice.CALL_112_NOW], "two are left of three"


def test_who_reopens_an_alert_has_it_and_its_epochs_go_on(open_as: OpenAs, clock: Clock) -> None:
    a, b = open_as("a"), open_as("b")
    members.join_cluster(a, A, "10.0.0.1")
    members.join_cluster(b, B, "10.0.0.2")
    alert = alert_at(a, clock)
    story(a, alert)
    a.append(Append(streams.case(alert), 1, (AlertClosed(outcome=Outcome.CANCELLED),)))
    assert owners.owned_alerts(a, A) == {}
    case = there(fold(b.read_streams(streams.inbox(alert), streams.case(alert))))
    b.transact(lambda on: reopen(on, case, OperatorId("anna"), psap=False))
    assert owners.owned_alerts(b, B) == {alert: 2}
    with pytest.raises(LeaseLost):
        story(a, alert, 2)
    story(b, alert, 2)
