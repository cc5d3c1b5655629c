"""Appends of one decision: the alert's own events and, in the same transaction, the claims on other streams.

An operator or a line belongs to this alert because its stream was appended to at the version that the pool
named. If another writer was first, the whole transaction is refused.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from actors.alert_case.pending import Decided, PendingOffers
from messages.events import (
    AlarmCleared,
    AlarmRaised,
    LegOriginating,
    LineSeized,
    OperatorLeft,
    OperatorReserved,
    OperatorWanted,
)
from messages.ids import NodeId, Party
from model.alert.case import Case
from model.rules.calls.own_line import is_own_line, mode_of
from model.rules.wrap_up import PART_ENDED
from store import streams
from store.journal.journal import Append


def claims(case: Case, pending: PendingOffers, events: Iterable[Decided], node: NodeId) -> list[Append]:
    """Return the appends for these events of a case at its present version."""
    own: list[Decided] = []
    others: list[Append] = []
    for event in events:
        if isinstance(event, AlarmRaised | AlarmCleared):
            others.append(Append(stream=streams.node(node), expected=None, events=(event,)))
            continue
        own.append(event)
        match event:
            case OperatorReserved(operator=operator):
                version = next(
                    (offer.version for offer in pending.offers if offer.operator == operator), None
                )
                others.append(Append(stream=streams.operator(operator), expected=version, events=(event,)))
            case OperatorWanted(holder=holder):
                others.append(Append(stream=streams.inbox(holder), expected=None, events=(event,)))
            case OperatorLeft(operator=operator, reason=reason) if reason in PART_ENDED:
                in_operator_stream = replace(event, alert=case.alert)
                others.append(
                    Append(stream=streams.operator(operator), expected=None, events=(in_operator_stream,))
                )
            case LegOriginating(line=line) if is_own_line(line):
                # The reservation of the operator includes the operator's own line.
                others += _listener(case, pending, event)
            case LegOriginating(line=line, leg=leg, attempt=attempt):
                # An inbound call is on its line already, in spite of any grant.
                granted = pending.line(leg, attempt) if event.call is None else None
                seized = LineSeized(line=line, alert=case.alert, leg=leg, attempt=attempt)
                version = None if granted is None else granted.version
                others.append(Append(stream=streams.line(line), expected=version, events=(seized,)))
                others += _listener(case, pending, event)
            case _:
                pass
    mine = Append(stream=streams.case(case.alert), expected=case.case_version, events=tuple(own))
    return [*others, mine] if own else others


def _listener(case: Case, pending: PendingOffers, event: LegOriginating) -> list[Append]:
    """Return the append that reserves a listener in the listener's stream, not in the alert's.

    A reserved listener is not called for another alert.
    """
    offer = next((one for one in pending.offers if one.operator == event.operator), None)
    if event.party is not Party.LISTENER or offer is None:
        return []
    mode = mode_of(event.line)
    reserved = OperatorReserved(operator=offer.operator, alert=case.alert, number=offer.number, mode=mode)
    return [Append(stream=streams.operator(offer.operator), expected=offer.version, events=(reserved,))]
