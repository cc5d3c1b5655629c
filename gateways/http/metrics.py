"""Prometheus metrics for `/metrics`: the web process's own counters, and figures of the center as a whole.

The center's figures are readiness, alarms, operators, last alert and disk; every request computes the values
again. No metric names a person.
"""

from __future__ import annotations

import collections
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from shutil import disk_usage
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from gateways.console.views.infrastructure import AlarmView
from gateways.nodes import ClusterState
from messages.ids import SECOND, Instant, NodeId, ShiftState
from messages.lines import LineLevels, LineReport, LineState
from messages.readings import Pace
from model.alarms.kind import Priority, SubjectKind
from model.alarms.table import OF_THE_PAGE, kinds, priority_of, subject_kind_of
from model.alert.case import Case
from model.feature import installed, load_object
from model.rules.phones_that_check import PhoneCheckState
from runtime.clock import Clock
from store.journal.journal import Journal

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_OF_NOBODY: Final = (SubjectKind.LINE, SubjectKind.NODE, SubjectKind.PART)
"""Alarms whose subject is named in metrics, because the name identifies no person and no alert."""


class Metrics:
    """Metrics of one process in a registry of its own, so that two centers in one test stay separate."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.center = CenterMetrics(registry)
        self._accepted = Counter(
            "securwoman_alerts_accepted", "Alerts made durable", ["test"], registry=registry
        )
        self.accepted_real = self._accepted.labels(test="no")
        self.accepted_test = self._accepted.labels(test="yes")
        checks = Counter(
            "securwoman_checks",
            "Checks by which phones see that an alert would arrive: taken, or put off as alerts were at work",
            ["is"],
            registry=registry,
        )
        self.checks_taken = checks.labels("taken")
        self.checks_put_off = checks.labels("put_off")
        self._phones = Gauge(
            "securwoman_phones",
            "Phones, by how they stand with the checks that they make by themselves",
            ["checked"],
            registry=registry,
        )
        self.advised_at_once = Counter(
            "securwoman_alerts_advised_at_once",
            "Alerts beyond those that can be handled, answered with call_112_now",
            registry=registry,
        )
        self.repeated = Counter(
            "securwoman_alert_signals_merged", "Signals of an alert that was there", registry=registry
        )
        self.refused = Counter(
            "securwoman_http_requests_refused", "Requests answered with 4xx", ["status"], registry=registry
        )
        self.not_durable = Counter(
            "securwoman_alerts_not_durable", "Alerts answered 503: call 112 now", registry=registry
        )
        self.kept = Gauge(
            "securwoman_alerts_kept_in_memory", "Alerts that wait for the journal", registry=registry
        )
        self.durable_after = Histogram(
            "securwoman_alert_durable_seconds",
            "From the request's body to its durability",
            buckets=_SECONDS,
            registry=registry,
        )
        self.commands = Counter(
            "securwoman_commands", "Operators' commands", ["command", "result"], registry=registry
        )
        self.open_alerts = Gauge("securwoman_alerts_open", "Open alerts, tests too", registry=registry)
        self.late_alerts = Gauge(
            "securwoman_alerts_late", "Real alerts past their deadline, not reached", registry=registry
        )
        self.consoles = Gauge("securwoman_consoles", "Consoles connected", registry=registry)
        self.journal_seq = Gauge("securwoman_journal_seq", "Last event seen", registry=registry)
        self.journal_works = Gauge("securwoman_journal_works", "1: the last write worked", registry=registry)
        self.actors_listen = Gauge(
            "securwoman_actors_listen", "1 when the AlertIntake hears of what is written", registry=registry
        )
        self.line_ready = Gauge(
            "securwoman_line_ready", "1: the line can carry calls", ["line", "state"], registry=registry
        )
        self.line_registered = Gauge(
            "securwoman_line_registered", "1: its network knows the line's SIM", ["line"], registry=registry
        )
        self.line_signal = Gauge(
            "securwoman_line_signal_dbm", "How well the line's modem hears", ["line"], registry=registry
        )
        self._levels = [
            Gauge(
                f"securwoman_line_{name}",
                f"{what}, of the last call",
                ["line", "way"],
                registry=registry,
            )
            for name, what in (
                ("level_dbfs", "How loud it was without its pauses"),
                ("peak_dbfs", "Its loudest sample"),
                ("clipped_ratio", "The share of its 20 ms frames within 1 dB of full scale"),
                ("voice_seconds", "How much voice there was"),
            )
        ]
        self._alarms = Gauge(
            "securwoman_alarms", "Alarms that stand, by priority", ["priority", "is"], registry=registry
        )
        self._nodes = Gauge("securwoman_nodes", "Nodes, by how they are", ["state"], registry=registry)
        self._owned = Gauge(
            "securwoman_alerts_owned", "Open alerts of each node", ["node"], registry=registry
        )
        self._membership = Gauge(
            "securwoman_membership_age_seconds",
            "Since this node's membership was renewed",
            ["node"],
            registry=registry,
        )
        self.voice_ticks = Counter(
            "securwoman_voice_ticks",
            "Ticks of the conferences' 20 ms clocks: kept, more than 5 ms late, or left out",
            ["is"],
            registry=registry,
        )

    def voice(self, pace: Pace) -> None:
        """Count the ticks of a conference's clock since the last report."""
        # A report in the middle of a tick may count the tick as late, and count it in `ticks` only next time.
        self.voice_ticks.labels("kept").inc(max(0, pace.ticks - pace.late))
        self.voice_ticks.labels("late").inc(pace.late)
        self.voice_ticks.labels("left_out").inc(pace.skipped)

    def phones(self, many: Mapping[PhoneCheckState, int]) -> None:
        """Set the number of phones by the state of their own checks."""
        for checked, phones in many.items():
            self._phones.labels(checked).set(phones)

    def alarms(self, standing: Sequence[AlarmView], now_us: Instant) -> None:
        """Set the number of active alarms, by priority and acknowledgement, and by kind."""
        self.center.alarms(standing, now_us)
        self._alarms.clear()
        for priority in Priority:
            for state in ("unseen", "seen", "quiet"):
                self._alarms.labels(priority, state).set(0)
        for one in standing:
            self._alarms.labels(priority_of(one.alarm), how(one, now_us)).inc()

    def lines(self, reports: Iterable[LineReport]) -> None:
        """Set the state of the lines from the last reports of their modems."""
        for gauge in (self.line_ready, self.line_registered, self.line_signal):
            gauge.clear()
        for report in reports:
            self.line_ready.labels(report.line, report.state).set(report.state is LineState.READY)
            self.line_registered.labels(report.line).set(report.registration in ("home", "roaming"))
            if report.signal_dbm is not None:
                self.line_signal.labels(report.line).set(report.signal_dbm)

    def line_levels(self, levels: Iterable[LineLevels]) -> None:
        """Set the audio levels of the lines' last calls: incoming (`in`) and outgoing (`out`)."""
        for gauge in self._levels:
            gauge.clear()
        for one in levels:
            for way, found in (("in", one.into), ("out", one.out)):
                figures = (found.dbfs, found.peak_dbfs, found.clipped, found.voice_ms / 1000)
                for gauge, value in zip(self._levels, figures, strict=True):
                    gauge.labels(one.line, way).set(value)

    def nodes(self, me: NodeId, standing: ClusterState | None) -> None:
        """Set the state of the nodes by the database; None clears the metrics: the database is unreadable."""
        for gauge in (self._nodes, self._owned, self._membership):
            gauge.clear()
        if standing is None:
            return
        for state, count in standing.states.items():
            self._nodes.labels(state).set(count)
        for node, alerts in standing.owned.items():
            self._owned.labels(node).set(alerts)
        if standing.age_s is not None:
            self._membership.labels(me).set(standing.age_s)

    def add_of_features(self, journal: Journal, state: Path, clock: Clock) -> None:
        """Register the metrics of the installed features."""
        for where in (one for feature in installed() for one in feature.metrics):
            self.registry.register(load_object(where)(journal, state, clock))

    def text(self) -> bytes:
        """Return the exposition, format 0.0.4."""
        return generate_latest(self.registry)


class CenterMetrics:
    """Metrics of the center as a whole, computed for each request."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._ready = Gauge(
            "securwoman_ready", "1: an alert that came now would be served", registry=registry
        )
        self._standing = Gauge(
            "securwoman_alarms_standing",
            "Alarms that stand, by kind; the subject is a line, a node or a part of the center",
            ["alarm", "subject", "is"],
            registry=registry,
        )
        self._operators = Gauge(
            "securwoman_operators",
            "Operators whose shift has begun, by its state",
            ["state"],
            registry=registry,
        )
        self._last_alert = Gauge(
            "securwoman_last_alert_timestamp_seconds",
            "When the last alert came that this process knows of",
            ["test"],
            registry=registry,
        )
        self._disk_free = Gauge(
            "securwoman_disk_free_bytes", "Where the state directory is", registry=registry
        )
        self._disk_size = Gauge(
            "securwoman_disk_size_bytes", "Where the state directory is", registry=registry
        )
        self._last: dict[bool, Instant] = {}

    def ready(self, is_so: bool) -> None:
        """Set the readiness, as in `/readyz`."""
        self._ready.set(is_so)

    def alarms(self, standing: Iterable[AlarmView], now_us: Instant) -> None:
        """Set the active alarms. Every kind of alarm has a row of 0 before its first occurrence."""
        self._standing.clear()
        for name in {kind.name for kind in kinds()} - OF_THE_PAGE:
            self._standing.labels(name, "", "unseen").set(0)
        for one in standing:
            subject = one.subject if subject_kind_of(one.alarm) in _OF_NOBODY else ""
            self._standing.labels(one.alarm, subject, how(one, now_us)).inc()

    def operators(self, shifts: Iterable[ShiftState]) -> None:
        """Set the number of operators by the state of their shifts."""
        there = collections.Counter(shifts)
        for state in (ShiftState.READY, ShiftState.PAUSED):
            self._operators.labels(state).set(there[state])

    def alerts(self, known: Iterable[Case]) -> None:
        """Set the time of the last alert, real and test, from the alerts known now and earlier."""
        for case in known:
            self._last[case.test] = max(case.received_at, self._last.get(case.test, Instant(0)))
        for test, at in self._last.items():
            self._last_alert.labels("yes" if test else "no").set(at / SECOND)

    def disk(self, state: Path) -> None:
        """Set the size and the free space of the disk. An unreadable disk has no free space."""
        try:
            room = disk_usage(state)
        except OSError:
            self._disk_free.set(0)
            return
        self._disk_free.set(room.free)
        self._disk_size.set(room.total)


def how(one: AlarmView, now_us: Instant) -> str:
    """Return the state of an alarm: `quiet` (planned work), `seen`, `waits` (for the morning) or `unseen`."""
    if one.quiet_us is not None and one.quiet_us > now_us:
        return "quiet"
    if one.seen_us is not None:
        return "seen"
    return "waits" if one.waits else "unseen"
