"""A book that begins with a summary is the one that has followed everything."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from messages import events as ev
from messages.ids import Instant, NodeId, OperatorId, Role
from messages.journal import Recorded
from model.alarms.active import STUCK, active_alarms
from model.alarms.book import AlarmBook

NODE = NodeId("n1")
NAMES = st.sampled_from(("line.weak_signal", "backup.old", STUCK))
SUBJECTS = st.sampled_from(("sim1", "a1"))
SAID = st.one_of(
    st.builds(ev.AlarmRaised, alarm=NAMES, subject=SUBJECTS, text=st.sampled_from(("One.", "Two."))),
    st.builds(ev.AlarmCleared, alarm=NAMES, subject=SUBJECTS),
    st.builds(
        ev.AlarmSeen, alarm=NAMES, subject=SUBJECTS, raised_at=st.integers(0, 20).map(Instant),
        by=st.just(OperatorId("anna")),
    ),
    st.just(ev.NodeStarted(version="1", pid=1)),
    st.just(ev.ActorStarted(role=Role.DEADLINE_WATCHDOG, key="", incarnation=2, pid=2)),
)  # fmt: skip


def recorded(at: int, event: ev.Event) -> Recorded:
    return Recorded(seq=at, stream="node-n1", version=at, at_us=Instant(at), node=NODE, epoch=0, event=event)


@given(st.lists(SAID, max_size=20), st.lists(SAID, max_size=20))
def test_it_makes_no_difference_where_a_fold_begins(before: list[ev.Event], after: list[ev.Event]) -> None:
    whole, begun = AlarmBook(lambda _: True), AlarmBook(lambda _: True)
    for at, event in enumerate(before):
        whole.apply(NODE, recorded(at, event))
    summed = whole.summed(NODE)
    known = dict(whole.told)
    for at, event in enumerate((summed, *after), len(before)):
        for book in (whole, begun):
            book.apply(NODE, recorded(at, event))
        if event is summed:
            assert whole.told == known, "to who has followed it is no news"
    assert begun.told == whole.told
    assert active_alarms((summed, *after)) == active_alarms((*before, summed, *after))


def test_of_a_closed_alert_a_summary_tells_nothing() -> None:
    book = AlarmBook(lambda _: True)
    book.apply(NODE, recorded(1, ev.AlarmRaised(alarm=STUCK, subject="a1", text="Stuck.")))
    summed = recorded(2, book.summed(NODE))
    closed = AlarmBook(lambda _: False)
    closed.apply(NODE, summed)
    assert closed.told == {}
