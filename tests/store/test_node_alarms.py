"""A node's alarms: each once while it stands, whoever writes it, and how little is read for that."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from messages.events import AlarmCleared, AlarmRaised, NodeStarted
from messages.ids import NodeId
from messages.journal import Recorded
from model.alarms.active import active_alarms
from store import streams
from store.alarms import (
    SUMMARY_AFTER_EVENTS,
    NodeAlarms,
    read_active_alarms,
    recent_alarm_events,
    write_alarm_summary,
)
from store.journal import rows
from store.journal.journal import Append, Journal
from tests.store.places import Clock, answered, on_both

NODE = NodeId("n1")
STREAM = streams.node(NODE)
FULL = ("recording.failed", "recordings")
CLEARED = AlarmCleared(alarm=FULL[0], subject=FULL[1])
WEAK = AlarmRaised(alarm="line.weak_signal", subject="sim1", text="Weak.")
WELL = AlarmCleared(alarm="line.weak_signal", subject="sim1")


def raised(text: str = "no room") -> AlarmRaised:
    return AlarmRaised(alarm=FULL[0], subject=FULL[1], text=text)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many events were decoded by each reading."""
    found: list[int] = []
    decode = rows.events_from

    def counted(given: object) -> list[Recorded]:
        made = decode(given)  # type: ignore[arg-type]
        found.append(len(made))
        return made

    monkeypatch.setattr(rows, "events_from", counted)
    return found


def test_the_alarm_of_another_actor_is_cleared_once_it_was_read(journal: Journal) -> None:
    alarms = NodeAlarms(journal, NODE)
    alarms.tell({FULL: ""})
    journal.append(Append(STREAM, None, (raised(),)))
    alarms.tell({FULL: ""})
    assert journal.version(STREAM) == 1, "another's is not known before it is read"
    for _ in range(2):
        alarms.refresh()
        alarms.tell({FULL: ""})
    assert journal.version(STREAM) == 2
    assert not alarms.stands


def test_a_look_reads_what_was_written_since_the_last_one(journal: Journal, read: list[int]) -> None:
    journal.append(Append(STREAM, None, (WEAK, WELL) * 500))
    alarms = NodeAlarms(journal, NODE)
    assert not alarms.stands
    for _ in range(3):
        alarms.refresh()
    journal.append(Append(STREAM, None, (WEAK,)))
    alarms.refresh()
    assert list(alarms.stands) == [("line.weak_signal", "sim1")]
    alarms.refresh()
    assert read == [1000, 0, 0, 0, 1, 0]


def test_a_start_reads_little_of_an_alarm_that_comes_and_goes(journal: Journal, read: list[int]) -> None:
    stands = AlarmRaised(alarm="backup.old", subject="backup", text="Old.")
    journal.append(Append(STREAM, None, (NodeStarted(version="1", pid=1), stands)))
    for _ in range(5):
        journal.append(Append(STREAM, None, (WEAK, WELL) * SUMMARY_AFTER_EVENTS))
        assert write_alarm_summary(journal, NODE)
        assert not write_alarm_summary(journal, NODE)
    read.clear()
    assert read_active_alarms(journal, NODE) == {("backup.old", "backup"): "Old."}
    assert read == [1]
    journal.append(Append(STREAM, None, (NodeStarted(version="1", pid=2),)))
    assert read_active_alarms(journal, NODE) == {}


@on_both
def test_what_was_told_lately_begins_with_what_stood_then(journal: Journal, clock: Clock) -> None:
    stands = AlarmRaised(alarm="backup.old", subject="backup", text="Old.")
    journal.append(Append(STREAM, None, (NodeStarted(version="1", pid=1), stands)))
    journal.append(Append(STREAM, None, (WEAK, WELL) * SUMMARY_AFTER_EVENTS))
    write_alarm_summary(journal, NODE)
    clock.forward(3600)
    since = journal.now_us()
    journal.append(Append(STREAM, None, (WEAK, WELL) * SUMMARY_AFTER_EVENTS))
    write_alarm_summary(journal, NODE)
    found = recent_alarm_events(journal, NODE, since)
    assert len(found) == 1 + 2 * SUMMARY_AFTER_EVENTS + 1
    assert active_alarms(one.event for one in found) == {("backup.old", "backup"): "Old."}
    journal.append(Append(STREAM, None, (NodeStarted(version="1", pid=2),)))
    assert len(recent_alarm_events(journal, NODE, since)) == 2 * SUMMARY_AFTER_EVENTS + 2


def test_what_is_raised_beside_reads_nothing_old_under_the_lock(journal: Journal, read: list[int]) -> None:
    alarms = NodeAlarms(journal, NODE)
    assert not alarms.stands
    journal.append(Append(STREAM, None, (WEAK, WELL) * 500))
    weak = Append(STREAM, None, (WEAK,))
    news = alarms.news((weak,))
    read.clear()
    assert journal.transact(news) == [weak]
    assert read == [0]


def test_a_node_silent_since_its_start_has_nothing_older_read(journal: Journal, read: list[int]) -> None:
    journal.append(Append(STREAM, None, ((WEAK, WELL) * 500 + (NodeStarted(version="1", pid=1),))))
    alarms = NodeAlarms(journal, NODE)
    assert not alarms.stands
    alarms.refresh()
    assert read == [0, 0]


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
    workers = [NodeAlarms(journal, NODE) for _ in range(3)]
    for n, worker in enumerate(workers):
        written(journal, f"case-{n}", worker, raised(f"no room for {n}"))
    assert told(journal) == [AlarmRaised]
    assert [journal.version(f"case-{n}") for n in range(3)] == [1, 1, 1], "what else there is is written"


def test_an_alarm_that_was_cleared_by_somebody_else_is_raised_again(journal: Journal) -> None:
    worker = NodeAlarms(journal, NODE)
    written(journal, "case-a", worker, raised())
    NodeAlarms(journal, NODE).tell({FULL: ""})
    written(journal, "case-b", worker, raised())
    written(journal, "case-c", worker, CLEARED)
    written(journal, "case-d", worker, raised())
    journal.append(Append(STREAM, None, (NodeStarted(version="0.1.0", pid=1),)))
    written(journal, "case-e", worker, raised())
    one = (AlarmRaised, AlarmCleared)
    assert told(journal) == [*one, *one, AlarmRaised, NodeStarted, AlarmRaised]


def test_an_alarm_that_comes_while_the_transaction_waits_is_seen_within_it(journal: Journal) -> None:
    worker, other = NodeAlarms(journal, NODE), NodeAlarms(journal, NODE)
    news = worker.news([Append(STREAM, None, (raised(),))])
    written(journal, "case-b", other, raised())
    journal.transact(lambda tx: tx.append(*news(tx)))
    assert told(journal) == [AlarmRaised]
