"""Whatever becomes of each try: nobody is called too often, the next soon, never nobody."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateways.callouts.call import RINGS_S, SAYS_US
from gateways.callouts.decider import (
    LATE_US,
    LONGEST_US,
    MOST_CALLS_PER_CYCLE,
    NO_CALL,
    PlannedAttempt,
    is_mine,
    pending_actions,
)
from messages.ids import SECOND, CalloutEnd, CalloutFailure, CalloutKind, DutyWay, Instant, NodeId
from model.callouts.callout import Attempt, Callout
from model.callouts.roster import Contact, Person

NOW = Instant(1_795_000_000 * SECOND)
A, B, C = NodeId("a"), NodeId("b"), NodeId("c")
CAME_OF_A_CALL = (
    CalloutFailure.NOT_ANSWERED,
    CalloutFailure.NO_KEY,
    CalloutFailure.NEXT,
    CalloutFailure.GAVE_WAY,
    CalloutFailure.AWAY,
    *NO_CALL,
)


def person(name: str, *ways: DutyWay) -> Person:
    return Person(id=name, name=name, contacts=tuple(Contact(way=way, to=f"{name}-{way}") for way in ways))


PEOPLE = (
    person("anna", DutyWay.SMS, DutyWay.CALL),
    person("bea", DutyWay.CALL, DutyWay.EMAIL, DutyWay.CALL, DutyWay.CALL),
    person("carla", DutyWay.SMS),
)


def callout(kind: CalloutKind = CalloutKind.ALARM) -> Callout:
    return Callout(id="c1", kind=kind, opened_at=NOW, node=A, changed_at=NOW)


def tried(before: Callout, wanted: PlannedAttempt, now_us: Instant, **became: object) -> Callout:
    attempt = Attempt(
        number=len(before.attempts) + 1,
        round=wanted.round,
        person=wanted.person.id,
        way=wanted.way,
        contact=wanted.contact,
        at=now_us,
        node=A,
    )
    return replace(before, attempts=(*before.attempts, replace(attempt, **became)), changed_at=now_us)


@given(st.lists(st.sampled_from(CAME_OF_A_CALL), min_size=30, max_size=30))
def test_each_is_told_and_called_and_the_next_one_within_five_minutes(came: list[CalloutFailure]) -> None:
    one, now_us, whose = callout(), NOW, {"anna": NOW}
    for why in came:
        step = pending_actions(one, PEOPLE, now_us)
        for wanted in step.written:
            whose.setdefault(wanted.person.id, now_us)
            one = tried(one, wanted, now_us, over_at=now_us)
        if step.call is not None:
            whose.setdefault(step.call.person.id, now_us)
            lasts = RINGS_S * SECOND + (SAYS_US if why is CalloutFailure.NO_KEY else 0)
            over_at = Instant(round(now_us + lasts))
            one = tried(one, step.call, now_us, over_at=over_at, failure=why)
            now_us = over_at
        else:
            assert step.written or step.since > now_us, "never nobody, and never for ever"
            now_us = max(now_us, step.since)
    calls = [each for each in one.attempts if each.way is DutyWay.CALL]
    for number in range(1, one.rounds + 1):
        for who in PEOPLE:
            assert (
                sum((each.round, each.person) == (number, who.id) for each in calls) <= MOST_CALLS_PER_CYCLE
            )
    written = [(each.person, each.contact) for each in one.attempts if each.way is not DutyWay.CALL]
    assert len(written) == len(set(written))
    blameless = {CalloutFailure.GAVE_WAY, CalloutFailure.AWAY}
    if not blameless & set(came) and "bea" in whose:
        assert whose["bea"] - NOW <= 300 * SECOND


def test_nobody_with_a_way_is_said_and_nothing_is_tried() -> None:
    step = pending_actions(callout(), (person("anna"),), NOW)
    assert (step.no_way, step.written, step.call) == (True, (), None)


def test_in_the_morning_the_first_who_can_be_written_to_is_and_nobody_is_called() -> None:
    one = callout(CalloutKind.MORNING)
    step = pending_actions(one, (person("bea", DutyWay.CALL), *PEOPLE), NOW)
    assert ([each.person.id for each in step.written], step.call) == (["anna"], None)
    failed = tried(one, step.written[0], NOW, over_at=NOW, failure=CalloutFailure.REFUSED)
    assert [each.person.id for each in pending_actions(failed, PEOPLE, NOW).written] == ["bea"]
    assert pending_actions(tried(one, step.written[0], NOW, over_at=NOW), PEOPLE, NOW).end is CalloutEnd.TOLD
    assert pending_actions(one, (person("bea", DutyWay.CALL),), NOW).end is CalloutEnd.NOBODY


def test_of_several_nodes_one_acts_at_a_time() -> None:
    one = callout()
    step = pending_actions(one, PEOPLE, NOW)
    assert [node for node in (A, B, C) if is_mine(one, step, node, (A, B, C), NOW)] == [A]
    assert [node for node in (B, C) if is_mine(one, step, node, (B, C), NOW)] == [B]
    assert not any(is_mine(one, step, node, (B, C), NOW, sure=False) for node in (B, C))
    late = Instant(NOW + LATE_US + SECOND)
    assert is_mine(one, step, B, (A, B, C), late), "what its node leaves undone"
    assert step.call is not None
    calling = tried(one, step.call, NOW)
    assert not is_mine(calling, pending_actions(calling, PEOPLE, late), B, (A, B, C), late)
    gone = Instant(NOW + LONGEST_US + LATE_US + SECOND)
    assert is_mine(calling, pending_actions(calling, PEOPLE, gone), B, (A, B, C), gone)
