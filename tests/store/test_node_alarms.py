"""What an actor tells of alarms in its node's stream, and how little it reads for that."""

from __future__ import annotations

import pytest

from messages.events import AlarmCleared, AlarmRaised, NodeStarted
from messages.ids import NodeId
from messages.journal import Recorded
from model.alarms.standing import standing
from store import streams
from store.alarms import SUMMED_AFTER, NodeAlarms, standing_now, sum_up, told_lately
from store.journal import rows
from store.journal.journal import Append, Journal
from tests.store.places import Clock, on_both

NODE = NodeId("n1")
FULL = ("recording.failed", "recordings")
WEAK = AlarmRaised(alarm="line.weak_signal", subject="sim1", text="Weak.")
WELL = AlarmCleared(alarm="line.weak_signal", subject="sim1")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many events were decoded by each reading."""
    found: list[int] = []
    decode = rows.recorded

    def counted(given: object) -> list[Recorded]:
        made = decode(given)  # type: ignore[arg-type]
        found.append(len(made))
        return made

    monkeypatch.setattr(rows, "recorded", counted)
    return found


def test_the_alarm_of_another_actor_is_cleared_once_it_was_read(journal: Journal) -> None:
    alarms = NodeAlarms(journal, NODE)
    alarms.tell({FULL: ""})
    raised = AlarmRaised(alarm=FULL[0], subject=FULL[1], text="Full.")
    journal.append(Append(streams.node(NODE), None, (raised,)))
    alarms.tell({FULL: ""})
    assert journal.version(streams.node(NODE)) == 1, "another's is not known before it is read"
    for _ in range(2):
        alarms.refresh()
        alarms.tell({FULL: ""})
    assert journal.version(streams.node(NODE)) == 2
    assert not alarms.stands


def test_a_look_reads_what_was_written_since_the_last_one(journal: Journal, read: list[int]) -> None:
    journal.append(Append(streams.node(NODE), None, (WEAK, WELL) * 500))
    alarms = NodeAlarms(journal, NODE)
    assert not alarms.stands
    for _ in range(3):
        alarms.refresh()
    journal.append(Append(streams.node(NODE), None, (WEAK,)))
    alarms.refresh()
    assert list(alarms.stands) == [("line.weak_signal", "sim1")]
    alarms.refresh()
    assert read == [1000, 0, 0, 0, 1, 0]


def test_a_start_reads_little_of_an_alarm_that_comes_and_goes(journal: Journal, read: list[int]) -> None:
    stream = streams.node(NODE)
    stands = AlarmRaised(alarm="backup.old", subject="backup", text="Old.")
    journal.append(Append(stream, None, (NodeStarted(version="1", pid=1), stands)))
    for _ in range(5):
        journal.append(Append(stream, None, (WEAK, WELL) * SUMMED_AFTER))
        assert sum_up(journal, NODE)
        assert not sum_up(journal, NODE)
    read.clear()
    assert standing_now(journal, NODE) == {("backup.old", "backup"): "Old."}
    assert read == [1]
    journal.append(Append(stream, None, (NodeStarted(version="1", pid=2),)))
    assert standing_now(journal, NODE) == {}


@on_both
def test_what_was_told_lately_begins_with_what_stood_then(journal: Journal, clock: Clock) -> None:
    stream = streams.node(NODE)
    stands = AlarmRaised(alarm="backup.old", subject="backup", text="Old.")
    journal.append(Append(stream, None, (NodeStarted(version="1", pid=1), stands)))
    journal.append(Append(stream, None, (WEAK, WELL) * SUMMED_AFTER))
    sum_up(journal, NODE)
    clock.forward(3600)
    since = journal.now_us()
    journal.append(Append(stream, None, (WEAK, WELL) * SUMMED_AFTER))
    sum_up(journal, NODE)
    found = told_lately(journal, NODE, since)
    assert len(found) == 1 + 2 * SUMMED_AFTER + 1
    assert standing(one.event for one in found) == {("backup.old", "backup"): "Old."}
    journal.append(Append(stream, None, (NodeStarted(version="1", pid=2),)))
    assert len(told_lately(journal, NODE, since)) == 2 * SUMMED_AFTER + 2


def test_what_is_raised_beside_something_else_reads_nothing_old_under_the_lock(
    journal: Journal, read: list[int]
) -> None:
    alarms = NodeAlarms(journal, NODE)
    assert not alarms.stands
    journal.append(Append(streams.node(NODE), None, (WEAK, WELL) * 500))
    raised = Append(streams.node(NODE), None, (WEAK,))
    news = alarms.news((raised,))
    read.clear()
    assert journal.transact(news) == [raised]
    assert read == [0]


def test_of_a_node_that_has_said_nothing_since_its_start_nothing_older_is_read(
    journal: Journal, read: list[int]
) -> None:
    journal.append(
        Append(streams.node(NODE), None, ((WEAK, WELL) * 500 + (NodeStarted(version="1", pid=1),)))
    )
    alarms = NodeAlarms(journal, NODE)
    assert not alarms.stands
    alarms.refresh()
    assert read == [0, 0]
