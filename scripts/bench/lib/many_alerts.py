"""A journal with many alerts of the last months, each with the twenty events of an alert that was handed
over.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from messages import events as ev
from messages.events import Event
from messages.ids import (
    E164,
    SECOND,
    AlertId,
    BridgeId,
    Channel,
    Instant,
    LineId,
    NodeId,
    OperatorId,
    Outcome,
    Party,
    TrunkId,
    UserId,
    WorkerId,
)
from model.alert.leg import leg_id
from model.rules.signal import Signal
from store import streams
from store.alerts.accepting import accept_in
from store.journal.journal import Append, Journal, Transaction

TOGETHER = 500
"""Alerts in one transaction."""
DAY_US = 86_400 * SECOND
OPERATOR = OperatorId("op")
NODE = NodeId("n1")


class Clock:
    """Clock of a journal, set to the time of each event before the event is written."""

    def __init__(self) -> None:
        self.us = Instant(0)

    def __call__(self) -> Instant:
        return self.us


def story(alert: AlertId, phone: E164) -> Iterator[tuple[float, tuple[Event, ...]]]:
    """Yield the events of the case, with the seconds since the receipt."""
    user, op1, psap = (leg_id(alert, place) for place in ("user", "op1", "psap"))
    bridge = BridgeId("b")

    def called(leg: Any, party: Party, number: str) -> ev.LegOriginating:
        line = LineId(f"L-{party}")
        return ev.LegOriginating(
            leg=leg, party=party, number=E164(number), line=line, attempt=1, trunk=TrunkId("public")
        )

    yield (
        0.1,
        (
            ev.CaseOpened(node=NODE, worker=WorkerId("c00"), incarnation=1),
            ev.UserIdentified(user=UserId("u"), language="it"),
            ev.OperatorReserved(operator=OPERATOR, alert=alert),
            called(op1, Party.OPERATOR, "+390200000011"),
        ),
    )
    yield 1.5, (ev.LegRinging(leg=op1, attempt=1),)
    yield (
        4.0,
        (
            ev.LegAnswered(leg=op1, attempt=1),
            ev.OperatorJoined(operator=OPERATOR, leg=op1),
            called(user, Party.USER, phone),
        ),
    )
    yield 9.0, (ev.LegRinging(leg=user, attempt=1), ev.UserRang())
    yield 15.0, (ev.LegAnswered(leg=user, attempt=1), ev.BridgeJoined(bridge=bridge, legs=(op1, user)))
    yield (
        30.0,
        (
            ev.PsapRequested(by=OPERATOR, number=E164("+390200000112")),
            called(psap, Party.PSAP, "+390200000112"),
        ),
    )
    yield 38.0, (ev.LegAnswered(leg=psap, attempt=1), ev.PsapJoined(leg=psap))
    yield (
        60.0,
        (
            ev.LegReleased(leg=user, attempt=1, cause=16),
            ev.AlertClosed(outcome=Outcome.HANDED_OVER),
        ),
    )


def write(journal: Journal, clock: Clock, alerts: int, days: int) -> None:
    """Write the alerts, evenly spread over the days up to a quarter of an hour ago."""
    begin_us, step_us = int(time.time()) * SECOND - days * DAY_US, (days * DAY_US - 900 * SECOND) // alerts

    def together(first: int) -> None:
        def work(transaction: Transaction) -> None:
            for n in range(first, min(alerts, first + TOGETHER)):
                clock.us = at = Instant(begin_us + n * step_us)
                phone = E164(f"+3933{n:08d}")
                signal = Signal(channel=Channel.DATA, received_at=at, phone=phone)
                alert = accept_in(transaction, signal, 50.0).alert
                for after_s, events in story(alert, phone):
                    clock.us = Instant(at + int(after_s * SECOND))
                    transaction.append(Append(streams.case(alert), None, events))

        journal.transact(work)

    for first in range(0, alerts, TOGETHER):
        together(first)
