"""Of several nodes each proves itself, one does what is the center's, and lines of others may call."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from features.selftest import line_trials
from features.selftest.proving import SelfTestRun
from features.selftest.store import proofs_of
from features.selftest.trial import TrialOrder
from messages.events import ProofOrdered
from messages.ids import E164, NodeId, OperatorId
from messages.proofs import ProofStep, ProofWhy, StepResult
from model.alert.live import LiveCases
from store import streams
from store.alerts.accepting import Accepted
from store.alerts.checks import accept_check
from store.journal.following import FollowedFolds
from store.journal.journal import Append
from tests.features.selftest import self_tests as proofs
from tests.scenarios.conftest import MakeNodes
from tests.scenarios.nodes import Cluster

pytestmark = pytest.mark.scenario


@pytest.fixture(autouse=True)
def looks() -> Iterator[None]:
    yield
    proofs.forget()


BOTH = (ProofStep.CLOCK, ProofStep.JOURNAL)


def order(nodes: Cluster, name: str, *steps: ProofStep) -> None:
    ordered = ProofOrdered(by=OperatorId("eva"), steps=steps)
    nodes.journal.append(Append(streams.proof(NodeId(name)), None, (ordered,)))
    nodes.run()


def last(nodes: Cluster, name: str) -> SelfTestRun | None:
    found = proofs_of(nodes.journal, NodeId(name), nodes.clock.now_us() - 3600 * 1_000_000).proofs
    return found[-1] if found else None


def ready(nodes: Cluster) -> E164:
    """Which number the proof of the first node has made ready to be called."""

    def orders() -> list[TrialOrder]:
        return [one for one in line_trials.ordered(nodes.nodes["a"].env.run) if one.answers]

    nodes.until("a line is ready", orders, 10)
    number = orders()[0].number
    assert number is not None
    return number


def results(nodes: Cluster, name: str) -> dict[str, tuple[StepResult, ProofWhy]]:
    one = last(nodes, name)
    assert one is not None
    return {item.step: (ended.shown.result, ended.shown.why) for item, ended in one.done.items()}


def test_one_node_reads_the_journal_and_once_it_is_lost_another_does(make_nodes: MakeNodes) -> None:
    nodes = make_nodes({"a": (1, 0), "b": (1, 0)})
    proofs.STUCK.add(ProofStep.JOURNAL)
    for name in ("a", "b"):
        order(nodes, name, *BOTH)
    nodes.until("b is over", lambda: (one := last(nodes, "b")) and one.why, 20)
    assert len({one.proof for name in "ab" if (one := last(nodes, name))}) == 2, "each has its name"
    assert results(nodes, "b")["journal"] == (StepResult.LEFT_OUT, ProofWhy.ANOTHER_NODE)
    assert results(nodes, "a") == {"clock": (StepResult.OK, ProofWhy.NONE)}
    nodes.lose("a").advance(5)
    proofs.forget()
    order(nodes, "b", *BOTH)
    nodes.until("b has read it", lambda: results(nodes, "b").get("journal"), 20)
    assert results(nodes, "b")["journal"] == (StepResult.OK, ProofWhy.NONE)


def test_a_check_that_another_nodes_line_calls_is_answered_and_is_no_alert(make_nodes: MakeNodes) -> None:
    nodes = make_nodes({"a": (1, 0), "b": (1, 0)})
    proofs.STUCK.add(ProofStep.CHAIN)
    order(nodes, "a", ProofStep.CHAIN)
    number = ready(nodes)
    signal = proofs.check_signal(nodes.journal, number, nodes.clock.now_us())
    at_a = nodes.open(NodeId("a"))
    made = at_a.transact(lambda tx: accept_check(tx, signal, 50.0, 40, None))
    at_a.close()
    assert isinstance(made, Accepted)
    nodes.run()
    nodes.until("it is answered", lambda: any(one.answered_at_s for one in nodes.calls(number)))
    assert [call.line[0] for call in nodes.calls(number)] == ["b"]
    nodes.advance(5)
    live = LiveCases()
    FollowedFolds(nodes.journal, live).close()
    assert set(live.cases) <= {made.alert}, "nobody has raised an alert"
