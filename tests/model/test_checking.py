"""What a check has shown, from the alert's two streams."""

from __future__ import annotations

from messages import events as ev
from messages.base import VoicePort
from messages.ids import (
    E164,
    SECOND,
    BridgeId,
    Channel,
    Check,
    CrewId,
    Instant,
    LegId,
    LineId,
    NodeId,
    Outcome,
    Party,
)
from messages.journal import Recorded
from model.rules.checking import Link, chain_of
from tests.support.recorded import recorded

BEGUN = Instant(1_795_000_000 * SECOND)
USER = LegId("a1:user")
OPENED = ev.CaseOpened(node=NodeId("n1"), crew=CrewId("c"), incarnation=1)
DIALLED = ev.LegOriginating(
    leg=USER, party=Party.USER, number=E164("+393331112223"), line=LineId("sim1"), attempt=1
)
CLOSED = ev.AlertClosed(outcome=Outcome.TEST_DONE)


def told(check: Check | None, *steps: tuple[float, ev.Event]) -> list[Recorded]:
    received = ev.AlertReceived(
        channel=Channel.DATA,
        raised_at=BEGUN,
        received_at=BEGUN,
        deadline_at=Instant(BEGUN + 50 * SECOND),
        test=True,
        check=check,
    )
    return [
        recorded(received, 1, BEGUN, stream="inbox-a1"),
        *(
            recorded(event, n + 1, BEGUN + round(at_s * SECOND), stream="alert-a1", version=n)
            for n, (at_s, event) in enumerate(steps, 1)
        ),
    ]


def test_a_check_of_the_arrival_is_whole_once_its_case_has_closed() -> None:
    found = chain_of(told(Check.ARRIVAL, (0.1, OPENED)))
    assert found is not None
    assert (found.over, found.broken_at) == (False, Link.CLOSED)
    found = chain_of(told(Check.ARRIVAL, (0.1, OPENED), (0.25, CLOSED)))
    assert found is not None
    assert found.broken_at is None
    assert found.after_s == {Link.RECEIVED: 0.0, Link.OPENED: 0.1, Link.CLOSED: 0.25}


def test_a_check_with_a_call_that_nobody_answered_is_over_and_broken_there() -> None:
    rang = ev.LegRinging(leg=USER, attempt=1)
    found = chain_of(told(Check.CALL, (0.1, OPENED), (0.2, DIALLED), (3.0, rang), (28.0, CLOSED)))
    assert found is not None
    assert (found.over, found.broken_at) == (True, Link.ANSWERED)


def test_a_voice_that_was_not_heard_is_told_from_a_call_that_was() -> None:
    way = (
        (0.1, OPENED),
        (0.2, DIALLED),
        (3.0, ev.LegRinging(leg=USER, attempt=1)),
        (5.0, ev.LegAnswered(leg=USER, attempt=1, voice=VoicePort(path="/dev/pts/3"))),
        (5.1, ev.BridgeJoined(bridge=BridgeId("a1"), legs=(USER,))),
    )
    deaf = chain_of(told(Check.CALL, *way, (20.0, CLOSED)))
    whole = chain_of(told(Check.CALL, *way, (7.0, ev.CheckHeard(leg=USER)), (9.0, CLOSED)))
    assert deaf is not None
    assert whole is not None
    assert deaf.broken_at is Link.HEARD
    assert whole.broken_at is None
    assert list(whole.after_s) == list(Link)


def test_what_is_no_check_has_no_chain() -> None:
    assert chain_of(told(None, (0.1, OPENED), (9.0, CLOSED))) is None
