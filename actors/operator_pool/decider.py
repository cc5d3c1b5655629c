"""Offers of operators to alerts: free operators to the earliest deadline first, the last free operator only
to a vouched alert (`model.rules.vouching`). Pure.

An offer reserves nothing; for a moment the pool only avoids offering the operator to a second alert. The
operator is assigned by the append at the version offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from messages.ids import E164, SECOND, AlertId, Instant, OperatorId, OperatorLine, Party, ShiftState
from messages.operators import HeldOperator, OperatorOffer, OperatorsOffered, RequestOperators
from model.alert.case import Case
from model.rules.deadline import Urgency, urgency
from model.rules.proof import OVER_BUDGET, PROVED
from model.rules.vouching import (
    listening_operators,
    operators_to_leave,
    operators_to_release,
    operators_to_release_when_taken,
)
from model.settings import Settings

OFFERED_FOR_US: Final = Instant(3 * SECOND // 2)
"""Time that an operator offered to one alert is not offered to another, in microseconds."""
WAITS_US: Final = Instant(3 * SECOND)
"""Validity of a request, in microseconds; cases repeat theirs every second."""
ON_CALL: Final = "on-call:"
NO_CASES: Final[Mapping[AlertId, Case]] = {}
LATER: Final = Instant(2**62)
"""Time later than any other."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """Operator in the present state of journal and registry."""

    operator: OperatorId
    version: int
    """Version of the operator's stream that a reserving append must expect."""
    shift: ShiftState
    reserved_by: AlertId | None = None
    not_answering: bool = False
    """True if the operator did not answer the last call; such operators are offered last, never left out."""
    wraps_up: bool = False
    """True during notes on the last alert; offered only if no other operator is free, and never to a test."""
    free_since: Instant = Instant(0)
    number: E164 | None = None
    mode: OperatorLine = OperatorLine.ON_DEMAND
    language: str = ""
    name: str = ""
    on_call: bool = False
    """True for an operator without a shift, who is called when no operator on shift answers."""


class WaitingCase(msgspec.Struct, frozen=True, kw_only=True):
    """Request that is waiting."""

    request: RequestOperators
    asked_at: Instant


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """Last offer of an operator."""

    alert: AlertId
    at: Instant
    need: tuple[bool, int]
    """Result of `need` for that alert; an alert of greater need takes precedence."""


Held = Mapping[OperatorId, Offered]


def need(request: RequestOperators) -> tuple[bool, int]:
    """Return the sort key of a request regardless of its time, greatest need first: real alerts before tests,
    then by priority.
    """
    return request.test, request.rank


def order(waiting: Iterable[WaitingCase], now_us: Instant, settings: Settings) -> list[WaitingCase]:
    """Return the valid requests in the order of service: by urgency."""

    def key(one: WaitingCase) -> tuple[Urgency, AlertId]:
        request = one.request
        return urgency(request.test, request.rank, request.deadline_at, now_us, settings), request.alert

    return sorted((one for one in waiting if now_us - one.asked_at <= WAITS_US), key=key)


def served_with(alert: AlertId, waiting: list[WaitingCase]) -> list[WaitingCase]:
    """Return this alert's request and the requests with priority over it, in order."""
    own = next((one.request for one in waiting if one.request.alert == alert), None)
    if own is None:
        return []
    return [one for one in waiting if one.request.alert == alert or need(one.request) < need(own)]


def offer(
    request: RequestOperators,
    candidates: Iterable[Candidate],
    held: Held,
    now_us: Instant,
    cases: Mapping[AlertId, Case] = NO_CASES,
) -> OperatorsOffered:
    """Return the operators available for this request. `cases`: the open alerts; some can release their
    operators.
    """
    everybody = tuple(candidates)
    on_shift = sum(1 for one in everybody if one.shift is ShiftState.READY and not one.on_call)
    free = [one for one in everybody if _free(one, request, held, now_us)]
    ranked = _but_the_last(
        sorted(free, key=lambda one: _rank(one, request)), request, everybody, held, now_us
    )
    wanted = ranked if request.wanted == 0 else ranked[: request.wanted]
    # An operator who takes the case is present, even without a shift.
    takers = [one for one in everybody if one.operator == request.taking]
    wanted = [one for one in takers if _to_be_had(one, request, held, now_us)] or wanted
    offers = tuple(
        OperatorOffer(
            operator=one.operator, version=one.version, number=one.number, mode=one.mode, name=one.name
        )
        for one in wanted
    )
    asks = request.wants_anybody and (request.no_line or not offers)
    asked = [one for one in everybody if not _is_elsewhere(one, request, held, now_us)]
    given_up = _held(request, asked, cases) if asks else ()
    return OperatorsOffered(
        alert=request.alert, offers=offers, on_shift=on_shift, held=given_up, named=request.named
    )


def kept_for(request: RequestOperators, answer: OperatorsOffered) -> list[OperatorId]:
    """Return the operators to withhold from other alerts for a moment: those of the answer, or the one that
    another alert is requested to release.

    An alert without a line for an operator withholds no free operator: another alert may have a line.
    """
    if answer.offers and not request.no_line:
        return [one.operator for one in answer.offers]
    return [one.operator for one in answer.held[:1]]


def _but_the_last(
    ranked: list[Candidate],
    request: RequestOperators,
    everybody: Iterable[Candidate],
    held: Held,
    now_us: Instant,
) -> list[Candidate]:
    """Return the ranked operators that the request may have: the last free and answering operator is reserved
    for a vouched alert.

    An operator avoided by this request still counts as available for others.
    """
    if request.named is not None:
        return ranked
    on_shift = [one for one in everybody if one.shift is ShiftState.READY and not one.on_call]
    keeps = operators_to_leave(len(on_shift), may_have_last=request.may_have_last)
    there = [one for one in on_shift if one.reserved_by is None and one.number is not None]
    answering = sum(not one.not_answering and not _is_elsewhere(one, request, held, now_us) for one in there)
    sure = [one for one in ranked if not one.on_call and not one.not_answering]
    kept = {one.operator for one in sure[max(0, answering - keeps) :]}
    return [one for one in ranked if one.operator not in kept]


def _held(
    request: RequestOperators, everybody: Iterable[Candidate], cases: Mapping[AlertId, Case]
) -> tuple[HeldOperator, ...]:
    """Return the operators that other alerts can release for this one, best first. First an operator who
    takes this case and is in a test, then a listener. Then the operator of a test, of an alert over its
    budget, of an alert that is not silent, of an alert without a ringing phone; last by time on the alert,
    longest first.
    """

    def key(found: tuple[Candidate, Case]) -> tuple[bool, bool, bool, bool, bool, bool, Instant, str]:
        one, case = found
        since = case.operator_joined_at if case.operator == one.operator else None
        rings = case.active(Party.USER) is not None
        return (
            not is_taking(one, case),
            one.operator not in listening_operators(case),
            not case.test,
            case.rank != OVER_BUDGET,
            case.silent,
            rings,
            LATER if since is None else since,
            one.operator,
        )

    def is_taking(one: Candidate, case: Case) -> bool:
        return one.operator == request.taking and one.operator in operators_to_release_when_taken(case)

    def is_given(one: Candidate, case: Case) -> bool:
        if is_taking(one, case):
            return True
        if one.operator in listening_operators(case):
            return one.shift is ShiftState.READY
        others = request.rank == PROVED and case.alert != request.alert and one.operator not in request.avoid
        return others and _is_on_duty(one, request) and one.operator in operators_to_release(case)

    holders = (
        (one, cases[one.reserved_by])
        for one in everybody
        if one.reserved_by is not None and one.reserved_by in cases
    )
    found = [(one, case) for one, case in holders if is_given(one, case)]
    return tuple(
        HeldOperator(operator=one.operator, alert=case.alert) for one, case in sorted(found, key=key)
    )


def _to_be_had(one: Candidate, request: RequestOperators, held: Held, now_us: Instant) -> bool:
    """Return True if the operator can be called for this request, on shift or not."""
    if one.reserved_by is not None or one.operator in request.avoid or one.number is None:
        return False
    return not _is_elsewhere(one, request, held, now_us)


def _is_elsewhere(one: Candidate, request: RequestOperators, held: Held, now_us: Instant) -> bool:
    """Return True if the operator was just offered to another alert, which keeps the offer for a moment.

    A request of greater need overrides the offer: the other alert may have no line.
    """
    offered = held.get(one.operator)
    if offered is None or offered.alert == request.alert or need(request) < offered.need:
        return False
    return now_us - offered.at < OFFERED_FOR_US


def _free(one: Candidate, request: RequestOperators, held: Held, now_us: Instant) -> bool:
    if not _to_be_had(one, request, held, now_us):
        return False
    if request.named is not None:
        return one.operator == request.named
    if one.wraps_up and request.test:
        return False
    return _is_on_duty(one, request)


def _is_on_duty(one: Candidate, request: RequestOperators) -> bool:
    """Return True if the operator's shift allows a call for this request. An operator who pauses in a case is
    called for no other case once released.
    """
    return request.on_call if one.on_call else one.shift is ShiftState.READY


def _rank(
    one: Candidate, request: RequestOperators
) -> tuple[bool, bool, bool, bool, bool, bool, Instant, str]:
    """Return the sort key of an operator: who knows the case, on shift, without notes to write, answering, of
    the user's language, on an own line, longest without a case.
    """
    other_language = bool(request.language) and one.language != request.language
    dialled = one.mode is OperatorLine.ON_DEMAND
    return (
        one.operator != request.first,
        one.on_call,
        one.wraps_up,
        one.not_answering,
        other_language,
        dialled,
        one.free_since,
        one.operator,
    )


def on_call_candidate(number: E164, version: int, reserved_by: AlertId | None) -> Candidate:
    """Return the candidate for an on-call number."""
    return Candidate(
        operator=OperatorId(f"{ON_CALL}{number}"),
        version=version,
        shift=ShiftState.OFF,
        reserved_by=reserved_by,
        number=number,
        name=number,
        on_call=True,
    )
