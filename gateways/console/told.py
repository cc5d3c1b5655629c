"""What the console's WebSocket carries: everything once, then what changes, as structs (see docs/api.md), and
as JSON; and what whom is allowed. Pure.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from application.settings.protocols import CallProtocol
from gateways.console.callouts import CalloutView
from gateways.console.views.case import CaseView
from gateways.console.views.plant import (
    AlarmOverView,
    AlarmView,
    LineView,
    ModemView,
    OperatorView,
    QuietView,
)
from gateways.nodes import NodeView
from messages.ids import (
    E164,
    AlertId,
    Instant,
    OperatorCommand,
    OperatorId,
)
from messages.journal import Recorded, event_type
from model.alert.case import Case
from model.orders.effects import refusal
from model.orders.refusals import Refusal
from model.orders.table import ORDERS
from model.settings import Settings
from store.registry.people import StaffRole


class MeView(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed on here."""

    operator: OperatorId
    name: str
    number: E164 | None
    role: StaffRole
    """As it was when the connection began; what it allows is asked again at each use."""


class MapView(msgspec.Struct, frozen=True, kw_only=True):
    """The pictures of the map that this center hands out."""

    attribution: str
    min_zoom: int
    max_zoom: int


class CenterView(msgspec.Struct, frozen=True, kw_only=True):
    """What the screen has to know of the settings."""

    version: str
    deadline_s: float
    no_answer_s: float
    met_by: str
    psap_number: str
    psap_live: bool
    duress: str
    operator_line: str
    """How operators are reached: `on_demand`, `nailed_up`, or `headset`, the voice in the browser."""
    map: MapView | None = None
    """None: the page draws what it has itself."""
    protocols: tuple[CallProtocol, ...] = ()
    language: str = "it"
    """The center's own."""
    speaks: dict[str, list[str]] = {}
    """In which languages each question can be spoken, by its name: `violence-3`."""


class EventView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event of the journal, as an export shows it."""

    seq: int
    stream: str
    version: int
    type: str
    at_us: Instant
    alert: AlertId | None = None
    data: msgspec.Raw = msgspec.Raw(b"{}")


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="snapshot"):
    """Everything, as of `seq`. The first message of a connection that resumes nothing."""

    seq: int
    now_us: Instant
    center: CenterView
    me: MeView
    cases: list[msgspec.Raw]
    """CaseView of each open alert, and of those closed lately."""
    allowed: dict[AlertId, dict[str, Refusal | None]]
    """For each alert, for each command: null when it is allowed to me now, else the reason why not."""
    operators: list[OperatorView]
    lines: list[LineView]
    alarms: list[AlarmView]
    alarms_over: list[AlarmOverView]
    quiet: list[QuietView]
    modems: list[ModemView]
    callouts: list[CalloutView]
    open: int
    """How many alerts are open; more than there are `cases` in a storm."""
    watching: dict[AlertId, list[OperatorId]]
    """Who has which alert on the screen in full."""


class Events(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="events", omit_defaults=True):
    """What has happened since the last message, and everything that it changed, as of `seq`."""

    seq: int
    now_us: Instant
    open: int
    events: list[msgspec.Raw] = []
    """EventView of each, in the journal's order; of others' cases that are not opened without its data."""
    cases: list[msgspec.Raw] = []
    """CaseView of each alert that changed; it replaces what was known of it."""
    allowed: dict[AlertId, dict[str, Refusal | None]] = {}
    gone: list[AlertId] = []
    """Closed alerts that are no longer shown."""
    operators: list[OperatorView] | None = None
    lines: list[LineView] | None = None
    alarms: list[AlarmView] | None = None
    alarms_over: list[AlarmOverView] | None = None
    alarms_changed: list[AlarmView] = []
    """In place of `alarms`, where they were asked for by `?changes=alarms`: what is new or another, and which
    are there no more; so of those that are over."""
    alarms_gone: list[tuple[str, str]] = []
    over_changed: list[AlarmOverView] = []
    over_gone: list[tuple[str, str]] = []
    quiet: list[QuietView] | None = None
    modems: list[ModemView] | None = None
    callouts: list[CalloutView] | None = None
    watching: dict[AlertId, list[OperatorId]] | None = None


class NodesTold(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="nodes"):
    """The nodes, where there are several: after the first message, and when anything of it is new."""

    nodes: tuple[NodeView, ...]
    """The one that this console is connected to first."""
    ticket: str
    """By which the operator goes on at another one, should this one be lost; empty where that cannot be."""


_encoder: Final = msgspec.json.Encoder()


def is_own(case: Case, operator: OperatorId) -> bool:
    """Whether the operator has it, is called for it or listens in."""
    listens = case.listener is not None and case.listener.operator == operator
    return case.operator == operator or operator in case.reserved or listens


def allowed(
    case: Case, operator: OperatorId, settings: Settings, role: StaffRole = StaffRole.OPERATOR
) -> dict[str, Refusal | None]:
    """For each command: None when this operator may give it now, else the reason why not."""
    supervisor = role.may(StaffRole.SUPERVISOR)
    return {
        command.value: Refusal.ONLY_A_SUPERVISOR
        if ORDERS[command].supervisor and not supervisor
        else refusal(case, command, operator, settings, supervisor=supervisor)
        for command in OperatorCommand
    }


def encoded(view: CaseView | dict[str, Any]) -> msgspec.Raw:
    """The view as JSON, or what is told of it, made once for all who look."""
    return msgspec.Raw(_encoder.encode(view))


def event_view(recorded: Recorded, alert: AlertId | None, *, whole: bool = True) -> msgspec.Raw:
    """One event of the journal, for those who want the events themselves; not `whole`: without its data."""
    return msgspec.Raw(
        _encoder.encode(
            EventView(
                seq=recorded.seq,
                stream=recorded.stream,
                version=recorded.version,
                type=event_type(recorded.event),
                at_us=recorded.at_us,
                alert=alert,
                data=msgspec.Raw(_encoder.encode(recorded.event) if whole else b"{}"),
            )
        )
    )
