"""What a drill orders next, and whether it went well, from the case alone."""

from __future__ import annotations

import pytest

from features.selftest.commands.drill import next_order
from messages import events as ev
from messages.events import Event
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
from model.alert.evolve import fold
from model.rules.drilling import drill_result
from tests.support.recorded import recorded

T0 = 1_795_000_000 * SECOND


def story(*events: Event) -> list[Recorded]:
    alert = AlertId("a")
    first = ev.AlertReceived(
        channel=Channel.DATA,
        proof=Assurance.APP,
        raised_at=Instant(T0),
        received_at=Instant(T0),
        deadline_at=Instant(T0 + 50 * SECOND),
        phone=E164("+393331112223"),
        test=True,
    )
    told = [recorded(first, at_us=T0, stream=f"inbox-{alert}")]
    for i, event in enumerate(events, 1):
        told.append(recorded(event, i + 1, T0 + i * SECOND, stream=f"alert-{alert}", version=i))
    return told


def called(place: str, party: Party, operator: OperatorId | None = None) -> tuple[Event, ...]:
    leg = LegId(f"a:{place}")
    return (
        ev.LegOriginating(
            leg=leg,
            party=party,
            number=E164("+390200000100"),
            line=LineId(place),
            attempt=1,
            operator=operator,
        ),
        ev.LegRinging(leg=leg, attempt=1),
        ev.LegAnswered(leg=leg, attempt=1),
    )


def joined(*places: str) -> Event:
    return ev.BridgeJoined(bridge=BridgeId("b"), legs=tuple(LegId(f"a:{place}") for place in places))


DEMO = OperatorId("demo")
TALKING = (
    ev.CaseOpened(node=NodeId("n"), worker=WorkerId("c00"), incarnation=1),
    ev.OperatorReserved(operator=DEMO, alert=AlertId("a")),
    *called("op1", Party.OPERATOR, DEMO),
    ev.OperatorJoined(operator=DEMO, leg=LegId("a:op1")),
    *called("user", Party.USER),
    ev.UserRang(),
    joined("op1"),
    joined("user"),
)
CONFERENCE = (
    *TALKING,
    ev.PsapRequested(by=DEMO, number=E164("+390200000112")),
    *called("psap", Party.PSAP),
    joined("psap"),
    ev.PsapJoined(leg=LegId("a:psap")),
)


@pytest.mark.parametrize(
    ("events", "with_psap", "order"),
    [
        ((), True, None),
        (TALKING[:5], True, None),
        (TALKING[:-1], True, None),
        (TALKING, True, OperatorCommand.CALL_PSAP),
        (TALKING, False, OperatorCommand.DECLARE_FALSE_ALARM),
        (CONFERENCE[:-3], True, None),
        (CONFERENCE, True, OperatorCommand.LEAVE),
        ((*CONFERENCE, ev.LeaveRequested(by=DEMO)), True, None),
    ],
)
def test_a_drill_orders_the_next_thing_only_when_everybody_is_there(
    events: tuple[Event, ...], with_psap: bool, order: OperatorCommand | None
) -> None:
    case = fold(story(*events))
    assert case is not None
    assert next_order(case, with_psap=with_psap) == order


def test_a_drill_has_succeeded_when_everybody_has_spoken_and_it_is_closed() -> None:
    recorded = story(*CONFERENCE, ev.AlertClosed(outcome=Outcome.TEST_DONE))
    case = fold(recorded)
    assert case is not None
    done = drill_result(case, recorded, with_psap=True)
    assert (done.ok, done.outcome, done.deadline_met) == (True, Outcome.TEST_DONE, True)
    over = ev.AlertClosed(outcome=Outcome.TEST_DONE)
    for events, with_psap, ok, missing in (
        (TALKING, True, False, "112 in conference"),
        (TALKING, False, True, None),
        (CONFERENCE[:-3], True, False, "112 in conference"),
        (TALKING[:5], False, False, "in conversation"),
    ):
        short = story(*events, over)
        case = fold(short)
        assert case is not None
        found = drill_result(case, short, with_psap=with_psap)
        assert found.ok is ok
        assert missing is None or {one.step: one.after_s for one in found.steps}[missing] is None
