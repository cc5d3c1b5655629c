"""Whom a test call may call, and on which line: never 112, never where somebody is or may be needed."""

from __future__ import annotations

from typing import Final

from gateways.http.parts.context import Web
from gateways.http.routes.admin.lines.listing import specs
from gateways.http.routes.admin.lines.service import is_out
from gateways.http.routes.admin.refusing import NotDone, Why
from gateways.http.wire.errors import BadBody
from messages.events import LineSeized
from messages.ids import E164, AlertId, LineId, OperatorId
from messages.trials import TrialOrder, leg_of
from model.alert.evolve import fold
from model.policy import LineSpec
from model.rules.calls.withheld_numbers import Withheld, unfit
from store import streams
from store.errors import NumberRefused
from store.journal.journal import Append, Transaction
from store.registry import numbers

LEFT: Final = {True: 1, False: 2}
"""So many free lines are left to an open alert: of the trunk for 112, and of the others."""


def number_to_call(web: Web, text: str) -> E164:
    """The number that may be called to try a line. Raises BadBody."""
    policy = web.settings.policy
    if numbers.is_emergency(text, policy.region):
        raise BadBody("112 is not called to try a line", "$.to", Why.NUMBER_OF_112)
    try:
        number = numbers.of_a_person(text, policy.region)
    except NumberRefused as error:
        raise BadBody(str(error), "$.to", Why.NUMBER_NOT_CALLED) from error
    match unfit(number, policy):
        case Withheld.PSAP | Withheld.EMERGENCY:
            raise BadBody("112 is not called to try a line", "$.to", Why.NUMBER_OF_112)
        case None:
            return number
        case _:
            raise BadBody("the settings do not let it be called", "$.to", Why.NUMBER_NOT_CALLED)


def ready(web: Web, spec: LineSpec) -> None:
    """Raises NotDone where its modem cannot carry a call now, or carries one."""
    report, picture = web.lines.read().get(spec.line), web.following.picture
    if report is None or not report.usable or spec.line in picture.quarantined:
        raise NotDone(
            f"{spec.line}: {report.text if report is not None else 'not heard of'}", Why.LINE_NOT_READY
        )
    if report.busy or spec.line in picture.held():
        raise NotDone(f"{spec.line} has a call", Why.LINE_IN_USE)


def seize(web: Web, tx: Transaction, ends: tuple[LineSpec, ...], wanted: TrialOrder, by: OperatorId) -> None:
    """The lines are the test's. Raises NotDone."""
    names = {one.line for one in ends}
    for place, one in enumerate(ends, 1):
        if _is_seized(tx, one.line):
            raise NotDone(f"{one.line} has a call", Why.LINE_IN_USE)
        if web.following.picture.open_count and not is_out(tx, one.line):
            left = sum(
                _is_free(web, tx, spec, names) for spec, _ in specs(web) if spec.emergency is one.emergency
            )
            if left < LEFT[one.emergency]:
                raise NotDone("an alert is open, and needs what is free", Why.LINE_NEEDED)
        seized = LineSeized(line=one.line, leg=leg_of(wanted.trial, place), attempt=1, tester=by)
        tx.append(Append(streams.line(one.line), None, (seized,)))


def _is_seized(tx: Transaction, line: LineId) -> bool:
    last = tx.last_of_type(streams.line(line), "line.seized")
    if last is None or not isinstance(last.event, LineSeized) or not last.event.leg:
        return False
    return last.event.alert is None or _stands_on(tx, last.event.alert, line)


def _stands_on(tx: Transaction, alert: AlertId, line: LineId) -> bool:
    """Whether the alert is open and has a call on the line."""
    recorded = [*tx.read(streams.inbox(alert)), *tx.read(streams.case(alert))]
    case = fold(sorted(recorded, key=lambda one: one.seq))
    if case is None or case.closed_at is not None:
        return False
    return any(leg.live and leg.line == line for leg in case.legs.values())


def _is_free(web: Web, tx: Transaction, spec: LineSpec, but: set[LineId]) -> bool:
    """Whether an alert could have it, as far as it is known here."""
    picture, report = web.following.picture, web.lines.read().get(spec.line)
    own = spec in web.settings.lines
    if spec.line in but or spec.line in picture.quarantined or is_out(tx, spec.line):
        return False
    if own and (report is None or not report.usable or report.busy):
        return False
    taken = picture.held().keys() | picture.nailed_up.keys() | picture.tried.keys()
    return spec.line not in taken
