"""Fill an empty journal quickly with the events of a long time: rows in the store's form, in bulk.

Of thirty events twenty-seven belong to an alert (its two streams, its number, three calls on lines, its
operator) and three to a node: an alarm is raised and cleared repeatedly, and the node never restarts. In
addition, one alert has a position each second for a while. All alerts are closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from messages import events as ev
from messages.base import Position
from messages.events import Event
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
    OperatorId,
    ShiftState,
)
from messages.journal import Recorded
from model.alarms.book import AlarmBook
from scripts.bench.lib.many_alerts import story
from store import streams
from store.alarms import SUMMARY_AFTER_EVENTS
from store.database.query import Row
from store.journal import erasable, rows
from store.journal.journal import Journal, Transaction
from store.journal.sealing import Keys, decode_keys, new_keys
from store.streams import StreamKind

A_DAY: Final = 2_740
"""Events of a day: a million in a year."""
OF_ONE_ALERT: Final = 27
OF_THE_NODE: Final = 3
TOGETHER: Final = 20_000
"""Rows in one transaction."""
LINES: Final = tuple(LineId(f"sim{n}") for n in (1, 2, 5))
"""Lines of the calls: two public lines and a line to 112 of the simulated carrier."""

Said = tuple[str, Instant, Event]


def fill(journal: Journal, node: NodeId, events: int, positions: int, ends_us: Instant) -> int:
    """Write the events, spread over days that end at `ends_us`; return the last sequence number."""
    span_us = 86_400 * SECOND * events // A_DAY
    begins_us = Instant(ends_us - span_us)
    alerts = max(1, (events - positions) // (OF_ONE_ALERT + OF_THE_NODE))
    step_us = span_us // (alerts + 1)
    writer, book = _Writer(journal, node), AlarmBook(lambda _: True)
    writer.add((streams.node(node), begins_us, ev.NodeStarted(version="1", pid=1)))
    for line in LINES:
        # Written once, at the beginning: each start reads these events at the far end of their streams.
        out = ev.LineQuarantined(line=line, reason="new")
        writer.add((streams.line(line), begins_us, out))
        writer.add((streams.line(line), begins_us, ev.LineReturned(line=line)))
    writer.add(
        (
            streams.operator(_OPERATOR),
            begins_us,
            ev.ShiftChanged(operator=_OPERATOR, state=ShiftState.OFF),
        )
    )
    for n in range(alerts):
        at_us = Instant(begins_us + (n + 1) * step_us)
        for said in _one_alert(n, at_us, positions if n == alerts // 2 else 0):
            writer.add(said)
        for said in _flapping(n, at_us, node):
            book.apply(node, writer.add(said))
        if (n + 1) * OF_THE_NODE % SUMMARY_AFTER_EVENTS == 0:
            writer.add((streams.node(node), at_us, book.summed(node)))
    # A start reads from this summary; without it, a start would read the most events possible.
    writer.add((streams.node(node), ends_us, book.summed(node)))
    writer.end()
    return writer.seq


_OPERATOR: Final = OperatorId("aged")


def _one_alert(n: int, at_us: Instant, positions: int) -> Iterator[Said]:
    alert = AlertId(f"aged{n:08x}")
    phone = E164(f"+3933{n:08d}")
    inbox, case = streams.inbox(alert), streams.case(alert)
    received = ev.AlertReceived(
        channel=Channel.DATA,
        proof=Assurance.APP,
        phone=phone,
        raised_at=at_us,
        received_at=at_us,
        deadline_at=Instant(at_us + 50 * SECOND),
    )
    yield inbox, at_us, received
    yield f"{StreamKind.NUMBER}-aged{n:08x}", at_us, ev.NumberRaised(alert=alert)
    for place in range(positions):
        there = Position(lat=44.0 + place * 1e-5, lon=8.9, at=at_us, accuracy_m=12.0, source="gps")
        yield inbox, Instant(at_us + SECOND), ev.PositionUpdated(position=there)
    legs = iter(LINES)
    for after_s, told in story(alert, phone):
        then = Instant(at_us + int(after_s * SECOND))
        for event in told:
            yield case, then, event
            if isinstance(event, ev.LegOriginating):
                line = next(legs)
                yield streams.line(line), then, _seized(line, alert, event.leg)
            if isinstance(event, ev.OperatorReserved):
                reserved = ev.OperatorReserved(operator=_OPERATOR, alert=alert)
                yield streams.operator(_OPERATOR), then, reserved


def _seized(line: LineId, alert: AlertId, leg: LegId) -> ev.LineSeized:
    return ev.LineSeized(line=line, alert=alert, leg=leg, attempt=1)


def _flapping(n: int, at_us: Instant, node: NodeId) -> Iterator[Said]:
    """Yield three events, so that the alarm is raised after one alert and cleared after the next."""
    text = "Line sim1 hardly hears its network (-107 dBm): calls may fail or break off."
    for place in range(OF_THE_NODE):
        event: Event = ev.AlarmCleared(alarm="line.weak_signal", subject="sim1")
        if (n * OF_THE_NODE + place) % 2 == 0:
            event = ev.AlarmRaised(alarm="line.weak_signal", subject="sim1", text=text)
        yield streams.node(node), at_us, event


class _Writer:
    def __init__(self, journal: Journal, node: NodeId) -> None:
        self._journal, self._node = journal, node
        self.seq = 0
        self._versions: dict[str, int] = {}
        self._rows: list[Row] = []
        self._keys: dict[AlertId, Keys] = {}
        self._new_keys: list[Row] = []
        self._aliases: list[Row] = []

    def add(self, said: Said) -> Recorded:
        stream, at_us, event = said
        self.seq += 1
        version = self._versions[stream] = self._versions.get(stream, 0) + 1
        recorded = Recorded(
            seq=self.seq,
            stream=stream,
            version=version,
            at_us=at_us,
            node=self._node,
            epoch=0,
            event=event,
        )
        self._rows.append(rows.row_of(recorded, self._keys_of))
        if isinstance(event, ev.AlertReceived) and event.phone is not None:
            named = stream.replace(f"{StreamKind.INBOX}-", f"{StreamKind.NUMBER}-")
            self._aliases.append((named, StreamKind.NUMBER.value, event.phone))
        if len(self._rows) >= TOGETHER:
            self.end()
        return recorded

    def end(self) -> None:
        """Write the remaining rows."""
        self._journal.transact(self._write)
        for kept in (self._rows, self._new_keys, self._aliases):
            kept.clear()

    def _keys_of(self, alert: AlertId) -> Keys:
        if alert not in self._keys:
            self._keys[alert] = decode_keys(new_keys())
            self._new_keys.append((alert, *self._keys[alert], None))
        return self._keys[alert]

    def _write(self, tx: Transaction) -> None:
        tx.write_rows(erasable.ADD_KEYS, self._new_keys)
        tx.write_rows(erasable.ADD_ALIAS, self._aliases)
        tx.restore(self._rows)
