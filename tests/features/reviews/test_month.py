"""A month's report: answering beside what others ask, callouts, proofs."""

from __future__ import annotations

from features.reviews.month import BENCHMARKS, SelfTestRow, answering, callouts, proofs, report, table
from messages import events as ev
from messages.ids import (
    SECOND,
    AlertId,
    CalloutEnd,
    CalloutKind,
    Channel,
    DutyWay,
    Instant,
    NodeId,
    Outcome,
    PersonId,
)
from messages.proofs import ProofEnd, ProofItem, ProofStep, StepResult
from model.availability import Availability
from model.figures import AlertRow
from tests.support.recorded import story

NOW = Instant(10_000 * SECOND)


def row(n: int, operator_s: float | None, *, test: bool = False, outcome: Outcome | None = None) -> AlertRow:
    received = Instant(1000 * SECOND)
    return AlertRow(
        alert=AlertId(f"a{n}"),
        seq=n,
        received_us=received,
        channel=Channel.DATA,
        test=test,
        operator_us=None if operator_s is None else Instant(received + round(operator_s * SECOND)),
        closed_us=None if outcome is None else NOW,
        outcome=outcome,
    )


def test_the_share_answered_in_time_is_of_all_that_were_to_be_answered() -> None:
    rows = [row(1, 5), row(2, 15), row(3, 16), row(4, 61), row(5, None), row(6, 3, test=True)]
    found = answering(rows, NOW)
    assert (found.of, found.answered) == (5, 4)
    assert {one.within_s: one.found for one in found.measured} == {15: 0.4, 20: 0.6, 60: 0.6, 180: 0.8}
    assert [(one.by, one.share) for one in found.measured] == [(one.by, one.share) for one in BENCHMARKS]


def test_one_that_has_just_come_in_counts_once_it_is_answered_or_late() -> None:
    waiting = row(1, None)
    assert answering([waiting], Instant(waiting.received_us + 20 * SECOND)).of == 0
    assert answering([waiting], Instant(waiting.received_us + 51 * SECOND)).of == 1
    assert all(one.found is None for one in answering([], NOW).measured)


def test_a_callout_is_told_with_how_soon_it_was_taken_and_tests_are_not() -> None:
    alarm = ev.CalloutAlarm(alarm="psap.no_line", subject="e", node=NodeId("n1"), raised_at=Instant(0))
    another = ev.CalloutAlarm(alarm="line.no_sim", subject="L1", node=NodeId("n1"), raised_at=Instant(0))
    tried = ev.CalloutTried(callout="c1", attempt=1, person=PersonId("p1"), way=DutyWay.CALL, contact=0)
    told = story(
        (5, ev.CalloutOpened(callout="early", alarms=(alarm,))),
        (10, ev.CalloutOpened(callout="c1", alarms=(alarm,))),
        (11, ev.CalloutOpened(callout="t", kind=CalloutKind.TEST)),
        (12, tried),
        (13, ev.CalloutJoined(callout="c1", alarms=(another, alarm))),
        (70, ev.CalloutTaken(callout="c1", person=PersonId("p1"))),
        (70, ev.CalloutEnded(callout="c1", why=CalloutEnd.TAKEN)),
    )
    (one,) = callouts(told, Instant(10 * SECOND), Instant(60 * SECOND))
    assert (one.alarms, one.tries, one.ended) == (("psap.no_line", "line.no_sim"), 1, CalloutEnd.TAKEN)
    assert one.taken_us is not None
    assert one.taken_us - one.at_us == 60 * SECOND


def test_of_a_step_that_was_tried_twice_the_later_counts() -> None:
    def ended(step: ProofStep, result: StepResult, subject: str = "") -> ev.ProofStepEnded:
        return ev.ProofStepEnded(proof="p", step=step, subject=subject, result=result)

    first, second, *_ = ProofStep
    told = story(
        (10, ev.ProofBegun(proof="p", steps=(ProofItem(step=first), ProofItem(step=second)))),
        (11, ended(first, StepResult.GAVE_WAY, "L1")),
        (12, ended(first, StepResult.OK, "L1")),
        (13, ended(first, StepResult.FAILED, "L2")),
        (14, ended(second, StepResult.LEFT_OUT)),
        (15, ev.ProofEnded(proof="p", why=ProofEnd.DONE)),
        stream="proof-n1",
    )
    (one,) = proofs(told, Instant(0), NOW)
    assert one == SelfTestRow(
        at_us=Instant(10 * SECOND), node="n1", good=1, bad=1, left_out=1, ended=ProofEnd.DONE
    )
    assert (one.is_whole, one.is_good) == (True, False)


def test_two_nodes_that_begin_at_once_have_a_proof_each() -> None:
    item = ProofItem(step=ProofStep.CLOCK)
    told = [
        one
        for node in ("n1", "n2")
        for one in story(
            (10, ev.ProofBegun(proof="p", steps=(item,))),
            (11, ev.ProofStepEnded(proof="p", step=item.step, result=StepResult.OK)),
            (12, ev.ProofEnded(proof="p", why=ProofEnd.DONE)),
            stream=f"proof-{node}",
        )
    ]
    found = proofs(sorted(told, key=lambda one: one.at_us), Instant(0), NOW)
    assert [(one.node, one.good, one.is_whole) for one in found] == [("n1", 1, True), ("n2", 1, True)]


def test_the_table_has_the_months_figures_under_names_that_stay() -> None:
    rows = [
        row(1, 5, outcome=Outcome.HANDED_OVER),
        row(2, None, outcome=Outcome.FALSE_ALARM),
        row(3, 1, test=True),
    ]
    there = Availability(minutes=60, watched=50, lost=5, longest=3, worst_ms=120)
    said = report("2026-11", rows, there, (), (), (), now_us=NOW, until_us=NOW)
    found = {what: value for _, what, value in table(said)}
    assert found["percent_of_watched"] == "90.000"
    assert found["percent_within_15_s"] == "50.000"
    assert found["percent_within_15_s_by_nena"] == "90"
    assert (found["real"], found["tests"], found["outcome_handed_over"]) == ("2", "1", "1")
