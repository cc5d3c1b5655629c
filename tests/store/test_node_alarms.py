"""What an actor tells of alarms in its node's stream, and how little it reads for that."""

from __future__ import annotations

import pytest

from messages.events import AlarmCleared, AlarmRaised
from messages.ids import NodeId
from messages.journal import Recorded
from store import streams
from store.alarms import NodeAlarms
from store.journal import rows
from store.journal.journal import Append, Journal

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
