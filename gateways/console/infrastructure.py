"""Views of the operators and the lines for the screen. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from gateways.console.read_model import ReadModel
from gateways.console.views.infrastructure import LineView, LoudnessView, OperatorView, OutView
from messages.base import Joins
from messages.calls import CallState
from messages.ids import AlertId, LineId, NodeId, OperatorId, ShiftState
from messages.lines import LineLevels, LineReport, VoiceService
from messages.operators import OperatorVoice
from model.loudness import better_gain_in_db, loudness_of
from model.rules import wrap_up
from model.settings import Settings
from model.settings.lines import Modem
from store.journal.projections import TakenOut


def operator_views(
    read_model: ReadModel,
    names: Mapping[OperatorId, str],
    settings: Settings,
    voices: Mapping[OperatorId, OperatorVoice] = MappingProxyType({}),
) -> list[OperatorView]:
    """Return the operators of the registry, sorted by name. `voices` has the state of their own lines."""
    views = []
    busy: dict[OperatorId, AlertId] = {}
    for known in sorted(read_model.at_work(), key=lambda known: known.case.deadline_at):
        for operator in known.case.reserved:
            busy.setdefault(operator, known.case.alert)
        if known.case.listener is not None:
            busy.setdefault(known.case.listener.operator, known.case.alert)
        if known.case.operator is not None:
            busy[known.case.operator] = known.case.alert
    for operator, name in sorted(names.items(), key=lambda pair: pair[1]):
        shift = read_model.shifts.get(operator)
        voice = voices.get(operator)
        views.append(
            OperatorView(
                operator=operator,
                name=name,
                state=ShiftState.OFF if shift is None else shift.state,
                since_us=None if shift is None else shift.since,
                reason="" if shift is None else shift.reason,
                alert=busy.get(operator),
                wrap_up_until_us=wrap_up.wrap_up_ends_at(read_model.left.get(operator), settings),
                line=settings.operator.line if voice is None else voice.mode,
                line_state=CallState.UNKNOWN if voice is None else voice.state,
                line_text="" if voice is None else voice.text,
                node=NodeId("") if shift is None else shift.node,
            )
        )
    return views


def line_views(
    read_model: ReadModel,
    lines: Iterable[Modem],
    reports: Mapping[LineId, LineReport],
    node: NodeId | None = None,
    *,
    levels: Mapping[LineId, LineLevels] | None = None,
) -> list[LineView]:
    """Return the lines of a node, in the order of its settings. `reports` has the last report of each modem,
    `levels` the levels of the last call of each line.
    """
    held = read_model.held()
    views = []
    for spec in lines:
        leg = held.get(spec.line)
        report = reports.get(spec.line)
        bad = read_model.quarantined.get(spec.line)
        since = bad.since if bad is not None else leg.since if leg is not None else None
        views.append(
            LineView(
                line=spec.line,
                trunk=spec.trunk,
                emergency=spec.emergency,
                alert=None if leg is None else AlertId(leg.leg.rpartition(":")[0]),
                party=None if leg is None else leg.party,
                operator=read_model.nailed_up.get(spec.line),
                tester=read_model.tried.get(spec.line),
                quarantine="" if bad is None else bad.reason or "unusable",
                since_us=since,
                state=None if report is None else report.state,
                signal_dbm=None if report is None else report.signal_dbm,
                registration="" if report is None else report.registration,
                service=VoiceService.UNKNOWN if report is None else report.service,
                joins=Joins.HOST if report is None else report.joins,
                node=node,
                loudness=_loudness_view((levels or {}).get(spec.line)),
                out=_out_view(read_model.taken_out.get(spec.line)),
            )
        )
    return views


def _out_view(out: TakenOut | None) -> OutView | None:
    return None if out is None else OutView(by=out.by, reason=out.reason, since_us=out.since)


def _loudness_view(levels: LineLevels | None) -> LoudnessView | None:
    """Return the levels of a line's last call, and the gain that would improve them."""
    if levels is None:
        return None
    return LoudnessView(
        at_us=levels.at,
        into=levels.into,
        out=levels.out,
        says=loudness_of(levels.into),
        better_gain_in_db=better_gain_in_db(levels.into, levels.gains),
    )
