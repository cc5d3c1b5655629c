"""The database goes away and comes back, or another takes its place, in the middle of an alert.

Calls stay up, what was accepted is there, the flow goes on, and nobody takes over what is not lost.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from messages.ids import AlertId, Outcome
from store.database.query import Query
from store.database.schema import open_alert
from store.journal.verify import verify_journal
from tests.nodes.blows import quick_world
from tests.support import postgres
from tests.support.center import OPERATOR, PSAP
from tests.support.networks import network
from tests.support.nodes import Nodes, missing

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

USER, SECOND, THIRD = "+393330000090", "+393330000091", "+393330000092"
OPEN = Query(select(open_alert.c.alert))


@pytest.fixture(scope="module")
def doubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Nodes, postgres.PostgresServer]]:
    """Three nodes on a server with a synchronous standby, whose addresses they all have; and the standby."""
    why = missing()
    if why:
        pytest.skip(f"NOT TESTED: no database of several nodes that fails over: {why}")
    with network() as net, postgres.server(address=net.address, trusts=net.subnet) as first:
        name = first.database()
        second = first.standby()
        url = (
            f"postgresql://{postgres.USER}@{net.address}:{first.port},{net.address}:{second.port}/{name}"
            "?target_session_attrs=read-write"
        )
        made = Nodes(tmp_path_factory.mktemp("doubled"), net, first, quick_world(), journal_url=url)
        try:
            made.start()
            made.shift("ready", "c")
            yield made, second
        finally:
            made.stop()
            second.remove()


def talk(nodes: Nodes, user: str) -> AlertId:
    """Until operator and user are in conversation."""
    alert = nodes.send(user, "a")
    nodes.until("operator and user are joined", lambda: nodes.joined(alert) == {"operator", "user"})
    return alert


def goes_on_to_the_end(nodes: Nodes, alert: AlertId, user: str) -> None:
    """112, leaving, the end, by the node that had the alert before."""

    def ordered(command: str) -> bool:
        answer = nodes.order(alert, command, "c")
        return answer is not None and answer.status_code == 202

    nodes.until("112 is ordered", lambda: ordered("call_psap"))
    nodes.until("all three are joined", lambda: len(nodes.joined(alert)) == 3)
    nodes.until("she may leave", lambda: ordered("leave"))
    nodes.until("user and 112 are alone", lambda: nodes.joined(alert) == {"user", "psap"})
    for phone in (PSAP, user):
        nodes.carrier.post(f"/phones/{phone}/hang_up")
    nodes.until("it is closed", lambda: nodes.case(alert).closed_at)
    assert nodes.case(alert).outcome is Outcome.HANDED_OVER
    assert {one.node for one in nodes.recorded(alert) if one.stream.startswith("alert-")} == {"a"}


def test_while_the_database_is_started_again_calls_stay_up_and_then_all_goes_on(
    doubled: tuple[Nodes, postgres.PostgresServer],
) -> None:
    nodes, _ = doubled
    before = {phone: len(nodes.calls(phone)) for phone in (PSAP, OPERATOR)}
    alert = talk(nodes, USER)
    nodes.server.stop()
    up = [call for call in nodes.calls() if call["state"] == "active"]
    answer = nodes.post(THIRD, "b")
    assert answer is None or (answer.status_code, answer.json()["advice"]) == (503, "call_112_now")
    nodes.server.start()
    nodes.until("all are well", nodes.are_well)
    assert [call for call in nodes.calls() if call["state"] == "active"] == up
    assert nodes.owner(alert) in nodes.nodes
    nodes.until("operator and user are joined", lambda: nodes.joined(alert) == {"operator", "user"})
    assert before == {phone: len(nodes.calls(phone)) - (phone == OPERATOR) for phone in before}
    nodes.until("she has closed it", lambda: closed(nodes, alert))
    # What could not be made durable was kept in memory, and has an operator now as any other alert.
    nodes.until("all are closed", lambda: not [one for one in still_open(nodes) if not closed(nodes, one)])
    nodes.until("nothing is up", lambda: not [call for call in nodes.calls() if call["state"] != "ended"])
    assert verify_journal(nodes.journal).problems == ()


def still_open(nodes: Nodes) -> list[AlertId]:
    """The alerts that are open."""
    return [AlertId(row[0]) for row in nodes.journal.rows(OPEN)]


def closed(nodes: Nodes, alert: AlertId) -> bool:
    """Whether it is; the operator says again that it was a mistake until then."""
    if nodes.case(alert).closed_at is not None:
        return True
    nodes.order(alert, "declare_false_alarm", "c")
    return False


def test_a_promoted_standby_has_all_that_was_accepted_and_the_alert_goes_on_with_it(
    doubled: tuple[Nodes, postgres.PostgresServer],
) -> None:
    nodes, second = doubled
    before = {phone: len(nodes.calls(phone)) for phone in (PSAP, OPERATOR)}
    alert = talk(nodes, SECOND)
    nodes.server.crash()
    second.promote()
    nodes.until("all are well", nodes.are_well, 60)
    nodes.until("operator and user are joined", lambda: nodes.joined(alert) == {"operator", "user"})
    goes_on_to_the_end(nodes, alert, SECOND)
    assert len(nodes.calls(SECOND)) == 1, nodes.everything()
    assert {phone: len(nodes.calls(phone)) - 1 for phone in before} == before, nodes.everything()
    assert verify_journal(nodes.journal).problems == ()
