"""Test calls on a line of this node: order, state, end.

The LineTest makes the call; never to 112, and never on a line that is or may be needed.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from secrets import token_hex
from typing import Annotated, Final

import msgspec
from msgspec.structs import replace

from features.selftest import line_trials
from features.selftest.trial import LineTrial, TrialOrder, leg_of
from gateways.http.parts.context import Web, once
from gateways.http.routes.admin.lines import PATH, is_out, own_line, specs
from gateways.http.routing.permissions import SUPERVISOR, Caller
from gateways.http.routing.route import DELETE, GET, POST, Answer, route
from gateways.http.security.budgets import Budgets, Kind, Scope
from gateways.http.wire.errors import BadBody, NotDone, NotThere, TooMany, Why
from messages.calls import CallState
from messages.events import LineSeized
from messages.ids import E164, AlertId, Instant, LineId, OperatorId
from model.alert.evolve import fold
from model.rules.calls.withheld_numbers import NoDialReason, why_number_unfit
from model.settings.lines import Modem
from store import streams
from store.audit.entry import Action
from store.errors import NumberRefused
from store.journal.journal import Append, Transaction
from store.registry import numbers

TRIAL: Final = f"{PATH}/{{line}}/trial"
LEFT: Final = {True: 1, False: 2}
"""Number of free lines reserved for an open alert: of the emergency trunk, and of the others."""


class NewTrial(msgspec.Struct, frozen=True, kw_only=True):
    """The party to be called: a number, or the name of another line of this node, which answers."""

    to: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class TrialAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The last test call of a line. Times are microseconds UTC."""

    trial: LineTrial | None = None
    now_us: Instant


@once
def _budgets(_: Web) -> Budgets:
    return Budgets()


@once
def _one_at_a_time(_: Web) -> asyncio.Lock:
    """Return the lock of orders: a second simultaneous order would replace the first and orphan its line."""
    return asyncio.Lock()


@route(
    POST,
    TRIAL,
    by=SUPERVISOR,
    audit=Action.CHANGE_LINE,
    status=202,
    says="Ordered.",
    refuses=(
        (400, "`$.to` cannot be called; `code` says why."),
        NotThere,
        NotDone,
        (429, "Too many numbers in an hour; `Retry-After` in seconds."),
    ),
)
async def admin_try_line(web: Web, who: Caller, line: str, data: NewTrial) -> Answer[TrialAnswer]:
    """Call a number, or another line, to test a line.

    Never a number of 112's, never on a line in use, and while an alert is open never on one of the last free
    lines. The call ends after a minute, or once an alert needs the line.
    """
    spec, by, run = own_line(web, line), who.operator, _run(web)
    number, other = _whom(web, spec, data.to)
    ends = (spec,) if other is None else (spec, other)
    for one in ends:
        _ready(web, one)
    asking: dict[Scope, str] = {Scope.OPERATOR: by}
    if other is None and (wait_s := _budgets(web).wait_s(Kind.TRIAL, asking, web.clock.now_us())):
        raise TooMany("you have reached the number of test calls per hour", wait_s)
    wanted = TrialOrder(
        trial=token_hex(4),
        line=spec.line,
        number=number,
        other=None if other is None else other.line,
        caller=None if other is None else spec.number or None,
        by=by,
        begun_at=web.clock.now_us(),
    )
    async with _one_at_a_time(web):
        if line_trials.order_of(run, spec.line) is not None:
            raise NotDone("the line has a test call already", Why.LINE_IN_USE)
        await asyncio.to_thread(line_trials.order, run, wanted)
        try:
            await web.writing.run(lambda tx: _seize(web, tx, ends, wanted, by))
        except BaseException:
            line_trials.forget(run, spec.line)
            raise
    begun = LineTrial(
        trial=wanted.trial,
        line=wanted.line,
        other=wanted.other,
        by=by,
        begun_at=wanted.begun_at,
        state=CallState.DIALLING,
    )
    # With the number: the call is on the center's account, and the called number has no other record.
    detail = f"test call on line {spec.line} to {number if other is None else f'line {other.line}'}"
    return Answer(TrialAnswer(trial=begun, now_us=web.clock.now_us()), detail=detail)


@route(GET, TRIAL, by=SUPERVISOR, audit="levels of a test call, nobody's data", refuses=(NotThere,))
def admin_line_trial(web: Web, line: str) -> TrialAnswer:
    """Return the last test call of a line, in progress or ended.

    Null if there was none since the node's start.
    """
    found = line_trials.trial_of(_run(web), own_line(web, line).line)
    return TrialAnswer(trial=found, now_us=web.clock.now_us())


@route(DELETE, TRIAL, by=SUPERVISOR, audit=Action.CHANGE_LINE, refuses=(NotThere,))
def admin_end_line_trial(web: Web, line: str) -> Answer[None]:
    """End a line's test call."""
    spec, run = own_line(web, line), _run(web)
    wanted = line_trials.order_of(run, spec.line)
    if wanted is not None:
        line_trials.order(run, replace(wanted, stop=True))
    return Answer(None, detail=f"test call on line {spec.line} ended")


def _run(web: Web) -> Path:
    return Path(web.settings.state) / "run"


def _whom(web: Web, spec: Modem, to: str) -> tuple[E164, Modem | None]:
    """Return the number to be called, and the line of this node that has the number. Raises BadBody."""
    lines = [one for one in web.settings.center.lines if one.line != spec.line]
    other = next((one for one in lines if one.line.lower() == to.strip().lower()), None)
    if other is None:
        number = _number_to_call(web, to)
        other = next((one for one in lines if one.number == number), None)
        if other is None:
            return number, None
    if not other.number or not spec.number:
        raise BadBody("one of the two lines has no `number` in the settings", "$.to", Why.NO_NUMBER)
    return other.number, other


def _number_to_call(web: Web, text: str) -> E164:
    """Parse and check the number for a test call. Raises BadBody."""
    settings = web.settings.center
    if numbers.is_emergency(text, settings.region):
        raise BadBody("an emergency number is never called to test a line", "$.to", Why.NUMBER_OF_112)
    try:
        number = numbers.of_a_person(text, settings.region)
    except NumberRefused as error:
        raise BadBody(str(error), "$.to", Why.NUMBER_NOT_CALLED) from error
    match why_number_unfit(number, settings):
        case NoDialReason.PSAP | NoDialReason.EMERGENCY:
            raise BadBody("an emergency number is never called to test a line", "$.to", Why.NUMBER_OF_112)
        case None:
            return number
        case _:
            raise BadBody(
                "[dialling] in the settings does not permit this number", "$.to", Why.NUMBER_NOT_CALLED
            )


def _ready(web: Web, spec: Modem) -> None:
    """Check that the modem can carry a call and carries none. Raises NotDone."""
    report, read_model = web.lines.read().get(spec.line), web.following.read_model
    if report is None or not report.usable or spec.line in read_model.quarantined:
        raise NotDone(
            f"{spec.line}: {report.text if report is not None else 'no report of the line'}",
            Why.LINE_NOT_READY,
        )
    if report.busy or spec.line in read_model.held():
        raise NotDone(f"{spec.line} has a call", Why.LINE_IN_USE)


def _seize(web: Web, tx: Transaction, ends: tuple[Modem, ...], wanted: TrialOrder, by: OperatorId) -> None:
    """Assign the lines to the test. Raises NotDone."""
    names = {one.line for one in ends}
    for place, one in enumerate(ends, 1):
        if _is_seized(tx, one.line):
            raise NotDone(f"{one.line} has a call", Why.LINE_IN_USE)
        if web.following.read_model.open_count and not is_out(tx, one.line):
            left = sum(
                _is_free(web, tx, spec, names) for spec, _ in specs(web) if spec.emergency is one.emergency
            )
            if left < LEFT[one.emergency]:
                raise NotDone(
                    "an alert is open and needs the last free lines: wait until the alert is closed",
                    Why.LINE_NEEDED,
                )
        seized = LineSeized(line=one.line, leg=leg_of(wanted.trial, place), attempt=1, tester=by)
        tx.append(Append(streams.line(one.line), None, (seized,)))


def _is_seized(tx: Transaction, line: LineId) -> bool:
    last = tx.last_of_type(streams.line(line), "line.seized")
    if last is None or not isinstance(last.event, LineSeized) or not last.event.leg:
        return False
    return last.event.alert is None or _stands_on(tx, last.event.alert, line)


def _stands_on(tx: Transaction, alert: AlertId, line: LineId) -> bool:
    """Return True if the alert is open and has a call on the line."""
    recorded = [*tx.read(streams.inbox(alert)), *tx.read(streams.case(alert))]
    case = fold(sorted(recorded, key=lambda one: one.seq))
    if case is None or case.closed_at is not None:
        return False
    return any(leg.live and leg.line == line for leg in case.legs.values())


def _is_free(web: Web, tx: Transaction, spec: Modem, but: set[LineId]) -> bool:
    """Return True if an alert could use the line, as far as known here."""
    read_model, report = web.following.read_model, web.lines.read().get(spec.line)
    own = spec in web.settings.center.lines
    if spec.line in but or spec.line in read_model.quarantined or is_out(tx, spec.line):
        return False
    if own and (report is None or not report.usable or report.busy):
        return False
    taken = read_model.held().keys() | read_model.nailed_up.keys() | read_model.tried.keys()
    return spec.line not in taken
