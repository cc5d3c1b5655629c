"""Free operators go to the most urgent alert; nobody is sent to two."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from actors.operator_pool.decider import (
    OFFERED_FOR_US,
    WAITS_US,
    Candidate,
    Offered,
    WaitingCase,
    offer,
    on_call_candidate,
    order,
)
from messages.ids import E164, SECOND, AlertId, Instant, OperatorId, OperatorLine, ShiftState
from messages.operators import RequestOperators
from model.policy import Policy

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


def test_an_offer_keeps_the_operator_from_other_alerts_for_a_moment() -> None:
    held = {OperatorId("a"): Offered(alert=AlertId("a1"), at=NOW)}
    assert names(request("a1"), candidate("a"), held=held) == ["a"]
    assert names(request("a2"), candidate("a"), held=held) == []
    held = {OperatorId("a"): Offered(alert=AlertId("a1"), at=Instant(NOW - OFFERED_FOR_US))}
    assert names(request("a2"), candidate("a"), held=held) == ["a"]


def test_the_most_urgent_is_served_first() -> None:
    late = WaitingCase(request=request("late", deadline_at=Instant(9)), asked_at=NOW)
    soon = WaitingCase(request=request("soon", deadline_at=Instant(5)), asked_at=NOW)
    test = WaitingCase(request=request("test", deadline_at=Instant(1), test=True), asked_at=NOW)
    gone = WaitingCase(request=request("gone"), asked_at=Instant(NOW - WAITS_US - 1))
    assert [one.request.alert for one in order([late, test, gone, soon], NOW, Policy())] == [
        "soon",
        "late",
        "test",
    ]


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
