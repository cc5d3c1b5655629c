"""What is told as JSON, and what whom is allowed. Pure."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from gateways.console.views.case import CaseView
from gateways.console.views.told import EventView
from messages.ids import AlertId, OperatorCommand, OperatorId
from messages.journal import Recorded, event_type
from model.alert.case import Case
from model.orders.effects import refusal
from model.orders.refusals import Refusal
from model.orders.table import ORDERS
from model.settings import Settings
from store.registry.people import StaffRole

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
