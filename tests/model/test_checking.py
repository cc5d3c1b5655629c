"""What a check has shown, from the alert's two streams."""

from __future__ import annotations

from messages import events as ev
from messages.ids import (
    SECOND,
    Assurance,
    Channel,
    Check,
    Instant,
    NodeId,
    Outcome,
    WorkerId,
)
from messages.journal import Recorded
from model.rules.checking import Link, chain_of
from tests.support.recorded import recorded
from tests.support.there import there

BEGUN = Instant(1_795_000_000 * SECOND)
OPENED = ev.CaseOpened(node=NodeId("n1"), worker=WorkerId("c"), incarnation=1)
CLOSED = ev.AlertClosed(outcome=Outcome.TEST_DONE)


def told(check: Check | None, *steps: tuple[float, ev.Event]) -> list[Recorded]:
    received = ev.AlertReceived(
        channel=Channel.DATA, proof=Assurance.APP, raised_at=BEGUN, received_at=BEGUN,
        deadline_at=Instant(BEGUN + 50 * SECOND), test=True, check=check,
    )  # fmt: skip
    return [
        recorded(received, 1, BEGUN, stream="inbox-a1"),
        *(
            recorded(event, n + 1, BEGUN + round(at_s * SECOND), stream="alert-a1", version=n)
            for n, (at_s, event) in enumerate(steps, 1)
        ),
    ]


def test_a_check_of_the_arrival_is_whole_once_its_case_has_closed() -> None:
    found = there(chain_of(told(Check.ARRIVAL, (0.1, OPENED))))
    assert (found.over, found.broken_at) == (False, Link.CLOSED)
    found = there(chain_of(told(Check.ARRIVAL, (0.1, OPENED), (0.25, CLOSED))))
    assert found.broken_at is None
    assert found.after_s == {Link.RECEIVED: 0.0, Link.OPENED: 0.1, Link.CLOSED: 0.25}


def test_what_is_no_check_has_no_chain() -> None:
    assert chain_of(told(None, (0.1, OPENED), (9.0, CLOSED))) is None
