"""The emergency trunk is 112's alone, a public line stays free for callers, and no line is granted twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from actors.trunk_pool.decider import (
    GRANTED_FOR_US,
    WAITS_US,
    Granted,
    WaitingLeg,
    gives_way,
    grant,
    is_urgent,
    leaves_lines,
    order,
    preempted,
    served_with,
    used,
)
from actors.trunk_pool.lines import FRESH_US, Line
from messages.ids import SECOND, AlertId, Instant, LegId, LineId, OperatorId, Party, TrunkId
from messages.lines import LineGranted, LineRefused, LineReport, LineState, RequestLine
from model.rules.calls.pairs import LinePairs, parties_to_call
from model.settings import Settings

NOW = Instant(1_000 * SECOND)
SETTINGS = Settings()


def line(
    name: str, *, emergency: bool = False, state: LineState = LineState.READY, **changes: object
) -> Line:
    report = LineReport(
        line=LineId(name), trunk=TrunkId("t"), emergency=emergency, state=state, since=NOW, signal_dbm=-70
    )
    one = Line(
        line=LineId(name), trunk=TrunkId("t"), emergency=emergency, version=2, report=report, heard_at=NOW
    )
    return replace(one, **changes)


def request(**changes: object) -> RequestLine:
    asked = RequestLine(alert=AlertId("a1"), leg=LegId("a1:user"), attempt=1, party=Party.USER)
    return replace(asked, **changes)


def granted(asked: RequestLine, *lines: Line, held: dict[LineId, Granted] | None = None) -> str | None:
    answer = grant(asked, lines, held or {}, SETTINGS, NOW)
    return answer.line if isinstance(answer, LineGranted) else None


PUBLIC = [line(f"p{n}") for n in range(4)]


def test_112_goes_over_the_emergency_trunk_and_nothing_else_does() -> None:
    emergency = line("e1", emergency=True)
    assert granted(request(emergency=True, party=Party.PSAP), *PUBLIC, emergency) == "e1"
    assert granted(request(emergency=True, party=Party.PSAP), *PUBLIC) is None
    assert granted(request(), emergency) is None


def test_the_longest_unused_line_is_taken() -> None:
    used = [replace(one, last_used_at=Instant(9 - n)) for n, one in enumerate(PUBLIC)]
    assert granted(request(), *used) == "p3"
    assert granted(request(), *used[:3]) == "p2"


def test_s02_the_number_that_users_call_is_never_busy_with_calls_of_ours() -> None:
    taken = [replace(one, seized_by=LegId("x")) for one in PUBLIC[1:]]
    assert granted(request(), PUBLIC[0], *taken) is None
    outbound_only = replace(PUBLIC[0], inbound=False)
    assert granted(request(), outbound_only, *PUBLIC[1:]) == "p0"


def test_a_line_that_was_taken_out_begins_no_call_and_what_stands_on_it_is_gone_on_with() -> None:
    out = line("p1", taken_out=True)
    assert granted(request(), out) is None
    up = replace(out, report=replace(out.report, legs=(LegId("a1:user"),)))
    assert granted(request(), up) == "p1"
    assert granted(request(held=True), up) == "p1"
    # A test on it gives nothing up that could be had.
    assert preempted(request(), [replace(out, seized_by=LegId("t1:user"), test=True)]) is None


def test_case_09_a_test_call_gives_way_to_an_alert_and_to_no_test() -> None:
    tried = line("p1", seized_by=LegId("test-1:1"), tried=True)
    assert granted(request(), tried) is None
    assert preempted(request(), [tried]) == tried
    assert preempted(request(test=True), [tried]) is None
    assert preempted(request(emergency=True, party=Party.PSAP), [tried]) is None


def test_two_lines_are_enough_for_two_parties() -> None:
    assert granted(request(), PUBLIC[0], replace(PUBLIC[1], seized_by=LegId("a1:op1"))) == "p0"


def test_case_09_a_test_asks_for_nothing_while_a_real_alert_waits_for_such_a_line() -> None:
    real, test = request(), request(alert=AlertId("t1"), leg=LegId("t1:user"), test=True)
    assert gives_way(test, [real])
    assert not gives_way(test, [])
    assert not gives_way(test, [replace(test, leg=LegId("t2:user"))])
    assert not gives_way(test, [request(emergency=True)])
    assert not gives_way(real, [real])


def test_a_test_leaves_more_lines_free_than_a_real_call() -> None:
    lines = [line(f"p{n}") for n in range(6)]
    taken = [replace(one, seized_by=LegId("x")) for one in lines[:4]]
    assert granted(request(test=True), *taken, *lines[4:]) is None
    assert granted(request(), *taken, *lines[4:]) is not None


def test_a_line_that_has_just_failed_is_taken_only_when_there_is_no_other() -> None:
    assert granted(request(avoid=(LineId("p1"),)), *PUBLIC) == "p2"
    assert granted(request(avoid=(LineId("p0"),)), PUBLIC[0]) == "p0"


def test_a_weak_line_is_taken_last() -> None:
    report = PUBLIC[0].report
    assert report is not None
    weak = replace(PUBLIC[0], report=replace(report, signal_dbm=-110))
    assert granted(request(), weak, PUBLIC[1]) == "p1"


def test_a_line_that_was_mute_or_failed_its_proof_is_taken_after_all_others_and_never_refused() -> None:
    report = PUBLIC[0].report
    assert report is not None
    worn = replace(PUBLIC[1], report=replace(report, worn=True))
    in_doubt = replace(PUBLIC[0], in_doubt=True)
    assert granted(request(), in_doubt, worn) == "p1"
    assert granted(request(avoid=(LineId("p1"),)), in_doubt, worn) == "p1"
    assert granted(request(), in_doubt) == "p0"


def test_a_line_whose_voice_is_worn_is_taken_after_a_weak_one_and_one_that_has_just_failed() -> None:
    report = PUBLIC[0].report
    assert report is not None
    worn = replace(PUBLIC[0], report=replace(report, worn=True))
    assert granted(request(), worn) == "p0"
    other = PUBLIC[1].report
    assert other is not None
    weak = replace(PUBLIC[1], report=replace(other, signal_dbm=-110))
    assert granted(request(avoid=(LineId("p1"),)), worn, weak) == "p1"


def test_lines_that_are_not_ready_silent_busy_or_quarantined_are_not_taken() -> None:
    report = PUBLIC[0].report
    assert report is not None
    for bad in (
        line("p0", state=LineState.NO_NETWORK),
        replace(PUBLIC[0], heard_at=Instant(NOW - FRESH_US - 1)),
        replace(PUBLIC[0], report=replace(report, busy=True)),
        replace(PUBLIC[0], quarantined=True),
        replace(PUBLIC[0], taken_out=True),
        replace(PUBLIC[0], report=None),
    ):
        assert granted(request(), bad) is None


def test_a_grant_keeps_the_line_from_others_for_a_moment() -> None:
    held = {LineId("p0"): Granted(leg=LegId("a2:user"), at=NOW)}
    assert granted(request(), PUBLIC[0], held=held) is None
    held = {LineId("p0"): Granted(leg=LegId("a1:user"), at=NOW)}
    assert granted(request(), PUBLIC[0], held=held) == "p0"
    held = {LineId("p0"): Granted(leg=LegId("a2:user"), at=Instant(NOW - GRANTED_FOR_US))}
    assert granted(request(), PUBLIC[0], held=held) == "p0"


def test_a_line_that_was_seized_and_is_free_again_is_kept_for_nobody() -> None:
    held = {one.line: Granted(leg=LegId("a2:user"), at=NOW) for one in PUBLIC[:2]}
    left = used(held, PUBLIC[0].line, LegId("a2:user"))
    assert granted(request(), PUBLIC[0], held=left) == "p0"
    assert granted(request(), PUBLIC[1], held=left) is None
    assert used(held, PUBLIC[0].line, LegId("a3:user")) == held, "somebody else was first"


def test_case_09_only_tests_are_preempted_and_never_a_leg_to_112() -> None:
    real = replace(PUBLIC[0], seized_by=LegId("x:user"), party=Party.USER)
    test = replace(PUBLIC[1], seized_by=LegId("t:user"), party=Party.USER, test=True)
    psap = line("e1", emergency=True, seized_by=LegId("t:psap"), party=Party.PSAP, test=True)
    assert preempted(request(), [real, psap]) is None
    assert preempted(request(), [real, psap, test]) == test
    assert preempted(request(test=True), [test]) is None


def test_a_call_on_a_line_that_is_lost_gives_it_up_after_all_others() -> None:
    lost = line("p1", state=LineState.LOST, seized_by=LegId("t:user"), test=True)
    later = Instant(lost.last_used_at + 1)
    tried = line("p2", seized_by=LegId("test-1:1"), tried=True, last_used_at=later)
    waits = line("p3", seized_by=LegId("shift:eva"), nailed_up=True)
    assert preempted(request(), [lost, tried]) == tried
    assert preempted(request(), [lost, waits]) == waits
    assert preempted(request(), [lost]) == lost


def test_nobody_gives_up_a_line_for_a_call_that_is_asked_back() -> None:
    test = replace(PUBLIC[1], seized_by=LegId("t:user"), party=Party.USER, test=True)
    assert preempted(request(held=True), [test]) is None


def test_case_09_what_a_test_calls_in_place_of_112_gives_up_its_line_for_112() -> None:
    psap = line("e1", emergency=True, seized_by=LegId("t:psap"), party=Party.PSAP, test=True)
    real = line("e2", emergency=True, seized_by=LegId("x:psap"), party=Party.PSAP)
    user = replace(PUBLIC[1], seized_by=LegId("t:user"), party=Party.USER, test=True)
    asks = request(emergency=True, party=Party.PSAP)
    assert preempted(asks, [real, user, psap]) == psap
    assert preempted(asks, [real, user]) is None
    assert preempted(replace(asks, test=True), [psap]) is None


def operator_of(alert: str, **changes: object) -> RequestLine:
    return request(alert=AlertId(alert), leg=LegId(f"{alert}:op1"), party=Party.OPERATOR, **changes)


def grants(asked: RequestLine, begun: dict[str, set[Party]], *lines: Line) -> bool:
    pairs = LinePairs(
        begun={AlertId(alert): frozenset(lacks) for alert, lacks in begun.items()},
        asking=parties_to_call(None, (), SETTINGS),
    )
    return isinstance(grant(asked, lines, {}, SETTINGS, NOW, pairs), LineGranted)


def test_case_10_no_operator_is_called_for_whom_no_line_would_be_left_to_call_the_user() -> None:
    taken = [PUBLIC[0], replace(PUBLIC[1], seized_by=LegId("a1:op1")), *PUBLIC[2:]]
    begun = {"a1": {Party.USER}}
    assert grants(request(), begun, *taken), "her own line is hers"
    assert not grants(operator_of("a2"), begun, *taken)
    assert grants(operator_of("a2"), begun, *taken, line("p4"))


def test_case_09_a_test_begins_only_if_its_user_can_be_called_too() -> None:
    """Of four lines the first is kept for users who call, and one more for alerts."""
    test = operator_of("t1", test=True)
    assert not grants(test, {}, *PUBLIC[:3], replace(PUBLIC[3], seized_by=LegId("a1:user")))
    assert grants(test, {}, *PUBLIC)
    begun = [*PUBLIC[:3], replace(PUBLIC[3], seized_by=LegId("t1:op1"))]
    user = request(alert=AlertId("t1"), leg=LegId("t1:user"), test=True)
    assert grants(user, {"t1": {Party.USER}}, *begun)


def test_what_nobody_is_kept_for_any_more_is_free_for_the_next() -> None:
    both = [replace(one, seized_by=LegId("a1:x")) for one in PUBLIC[1:3]]
    more = [PUBLIC[0], *both, PUBLIC[3]]
    assert not grants(operator_of("a2"), {"a1": set()}, *more), "there is none for the second one's user"
    assert grants(operator_of("a2"), {"a1": set()}, *more, line("p4"))
    assert grants(operator_of("a1"), {"a1": set()}, *more), "a further operator of the first one"


def test_a_center_that_is_down_to_one_line_begins_all_the_same() -> None:
    assert grants(operator_of("a2"), {}, PUBLIC[0])


def test_a_user_who_is_on_the_line_has_the_last_one_for_the_operator_though_the_modem_has_no_process() -> (
    None
):
    of_user = replace(PUBLIC[0], seized_by=LegId("a1:user"), heard_at=Instant(NOW - FRESH_US - 1))
    begun = {"a1": {Party.OPERATOR}}
    assert not grants(request(alert=AlertId("a2"), leg=LegId("a2:user")), begun, of_user, PUBLIC[1])
    assert grants(operator_of("a1"), begun, of_user, PUBLIC[1])


def test_s02_whoever_has_called_in_is_given_an_operator_with_the_last_line() -> None:
    busy = [replace(one, seized_by=LegId("a1:x")) for one in PUBLIC[:3]]
    assert grants(operator_of("a2"), {"a1": {Party.USER}, "a2": {Party.OPERATOR}}, *busy, PUBLIC[3])


def test_requests_are_served_what_is_begun_first_then_by_their_deadlines_and_tests_last() -> None:
    def waits(asked: RequestLine, ago_us: int = 0) -> WaitingLeg:
        return WaitingLeg(request=asked, asked_at=Instant(NOW - ago_us))

    def ends(in_s: int) -> Instant:
        return Instant(NOW + in_s * SECOND)

    late, soon = operator_of("late", deadline_at=ends(30)), operator_of("soon", deadline_at=ends(20))
    missed = operator_of("missed", deadline_at=ends(2))
    test = operator_of("test", deadline_at=ends(10), test=True)
    user = request(deadline_at=ends(40))
    gone = waits(operator_of("gone"), WAITS_US + 1)
    found = order([waits(test), waits(missed), waits(late), gone, waits(soon), waits(user)], NOW, SETTINGS)
    assert [one.request for one in found] == [user, soon, late, missed, test]


@given(
    st.lists(
        st.builds(
            line,
            st.sampled_from([f"l{n}" for n in range(8)]),
            emergency=st.booleans(),
            state=st.sampled_from(LineState),
            seized_by=st.sampled_from([None, LegId("x:user")]),
            quarantined=st.booleans(),
            taken_out=st.booleans(),
        ),
        max_size=8,
        unique_by=lambda one: one.line,
    ),
    st.booleans(),
    st.booleans(),
)
def test_whatever_is_granted_was_free_and_of_the_right_trunk(
    lines: list[Line], emergency: bool, test: bool
) -> None:
    answer = grant(request(emergency=emergency, test=test), lines, {}, SETTINGS, NOW)
    if isinstance(answer, LineGranted):
        had = next(one for one in lines if one.line == answer.line)
        assert had.emergency == emergency
        assert had.seized_by is None
        assert not had.quarantined
        assert not had.taken_out
        assert answer.version == had.version


def shift(name: str = "anna", **changes: object) -> RequestLine:
    """What is asked for so that the operator's call can be nailed up."""
    leg, operator = LegId(f"nailed:{name}"), OperatorId(name)
    asked = RequestLine(leg=leg, attempt=9, party=Party.OPERATOR, operator=operator)
    return replace(asked, **changes)


def nailed_up(one: Line, name: str) -> Line:
    return replace(one, seized_by=LegId(f"nailed:{name}"), nailed_up=True)


def test_half_of_the_lines_at_the_most_are_nailed_up() -> None:
    public = [line(f"p{n}") for n in range(6)]  # one of them is kept for inbound calls
    assert granted(shift(), *public) == "p1"
    assert granted(shift("bice"), *public[:1], nailed_up(public[1], "anna"), *public[2:]) == "p2"
    two = [nailed_up(public[1], "anna"), nailed_up(public[2], "bice")]
    answer = grant(shift("carla"), [public[0], *two, *public[3:]], {}, SETTINGS, NOW)
    assert isinstance(answer, LineRefused)
    assert answer.reason == "2 of 5 public lines are nailed up; the others are kept for users"
    assert granted(request(), public[0], *two, *public[3:]) == "p3", "an alert is another matter"


def test_two_shifts_that_ask_at_once_are_counted_both() -> None:
    held = {LineId("p1"): Granted(leg=LegId("nailed:anna"), at=NOW, nailed_up=True)}
    assert granted(shift("bice"), *PUBLIC[:3], held=held) is None
    assert granted(shift("anna"), *PUBLIC[:3], held=held) == "p1"


def test_a_shift_asks_after_everybody_else_and_takes_nothing_that_an_alert_lacks() -> None:
    waiting = [
        WaitingLeg(request=one, asked_at=NOW)
        for one in (shift(), request(test=True), request(party=Party.LISTENER), request())
    ]
    first, *_, last = order(waiting, NOW, SETTINGS)
    assert (first.request, last.request) == (request(), shift())
    assert gives_way(shift(), [request()])
    assert preempted(shift(), PUBLIC) is None
    pairs = LinePairs(begun={AlertId("a1"): frozenset((Party.USER,))})
    lines = [PUBLIC[0], replace(PUBLIC[1], seized_by=LegId("a1:op1")), *PUBLIC[2:]]
    assert isinstance(grant(shift(), lines[:3], {}, SETTINGS, NOW, pairs), LineRefused)
    assert isinstance(grant(shift(), lines, {}, SETTINGS, NOW, pairs), LineGranted)


def test_case_09_a_line_that_an_operator_only_waits_on_gives_way_to_a_real_alert_and_to_nothing_else() -> (
    None
):
    waits, stands = nailed_up(PUBLIC[1], "anna"), replace(nailed_up(PUBLIC[2], "bice"), stood_on=True)
    test = replace(PUBLIC[3], seized_by=LegId("a9:user"), alert=AlertId("a9"), test=True)
    assert preempted(request(), [PUBLIC[0], waits, stands]) == waits
    assert preempted(request(), [PUBLIC[0], stands]) is None
    assert preempted(request(), [waits, stands, test]) == test
    assert preempted(request(test=True), [waits]) is None
    assert preempted(request(emergency=True, party=Party.PSAP), [waits]) is None


def test_who_asks_anew_is_looked_at_behind_alerts_that_are_vouched_for_and_no_others() -> None:
    def waits(name: str, rank: int, *, test: bool = False) -> WaitingLeg:
        alert = AlertId(name)
        request = RequestLine(
            alert=alert, leg=LegId(f"{name}:op1"), attempt=1, party=Party.OPERATOR, rank=rank, test=test
        )
        return WaitingLeg(request=request, asked_at=Instant(0))

    waiting = [waits("proved", 0), waits("one", 1), waits("two", 1), waits("test", 1, test=True)]

    def looked_at(name: str) -> list[str | None]:
        return [one.request.alert for one in served_with((LegId(f"{name}:op1"), 1), waiting)]

    assert looked_at("two") == ["proved", "two"]
    assert looked_at("proved") == ["proved"]
    assert looked_at("test") == ["proved", "one", "two", "test"]
    assert looked_at("gone") == []


def test_an_alert_that_is_vouched_for_is_served_first_and_left_the_lines() -> None:
    pairs = LinePairs(asking=frozenset((Party.OPERATOR, Party.USER)))
    ask = RequestLine(alert=AlertId("a"), leg=LegId("a:op1"), attempt=1, party=Party.OPERATOR)
    assert is_urgent(ask, pairs)
    assert not is_urgent(replace(ask, rank=1), pairs)
    assert not is_urgent(replace(ask, test=True), pairs)
    assert not is_urgent(ask, LinePairs(begun={AlertId("a"): frozenset()})), "a further operator can wait"
    user = RequestLine(alert=AlertId("b"), leg=LegId("b:user"), attempt=1, party=Party.USER, rank=1)
    assert leaves_lines(user)
    assert not leaves_lines(replace(user, party=Party.PSAP, emergency=True)), "112 waits for nobody"
    asked = [WaitingLeg(request=one, asked_at=Instant(0)) for one in (user, ask)]
    assert [one.request.alert for one in order(asked, Instant(0), Settings())] == ["a", "b"]
