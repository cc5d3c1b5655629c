"""What the stream of callouts says: who was tried, who has taken it, what comes twice."""

from messages import events as ev
from messages.events import Event
from messages.ids import SECOND, CalloutEnd, CalloutFailure, DutyWay, Instant, LineId, NodeId, OperatorId
from messages.journal import Recorded
from model.callouts.callout import KEPT, Callout, Callouts
from tests.support.recorded import recorded
from tests.support.there import there

T0 = 1_795_000_000 * SECOND
GONE = ev.CalloutAlarm(alarm="line.failing", subject="sim1", node=NodeId("n"), raised_at=Instant(T0))
FULL = ev.CalloutAlarm(alarm="journal.not_durable", subject="", node=NodeId("n"), raised_at=Instant(T0))


class Story:
    def __init__(self) -> None:
        self.callouts = Callouts()
        self.written: list[Recorded] = []

    def say(self, event: Event, node: str = "n") -> None:
        number = len(self.written) + 1
        self.written.append(recorded(event, number, T0 + number * SECOND, node=node))
        self.callouts.apply(self.written[-1])

    @property
    def one(self) -> Callout:
        return there(self.callouts.get("c1"))


def tried(attempt: int, way: DutyWay = DutyWay.CALL, round: int = 1) -> ev.CalloutTried:
    line = LineId("sim1") if way is DutyWay.CALL else None
    return ev.CalloutTried(
        callout="c1", attempt=attempt, round=round, person="anna", way=way, contact=0, line=line
    )


def test_a_try_is_open_until_it_is_known_what_came_of_it_and_what_is_known_stays() -> None:
    story = Story()
    story.say(ev.CalloutOpened(callout="c1", alarms=(GONE,)))
    story.say(tried(1, DutyWay.SMS))
    story.say(tried(2))
    assert [one.number for one in story.one.now] == [1, 2]
    story.say(ev.CalloutTold(callout="c1", attempt=1))
    story.say(ev.CalloutAnswered(callout="c1", attempt=2))
    story.say(ev.CalloutFailed(callout="c1", attempt=2, why=CalloutFailure.NO_KEY, cause=16))
    story.say(ev.CalloutFailed(callout="c1", attempt=2, why=CalloutFailure.LOST))
    assert story.one.now == ()
    assert [one.failure for one in story.one.attempts] == [None, CalloutFailure.NO_KEY]
    assert story.one.attempts[1].answered_at == T0 + 5 * SECOND
    assert story.one.rounds == 1


def test_the_first_who_takes_it_has_it_and_another_node_goes_on_with_what_one_has_begun() -> None:
    story = Story()
    story.say(ev.CalloutOpened(callout="c1", alarms=(GONE,)))
    story.say(tried(1), node="other")
    assert story.one.node == "other"
    story.say(ev.CalloutJoined(callout="c1", alarms=(FULL,)))
    story.say(ev.CalloutTaken(callout="c1", person="anna", way=DutyWay.CALL))
    story.say(ev.CalloutTaken(callout="c1", operator=OperatorId("eva")))
    assert (story.one.taken_by, story.one.operator) == ("anna", None)
    assert story.one.alarms == (GONE, FULL)
    story.say(ev.CalloutEnded(callout="c1", why=CalloutEnd.TAKEN))
    assert story.callouts.open == []
    assert story.callouts.ended == [story.one]


def test_said_twice_or_of_a_callout_that_is_not_known_nothing_changes_and_few_are_kept() -> None:
    story = Story()
    story.say(ev.CalloutTold(callout="c0", attempt=1))
    for number in range(KEPT + 5):
        story.say(ev.CalloutOpened(callout=f"c{number}"))
        story.say(ev.CalloutEnded(callout=f"c{number}", why=CalloutEnd.OVER))
    assert [one.id for one in story.callouts.ended] == [f"c{number}" for number in range(5, KEPT + 5)]
    before = story.callouts.ended
    for one in story.written:
        story.callouts.apply(one)
    assert story.callouts.ended == before
