"""View of the watchdog: the state of alerts, lines and operators from the journal, the reports of the modems,
and the directory of actors.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from actors.deadline_watchdog.decider import RELEASED_US, Means, expected_free
from actors.trunk_pool.decider import kept_for_inbound
from messages.base import Joins
from messages.ids import SECOND, Instant, LineId, NodeId, Party, Role, WorkerId
from messages.lines import LineReport, LineState
from model.alarms.active import NO_LINE_FOR_112, Key
from model.alert.live import LiveCases
from model.alert.parts import Owner
from model.settings.lines import Modem
from model.settings.psap import LastResort
from model.setup import Setup
from runtime.published.directory import Entry
from runtime.published.peers import NodeInfo
from store.journal.projections import LineHold, Lines, Operators

FRESH_US: Final = Instant(5 * SECOND)
"""Time without a report after which a line counts as unusable, in microseconds; a GsmModem reports every two
seconds.
"""


BACK_US: Final = Instant(10 * SECOND)
"""Time for a restarted or briefly unplugged modem to return, in microseconds; later it needs repair."""
LINE_FOR_112: Final = "A line for 112 is in service again."


class MeansView:
    """State of alerts, lines and operators, and the means (lines, operators, workers) available for calls.
    The owner feeds the journal's events to `live`, `lines` and `operators`.
    """

    def __init__(self, setup: Setup, node: NodeId, now_us: Instant) -> None:
        self.live, self.lines, self.operators = LiveCases(), Lines(), Operators()
        self._setup, self._node = setup, node
        self._reports: dict[LineId, tuple[LineReport, Instant]] = {}
        self._began_us = now_us

    def store_report(self, report: LineReport, now_us: Instant) -> None:
        """Store the report of a line, received at `now_us`."""
        self._reports[report.line] = report, now_us

    def means(self, workers: Iterable[Entry], now_us: Instant, others: Iterable[NodeInfo] = ()) -> Means:
        """Return the means available now. `workers`: directory entries of this node. `others`: the other
        nodes, whose lines also serve this node's alerts.
        """
        nodes = (self._setup.settings.lines, *(place.lines for place in others))
        operators = self.operators.operators.values()
        entries = [entry for entry in workers if entry.role is Role.ALERT_CASE and entry.ready]
        return Means(
            node=self._node,
            public=tuple(
                at
                for spec in self._to_call_with(nodes)
                for at in self._expected((spec,), now_us)
                for _ in range(self._calls_of_an_alert(spec.line))
            ),
            reserved=sum(1 for at in self._expected(self._reserved(nodes), now_us) if at <= now_us),
            operators=frozenset(one.operator for one in operators if one.free),
            on_shift=self.operators.on_shift,
            workers={owner.worker: owner for owner in map(self._owner, entries)},
            holding={entry.alert: WorkerId(entry.key) for entry in entries if entry.alert is not None},
            idle_workers=sum(1 for entry in entries if entry.alert is None),
        )

    def _owner(self, entry: Entry) -> Owner:
        return Owner(node=self._node, worker=WorkerId(entry.key), incarnation=entry.incarnation)

    def _to_call_with(self, nodes: Iterable[Iterable[Modem]]) -> Iterator[Modem]:
        for lines in nodes:
            public = [spec for spec in lines if not spec.emergency]
            kept = kept_for_inbound(public, self._setup.settings)
            yield from (spec for spec in public if spec.line not in kept)

    def _reserved(self, nodes: Iterable[Iterable[Modem]]) -> list[Modem]:
        return [spec for lines in nodes for spec in lines if spec.emergency]

    def _expected(self, specs: Iterable[Modem], now_us: Instant) -> Iterator[Instant]:
        """Return the time at which each line is expected to be free, without lines that are out of order or
        carry an operator's nailed-up call.
        """
        for spec in specs:
            hold = self.lines.lines.get(spec.line)
            if hold is not None and (_is_out(hold) or hold.operator is not None):
                continue
            away_us = self._away_us(spec.line, now_us)
            if away_us > BACK_US:
                continue
            if away_us > 0:
                yield Instant(now_us + BACK_US)
            elif hold is not None and hold.leg is not None:
                yield self._expected_back(hold, now_us)
            elif self._is_busy(spec.line):
                yield expected_free(None, gives_way=False, now_us=now_us)
            else:
                yield now_us

    def no_line_for_112(self, now_us: Instant, others: Iterable[NodeInfo] = ()) -> dict[Key, str]:
        """Return the alarm "no line for 112" and its text. Lines of other nodes count too.

        The text is empty if a line is usable. The result is empty if no emergency line is configured, or
        while it is uncertain whether an unusable line returns: a modem has BACK_US to restart or to be
        plugged in again. Lines that are merely in use do not matter here; the AlertCase that waits for a
        line reports that.
        """
        nodes = (self._setup.settings.lines, *(place.lines for place in others))
        reserved = self._reserved(nodes)
        if not reserved:
            return {}
        trunk = reserved[0].trunk
        if any(self._is_of_use(spec.line, now_us) for spec in reserved):
            return {(NO_LINE_FOR_112, trunk): ""}
        if not all(self._is_gone(spec.line, now_us) for spec in reserved):
            return {}
        public = (spec.line for lines in nodes for spec in lines if not spec.emergency)
        resort = self._setup.settings.psap.last_resort is LastResort.PUBLIC
        resort = resort and any(self._is_of_use(line, now_us, Joins.HOST) for line in public)
        then = "112 is called on a public line." if resort else "call 112 from another phone."
        return {(NO_LINE_FOR_112, trunk): f"No line of trunk {trunk} carries calls: {then}"}

    def _is_gone(self, line: LineId, now_us: Instant) -> bool:
        hold = self.lines.lines.get(line)
        return (hold is not None and _is_out(hold)) or self._away_us(line, now_us) > BACK_US

    def _is_of_use(self, line: LineId, now_us: Instant, joins: Joins | None = None) -> bool:
        report, _ = self._reports.get(line, (None, now_us))
        known = report is not None and (joins is None or report.joins is joins)
        return known and not self._is_gone(line, now_us) and self._away_us(line, now_us) == 0

    def _away_us(self, line: LineId, now_us: Instant) -> int:
        """Return the time the line has been unusable, in microseconds; 0 if usable or not reported yet."""
        report, heard_at = self._reports.get(line, (None, self._began_us))
        silent_us = now_us - heard_at
        if silent_us > FRESH_US:
            return silent_us
        if report is None or report.state is LineState.READY:
            return 0
        return max(1, now_us - report.since)

    def _calls_of_an_alert(self, line: LineId) -> int:
        """Return how many of an alert's two calls this line carries: two if it joins them itself."""
        report, _ = self._reports.get(line, (None, 0))
        return 2 if report is not None and report.joins is Joins.NETWORK else 1

    def _is_busy(self, line: LineId) -> bool:
        """Return True if the modem has a call that belongs to no leg: an incoming call."""
        report, _ = self._reports.get(line, (None, 0))
        return report is not None and report.busy

    def _expected_back(self, hold: LineHold, now_us: Instant) -> Instant:
        case = None if hold.alert is None else self.live.cases.get(hold.alert)
        leg = None if case is None or hold.leg is None else case.legs.get(hold.leg)
        listens = leg is not None and leg.party is Party.LISTENER
        if hold.gives_way:
            return Instant(now_us + RELEASED_US)
        return expected_free(leg, gives_way=listens or (case is not None and case.test), now_us=now_us)


def _is_out(hold: LineHold) -> bool:
    """Return True if no call can begin on the line, regardless of its modem's report."""
    return hold.quarantined or hold.taken_out is not None
