"""Free operators go to the most urgent alert; nobody is sent to two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from actors.operator_pool.decider import (
    OFFERED_FOR_US,
    WAITS_US,
    Candidate,
    Offered,
    WaitingCase,
    kept_for,
    need,
    offer,
    on_call_candidate,
    order,
    served_with,
)
from messages.ids import E164, SECOND, AlertId, Channel, Instant, OperatorId, OperatorLine, ShiftState
from messages.operators import RequestOperators
from model.alert.case import Case
from model.rules.proof import CLAIMED, OVER_BUDGET, PROVED
from model.settings import Settings

NOW = Instant(1_000 * SECOND)


def candidate(name: str, **changes: object) -> Candidate:
    one = Candidate(
        operator=OperatorId(name), version=3, shift=ShiftState.READY, number=E164("+3902"), free_since=NOW
    )
    return replace(one, **changes)


def request(alert: str = "a1", **changes: object) -> RequestOperators:
    return replace(RequestOperators(alert=AlertId(alert)), **changes)


def names(
    wanted: RequestOperators, *candidates: Candidate, held: dict[OperatorId, Offered] | None = None
) -> list[str]:
    return [one.operator for one in offer(wanted, candidates, held or {}, NOW).offers]


def test_an_alert_that_has_no_line_keeps_no_free_operator_from_one_that_may_have_a_line() -> None:
    kept: dict[OperatorId, Offered] = {}
    for wanted in (request("a1", rank=PROVED, no_line=True), request("a2", rank=PROVED)):
        answer = offer(wanted, (candidate("only"),), kept, NOW)
        assert [one.operator for one in answer.offers] == ["only"]
        offered = Offered(alert=wanted.alert, at=NOW, need=need(wanted))
        kept |= dict.fromkeys(kept_for(wanted, answer), offered)
    assert kept["only"].alert == "a2"


def test_only_who_is_ready_and_free_is_offered() -> None:
    everybody = (
        candidate("ready"),
        candidate("paused", shift=ShiftState.PAUSED),
        candidate("off", shift=ShiftState.OFF),
        candidate("taken", reserved_by=AlertId("a2")),
    )
    answer = offer(request(wanted=0), everybody, {}, NOW)
    assert [(one.operator, one.version) for one in answer.offers] == [("ready", 3)]
    assert answer.on_shift == 2


def test_the_one_longest_without_a_case_is_asked_first() -> None:
    early = candidate("z", free_since=Instant(NOW - SECOND))
    assert names(request(), candidate("a"), early) == ["z"]


def test_the_user_s_language_comes_before_the_turn() -> None:
    german = candidate("z", language="de")
    assert names(request(language="de"), candidate("a", language="it"), german) == ["z"]


def test_the_silent_are_asked_last_and_not_never() -> None:
    silent = candidate("a", not_answering=True)
    assert names(request(wanted=0), silent, candidate("b")) == ["b", "a"]


def test_who_writes_notes_is_asked_after_all_who_are_free_and_before_those_at_home() -> None:
    notes = candidate("a", wraps_up=True)
    number = on_call_candidate(E164("+39333"), 0, None)
    everybody = (notes, candidate("silent", not_answering=True), candidate("b"), number)
    assert names(request(wanted=0, on_call=True), *everybody) == ["b", "silent", "a", "on-call:+39333"]
    assert names(request(), notes) == ["a"], "a deadline is worth more than notes"


def test_who_writes_notes_is_left_to_them_by_a_test_unless_it_is_taken_by_hand() -> None:
    notes = candidate("a", wraps_up=True)
    answer = offer(request(test=True, wanted=0), (notes,), {}, NOW)
    assert (answer.offers, answer.on_shift) == ((), 1)
    assert names(request(test=True, named=OperatorId("a")), notes) == ["a"]


def test_on_call_numbers_are_offered_only_when_asked_for() -> None:
    number = on_call_candidate(E164("+39333"), 0, None)
    assert names(request(), number) == []
    assert names(request(on_call=True), number) == ["on-call:+39333"]
    assert offer(request(), (number,), {}, NOW).on_shift == 0


def test_who_takes_a_case_by_hand_is_offered_whatever_the_operator_s_shift_says() -> None:
    dora = candidate("dora", shift=ShiftState.PAUSED)
    assert names(request(named=OperatorId("dora")), candidate("a"), dora) == ["dora"]


def test_who_takes_a_case_is_offered_alone_and_where_that_one_is_busy_the_others_are() -> None:
    dora = candidate("dora", shift=ShiftState.PAUSED)
    taken = request(taking=OperatorId("dora"))
    assert names(taken, candidate("a"), dora) == ["dora"]
    assert names(taken, candidate("a"), replace(dora, reserved_by=AlertId("a2"))) == ["a"]
    assert names(taken, candidate("a"), replace(dora, number=None)) == ["a"]
    assert names(replace(taken, named=OperatorId("b")), candidate("a"), candidate("b"), dora) == ["dora"]


@pytest.mark.parametrize(("before", "rank"), [(PROVED, PROVED), (CLAIMED, CLAIMED), (PROVED, CLAIMED)])
def test_an_offer_keeps_the_operator_from_other_alerts_for_a_moment(before: int, rank: int) -> None:
    one = Offered(alert=AlertId("a1"), at=NOW, need=(False, before))
    held = {OperatorId("a"): one}
    assert names(request("a1", rank=rank), candidate("a"), held=held) == ["a"]
    assert names(request("a2", rank=rank), candidate("a"), held=held) == []
    held = {OperatorId("a"): replace(one, at=Instant(NOW - OFFERED_FOR_US))}
    assert names(request("a2", rank=rank), candidate("a"), held=held) == ["a"]


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        (request(rank=CLAIMED), request("a2", rank=PROVED)),
        (request(test=True), request("a2", rank=OVER_BUDGET)),
    ],
)
def test_what_was_offered_to_one_of_less_need_is_offered_all_the_same(
    before: RequestOperators, wanted: RequestOperators
) -> None:
    held = {OperatorId("a"): Offered(alert=AlertId("a1"), at=NOW, need=need(before))}
    assert names(wanted, candidate("a"), held=held) == ["a"]
    held = {OperatorId("a"): Offered(alert=AlertId("a2"), at=NOW, need=need(wanted))}
    assert names(before, candidate("a"), held=held) == []


THREE = tuple(candidate(name) for name in "abc")


def test_the_last_of_three_is_left_to_an_alert_that_is_vouched_for() -> None:
    unproved = request(wanted=0, rank=CLAIMED, may_have_last=False)
    assert names(unproved, *THREE) == ["a", "b"]
    busy = tuple(replace(one, reserved_by=AlertId("a9")) for one in THREE[:2])
    assert names(unproved, *busy, THREE[2]) == []
    assert names(replace(unproved, may_have_last=True), *busy, THREE[2]) == ["c"]
    assert names(unproved, busy[0], THREE[2]) == ["c"], "of two on shift none is left"


def test_an_operator_who_lets_it_ring_is_not_the_one_who_is_left() -> None:
    unproved = request(wanted=0, rank=CLAIMED, may_have_last=False)
    silent = replace(THREE[0], not_answering=True)
    assert names(unproved, silent, *THREE[1:]) == ["b", "a"]
    assert names(replace(unproved, avoid=(OperatorId("b"),)), *THREE) == ["a", "c"], "b is there for others"


def holder(alert: str, operator: str, **changes: object) -> tuple[Candidate, Case]:
    """An operator with an alert for which nothing speaks."""
    at = Instant(NOW - 60 * SECOND)
    case = Case(alert=AlertId(alert), channel=Channel.DATA, received_at=at, raised_at=at, deadline_at=NOW)
    who = OperatorId(operator)
    joined = replace(case, rank=CLAIMED, reserved=(who,), operator=who, operator_joined_at=at)
    return candidate(operator, reserved_by=AlertId(alert)), replace(joined, **changes)


def test_where_nobody_is_free_the_operators_of_unproved_alerts_are_named_best_first() -> None:
    held = [
        holder("young", "a", operator_joined_at=NOW),
        holder("old", "b"),
        holder("silent", "c", silent=True),
        holder("over", "d", rank=OVER_BUDGET, operator_joined_at=NOW),
        holder("test", "e", test=True, operator_joined_at=NOW),
        holder("proved", "f", rank=PROVED),
        holder("said", "g", vouched_at=NOW),
    ]
    cases = {case.alert: case for _, case in held}
    everybody = [one for one, _ in held]
    answer = offer(request(rank=PROVED), everybody, {}, NOW, cases)
    assert [one.operator for one in answer.held] == ["e", "d", "b", "a", "c"]
    assert [one.alert for one in answer.held][:2] == ["test", "over"]
    for other in (request(rank=CLAIMED), request(rank=PROVED, test=True)):
        assert offer(other, everybody, {}, NOW, cases).held == ()
    free = candidate("z")
    assert offer(request(rank=PROVED), [*everybody, free], {}, NOW, cases).held == ()
    assert offer(request(rank=PROVED, no_line=True), [*everybody, free], {}, NOW, cases).held != ()


def test_an_operator_in_a_test_is_given_to_the_real_alert_that_this_operator_takes() -> None:
    """Also where somebody was heard in the test, and nothing proves the real alert; no other is asked."""
    held = [
        holder("test", "a", test=True, vouched_at=NOW),
        holder("other test", "b", test=True, vouched_at=NOW),
        holder("real", "c", vouched_at=NOW),
    ]
    cases = {case.alert: case for _, case in held}
    everybody = [one for one, _ in held]
    taken = request(rank=CLAIMED, taking=OperatorId("a"))
    assert [one.operator for one in offer(taken, everybody, {}, NOW, cases).held] == ["a"]
    for other in (
        request(rank=CLAIMED),
        request(rank=CLAIMED, taking=OperatorId("c")),
        replace(taken, test=True),
    ):
        assert offer(other, everybody, {}, NOW, cases).held == ()


def test_the_most_urgent_is_served_first() -> None:
    late = WaitingCase(request=request("late", deadline_at=Instant(9)), asked_at=NOW)
    soon = WaitingCase(request=request("soon", deadline_at=Instant(5)), asked_at=NOW)
    test = WaitingCase(request=request("test", deadline_at=Instant(1), test=True), asked_at=NOW)
    gone = WaitingCase(request=request("gone"), asked_at=Instant(NOW - WAITS_US - 1))
    assert [one.request.alert for one in order([late, test, gone, soon], NOW, Settings())] == [
        "soon",
        "late",
        "test",
    ]


def test_who_asks_anew_is_served_behind_those_of_a_higher_rank_alone() -> None:
    asked = [
        WaitingCase(request=request(name, rank=rank, test=test, deadline_at=Instant(n)), asked_at=NOW)
        for n, (name, rank, test) in enumerate(
            [("a", CLAIMED, False), ("b", CLAIMED, False), ("c", PROVED, False), ("d", PROVED, True)]
        )
    ]
    waiting = order(asked, NOW, Settings())
    served = {name: [one.request.alert for one in served_with(AlertId(name), waiting)] for name in "abcd"}
    assert served == {"a": ["c", "a"], "b": ["c", "b"], "c": ["c"], "d": ["c", "a", "b", "d"]}
    assert served_with(AlertId("gone"), waiting) == []


@given(
    st.lists(
        st.builds(
            candidate,
            st.text("abcdef", min_size=1, max_size=3),
            shift=st.sampled_from(ShiftState),
            reserved_by=st.sampled_from([None, AlertId("a9")]),
            not_answering=st.booleans(),
            number=st.sampled_from([None, E164("+3902")]),
        ),
        max_size=6,
        unique_by=lambda one: one.operator,
    ),
    st.integers(0, 4),
    st.lists(st.text("abcdef", min_size=1, max_size=3), max_size=3),
)
def test_whoever_is_offered_could_be_had(everybody: list[Candidate], wanted: int, avoid: list[str]) -> None:
    answer = offer(request(wanted=wanted, avoid=tuple(map(OperatorId, avoid))), everybody, {}, NOW)
    known = {one.operator: one for one in everybody}
    assert len({one.operator for one in answer.offers}) == len(answer.offers)
    assert wanted == 0 or len(answer.offers) <= wanted
    for one in answer.offers:
        had = known[one.operator]
        assert had.reserved_by is None
        assert had.shift is ShiftState.READY
        assert had.number is not None
        assert one.operator not in avoid


def test_who_can_answer_at_once_comes_before_who_has_to_be_dialled() -> None:
    early = candidate("a", free_since=Instant(NOW - SECOND))
    there = candidate("z", mode=OperatorLine.HEADSET)
    assert names(request(wanted=0), early, there) == ["z", "a"]
    assert names(request(language="it"), replace(early, language="it"), there) == ["a"]
    assert offer(request(), (there,), {}, NOW).offers[0].mode is OperatorLine.HEADSET
