"""What `/metrics` says of the center as a whole: whether it is ready, what is wrong, who is there, how full
its disk is. Made anew at each look; nothing here names a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from shutil import disk_usage
from typing import Final

from prometheus_client import CollectorRegistry, Gauge

from gateways.console.views.plant import AlarmView
from messages.ids import SECOND, Instant, ShiftState
from model.alarms.kind import About
from model.alarms.table import OF_THE_PAGE, about, kinds
from model.alert.case import Case

_OF_NOBODY: Final = (About.LINE, About.NODE, About.PART)
"""What such an alarm is about has a name that is no person's and no alert's."""


class CenterMetrics:
    """See the module."""

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
        """As `/readyz` says."""
        self._ready.set(is_so)

    def alarms(self, standing: Iterable[AlarmView], now_us: Instant) -> None:
        """What stands now. Each kind that is raised is there, with 0, before it ever was."""
        self._standing.clear()
        for name in {kind.name for kind in kinds()} - OF_THE_PAGE:
            self._standing.labels(name, "", "unseen").set(0)
        for one in standing:
            subject = one.subject if about(one.alarm) in _OF_NOBODY else ""
            self._standing.labels(one.alarm, subject, how(one, now_us)).inc()

    def operators(self, shifts: Iterable[ShiftState]) -> None:
        """What they have said of themselves last."""
        there = Counter(shifts)
        for state in (ShiftState.READY, ShiftState.PAUSED):
            self._operators.labels(state).set(there[state])

    def alerts(self, known: Iterable[Case]) -> None:
        """The alerts that are known now: the last of each sort is remembered."""
        for case in known:
            self._last[case.test] = max(case.received_at, self._last.get(case.test, Instant(0)))
        for test, at in self._last.items():
            self._last_alert.labels("yes" if test else "no").set(at / SECOND)

    def disk(self, state: Path) -> None:
        """How much room there is. A disk that cannot be asked is said to be full."""
        try:
            room = disk_usage(state)
        except OSError:
            self._disk_free.set(0)
            return
        self._disk_free.set(room.free)
        self._disk_size.set(room.total)


def how(one: AlarmView, now_us: Instant) -> str:
    """`quiet` for planned work, `seen` by somebody, `waits` for the morning, or `unseen`."""
    if one.quiet_us is not None and one.quiet_us > now_us:
        return "quiet"
    if one.seen_us is not None:
        return "seen"
    return "waits" if one.waits else "unseen"
