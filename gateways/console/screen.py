"""State shared by all consoles: the read model as views, each made once for all consoles.

This module decides only which alerts the consoles receive. These are all alerts, until a storm brings more
than people can follow. Beyond the limit these are the alerts with the earliest deadlines, and all alerts with
an operator; the others are counted, and follow as places become free. Each console reports which alert its
operator watches. The other consoles receive these reports, which are kept in memory only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import msgspec

from application.settings.protocols import CallProtocol
from gateways.console import callouts
from gateways.console.callouts import CalloutView
from gateways.console.case import case_view
from gateways.console.feed_messages import CenterView, allowed, encoded, event_view
from gateways.console.following import Batch, JournalFollower
from gateways.console.infrastructure import line_views
from gateways.console.parties import levels_view
from gateways.console.people import OperatorRecord, OperatorsView, People
from gateways.console.read_model import ReadModel, ShownAlert
from gateways.console.views.infrastructure import AlarmOverView, AlarmView, LineView, ModemView, QuietView
from gateways.console.views.queue import queue_view
from gateways.nodes import Nodes
from messages.events import PersonalDataChanged
from messages.ids import AlertId, LineId, OperatorId, ShiftState
from messages.journal import Recorded
from messages.lines import LineLevels, LineReport
from messages.operators import OperatorVoice
from messages.readings import LevelReading
from model.orders.effects import AFTERWARDS
from model.orders.refusals import Refusal
from model.settings import Settings
from model.settings.lines import Modem
from runtime.clock import Clock

if TYPE_CHECKING:
    from gateways.console.channel import Console

EVENTS_KEPT: Final = 4096
Reasons = dict[str, Refusal | None]
"""Refusal of each command; None if the command is allowed."""
_encoder: Final = msgspec.json.Encoder()


class Screen:
    """The state shared by all consoles."""

    def __init__(
        self,
        following: JournalFollower,
        people: People,
        *,
        settings: Settings,
        lines: tuple[Modem, ...],
        version: str,
        told: Mapping[str, Any],
        protocols: tuple[CallProtocol, ...],
        speaks: dict[str, list[str]],
        reports: Callable[[], Mapping[LineId, LineReport]],
        modems: Callable[[], list[ModemView]],
        levels: Callable[[], Mapping[LineId, LineLevels]],
        voices: Callable[[], Mapping[OperatorId, OperatorVoice]],
        nodes: Nodes,
        left_behind: Callable[[OperatorId], None],
        publish_shown: Callable[[Collection[AlertId]], None],
    ) -> None:
        """`told` has the fields of `CenterView` that features fill."""
        self.following = following
        self.people = people
        self.clock: Clock = following.clock
        self.settings = settings
        self._specs = lines
        self._reports = reports
        self.modems = modems
        """Returns the modems at this node that are assigned to no line."""
        self._levels = levels
        self.voices = voices
        """Returns the state of the operators' own lines."""
        self.nodes = nodes
        self.left_behind = left_behind
        """Callback for an operator of this node with a shift at a node that has been lost."""
        self._publish_shown = publish_shown
        self.center = CenterView(
            version=version,
            deadline_s=settings.deadline.seconds,
            no_answer_s=settings.user.no_answer_s,
            met_by=settings.deadline.met_by.value,
            psap_number=settings.psap.number,
            psap_live=settings.psap.live,
            duress=settings.duress.value,
            operator_line=settings.operator.line.value,
            protocols=protocols,
            language=settings.language,
            speaks=speaks,
            **told,
        )
        self.connected: set[Console] = set()
        self.watching: Watching[Console] = Watching()
        self.listed = Listed()
        self._views: dict[AlertId, tuple[int, msgspec.Raw, msgspec.Raw]] = {}
        self._events: dict[tuple[int, bool], msgspec.Raw] = {}

    def lines(self) -> list[LineView]:
        """Return the lines with the state from the journal and their modems: first of this node, then of the
        others.
        """
        read_model, nodes = self.following.read_model, self.nodes
        if not nodes.shared:
            return line_views(read_model, self._specs, self._reports(), levels=self._levels())
        own = line_views(read_model, self._specs, self._reports(), nodes.node, levels=self._levels())
        others = (line_views(read_model, place.lines, {}, place.node) for place in nodes.other_nodes)
        return own + [line for lines in others for line in lines]

    def alarms(self) -> tuple[list[AlarmView], list[AlarmOverView], list[QuietView]]:
        """Return the active, cleared and shelved alarms, from the streams of the nodes that take part."""
        alarms, now_us = self.following.read_model.alarms, self.clock.now_us()
        alive = self.nodes.alive if self.nodes.shared else None
        kept = self.settings.limits.inbound_lines_kept * len(self.nodes.alive | {self.nodes.node})
        lines = self.nodes.lines_with(self._specs)
        waits = self.following.read_model.lines_that_wait(lines, kept, now_us, alive)
        return alarms.views(now_us, alive, waits), alarms.over_views(alive), alarms.quiet_views(now_us)

    def callouts(self) -> list[CalloutView]:
        """Return the open callouts, and those of the last day."""
        lately = callouts.recent_callouts(self.following.read_model.callouts, self.clock.now_us())
        return callouts.views(lately, self.people.on_duty()) if lately else []

    def is_left_behind(self, operator: OperatorId) -> bool:
        """Return True if the operator's shift is at a node that has been lost."""
        shift, nodes = self.following.read_model.shifts.get(operator), self.nodes
        if not nodes.shared or shift is None or shift.state is ShiftState.OFF or not nodes.settled:
            return False
        return shift.node not in nodes.alive

    def changed(self, batch: Batch) -> None:
        """Apply changes of the read model: choose the alerts that the consoles receive."""
        for user in batch.persons:
            self.people.refresh_person(user)
        if batch.operators and any(isinstance(one.event, PersonalDataChanged) for one, _ in batch.events):
            self.people.refresh()
        told = self.listed.update(self.following.read_model, batch.alerts, batch.gone)
        batch.shown = dict.fromkeys(told)
        for alert in batch.gone:
            self._views.pop(alert, None)

    def shows(self, console: Console, operator: OperatorId, alert: AlertId | None) -> None:
        """Record the alert that a console shows, None for none; tell the other consoles and the mixers."""
        if self.watching.shows(console, operator, alert):
            self._publish_shown(self.watching.by_alert().keys())
            for other in self.connected:
                other.watching_changed()

    def levels(self, reading: LevelReading) -> None:
        """Publish the levels of an alert to the consoles that show the alert."""
        known = self.following.read_model.alerts.get(reading.alert)
        consoles = self.watching.of(reading.alert)
        if known is not None and consoles:
            told = _encoder.encode(levels_view(known.case, reading)).decode()
            for console in consoles:
                console.levels(told)

    def event(self, recorded: Recorded, alert: AlertId | None, *, whole: bool) -> msgspec.Raw:
        """Return the event as JSON, made once for all consoles; without its data unless `whole`."""
        key = (recorded.seq, whole)
        made = self._events.get(key)
        if made is None:
            if len(self._events) >= EVENTS_KEPT:
                self._events.clear()
            made = self._events[key] = event_view(recorded, alert, whole=whole)
        return made

    def view(self, alert: AlertId, *, whole: bool) -> msgspec.Raw | None:
        """Return the alert as JSON, in full if `whole`, else with the fields of the queue; None if the alert
        is no longer shown.
        """
        known = self.following.read_model.alerts.get(alert)
        if known is None:
            self._views.pop(alert, None)
            return None
        made = self._views.get(alert)
        if made is None or made[0] != known.seq:
            view = case_view(known, self.people.person(known.case.user))
            made = (known.seq, encoded(view), encoded(queue_view(view)))
            self._views[alert] = made
        return made[1] if whole else made[2]

    def allowed(self, alerts: Iterable[AlertId], me: OperatorRecord) -> dict[AlertId, Reasons]:
        """Return for each alert and command why this operator may not give the command now."""
        read_model = self.following.read_model
        room = OperatorsView(self.people.operators(), read_model.shifts, self.clock.now_us())
        found: dict[AlertId, Reasons] = {}
        for alert in alerts:
            if (known := read_model.alerts.get(alert)) is None:
                continue
            found[alert] = allowed(known.case, me.operator, self.settings, me.role)
            for command in AFTERWARDS:
                not_theirs = room.refusal(known.case, command, me.operator)
                found[alert][command.value] = found[alert][command.value] or not_theirs
        return found

    def names(self) -> dict[OperatorId, str]:
        """Return the operators' names."""
        return {operator: record.name for operator, record in self.people.operators().items()}


LISTED_MAX: Final = 500


class Listed:
    """The alerts that consoles receive, the same for all consoles."""

    def __init__(self, most: int = LISTED_MAX) -> None:
        self._most = most
        self._open: dict[AlertId, None] = {}
        self._ended: dict[AlertId, None] = {}

    def update(
        self, read_model: ReadModel, changed: Iterable[AlertId] = (), gone: Iterable[AlertId] = ()
    ) -> list[AlertId]:
        """Apply changes; return the alerts that must be published now."""
        told: dict[AlertId, None] = {}
        for alert in changed:
            known = read_model.alerts.get(alert)
            if known is not None and self._takes(known):
                told[alert] = None
        for alert in gone:
            self._open.pop(alert, None)
            self._ended.pop(alert, None)
        if len(self._open) < min(self._most // 2 + 1, read_model.open_count):
            for known in read_model.open():
                if len(self._open) >= self._most:
                    break
                if known.case.alert not in self._open:
                    self._open[known.case.alert] = None
                    told[known.case.alert] = None
        return list(told)

    def all(self, read_model: ReadModel) -> list[AlertId]:
        """Return all published alerts: open alerts by deadline, then closed ones."""
        self.update(read_model)
        opened = [known.case.alert for known in read_model.open() if known.case.alert in self._open]
        return opened + [alert for alert in self._ended if alert in read_model.alerts]

    def __contains__(self, alert: AlertId) -> bool:
        return alert in self._open or alert in self._ended

    def _takes(self, known: ShownAlert) -> bool:
        case = known.case
        if case.closed_at is not None:
            if case.alert in self._open or len(self._ended) < self._most:
                self._open.pop(case.alert, None)
                self._ended[case.alert] = None
            return case.alert in self._ended
        self._ended.pop(case.alert, None)
        if case.alert not in self._open:
            wanted = case.operator is not None or bool(case.reserved)
            if not wanted and len(self._open) >= self._most:
                return False
            self._open[case.alert] = None
        return True


Of = TypeVar("Of")


class Watching(Generic[Of]):
    """Alerts shown, by console. Two consoles of an operator that show the same alert count as one watcher."""

    def __init__(self) -> None:
        self._shown: dict[Of, tuple[OperatorId, AlertId]] = {}

    def shows(self, console: Of, operator: OperatorId, alert: AlertId | None) -> bool:
        """Record which alert the console shows; return True if this is a change."""
        before = self._shown.pop(console, None)
        now = None if alert is None else (operator, alert)
        if now is not None:
            self._shown[console] = now
        return before != now

    def of(self, alert: AlertId) -> list[Of]:
        """Return the consoles that show this alert."""
        return [console for console, (_, shown) in self._shown.items() if shown == alert]

    def by_alert(self) -> dict[AlertId, list[OperatorId]]:
        """Return the operators who watch each alert."""
        found: dict[AlertId, list[OperatorId]] = {}
        for operator, alert in sorted(set(self._shown.values())):
            found.setdefault(alert, []).append(operator)
        return found
