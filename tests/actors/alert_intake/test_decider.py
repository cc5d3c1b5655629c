"""Every open alert gets one worker, the most urgent first, and keeps the one that it had."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from actors.alert_intake.decider import (
    CONFIRM_US,
    PATIENCE_US,
    RETURN_US,
    SETTLE_US,
    State,
    Worker,
    on_worker_status,
    plan,
    preemptable_tests,
)
from messages.events import CommandGiven
from messages.ids import (
    E164,
    SECOND,
    AlertId,
    Channel,
    Check,
    Instant,
    LegId,
    LineId,
    NodeId,
    OperatorCommand,
    OperatorId,
    Party,
    WorkerId,
)
from model.alert.case import Case
from model.alert.leg import Leg, LegState
from model.alert.parts import InboundCall, InboxEntry, Owner
from model.rules.proof import CLAIMED, OVER_BUDGET, PROVED
from model.rules.workers import BEYOND_SHIFT
from tests.support.depth import often

NOW = Instant(1_000 * SECOND)


def case(name: str, deadline: int = 50, **changes: object) -> Case:
    one = Case(
        alert=AlertId(name),
        channel=Channel.DATA,
        received_at=NOW,
        raised_at=NOW,
        deadline_at=Instant(NOW + deadline * SECOND),
    )
    return replace(one, **changes)


def workers(*names: str) -> dict[WorkerId, int]:
    return {WorkerId(name): 1 for name in names}


def all_idle(there: dict[WorkerId, int], now: Instant = NOW) -> State:
    state = State(started_at=Instant(now - 10 * SECOND))
    for name, incarnation in there.items():
        state = on_worker_status(state, Worker(worker=name, incarnation=incarnation))
    return state


def test_the_earliest_deadline_gets_the_worker_and_tests_come_last() -> None:
    alerts = {one.alert: one for one in (case("late", 40), case("soon", 10), case("test", 1, test=True))}
    there = workers("c00", "c01")
    made = plan(all_idle(there), alerts, there, NOW)
    assert [alert for alert, _ in made.open] == ["soon", "late"]
    assert made.waiting == ("test",)
    assert made.advise == (), "a worker may be on its way"
    assert plan(made.state, alerts, there, Instant(NOW + PATIENCE_US)).advise == ("test",)


def test_case_10_who_can_still_be_reached_is_taken_before_who_cannot() -> None:
    alerts = {
        one.alert: one for one in (case("missed", -20), case("nearly", 3), case("soon", 15), case("late", 40))
    }
    there = workers("c00", "c01", "c02")
    made = plan(all_idle(there), alerts, there, NOW)
    assert [alert for alert, _ in made.open] == ["soon", "late", "missed"]
    assert made.waiting == ("nearly",), "nothing is dropped"


def test_nothing_is_given_away_before_all_workers_have_said_what_they_do() -> None:
    alerts = {AlertId("a"): case("a")}
    there = workers("c00", "c01")
    state = on_worker_status(State(started_at=NOW), Worker(worker=WorkerId("c00"), incarnation=1))
    assert not plan(state, alerts, there, NOW).settled
    assert plan(state, alerts, there, Instant(NOW + SETTLE_US)).open


def test_an_alert_stays_with_the_worker_that_has_it() -> None:
    alerts = {AlertId("a"): case("a")}
    there = workers("c00", "c01")
    state = on_worker_status(
        all_idle(there), Worker(worker=WorkerId("c01"), incarnation=1, alert=AlertId("a"))
    )
    made = plan(state, alerts, there, NOW)
    assert made.open == ()
    assert made.waiting == ()


def test_a_worker_whose_case_was_killed_gets_its_alert_again_and_no_other_worker_does() -> None:
    alerts = {AlertId("a"): case("a")}
    there = workers("c00", "c01")
    state = on_worker_status(
        all_idle(there), Worker(worker=WorkerId("c00"), incarnation=1, alert=AlertId("a"))
    )
    state = plan(state, alerts, there, NOW).state
    again = {WorkerId("c00"): 2, WorkerId("c01"): 1}
    made = plan(state, alerts, again, NOW)
    assert made.open == (), "it is being started again"
    made = plan(
        on_worker_status(made.state, Worker(worker=WorkerId("c00"), incarnation=2)), alerts, again, NOW
    )
    assert made.open == ((AlertId("a"), WorkerId("c00")),)


def test_an_alert_waits_for_its_worker_while_only_the_case_of_it_is_gone_and_not_for_ever() -> None:
    alerts = {AlertId("a"): case("a")}
    there = workers("c00", "c01")
    state = on_worker_status(
        all_idle(there), Worker(worker=WorkerId("c00"), incarnation=1, alert=AlertId("a"))
    )
    gone, holding = workers("c01"), workers("c00", "c01")
    made = plan(state, alerts, gone, NOW, holding=holding)
    assert made.open == (), "its legs and its bridge have the calls and the voice"
    late = Instant(NOW + RETURN_US)
    assert plan(made.state, alerts, gone, late, holding=holding).open == ((AlertId("a"), WorkerId("c01")),)
    assert plan(made.state, alerts, gone, NOW, holding=gone).open, (
        "with the whole worker gone it does not wait"
    )
    back = plan(made.state, alerts, {WorkerId("c00"): 2, WorkerId("c01"): 1}, late, holding=holding)
    again = plan(back.state, alerts, gone, late, holding=holding)
    assert again.open == (), "its patience begins anew"


def test_a_worker_that_has_spoken_is_given_its_alert_before_the_directory_calls_it_started() -> None:
    alerts = {AlertId("a"): case("a")}
    there = workers("c00", "c01")
    state = on_worker_status(
        all_idle(there), Worker(worker=WorkerId("c00"), incarnation=1, alert=AlertId("a"))
    )
    again = {WorkerId("c00"): 2, WorkerId("c01"): 1}
    state = on_worker_status(
        plan(state, alerts, again, NOW).state, Worker(worker=WorkerId("c00"), incarnation=2)
    )
    made = plan(state, alerts, again, NOW, starting=workers("c00"))
    assert made.open == ((AlertId("a"), WorkerId("c00")),)


def test_nobody_is_waited_for_who_has_yet_to_start() -> None:
    alerts = {AlertId("a"): case("a")}
    state = on_worker_status(State(started_at=NOW), Worker(worker=WorkerId("c00"), incarnation=1))
    assert plan(state, alerts, workers("c00", "c01"), NOW, starting=workers("c01")).open


def test_after_its_own_start_the_intake_finds_the_owner_in_the_journal() -> None:
    owner = Owner(node=NodeId("n"), worker=WorkerId("c01"), incarnation=1)
    alerts = {AlertId("a"): case("a", owner=owner)}
    there = workers("c00", "c01")
    made = plan(all_idle(there), alerts, there, NOW)
    assert made.open == ((AlertId("a"), WorkerId("c01")),)


def test_an_order_that_was_not_confirmed_is_given_again() -> None:
    alerts = {AlertId("a"): case("a")}
    there = workers("c00")
    made = plan(all_idle(there), alerts, there, NOW)
    assert plan(made.state, alerts, there, Instant(NOW + 1)).open == ()
    again = plan(made.state, alerts, there, Instant(NOW + CONFIRM_US))
    assert again.open == made.open
    assert plan(again.state, alerts, there, Instant(NOW + 2 * CONFIRM_US)).open == (), "it is only slow"
    assert plan(again.state, alerts, there, Instant(NOW + 3 * CONFIRM_US)).open == made.open


def test_a_worker_that_was_started_again_is_told_at_once_what_its_predecessor_was_told() -> None:
    alerts = {AlertId("a"): case("a")}
    made = plan(all_idle(workers("c00")), alerts, workers("c00"), NOW)
    state = on_worker_status(made.state, Worker(worker=WorkerId("c00"), incarnation=2))
    assert plan(state, alerts, {WorkerId("c00"): 2}, Instant(NOW + 1)).open == made.open


class Workers(RuleBasedStateMachine):
    """Workers that die, come back and confirm late, and alerts that come and go."""

    def __init__(self) -> None:
        super().__init__()
        self.confirmed_answered = workers("c00", "c01", "c02")
        self.doing: dict[WorkerId, AlertId | None] = dict.fromkeys(self.confirmed_answered)
        self.told: dict[WorkerId, AlertId] = {}
        self.alerts: dict[AlertId, Case] = {}
        self.state = all_idle(self.confirmed_answered)
        self.now = NOW
        self.count = 0

    def go_on(self) -> None:
        made = plan(self.state, self.alerts, self.confirmed_answered, self.now)
        self.state = made.state
        for alert, worker in made.open:
            self.told[worker] = alert
            others = [other for other, doing in self.doing.items() if doing == alert and other != worker]
            assert not others, "an alert was given to two workers"
        self.made = made

    @rule(deadline=st.integers(1, 50), test=st.booleans())
    def an_alert_comes_in(self, deadline: int, test: bool) -> None:
        self.count += 1
        one = case(f"a{self.count}", deadline, test=test)
        self.alerts[one.alert] = one
        self.go_on()

    @rule(name=st.sampled_from(["c00", "c01", "c02"]))
    def a_worker_does_as_told(self, name: str) -> None:
        worker = WorkerId(name)
        alert = self.told.pop(worker, None)
        if alert in self.alerts and self.doing[worker] is None:
            self.doing[worker] = alert
        self.say(worker)

    @rule(name=st.sampled_from(["c00", "c01", "c02"]))
    def a_case_is_killed(self, name: str) -> None:
        worker = WorkerId(name)
        self.confirmed_answered[worker] += 1
        self.doing[worker] = None
        self.told.pop(worker, None)
        self.go_on()
        self.say(worker)

    @rule(name=st.sampled_from(["c00", "c01", "c02"]))
    def a_case_is_closed(self, name: str) -> None:
        worker = WorkerId(name)
        alert = self.doing[worker]
        if alert is not None:
            del self.alerts[alert]
            self.doing[worker] = None
            self.say(worker)

    @rule(seconds=st.integers(1, 3))
    def time_passes(self, seconds: int) -> None:
        self.now = Instant(self.now + seconds * SECOND)
        self.go_on()

    def say(self, worker: WorkerId) -> None:
        self.state = on_worker_status(
            self.state,
            Worker(worker=worker, incarnation=self.confirmed_answered[worker], alert=self.doing[worker]),
        )
        self.go_on()

    @invariant()
    def no_alert_is_with_two_workers(self) -> None:
        doing = [alert for alert in self.doing.values() if alert is not None]
        assert len(doing) == len(set(doing))

    @invariant()
    def no_alert_is_forgotten(self) -> None:
        if self.alerts:
            self.go_on()
            known = set(self.state.assigned) | set(self.made.waiting)
            assert set(self.alerts) <= known


Workers.TestCase.settings = settings(max_examples=often(200), stateful_step_count=30, deadline=None)
TestWorkers = Workers.TestCase


def test_case_09_only_a_tests_call_to_somebody_with_a_real_alert_is_in_the_way() -> None:
    leg = Leg(
        leg=LegId("t:user"),
        party=Party.USER,
        attempt=1,
        state=LegState.RINGING,
        line=LineId("sim3"),
        since=NOW,
    )
    test = case("t", test=True, phone=E164("+391"), legs={leg.leg: leg})
    assert preemptable_tests([test, case("r", phone=E164("+391"))]) == [("t", "t:user")]
    assert preemptable_tests([test, case("r", phone=E164("+392"))]) == []
    assert preemptable_tests([replace(test, test=False), case("r", phone=E164("+391"))]) == []
    inbound = replace(test, legs={leg.leg: replace(leg, call=7)})
    assert preemptable_tests([inbound, case("r", phone=E164("+391"))]) == []


def busy(there: dict[WorkerId, int], *alerts: Case) -> State:
    """Return the intake's state with one worker for each of these alerts, and the other workers idle."""
    state = all_idle(there)
    for name, one in zip(there, alerts, strict=False):
        state = on_worker_status(state, Worker(worker=name, incarnation=1, alert=one.alert))
    return state


def many(count: int, **changes: object) -> list[Case]:
    return [case(f"a{n:02d}", 50, rank=CLAIMED, **changes) for n in range(count)]


def test_alerts_of_an_app_key_alone_get_a_few_workers_more_than_there_are_operators() -> None:
    alerts = {one.alert: one for one in many(20)}
    there = workers(*(f"c{n:02d}" for n in range(20)))
    made = plan(all_idle(there), alerts, there, NOW, on_shift=3)
    assert [alert for alert, _ in made.open] == list(alerts)[: 3 + BEYOND_SHIFT]
    assert made.held_back == set(made.waiting) == set(list(alerts)[3 + BEYOND_SHIFT :])
    later = plan(made.state, alerts, there, Instant(NOW + PATIENCE_US), on_shift=3)
    assert later.advise == made.waiting, "their apps are told, as where all are at work"


def test_what_is_spoken_for_gets_a_worker_however_many_are_open() -> None:
    signed = case("signed", rank=PROVED)
    check = case("check", rank=PROVED, test=True, check=Check.CALL)
    ordered = InboxEntry(
        version=2, at=NOW, event=CommandGiven(command=OperatorCommand.TAKE, by=OperatorId("anna"))
    )
    others = [
        signed,
        check,
        case("said to be real", rank=CLAIMED, vouched_at=NOW),
        case("called in", rank=CLAIMED, inbound_call=InboundCall(line=LineId("sim1"), call=1)),
        case("taken", rank=CLAIMED, unread=(ordered,)),
        case("was begun", rank=CLAIMED, operator=OperatorId("anna")),
    ]
    forged = many(BEYOND_SHIFT)
    there = workers(*(f"c{n:02d}" for n in range(20)))
    alerts = {one.alert: one for one in (*forged, *others)}
    made = plan(busy(there, *forged), alerts, there, NOW)
    assert {alert for alert, _ in made.open} == {one.alert for one in others}
    assert made.held_back == frozenset()


def test_a_worker_is_given_back_to_an_alert_that_is_spoken_for_before_another_one_could_be_started() -> None:
    there = workers("c00", "c01")
    owners = {name: Owner(node=NodeId("n"), worker=name, incarnation=1) for name in there}
    first, last = case("a", rank=CLAIMED), case("b", rank=CLAIMED, received_at=Instant(NOW + 1))
    open_now = [replace(one, owner=owner) for one, owner in zip((first, last), owners.values(), strict=True)]
    signed = case("signed", rank=PROVED)
    alerts = {one.alert: one for one in (*open_now, signed)}
    made = plan(busy(there, *open_now), alerts, there, NOW)
    assert made.give_back == ((last.alert, WorkerId("c01")),)


def test_a_worker_at_work_on_an_alert_that_was_closed_just_now_counts_for_none() -> None:
    there = workers("c00", "c01")
    one = case("a", rank=CLAIMED)
    made = plan(busy(there, case("closed")), {one.alert: one}, there, NOW)
    assert made.open == ((one.alert, WorkerId("c01")),)


def test_no_alert_waits_for_a_worker_because_tests_or_alerts_over_their_budget_have_theirs() -> None:
    behind = [case(f"t{n}", rank=CLAIMED, test=True) for n in range(BEYOND_SHIFT)]
    behind += [case(f"b{n}", rank=OVER_BUDGET) for n in range(BEYOND_SHIFT)]
    there = workers(*(f"c{n:02d}" for n in range(20)))
    new = [*many(BEYOND_SHIFT + 1), case("budget", rank=OVER_BUDGET), case("test", rank=CLAIMED, test=True)]
    alerts = {one.alert: one for one in (*behind, *new)}
    made = plan(busy(there, *behind), alerts, there, NOW)
    assert [alert for alert, _ in made.open] == [one.alert for one in new[:BEYOND_SHIFT]]


@given(
    served=st.integers(0, 12),
    waiting=st.lists(st.tuples(st.integers(-60, 60), st.booleans(), st.sampled_from((0, 1, 2)))),
    on_shift=st.integers(0, 8),
)
def test_an_idle_worker_is_kept_from_no_alert_whose_user_is_to_be_called_soon(
    served: int, waiting: list[tuple[int, bool, int]], on_shift: int
) -> None:
    forged = many(served)
    others = [
        case(f"w{n}", deadline, test=test, rank=rank) for n, (deadline, test, rank) in enumerate(waiting)
    ]
    there = workers(*(f"c{n:02d}" for n in range(served + len(others))))
    alerts = {one.alert: one for one in (*forged, *others)}
    made = plan(busy(there, *forged), alerts, there, NOW, on_shift=on_shift)
    opened = {alert for alert, _ in made.open}
    assert opened | made.held_back == {one.alert for one in others}, "there are workers for all"
    soon = {one.alert for one in others if one.deadline_at <= NOW + 22 * SECOND}
    proved = {one.alert for one in others if one.rank == PROVED}
    assert soon | proved <= opened, "12 s before the deadline the user is called, 10 s are for the worker"
    unproved = [one for one in others if one.rank != PROVED]
    room = max(0, on_shift + BEYOND_SHIFT - served)
    assert len(opened & {one.alert for one in unproved}) >= min(room, len(unproved))
    may_wait = {one.alert for one in unproved} - soon
    assert len(opened & may_wait) <= room
