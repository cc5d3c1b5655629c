"""The judge finds every fault that it is there for in an otherwise right story, and none in a right one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from messages import events as ev
from messages.ids import (
    E164,
    SECOND,
    AlertId,
    Assurance,
    BridgeId,
    Channel,
    Instant,
    LegId,
    LineId,
    NodeId,
    OperatorCommand,
    OperatorId,
    Outcome,
    Party,
    WorkerId,
)
from messages.journal import Recorded
from tests.chaos.harness.facts import Facts, Given, LineStruck, Struck
from tests.chaos.harness.judge import RULES, judge
from tests.chaos.harness.view import Call, People
from tests.support.each import each
from tests.support.recorded import recorded

ALERT = AlertId("a1")
PEOPLE = People("+393330000001", "+390200000100", "+390200000112")
LINES = {"sim2": "+390200000902", "sim3": "+390200000903", "sim5": "+390200000905", "sim6": "+390200000906"}
OP, USER, PSAP = (LegId(f"{ALERT}:{where}") for where in ("op1", "user", "psap"))
DEMO = OperatorId("demo")


def originating(leg: LegId, party: Party, line: str, attempt: int = 1) -> ev.LegOriginating:
    number = E164(PEOPLE.number(party))
    return ev.LegOriginating(leg=leg, party=party, number=number, line=LineId(line), attempt=attempt)


STORY: tuple[tuple[float, str, ev.Event], ...] = (
    (0.0, "inbox", ev.AlertReceived(
        channel=Channel.DATA, proof=Assurance.APP, raised_at=Instant(0), received_at=Instant(0),
        deadline_at=Instant(50 * SECOND), phone=E164(PEOPLE.user))),
    (0.1, "alert", ev.CaseOpened(node=NodeId("n"), worker=WorkerId("c00"), incarnation=1)),
    (0.1, "alert", ev.OperatorReserved(operator=DEMO, alert=ALERT)),
    (0.1, "alert", originating(OP, Party.OPERATOR, "sim2")),
    (0.5, "alert", ev.LegAnswered(leg=OP, attempt=1)),
    (0.5, "alert", ev.OperatorJoined(operator=DEMO, leg=OP)),
    (0.6, "alert", originating(USER, Party.USER, "sim3")),
    (1.0, "alert", ev.LegAnswered(leg=USER, attempt=1)),
    (1.1, "alert", ev.BridgeJoined(bridge=BridgeId("b"), legs=(OP, USER))),
    (2.0, "inbox", ev.CommandGiven(command=OperatorCommand.CALL_PSAP, by=DEMO)),
    (2.0, "alert", ev.PsapRequested(by=DEMO, number=E164(PEOPLE.psap))),
    (2.1, "alert", originating(PSAP, Party.PSAP, "sim5")),
    (2.5, "alert", ev.LegAnswered(leg=PSAP, attempt=1)),
    (3.0, "inbox", ev.CommandGiven(command=OperatorCommand.LEAVE, by=DEMO)),
    (3.0, "alert", ev.LeaveRequested(by=DEMO)),
    (3.0, "alert", ev.LegReleasing(leg=OP, attempt=1, reason="left")),
    (3.0, "alert", ev.OperatorLeft(operator=DEMO)),
    (3.1, "alert", ev.LegReleased(leg=OP, attempt=1, cause=16)),
    (4.0, "alert", ev.LegReleased(leg=PSAP, attempt=1, cause=16)),
    (4.1, "alert", ev.LegReleased(leg=USER, attempt=1, cause=16)),
    (4.1, "alert", ev.AlertClosed(outcome=Outcome.HANDED_OVER)),
)  # fmt: skip


def told(story: tuple[tuple[float, str, ev.Event], ...]) -> tuple[Recorded, ...]:
    return tuple(
        recorded(event, n, round(at_s * SECOND), stream=f"{stream}-{ALERT}")
        for n, (at_s, stream, event) in enumerate(story, 1)
    )


def call(n: int, to: str, line: str, start: float, end: float, ended_by: str | None) -> Call:
    return Call(
        id=n,
        caller=LINES[line],
        to=to,
        line=line,
        state="ended",
        started_s=start,
        ringing_s=start + 0.2,
        answered_s=start + 0.4,
        ended_s=end,
        cause=16,
        ended_by=ended_by,
    )


RIGHT = Facts(
    people=PEOPLE,
    accepted=True,
    outcome=Outcome.HANDED_OVER,
    asked={Party.OPERATOR: 1, Party.USER: 1, Party.PSAP: 1},
    events=told(STORY),
    seized=tuple(
        ev.LineSeized(line=LineId(line), alert=ALERT, leg=leg, attempt=1)
        for line, leg in (("sim2", OP), ("sim3", USER), ("sim5", PSAP))
    ),
    calls=(
        call(1, PEOPLE.operator, "sim2", 0.1, 3.1, LINES["sim2"]),
        call(2, PEOPLE.user, "sim3", 0.6, 4.1, PEOPLE.user),
        call(3, PEOPLE.psap, "sim5", 2.1, 4.0, PEOPLE.psap),
    ),
    struck=(Struck(role="CallLeg", kind="kill", at_s=1.0, names=("CallLeg c00/user",),
                   recovered_s={"CallLeg c00/user": 0.05}),),
    given=(Given(command="call_psap", status=0), Given(command="call_psap", status=202)),
    numbers_of_lines=frozenset(LINES.values()),
)  # fmt: skip


def without(kind: type[ev.Event]) -> tuple[Recorded, ...]:
    return told(tuple(one for one in STORY if not isinstance(one[2], kind)))


def changed(n: int, **changes: object) -> tuple[Call, ...]:
    return tuple(replace(one, **changes) if one.id == n else one for one in RIGHT.calls)  # type: ignore[arg-type]


def again(n: int, line: str, start: float) -> tuple[Call, ...]:
    """The same party called once more, from another line."""
    one = RIGHT.calls[n - 1]
    more = replace(one, id=9, caller=LINES[line], line=line, started_s=start, ended_s=start + 0.5)
    return (*RIGHT.calls, more)


OTHER_END = tuple(
    (at, stream, ev.AlertClosed(outcome=Outcome.FALSE_ALARM) if isinstance(event, ev.AlertClosed) else event)
    for at, stream, event in STORY
)

WRONG: dict[str, tuple[str, Facts]] = {
    "an accepted alert that is nowhere": ("accepted", replace(RIGHT, events=(), calls=(), seized=())),
    "an alert that stands still": ("ended", replace(RIGHT, stood_still="user_ringing")),
    "an alert that is never closed": ("ended", replace(RIGHT, events=without(ev.AlertClosed))),
    "an alert that ends otherwise": ("ended", replace(RIGHT, events=told(OTHER_END))),
    "a phone that did not ring by the deadline": (
        "deadline",
        replace(RIGHT, calls=changed(2, ringing_s=50.1)),
    ),
    "a call ended by us without a decision": (
        "dropped",
        replace(RIGHT, calls=changed(2, ended_by=LINES["sim3"])),
    ),
    "a call ended by us without an order": ("dropped", replace(RIGHT, events=without(ev.CommandGiven))),
    "a line without power that nobody unplugged": (
        "dropped",
        replace(RIGHT, calls=changed(2, ended_by=None, cause=27)),
    ),
    "a line without power while another was unplugged": (
        "dropped",
        replace(
            RIGHT,
            calls=changed(2, ended_by=None, cause=27),
            lines_struck=(LineStruck(line="sim2", kind="unplug", from_s=1.0),),
        ),
    ),
    "a muted modem that was reset with a call on it": (
        "dropped",
        replace(
            RIGHT,
            calls=changed(2, ended_by=None, cause=27),
            lines_struck=(LineStruck(line="sim3", kind="mute", from_s=1.0),),
        ),
    ),
    "a call that the journal does not know": (
        "dropped",
        replace(RIGHT, calls=(*RIGHT.calls, call(4, PEOPLE.user, "sim6", 0.7, 0.9, LINES["sim6"]))),
    ),
    "a user called twice": ("once each", replace(RIGHT, calls=again(2, "sim6", 0.7))),
    "a user never called": ("once each", replace(RIGHT, calls=changed(2, to="+390000000"))),
    "an attempt dialled twice": ("once each", replace(RIGHT, calls=again(1, "sim2", 0.2))),
    "112 dialled twice for one request": ("112 once", replace(RIGHT, calls=again(3, "sim6", 2.2))),
    "112 never dialled": ("112 once", replace(RIGHT, calls=RIGHT.calls[:2])),
    "112 dialled without a request": ("112 once", replace(RIGHT, events=without(ev.PsapRequested))),
    "silence": ("heard", replace(RIGHT, stood_still="talking", silent=True)),
    "a leg that stays reserved": ("reserved", replace(RIGHT, events=without(ev.LegReleased))),
    "a line seized for an attempt that never was": (
        "reserved",
        replace(
            RIGHT,
            seized=(*RIGHT.seized, ev.LineSeized(line=LineId("sim6"), alert=ALERT, leg=USER, attempt=2)),
        ),
    ),
    "an operator who stays reserved": ("reserved", replace(RIGHT, events=without(ev.OperatorLeft))),
    "a phone off the hook": ("on hook", replace(RIGHT, calls=changed(1, state="active", ended_s=None))),
    "a center that is not well": ("well again", replace(RIGHT, unwell=("CallLeg c00/user is busy",))),
    "an order refused that the case allows": (
        "orders",
        replace(RIGHT, given=(Given(command="leave", status=409, allowed=True),)),
    ),
    "an order that ended in an error": (
        "orders",
        replace(RIGHT, given=(Given(command="leave", status=500),)),
    ),
    "a place that stays empty": (
        "replaced",
        replace(RIGHT, struck=(Struck(role="Web", kind="stop", at_s=1.0, names=("Web",)),)),
    ),
    "a frozen one that is replaced late": (
        "in time",
        replace(
            RIGHT,
            struck=(Struck(role="Web", kind="stop", at_s=1.0, names=("Web",), recovered_s={"Web": 3.6}),),
        ),
    ),
}  # fmt: skip


def test_a_right_story_is_right() -> None:
    assert judge(RIGHT) == []


@each("what", WRONG)
def test_every_fault_is_found(what: str) -> None:
    rule, facts = WRONG[what]
    assert rule in {violation.rule for violation in judge(facts)}


def test_a_call_of_the_user_s_that_never_rang_is_none_of_ours() -> None:
    lost = replace(call(9, PEOPLE.user, "sim6", 0.0, 0.0, PEOPLE.user), caller=PEOPLE.user, to=LINES["sim6"])
    calls = (replace(lost, ringing_s=None, answered_s=None, ended_by=None, ended_s=0.0), *RIGHT.calls)
    assert judge(replace(RIGHT, calls=calls)) == []


def test_what_counts_is_our_last_decision_to_hang_up() -> None:
    events = RIGHT.events
    given_up = told(((2.6, "alert", ev.LegReleasing(leg=PSAP, attempt=1, reason="no answer")),))
    decided = told(((3.9, "alert", ev.LegReleasing(leg=PSAP, attempt=1, reason="left")),))
    calls = changed(3, ended_by=LINES["sim5"], ended_s=4.0)
    assert judge(replace(RIGHT, events=(*events, *given_up, *decided), calls=calls)) == []
    assert [one.rule for one in judge(replace(RIGHT, events=(*events, *given_up), calls=calls))] == [
        "dropped"
    ]


def test_there_is_a_fault_for_every_rule() -> None:
    assert {rule for rule, _ in WRONG.values()} == set(RULES)


def test_a_call_may_be_lost_and_made_again_where_its_line_was_unplugged() -> None:
    lost = LineStruck(line="sim3", kind="unplug", from_s=1.0)
    unplugged = replace(RIGHT.calls[1], ended_by=None, cause=27, ended_s=1.05)
    second = call(9, PEOPLE.user, "sim6", 1.2, 4.1, PEOPLE.user)
    events = told(
        (
            *STORY[:9],
            (1.1, "alert", ev.LegReleased(leg=USER, attempt=1, cause=200)),
            (1.2, "alert", originating(USER, Party.USER, "sim6", attempt=2)),
            *STORY[9:-2],
            (4.1, "alert", ev.LegReleased(leg=USER, attempt=2, cause=16)),
            STORY[-1],
        )
    )
    calls = (RIGHT.calls[0], unplugged, RIGHT.calls[2], second)
    facts = replace(RIGHT, events=events, calls=calls, lines_struck=(lost,))
    assert judge(facts) == []
    assert {one.rule for one in judge(replace(facts, lines_struck=()))} == {"dropped", "once each"}


def test_112_may_be_dialled_again_only_where_its_own_line_failed() -> None:
    spoilt = replace(RIGHT.calls[2], ended_by=None, cause=27, ended_s=2.3)
    second = call(9, PEOPLE.psap, "sim6", 2.6, 4.0, PEOPLE.psap)
    events = told(
        (
            *STORY[:12],
            (2.4, "alert", ev.LegReleased(leg=PSAP, attempt=1, cause=200)),
            (2.5, "alert", originating(PSAP, Party.PSAP, "sim6", attempt=2)),
            *STORY[12:-3],
            (4.0, "alert", ev.LegReleased(leg=PSAP, attempt=2, cause=16)),
            *STORY[-2:],
        )
    )
    lost = LineStruck(line="sim5", kind="unplug", from_s=2.2)
    facts = replace(RIGHT, events=events, calls=(*RIGHT.calls[:2], spoilt, second), lines_struck=(lost,))
    assert judge(facts) == []
    other = LineStruck(line="sim3", kind="unplug", from_s=2.2)
    assert "112 once" in {one.rule for one in judge(replace(facts, lines_struck=(other,)))}


def test_the_user_may_be_called_back_once_where_the_user_hung_up_before_112_was_heard_to() -> None:
    def story(first: LegId, second: LegId) -> tuple[Recorded, ...]:
        ends = tuple(
            (at_s, "alert", ev.LegReleased(leg=leg, attempt=1, cause=16))
            for at_s, leg in ((4.0, first), (4.4, second))
        )
        again = (
            (4.2, "alert", originating(USER, Party.USER, "sim6", attempt=2)),
            (4.3, "alert", ev.LegReleased(leg=USER, attempt=2, cause=21)),
        )
        return told((*STORY[:-3], ends[0], *again, ends[1], STORY[-1]))

    second = call(9, PEOPLE.user, "sim6", 4.2, 4.3, PEOPLE.user)
    called_back = replace(RIGHT, calls=(*RIGHT.calls, second))
    assert judge(replace(called_back, events=story(USER, PSAP))) == []
    assert {one.rule for one in judge(replace(called_back, events=story(PSAP, USER)))} == {"once each"}


@each("cause", [201, 16])
def test_the_user_may_be_declined_and_called_back_only_where_the_line_was_taken(cause: int) -> None:
    own_call = replace(RIGHT.calls[1], id=8, caller=PEOPLE.user, to=LINES["sim3"], ended_by=LINES["sim3"])
    own_call = replace(own_call, answered_s=None, started_s=0.2, ended_s=0.4)
    inbound = ev.LegOriginating(
        leg=USER, party=Party.USER, number=E164(PEOPLE.user), line=LineId("sim3"), attempt=1, call=1
    )
    events = told(
        (
            *STORY[:4],
            (0.2, "alert", inbound),
            (0.4, "alert", ev.LegReleased(leg=USER, attempt=1, cause=cause)),
            *STORY[4:6],
            (0.6, "alert", originating(USER, Party.USER, "sim6", attempt=2)),
            *STORY[8:-2],
            (4.1, "alert", ev.LegReleased(leg=USER, attempt=2, cause=16)),
            STORY[-1],
        )
    )
    back = call(9, PEOPLE.user, "sim6", 0.6, 4.1, PEOPLE.user)
    facts = replace(RIGHT, events=events, calls=(own_call, RIGHT.calls[0], RIGHT.calls[2], back))
    found = {one.rule for one in judge(facts)}
    assert found == (set() if cause == 201 else {"dropped", "once each"})


def test_early_advice_stands_for_the_ring() -> None:
    late = replace(RIGHT, calls=changed(2, ringing_s=50.1))
    advised = ev.AdviceChanged(advice=ev.Advice.CALL_112_NOW, reason="no operator")
    for at_s, good in ((49.0, True), (50.5, False)):
        story = (*STORY[:5], (at_s, "inbox", advised), *STORY[5:])
        found = {one.rule for one in judge(replace(late, events=told(story)))}
        assert ("deadline" not in found) is good


@given(lost=st.integers(min_value=0, max_value=len(STORY) - 1))
def test_whatever_single_event_is_missing_the_judge_does_not_fail(lost: int) -> None:
    judge(replace(RIGHT, events=told((*STORY[:lost], *STORY[lost + 1 :]))))


@given(data=st.data())
def test_a_live_call_that_we_end_unasked_is_found_whoever_was_on_it(data: st.DataObject) -> None:
    which = data.draw(st.sampled_from([2, 3]))
    end_s = data.draw(st.floats(min_value=2.6, max_value=4.0))
    line = str(RIGHT.calls[which - 1].line)
    facts = replace(RIGHT, calls=changed(which, ended_by=LINES[line], ended_s=end_s))
    assert "dropped" in {one.rule for one in judge(facts)}
