"""What must hold of the nodes among each other is said where it does not, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as replace_event

from messages import events as ev
from messages.base import HangupCause
from messages.ids import (
    E164,
    SECOND,
    AlertId,
    Assurance,
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
from tests.chaos.harness.facts import Facts
from tests.chaos.harness.view import Call, People
from tests.nodes.judge import (
    BUSY,
    Lost,
    judge_nodes,
    judge_storm,
    taken_back_as_one,
    without_busy,
    without_let_go,
)
from tests.nodes.storms import What, schedule

USER, LINE = "+393330000000", "+390200000901"
LEG = LegId("n:user")
AWAY = Lost(node="a", from_s=2.0, until_s=6.0)


def told(*said: tuple[float, str, int, ev.Event], stream: str = "alert-n") -> tuple[Recorded, ...]:
    return tuple(
        Recorded(
            seq=n,
            stream=stream,
            version=n,
            at_us=Instant(round(at_s * SECOND)),
            node=NodeId(node),
            epoch=epoch,
            event=event,
        )
        for n, (at_s, node, epoch, event) in enumerate(said, 1)
    )


def opened(node: str) -> ev.CaseOpened:
    return ev.CaseOpened(node=NodeId(node), worker=WorkerId("c00"), incarnation=1)


def dialled(attempt: int, line: str) -> ev.LegOriginating:
    number = E164(USER)
    return ev.LegOriginating(leg=LEG, party=Party.USER, number=number, line=LineId(line), attempt=attempt)


def call(n: int, line: str, started_s: float, *, cause: int | None = None, answered: bool = True) -> Call:
    return Call(
        id=n,
        caller=LINE,
        to=USER,
        line=line,
        state="ended" if cause else "active",
        started_s=started_s,
        answered_s=started_s + 0.5 if answered else None,
        ended_s=started_s + 9 if cause else None,
        cause=cause,
    )


def facts(events: tuple[Recorded, ...], *calls: Call) -> Facts:
    return Facts(
        people=People(USER, "+391", "+392"),
        accepted=True,
        outcome=Outcome.HANDED_OVER,
        asked={},
        events=events,
        calls=calls,
        numbers_of_lines=frozenset({LINE}),
    )


RIGHT = told(
    (1.0, "a", 1, opened("a")), (1.1, "a", 1, dialled(1, "a-1")),
    (3.5, "b", 2, opened("b")), (3.6, "b", 2, dialled(2, "b-1")),
)  # fmt: skip

LATE = told(*[(0.0, "a", 1, opened("a"))] * 4, (4.0, "a", 2, ev.UserUnknown()))[4:]
"""After RIGHT: of the node that was away, by the other one's epoch."""


@pytest.mark.parametrize(
    ("rule", "events", "calls"),
    [
        ("", RIGHT, (call(1, "a-1", 1.2), call(2, "b-1", 3.7))),
        ("one owner", (*RIGHT, *told((4.0, "c", 2, ev.UserUnknown()))), ()),
        ("one owner", (*RIGHT, *told((4.0, "a", 1, ev.UserUnknown()))), ()),
        ("own right", RIGHT, (call(1, "a-1", 4.5),)),
        ("own right", RIGHT, (call(1, "c-1", 3.7),)),
        ("away", (*RIGHT, *LATE), ()),
    ],
)  # fmt: skip
def test_each_rule_is_broken_by_what_breaks_it(
    rule: str, events: tuple[Recorded, ...], calls: tuple[Call, ...]
) -> None:
    broken = {one.rule for one in judge_nodes(facts(events, *calls), AWAY)}
    assert rule in broken if rule else not broken


ENDED = told(*[(0.0, "a", 1, opened("a"))] * 4, (20.0, "b", 2, ev.AlertClosed(outcome=Outcome.HANDED_OVER)))[
    4:
]


RECEIVED = told(
    (0.5, "a", 0, ev.AlertReceived(
        channel=Channel.DATA, proof=Assurance.APP, raised_at=Instant(0), received_at=Instant(0),
        deadline_at=Instant(50 * SECOND)
    )),
    stream="inbox-n",
)  # fmt: skip


def ordered(id: str) -> tuple[Recorded, ...]:
    command = ev.CommandGiven(command=OperatorCommand.CALL_PSAP, by=OperatorId("marta"), id=id)
    return told((5.0, "b", 0, command), stream="inbox-n")


DURESS = told((4.9, "b", 0, ev.AlertCancelled(duress=True)), stream="inbox-n")
ASKED = told((5.1, "b", 2, ev.PsapRequested(by=OperatorId("marta"), number=E164("+392"))))
UNASKED = told((5.1, "b", 2, ev.PsapRequested(by=None, number=E164("+392"))))
BROKEN = told((5.05, "b", 2, ev.ConferenceBroken(party=Party.PSAP)))


@pytest.mark.parametrize(
    ("rule", "events", "calls"),
    [
        ("", (*RIGHT, *ordered("o1"), *ASKED, *ENDED), (call(1, "a-1", 1.2), call(2, "b-1", 3.7))),
        ("ends", RIGHT, ()),
        ("one owner", (*RIGHT, *LATE, *ENDED), ()),
        ("own right", (*RIGHT, *ENDED), (call(1, "a-1", 4.5),)),
        ("once", (*RIGHT, *ordered("o1"), *ordered("o1"), *ENDED), ()),
        ("once", (*RIGHT, *ordered("o1"), *ASKED, *ASKED, *ENDED), ()),
        ("once", (*RIGHT, *ASKED, *ENDED), ()),
        ("once", (*RIGHT, *ordered("o1"), *ASKED, *UNASKED, *ENDED), ()),
        ("", (*RIGHT, *DURESS, *UNASKED, *ENDED), (call(1, "a-1", 1.2), call(2, "b-1", 3.7))),
        ("", (*RIGHT, *ordered("o1"), *ASKED, *BROKEN, *UNASKED, *ENDED), ()),
    ],
)
def test_each_rule_of_a_storm_is_broken_by_what_breaks_it(
    rule: str, events: tuple[Recorded, ...], calls: tuple[Call, ...]
) -> None:
    found = judge_storm({AlertId("n"): [*RECEIVED, *events]}, calls, frozenset({LINE}))
    assert {one.rule for one in found} == ({rule} if rule else set())


def test_a_call_is_of_the_alert_that_has_called_last_on_its_line() -> None:
    earlier = told((0.6, "a", 1, opened("a")), (0.7, "a", 1, dialled(1, "a-1")), (0.8, "b", 2, opened("b")))
    theirs = [replace_event(one, stream="alert-m") for one in earlier]
    stories = {AlertId("n"): [*RECEIVED, *RIGHT, *ENDED], AlertId("m"): theirs}
    found = judge_storm(stories, (call(1, "a-1", 1.2), call(2, "b-1", 3.7)), frozenset({LINE}))
    assert "own right" not in {one.rule for one in found}


def test_an_accepted_alert_that_nobody_knows_is_lost() -> None:
    assert [one.text for one in judge_storm({AlertId("n"): []}, (), frozenset())] == ["n is lost"]


def test_a_seed_has_its_schedule_and_storms_are_of_every_kind() -> None:
    drawn = [schedule(seed) for seed in range(40)]
    assert schedule(7) == drawn[7]
    assert all(4 <= len(one) <= 8 for one in drawn)
    assert {trouble.what for one in drawn for trouble in one} == set(What)


def test_a_call_that_was_taken_back_is_one_attempt_and_busy_with_it_is_no_call() -> None:
    events = told(
        (1.1, "a", 1, dialled(1, "a-1")),
        (3.5, "b", 2, ev.LegReleased(leg=LEG, attempt=1, cause=HangupCause.NODE_LOST)),
        (3.6, "b", 2, dialled(2, "b-1")),
        (3.9, "b", 2, ev.LegReleased(leg=LEG, attempt=2, cause=BUSY)),
        (6.0, "b", 2, dialled(3, "a-1")),
        (6.1, "b", 2, ev.LegAdopted(leg=LEG, attempt=3)),
        (9.0, "b", 2, ev.LegReleasing(leg=LEG, attempt=3, reason="left")),
    )
    call_back, busy = call(1, "a-1", 1.2, cause=16), call(2, "b-1", 3.7, cause=BUSY, answered=False)
    seen = without_busy(taken_back_as_one(facts(events, call_back, busy)))
    assert seen.calls == (call_back,)
    attempts = [one.event.attempt for one in seen.events if isinstance(one.event, ev.LegOriginating)]
    assert attempts == [1, 2]
    assert seen.events[-1].event == ev.LegReleasing(leg=LEG, attempt=1, reason="left")
    assert AlertId("n") in str(seen.events[0].stream)


PSAP, PSAP_LEG = "+392", LegId("n:psap")


def to_112(attempt: int, line: str) -> ev.LegOriginating:
    return ev.LegOriginating(
        leg=PSAP_LEG, party=Party.PSAP, number=E164(PSAP), line=LineId(line), attempt=attempt
    )


def with_112(n: int, line: str, started_s: float, ended_s: float, by: str = PSAP) -> Call:
    ended = call(n, line, started_s, cause=16)
    return replace(ended, to=PSAP, ended_s=ended_s, ended_by=by)


TWICE = told(
    (1.1, "a", 1, to_112(1, "a-e1")),
    (3.5, "b", 2, ev.LegReleased(leg=PSAP_LEG, attempt=1, cause=HangupCause.NODE_LOST)),
    (3.6, "b", 2, to_112(2, "b-e1")),
    (4.2, "b", 2, ev.LegAnswered(leg=PSAP_LEG, attempt=2)),
    (12.0, "b", 2, ev.AnnouncementPlayed(clip="psap_again:2", leg=PSAP_LEG)),
)
GAVE_WAY = told(
    (14.0, "b", 2, ev.LegReleasing(leg=PSAP_LEG, attempt=2, reason="taken back")),
    (14.3, "b", 2, to_112(3, "a-e1")),
    (14.4, "b", 2, ev.LegAdopted(leg=PSAP_LEG, attempt=3)),
    (14.5, "b", 2, ev.LegAnswered(leg=PSAP_LEG, attempt=3)),
)
HELD, SECOND_CALL = with_112(1, "a-e1", 1.2, 40.0), with_112(2, "b-e1", 3.7, 14.2, LINE)


@pytest.mark.parametrize(
    ("events", "calls", "wrong"),
    [
        ((*TWICE, *GAVE_WAY), (HELD, SECOND_CALL), ""),
        (TWICE, (with_112(1, "a-e1", 1.2, 7.0, LINE), with_112(2, "b-e1", 3.7, 40.0)), ""),
        ((TWICE[0], *TWICE[2:]), (HELD, SECOND_CALL), "not given up"),
        (TWICE, (HELD, with_112(2, "b-e1", 3.7, 40.0)), "both up"),
        (TWICE[:-1], (HELD, with_112(2, "b-e1", 3.7, 20.0)), "not told"),
    ],
)
def test_112_has_two_calls_while_a_node_is_not_heard_and_then_one(
    events: tuple[Recorded, ...], calls: tuple[Call, ...], wrong: str
) -> None:
    found = [one.text for one in judge_nodes(facts(events, *calls), AWAY) if one.rule == "112 twice"]
    assert all(wrong in text for text in found)
    assert bool(found) == bool(wrong)


def test_of_two_calls_to_112_the_one_that_was_let_go_is_none() -> None:
    assert without_let_go(facts((*TWICE, *GAVE_WAY), HELD, SECOND_CALL)).calls == (HELD,)
    kept = with_112(2, "b-e1", 3.7, 40.0)
    for by in (LINE, PSAP):
        let_go = with_112(1, "a-e1", 1.2, 7.0, by)
        assert without_let_go(facts(TWICE, let_go, kept)).calls == (kept,)


def test_a_112_that_is_busy_is_counted() -> None:
    busy = replace(with_112(2, "b-e1", 3.7, 4.0), cause=BUSY, answered_s=None)
    assert without_busy(facts(TWICE, HELD, busy)).calls == (HELD, busy)
