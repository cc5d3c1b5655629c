"""Messages of the console's WebSocket as structs and as JSON: a snapshot, then changes (see docs/api.md); and
the commands that an operator is allowed. Pure.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from application.settings.protocols import CallProtocol
from gateways.console.callouts import CalloutView
from gateways.console.views.case import CaseView
from gateways.console.views.infrastructure import (
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
    """The operator signed on here."""

    operator: OperatorId
    name: str
    number: E164 | None
    role: StaffRole
    """Role at the start of the connection; each use checks the current role."""


class MapView(msgspec.Struct, frozen=True, kw_only=True):
    """The map tiles that this center serves."""

    attribution: str
    min_zoom: int
    max_zoom: int


class CenterView(msgspec.Struct, frozen=True, kw_only=True):
    """Settings that the screen needs."""

    version: str
    deadline_s: float
    no_answer_s: float
    met_by: str
    psap_number: str
    psap_live: bool
    duress: str
    operator_line: str
    """Voice of operators: `on_demand`, `nailed_up`, or `headset`, the voice in the browser."""
    map: MapView | None = None
    """Map tiles; null if the page draws only its own data."""
    protocols: tuple[CallProtocol, ...] = ()
    language: str = "it"
    """Language of the center."""
    speaks: dict[str, list[str]] = {}
    """Languages in which each question can be spoken, by the name of the question: `violence-3`."""


class EventView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event of the journal, as in an export."""

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
    """Refusal by alert and command: null if the command is allowed to this operator now, else the refusal."""
    operators: list[OperatorView]
    lines: list[LineView]
    alarms: list[AlarmView]
    alarms_over: list[AlarmOverView]
    quiet: list[QuietView]
    modems: list[ModemView]
    callouts: list[CalloutView]
    open: int
    """Number of open alerts; in a storm greater than the number of open `cases`."""
    watching: dict[AlertId, list[OperatorId]]
    """Operators who have the alert on the screen in full."""


class Events(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="events", omit_defaults=True):
    """Events since the last message, and everything that they changed, as of `seq`."""

    seq: int
    now_us: Instant
    open: int
    events: list[msgspec.Raw] = []
    """EventView of each event, in the journal's order; without data for cases of others that are
    not opened.
    """
    cases: list[msgspec.Raw] = []
    """CaseView of each changed alert; replaces the earlier CaseView."""
    allowed: dict[AlertId, dict[str, Refusal | None]] = {}
    gone: list[AlertId] = []
    """Closed alerts that are no longer shown."""
    operators: list[OperatorView] | None = None
    lines: list[LineView] | None = None
    alarms: list[AlarmView] | None = None
    alarms_over: list[AlarmOverView] | None = None
    alarms_changed: list[AlarmView] = []
    """New and changed alarms, in place of `alarms`, if the page requested `?changes=alarms`. `alarms_gone`
    has the removed ones; `over_changed` and `over_gone` do so for cleared alarms.
    """
    alarms_gone: list[tuple[str, str]] = []
    over_changed: list[AlarmOverView] = []
    over_gone: list[tuple[str, str]] = []
    quiet: list[QuietView] | None = None
    modems: list[ModemView] | None = None
    callouts: list[CalloutView] | None = None
    watching: dict[AlertId, list[OperatorId]] | None = None


class NodesMessage(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="nodes"):
    """The nodes of a center with several nodes: sent after the first message, and after changes."""

    nodes: tuple[NodeView, ...]
    """All nodes, the node of this connection first."""
    ticket: str
    """Ticket with which the operator continues at another node if this node is lost; empty if this is
    impossible.
    """


_encoder: Final = msgspec.json.Encoder()


def is_own(case: Case, operator: OperatorId) -> bool:
    """Return True if the operator has the case, is called for it or listens in."""
    listens = case.listener is not None and case.listener.operator == operator
    return case.operator == operator or operator in case.reserved or listens


def allowed(
    case: Case, operator: OperatorId, settings: Settings, role: StaffRole = StaffRole.OPERATOR
) -> dict[str, Refusal | None]:
    """Return for each command the refusal; None if this operator may give the command now."""
    supervisor = role.may(StaffRole.SUPERVISOR)
    return {
        command.value: Refusal.ONLY_A_SUPERVISOR
        if ORDERS[command].supervisor and not supervisor
        else refusal(case, command, operator, settings, supervisor=supervisor)
        for command in OperatorCommand
    }


def encoded(view: CaseView | dict[str, Any]) -> msgspec.Raw:
    """Return the view as JSON, made once for all consoles."""
    return msgspec.Raw(_encoder.encode(view))


def event_view(recorded: Recorded, alert: AlertId | None, *, whole: bool = True) -> msgspec.Raw:
    """Return an event of the journal as JSON; without its data unless `whole`."""
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
