"""A node's alarms: each once while it stands, whoever writes it, and with what else."""

from collections.abc import Sequence

from messages.events import AlarmCleared, AlarmRaised, NodeStarted
from messages.ids import NodeId
from store import streams
from store.alarms import NodeAlarms
from store.journal.journal import Append, Journal
from tests.store.places import answered

NODE = NodeId("n1")
STREAM = streams.node(NODE)


def raised(text: str = "no room") -> AlarmRaised:
    return AlarmRaised(alarm="recording.failed", subject="recordings", text=text)


CLEARED = AlarmCleared(alarm="recording.failed", subject="recordings")


def written(journal: Journal, case: str, alarms: NodeAlarms, *events: AlarmRaised | AlarmCleared) -> None:
    """As a case does: its own event, and beside it those of the node."""
    appends: Sequence[Append] = (
        Append(case, None, (answered(),)),
        *(Append(STREAM, None, (event,)) for event in events),
    )
    news = alarms.news(appends)
    journal.transact(lambda tx: tx.append(*news(tx)))


def told(journal: Journal) -> list[type]:
    return [type(one.event) for one in journal.read(STREAM)]


def test_an_alarm_of_several_cases_is_raised_once_while_it_stands(journal: Journal) -> None:
    crews = [NodeAlarms(journal, NODE) for _ in range(3)]
    for n, crew in enumerate(crews):
        written(journal, f"case-{n}", crew, raised(f"no room for {n}"))
    assert told(journal) == [AlarmRaised]
    assert [journal.version(f"case-{n}") for n in range(3)] == [1, 1, 1], "what else there is is written"


def test_an_alarm_that_was_cleared_by_somebody_else_is_raised_again(journal: Journal) -> None:
    crew = NodeAlarms(journal, NODE)
    written(journal, "case-a", crew, raised())
    NodeAlarms(journal, NODE).tell({("recording.failed", "recordings"): ""})
    written(journal, "case-b", crew, raised())
    written(journal, "case-c", crew, CLEARED)
    written(journal, "case-d", crew, raised())
    journal.append(Append(STREAM, None, (NodeStarted(version="0.1.0", pid=1),)))
    written(journal, "case-e", crew, raised())
    one = (AlarmRaised, AlarmCleared)
    assert told(journal) == [*one, *one, AlarmRaised, NodeStarted, AlarmRaised]


def test_an_alarm_that_comes_while_the_transaction_waits_is_seen_within_it(journal: Journal) -> None:
    crew, other = NodeAlarms(journal, NODE), NodeAlarms(journal, NODE)
    news = crew.news([Append(STREAM, None, (raised(),))])
    written(journal, "case-b", other, raised())
    journal.transact(lambda tx: tx.append(*news(tx)))
    assert told(journal) == [AlarmRaised]
