"""Each invariant names its own fault, and is silent where there is none."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from messages import events as ev
from messages.base import HangupCause, Joins
from messages.ids import (
    E164,
    SECOND,
    Advice,
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
    Role,
    TextFailure,
    TextId,
    WorkerId,
)
from messages.journal import Recorded
from runtime.system.imaginary_processes import Ended
from tests.chaos.in_process import invariants as those
from tests.chaos.in_process.evidence import CallSeen, Evidence
from tests.chaos.in_process.script import PSAP, PSAPS, USERS
from tests.support.each import each
from tests.support.recorded import recorded

START = Instant(1_000 * SECOND)
ANNA = OperatorId("anna")
A, B = AlertId("a"), AlertId("b")
SIM1 = LineId("sim1")
SENDING = ev.TextSending(line=SIM1)


def at(seconds: float) -> Instant:
    return Instant(START + round(seconds * SECOND))


class Writer:
    """A journal that anything can be written into."""

    def __init__(self) -> None:
        self.recorded: list[Recorded] = []
        self.versions: dict[str, int] = {}

    def write(self, seconds: float, stream: str, *events: ev.Event) -> None:
        for event in events:
            self.versions[stream] = self.versions.get(stream, 0) + 1
            number, version = len(self.recorded) + 1, self.versions[stream]
            self.recorded.append(recorded(event, number, at(seconds), stream=stream, version=version))

    def received(self, alert: AlertId = A, phone: E164 = USERS[0], *, test: bool = False) -> None:
        received = ev.AlertReceived(
            channel=Channel.DATA,
            proof=Assurance.APP,
            raised_at=at(0),
            received_at=at(0),
            deadline_at=at(50),
            phone=phone,
            test=test,
        )
        self.write(0, f"inbox-{alert}", received)
        self.write(
            0, f"alert-{alert}", ev.CaseOpened(node=NodeId("n"), worker=WorkerId("c00"), incarnation=1)
        )

    def dialled(
        self, seconds: float, party: Party, line: str, *, alert: AlertId = A, attempt: int = 1
    ) -> None:
        where = {Party.USER: "user", Party.OPERATOR: "op1", Party.PSAP: "psap"}[party]
        number = {Party.USER: USERS[0], Party.OPERATOR: E164("+390200000100"), Party.PSAP: PSAP}[party]
        event = ev.LegOriginating(
            leg=LegId(f"{alert}:{where}"), party=party, number=number, line=LineId(line), attempt=attempt
        )
        self.write(seconds, f"alert-{alert}", event)

    def released(self, seconds: float, where: str, *, attempt: int = 1, cause: int = 16) -> None:
        event = ev.LegReleased(leg=LegId(f"a:{where}"), attempt=attempt, cause=cause)
        self.write(seconds, "alert-a", event)

    def evidence(self, *calls: CallSeen) -> Evidence:
        return Evidence(journal=tuple(self.recorded), calls=calls, until=at(100), psaps=PSAPS)


def call(
    number: int,
    to: E164,
    line: str,
    started: float,
    answered: float | None = None,
    ended: float | None = 40.0,
    **more: object,
) -> CallSeen:
    made = CallSeen(
        number=number,
        ours=True,
        line=LineId(line),
        to=to,
        caller=E164("+390200000001"),
        started=at(started),
        answered=None if answered is None else at(answered),
        ended=None if ended is None else at(ended),
    )
    return replace(made, **more)


def received() -> Writer:
    """An alert that has come, and no more."""
    made = Writer()
    made.received()
    return made


def good() -> Writer:
    """An alert of a minute, told as it should be."""
    made = received()
    made.write(0, "operator-anna", ev.OperatorReserved(operator=ANNA, alert=A))
    made.write(0, "alert-a", ev.OperatorReserved(operator=ANNA, alert=A))
    made.dialled(0, Party.OPERATOR, "sim2")
    made.write(5, "alert-a", ev.LegAnswered(leg=LegId("a:op1"), attempt=1))
    made.write(5, "alert-a", ev.OperatorJoined(operator=ANNA, leg=LegId("a:op1")))
    made.dialled(5, Party.USER, "sim3")
    made.write(8, "alert-a", ev.LegRinging(leg=LegId("a:user"), attempt=1), ev.UserRang())
    made.write(10, "alert-a", ev.LegAnswered(leg=LegId("a:user"), attempt=1))
    made.write(12, "alert-a", ev.PsapRequested(by=ANNA, number=PSAP))
    made.dialled(12, Party.PSAP, "sim6")
    made.write(
        17, "alert-a", ev.LegAnswered(leg=LegId("a:psap"), attempt=1), ev.PsapJoined(leg=LegId("a:psap"))
    )
    made.write(20, "inbox-a", ev.CommandGiven(command=OperatorCommand.LEAVE, by=ANNA))
    made.write(20, "alert-a", ev.LeaveRequested(by=ANNA))
    made.write(20, "alert-a", ev.LegReleasing(leg=LegId("a:op1"), attempt=1, reason="left"))
    made.released(21, "op1")
    made.write(21, "alert-a", ev.OperatorLeft(operator=ANNA, reason="left"))
    made.released(40, "psap")
    made.write(43, "alert-a", ev.LegReleasing(leg=LegId("a:user"), attempt=1, reason="112 has hung up"))
    made.released(44, "user")
    made.write(44, "alert-a", ev.AlertClosed(outcome=Outcome.HANDED_OVER))
    return made


CALLS = (
    call(1, E164("+390200000100"), "sim2", 0, 5, 21, ended_by_us=True),
    call(2, USERS[0], "sim3", 5, 10, 44, ended_by_us=True),
    call(3, PSAP, "sim6", 12, 17, 40),
)


def found(check: Callable[[Evidence], those.Broken], seen: Evidence) -> list[str]:
    return list(check(seen))


def test_what_is_right_is_found_right() -> None:
    assert those.broken(good().evidence(*CALLS)) == []


def test_a_gap_in_a_stream_is_found() -> None:
    made = good()
    del made.recorded[3]
    assert found(those.streams_are_dense, made.evidence())


def test_a_clock_that_goes_back_is_found() -> None:
    made = good()
    made.write(1, "node-n", ev.NodeStopped())
    assert found(those.streams_are_dense, made.evidence())


def test_an_alert_that_stays_open_is_found() -> None:
    made = good()
    del made.recorded[-1]
    assert found(those.every_alert_is_closed, made.evidence())


def test_a_story_that_cannot_be_told_is_found() -> None:
    made = good()
    made.write(50, "alert-a", ev.BridgeLeft(bridge=BridgeId("a"), legs=None))  # type: ignore[arg-type]
    assert found(those.every_alert_folds, made.evidence())


@each("outcome", [Outcome.FALSE_ALARM, Outcome.BRIEFED, Outcome.CANCELLED, Outcome.TEST_DONE])
def test_an_outcome_that_is_not_what_happened_is_found(outcome: Outcome) -> None:
    made = good()
    made.recorded[-1] = replace(made.recorded[-1], event=ev.AlertClosed(outcome=outcome))
    assert found(those.outcomes_are_true, made.evidence())


def test_an_alert_that_is_closed_with_a_call_up_is_found() -> None:
    made = good()
    del made.recorded[-2]
    assert found(those.outcomes_are_true, made.evidence())


def test_a_user_who_is_neither_reached_nor_advised_is_found() -> None:
    made = received()
    assert found(those.reached_or_advised, made.evidence())
    made.write(51, "inbox-a", ev.AdviceChanged(advice=Advice.CALL_112_NOW))
    assert found(those.reached_or_advised, made.evidence()) == [
        "a: neither reached nor advised by the deadline (1.000 s late)"
    ]
    assert not found(those.reached_or_advised, replace(made.evidence(), slack={A: 2 * SECOND}))


def test_a_call_that_is_hung_up_without_a_decision_is_found() -> None:
    early = call(2, USERS[0], "sim3", 5, 10, 30, ended_by_us=True)
    assert found(those.no_call_is_dropped, good().evidence(early))
    user_call = call(2, USERS[0], "sim3", 5, 10, 30)
    assert not found(those.no_call_is_dropped, good().evidence(user_call)), "she may hang up"
    failed = replace(good().evidence(early), failed={LineId("sim3"): ((at(29), at(35)),)})
    assert not found(those.no_call_is_dropped, failed)


def test_who_was_never_called_is_given_up_by_nobody_but_where_the_app_has_called_112() -> None:
    made = received()
    made.write(60, "alert-a", ev.AlertClosed(outcome=Outcome.NO_CONTACT))
    assert found(those.nobody_is_given_up_early, made.evidence())
    made.write(50, "inbox-a", ev.DeadlineMissed())
    made.recorded.sort(key=lambda one: one.at_us)
    assert not found(those.nobody_is_given_up_early, made.evidence())


def test_a_call_whose_leg_was_given_up_unheard_may_be_ended() -> None:
    made = received()
    made.dialled(5, Party.USER, "sim3")
    ended = call(2, USERS[0], "sim3", 5, 10, 30, ended_by_us=True)
    made.released(41, "user", cause=HangupCause.LINE_LOST)
    assert found(those.no_call_is_dropped, made.evidence(ended)), "not before it was given up"
    later = replace(ended, ended=at(42))
    assert not found(those.no_call_is_dropped, made.evidence(later))


def test_a_call_is_the_later_one_of_two_attempts_begun_in_one_instant() -> None:
    made = received()
    made.dialled(5, Party.USER, "sim3")
    made.released(5, "user", cause=HangupCause.TEMPORARY_FAILURE)  # refused: no call was made
    made.dialled(5, Party.USER, "sim3", attempt=2)
    made.write(30, "alert-a", ev.LegReleasing(leg=LegId("a:user"), attempt=2, reason="false alarm"))
    ended = call(2, USERS[0], "sim3", 5.02, 10, 30, ended_by_us=True)
    assert not found(those.no_call_is_dropped, made.evidence(ended))
    early = replace(ended, ended=at(29))
    assert found(those.no_call_is_dropped, made.evidence(early)) == [
        f"call 2 to {USERS[0]}: hung up, and a:user#2 goes on"
    ]


def test_a_call_of_nobodys_that_is_hung_up_is_found() -> None:
    stray = call(9, USERS[1], "sim4", 5, 10, 30, ended_by_us=True)
    assert found(those.no_call_is_dropped, good().evidence(stray))


def test_an_alert_that_writes_without_end_is_found() -> None:
    made = received()
    for n in range(300):
        made.write(n / 3, "alert-a", ev.LegRinging(leg=LegId("a:user"), attempt=n))
    assert not found(those.an_alert_writes_little, made.evidence())
    for n in range(60):
        made.write(101 + n / 10, "alert-a", ev.LegRinging(leg=LegId("a:user"), attempt=n))
    assert found(those.an_alert_writes_little, made.evidence())


@each(("ended", "wrong"), [(30.0, 0), (60.0, 1), (None, 1)])
def test_a_call_that_stays_up_after_its_leg_is_found(ended: float | None, wrong: int) -> None:
    made = received()
    made.dialled(5, Party.USER, "sim3")
    made.released(20, "user", cause=HangupCause.LINE_LOST)
    left = call(2, USERS[0], "sim3", 5, 10, ended)
    assert len(found(those.no_call_is_nobodys, made.evidence(left))) == wrong
    struck = replace(made.evidence(left), failed={LineId("sim3"): ((at(19), at(35)),)})
    assert not found(those.no_call_is_nobodys, struck)
    made.dialled(21, Party.USER, "sim3", attempt=2)
    assert not found(those.no_call_is_nobodys, made.evidence(left)), "it is the next attempt's"


def test_a_call_that_no_leg_has_made_is_found_where_it_stays() -> None:
    stray = call(9, USERS[1], "sim4", 5, 10, 30)
    assert found(those.no_call_is_nobodys, good().evidence(stray))
    assert not found(those.no_call_is_nobodys, good().evidence(replace(stray, ended=at(12))))


@each(("alias", "wrong"), [("", 1), ("another", 0)])
def test_a_call_to_a_phone_that_its_own_sender_has_silenced_is_found(alias: str, wrong: int) -> None:
    made = received()
    silent = ev.AlertSignalAdded(
        channel=Channel.DATA,
        proof=Assurance.APP,
        received_at=at(5),
        raised_at=at(5),
        phone=USERS[0],
        silent=True,
        alias=alias,
    )
    made.write(5, "inbox-a", silent)
    made.dialled(9, Party.USER, "sim3")
    assert len(found(those.silence_is_kept, made.evidence())) == wrong


def test_two_calls_to_one_phone_are_found() -> None:
    second = call(4, USERS[0], "sim4", 20, None, 25)
    assert found(those.nobody_is_called_twice, good().evidence(*CALLS, second))
    later = call(4, USERS[0], "sim4", 45, None, 50)
    assert not found(those.nobody_is_called_twice, good().evidence(*CALLS, later))


def test_a_test_that_gives_way_at_once_is_right_and_one_that_does_not_is_found() -> None:
    made = Writer()
    made.received(A, test=True)
    made.received(B)
    made.dialled(1, Party.USER, "sim3", alert=A)
    made.dialled(9, Party.USER, "sim4", alert=B)
    for ended, wrong in ((11, 0), (20, 1)):
        calls = (call(1, USERS[0], "sim3", 1, None, ended), call(2, USERS[0], "sim4", 9, None, 40))
        assert len(found(those.nobody_is_called_twice, made.evidence(*calls))) == wrong


def test_112_called_twice_at_once_is_found() -> None:
    made = good()
    made.dialled(20, Party.PSAP, "sim5", attempt=2)
    second = call(4, PSAP, "sim5", 20, None, 25)
    assert found(those.psap_is_called_once, made.evidence(*CALLS, second))


def test_112_called_again_after_it_was_there_is_found() -> None:
    made = good()
    made.dialled(50, Party.PSAP, "sim5", attempt=2)
    second = call(4, PSAP, "sim5", 50, None, 60)
    assert found(those.psap_is_called_once, made.evidence(*CALLS, second))


def test_112_called_again_after_it_was_busy_or_asked_for_again_is_right() -> None:
    made = received()
    made.write(1, "alert-a", ev.PsapRequested(by=ANNA, number=PSAP))
    made.dialled(1, Party.PSAP, "sim5")
    made.released(4, "psap", cause=HangupCause.BUSY)
    made.dialled(4, Party.PSAP, "sim6", attempt=2)
    made.write(9, "alert-a", ev.LegAnswered(leg=LegId("a:psap"), attempt=2))
    made.released(20, "psap", attempt=2)
    made.write(21, "alert-a", ev.PsapRequested(by=ANNA, number=PSAP))
    made.dialled(21, Party.PSAP, "sim5", attempt=3)
    calls = (call(1, PSAP, "sim5", 1, None, 4), call(2, PSAP, "sim6", 4, 9, 20), call(3, PSAP, "sim5", 21))
    assert not found(those.psap_is_called_once, made.evidence(*calls))


def test_112_dialled_twice_in_one_attempt_is_found() -> None:
    assert found(those.psap_is_called_once, good().evidence(*CALLS, call(4, PSAP, "sim6", 12.5, None, 13)))


def test_112_may_be_dialled_again_where_nobody_is_left_who_knew_that_it_was_busy() -> None:
    # A process that died before the first call, or after the second, excuses nothing.
    for answered, died, wrong in ((None, 5, 0), (3.0, 5, 1), (None, 0.5, 1), (None, 7, 1)):
        made = received()
        made.write(0, "alert-a", ev.PsapRequested(by=ANNA, number=PSAP))
        made.dialled(1, Party.PSAP, "sim5")
        calls = (call(1, PSAP, "sim5", 1, answered, 4), call(2, PSAP, "sim5", 6, 9, 20))
        seen = replace(made.evidence(*calls), ended=(Ended(Role.GSM_MODEM, "sim5", at(died)),))
        assert len(found(those.psap_is_called_once, seen)) == wrong


def test_112_dialled_for_nobody_is_found() -> None:
    assert found(those.psap_is_called_once, good().evidence(call(4, PSAP, "sim5", 1, None, 5)))


def test_a_test_that_calls_112_is_found() -> None:
    made = Writer()
    made.received(test=True)
    made.dialled(3, Party.PSAP, "sim6")
    assert found(those.tests_never_reach_a_psap, made.evidence(call(1, PSAP, "sim6", 3)))


def test_a_call_to_the_user_after_the_duress_pin_is_found() -> None:
    made = received()
    made.write(2, "inbox-a", ev.AlertCancelled(duress=True))
    made.dialled(4, Party.USER, "sim3")
    assert not found(those.duress_is_heeded, made.evidence()), "it was on its way"
    made.dialled(10, Party.USER, "sim3", attempt=2)
    assert found(those.duress_is_heeded, made.evidence())


def test_an_operator_of_two_alerts_is_found() -> None:
    made = Writer()
    made.write(1, "alert-a", ev.OperatorReserved(operator=ANNA, alert=A))
    made.write(2, "alert-b", ev.OperatorReserved(operator=ANNA, alert=B))
    assert found(those.operators_have_one_alert, made.evidence())


def test_an_operator_who_stays_reserved_is_found() -> None:
    made = Writer()
    made.write(1, "alert-a", ev.OperatorReserved(operator=ANNA, alert=A))
    assert found(those.operators_have_one_alert, made.evidence())
    made.write(2, "alert-a", ev.OperatorNotAnswering(operator=ANNA))
    assert not found(those.operators_have_one_alert, made.evidence())


def test_a_case_that_changes_hands_outside_the_conference_is_found() -> None:
    for joined in (True, False):
        made = received()
        for place, operator in (("op1", ANNA), ("op2", OperatorId("bea"))):
            leg = LegId(f"a:{place}")
            begun = ev.LegOriginating(
                leg=leg, party=Party.OPERATOR, number=None, line=LineId(place), attempt=1, operator=operator
            )
            made.write(1, "alert-a", begun, ev.LegAnswered(leg=leg, attempt=1))
            if joined:
                made.write(2, "alert-a", ev.BridgeJoined(bridge=BridgeId("a"), legs=(leg,)))
            made.write(3, "alert-a", ev.OperatorJoined(operator=operator, leg=leg))
        made.write(3, "alert-a", ev.LegReleasing(leg=LegId("a:op1"), attempt=1, reason="handed over"))
        wrong = found(those.a_case_changes_hands_in_the_conference, made.evidence())
        assert bool(wrong) != joined


def test_a_line_of_two_legs_and_one_that_stays_seized_are_found() -> None:
    made = Writer()
    made.dialled(1, Party.USER, "sim3")
    assert found(those.lines_have_legs_of_one_alert, made.evidence()) == ["sim3 is still a:user#1's"]
    made.dialled(2, Party.OPERATOR, "sim3", alert=B)
    assert len(found(those.lines_have_legs_of_one_alert, made.evidence())) == 3


def test_legs_of_one_alert_may_share_a_line_only_where_it_joins_in_the_network() -> None:
    for joins in Joins:
        made = Writer()
        for place, party in (("op1", Party.OPERATOR), ("user", Party.USER)):
            leg = LegId(f"a:{place}")
            begun = ev.LegOriginating(
                leg=leg, party=party, number=None, line=LineId("sim3"), attempt=1, joins=joins
            )
            made.write(1, "alert-a", begun)
        for place in ("op1", "user"):
            made.write(2, "alert-a", ev.LegReleased(leg=LegId(f"a:{place}"), attempt=1, cause=16))
        wrong = found(those.lines_have_legs_of_one_alert, made.evidence())
        assert bool(wrong) != (joins is Joins.NETWORK)


def test_a_second_owner_and_what_comes_after_the_end_are_found() -> None:
    made = good()
    made.write(50, "alert-a", ev.CaseOpened(node=NodeId("n"), worker=WorkerId("c00"), incarnation=2))
    assert found(those.one_owner_at_a_time, made.evidence()) == ["a: CaseOpened after its end"]
    made = received()
    made.write(1, "alert-a", ev.CaseOpened(node=NodeId("n"), worker=WorkerId("c00"), incarnation=1))
    assert found(those.one_owner_at_a_time, made.evidence())


def test_whoever_is_busy_at_the_end_is_found() -> None:
    seen = replace(good().evidence(), offhook=("phone 1",), busy=("CallLeg/c00/user",))
    assert len(found(those.everybody_is_free, seen)) == 2


def test_two_alerts_of_one_phone_are_found() -> None:
    made = Writer()
    made.received(A)
    made.received(B)
    assert found(those.one_event_is_one_alert, made.evidence())
    tested = Writer()
    tested.received(A, test=True)
    tested.received(B)
    assert not found(those.one_event_is_one_alert, tested.evidence())


@each(
    ("taken", "story", "wrong"),
    [
        (1, (SENDING, ev.TextSent(line=SIM1)), False),
        (1, (SENDING, ev.TextFailed(cause=TextFailure.UNKNOWN, line=SIM1)), False),
        (0, (ev.TextFailed(cause=TextFailure.TOO_LATE),), False),
        (2, (SENDING, ev.TextSent(line=SIM1)), True),
        (0, (SENDING, ev.TextSent(line=SIM1)), True),
        (1, (SENDING,), True),
        (1, (SENDING, SENDING, ev.TextSent(line=SIM1)), True),
        (1, (ev.TextFailed(cause=TextFailure.TOO_LATE),), True),
    ],
)
def test_a_text_is_sent_once_and_what_is_said_of_it_is_true(
    taken: int, story: tuple[ev.Event, ...], wrong: bool
) -> None:
    writer = Writer()
    writer.write(0, "text-t", *story)
    seen = replace(writer.evidence(), texts={TextId("t"): taken})
    assert bool(list(those.a_text_leaves_once_and_ends(seen))) is wrong
