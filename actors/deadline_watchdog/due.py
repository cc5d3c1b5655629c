"""What should come out of each state of an alert, and how long it may take: the watchdog's table. Pure.

The limits lie beyond those of the case's own rules (`actors.alert_case`), which end a leg that nobody
answers; here is only what no living case leaves undone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from actors.alert_case import emergency, ending, handing, search
from actors.deadline_watchdog.means import Means
from messages.ids import SECOND, AlertId, Instant, OperatorLine, Party, Role
from messages.lines import Lack
from model.alert.case import Case
from model.alert.leg import Leg, LegState
from model.policy import Policy
from model.rules.attempts import due_at, takes_calls
from model.rules.calling import quiet
from model.rules.failing import not_before
from model.rules.joining import user_comes_first
from model.rules.pairs import begun, lacking
from model.rules.psap import psap_number_for
from model.rules.ringing import DIALLING_US
from model.rules.urgency import Urgency, urgency

MARGIN_US: Final = Instant(5 * SECOND)
"""Between the case's own limit and this side's: a restart of the case, and a journal that is slow."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table."""

    name: str
    limit_us: Instant = Instant(0)
    """Longest silence; with the limit of the leg's own state where it is about a leg."""
    reason: str
    first: tuple[Role, ...] = (Role.ALERT_CASE,)
    """Who is started again the first time."""
    then: tuple[Role, ...] = ()
    """And who besides when that has not helped."""


UNOPENED = Rule(
    name="unopened",
    limit_us=Instant(8 * SECOND),
    reason="a crew is idle, and nobody has taken the alert up",
    first=(Role.ALERT_INTAKE,),
)
OWNERLESS = Rule(
    name="ownerless",
    # A whole center that starts again has many to take up, on a machine that is busy with it.
    limit_us=Instant(10 * SECOND),
    reason="the AlertCase that had it has died, and no other has taken it up",
    then=(Role.ALERT_INTAKE,),
)
UNREAD = Rule(
    name="unread",
    limit_us=Instant(3 * SECOND),
    reason="an order lies unread, though a case reads its inbox every second",
)
UNDER_WAY = Rule(
    name="under_way",
    limit_us=MARGIN_US,
    reason="a call is being set up for longer than the case allows",
    first=(Role.ALERT_CASE, Role.CALL_LEG),
    then=(Role.GSM_MODEM,),
)
RELEASING = Rule(
    name="releasing",
    # A CallLeg gives up a silent modem after 6 s; a modem that is heard has five attempts of a second.
    limit_us=Instant(15 * SECOND),
    reason="a call is to be hung up, and nobody says that it is",
    first=(Role.ALERT_CASE, Role.CALL_LEG),
    then=(Role.GSM_MODEM,),
)
UNJOINED = Rule(
    name="unjoined",
    limit_us=Instant(8 * SECOND),
    reason="somebody is on the line and not in the conference",
    then=(Role.CONFERENCE_BRIDGE,),
)
NO_OPERATOR = Rule(
    name="no_operator",
    limit_us=Instant(search.PAUSE_US + MARGIN_US),
    reason="an operator and a line are free, and no operator is called",
    then=(Role.OPERATOR_POOL, Role.TRUNK_POOL),
)
HAND_OVER = Rule(
    name="hand_over",
    limit_us=Instant(search.TAKES_WITHIN_US + MARGIN_US),
    reason="a case is handed over and nobody is called for it, for longer than that is tried",
    then=(Role.OPERATOR_POOL, Role.TRUNK_POOL),
)
USER_DUE = Rule(
    name="user_due",
    limit_us=MARGIN_US,
    reason="it is time to call the user and a line is free, and she is not called",
    then=(Role.TRUNK_POOL,),
)
INBOUND_CALL = Rule(
    name="inbound_call",
    limit_us=Instant(3 * SECOND),
    reason="the user calls, and is not answered",
)
PSAP_DUE = Rule(
    name="psap_due",
    limit_us=MARGIN_US,
    reason="112 was asked for and a line is free, and it is not called",
    then=(Role.TRUNK_POOL,),
)
UNASKED = Rule(
    name="unasked",
    limit_us=Instant(3 * SECOND),
    reason="duress, or a conference that broke, calls for 112, and it is not asked for",
)
ENDING = Rule(
    name="ending",
    limit_us=Instant(3 * SECOND),
    reason="it was ordered to end, and nothing comes of it",
)
LEFT_ALONE = Rule(
    name="left_alone",
    limit_us=Instant(ending.PSAP_STAYS_US + MARGIN_US),
    reason="one party of the conference has hung up, and the other is not released",
)

TABLE: Final = (
    UNOPENED,
    OWNERLESS,
    UNREAD,
    UNDER_WAY,
    RELEASING,
    UNJOINED,
    NO_OPERATOR,
    HAND_OVER,
    USER_DUE,
    INBOUND_CALL,
    PSAP_DUE,
    UNASKED,
    ENDING,
    LEFT_ALONE,
)


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """A state that something must come out of."""

    rule: Rule
    of: object
    """What it is a sign of. Once that changes something has happened, and the time runs anew."""
    allowed_us: Instant
    legs: tuple[Leg, ...] = ()
    """Those in this state, the one that has been so longest first."""


def signs(
    cases: Mapping[AlertId, Case], means: Means, policy: Policy, now_us: Instant
) -> Iterator[tuple[AlertId, Sign]]:
    """All signs of all open alerts. What is free is given to the most urgent first, as the pools do."""
    crews, operators, lines, reserved = (
        means.idle_crews,
        means.operators,
        means.public_free(now_us),
        means.reserved,
    )
    opened = [case for case in cases.values() if case.owner is not None]
    if crews and len(opened) < len(cases):
        unopened = (case for case in cases.values() if case.owner is None)
        for case in sorted(unopened, key=lambda case: _urgency(case, now_us, policy))[:crews]:
            yield case.alert, _sign(UNOPENED, case)
    # The second line of those that have their first is not free for anybody else.
    kept = sum(len(lacking(case, (), policy)) for case in opened if begun(case))
    # Who is not to be had on a line of her own takes one beside the user's.
    on_phone = policy.operator_line is not OperatorLine.ON_DEMAND
    for case in sorted(opened, key=lambda case: _urgency(case, now_us, policy)):
        owner = case.owner
        if owner is None or case.closed_at is not None:
            continue
        there = means.crews.get(owner.crew, 0)
        if there != owner.incarnation:
            yield case.alert, _sign(OWNERLESS, case, of=there)
            continue
        for sign in (*_of_orders(case, policy), *_of_legs(case, policy), *_of_end(case)):
            yield case.alert, sign
        # A test takes no last line, so that what is free for others need not be for it.
        lacks = lacking(case, (), policy)
        if operators > 0 and _wants_operator(case, policy, now_us):
            mine = Party.OPERATOR in lacks and begun(case)
            if lines >= (1 if mine else kept + max(1, len(lacks)) + on_phone):
                lines, operators = lines - (1 if mine else max(1, len(lacks))), operators - 1
                kept -= mine
                if not case.test:
                    yield case.alert, _sign(NO_OPERATOR, case)
        if _wants_user(case, policy, now_us):
            mine = Party.USER in lacks and begun(case)
            if lines >= (1 if mine else kept + max(1, len(lacks))):
                lines -= 1 if mine else max(1, len(lacks))
                kept -= mine
                if not case.test:
                    yield case.alert, _sign(USER_DUE, case)
        if reserved > 0 and _wants_psap(case, policy, now_us):
            reserved -= 1
            if not case.test:
                yield case.alert, _sign(PSAP_DUE, case, more_us=round(policy.psap_pause_s * SECOND))


def _urgency(case: Case, now_us: Instant, policy: Policy) -> tuple[Urgency, AlertId]:
    return urgency(case.test, case.deadline_at, now_us, policy), case.alert


def _sign(rule: Rule, case: Case, *, of: object = None, legs: tuple[Leg, ...] = (), more_us: int = 0) -> Sign:
    """The time runs anew with every event of the case, or with every change of what it is told to be of."""
    return Sign(
        rule=rule,
        of=(case.owner, case.case_version) if of is None else (case.owner, of),
        allowed_us=Instant(rule.limit_us + more_us),
        legs=legs,
    )


def _of_orders(case: Case, policy: Policy) -> Iterator[Sign]:
    if case.unread:
        yield _sign(UNREAD, case, of=case.unread[0].version)
    inbound = case.inbound_call
    if (
        inbound is not None
        and takes_calls(case, policy)
        and not case.leaving
        and not any(leg.live for leg in case.of(Party.USER))
    ):
        yield _sign(INBOUND_CALL, case, of=inbound)
    if case.hand_over is not None and not handing.other_operator_calls(case):
        more_us = round(policy.operator_silent_after_s * SECOND)
        yield _sign(HAND_OVER, case, of=(case.hand_over, case.taking_at), more_us=more_us)
    if emergency.unasked(case, policy) is not None:
        yield _sign(UNASKED, case)


def _of_legs(case: Case, policy: Policy) -> Iterator[Sign]:
    """Of several legs in the same state, the one that has been so longest speaks for all.

    Whether a listener hears the others is nothing to start anybody again for; that her call ends, is.
    """
    legs = sorted(case.legs.values(), key=lambda leg: leg.since)
    talkers = [leg for leg in legs if leg.party is not Party.LISTENER]
    setting_up = tuple(leg for leg in talkers if leg.unanswered)
    releasing = tuple(leg for leg in legs if leg.state is LegState.RELEASING)
    # That a voice port is lost is said, and an operator decides: no restart brings it back, and one of the
    # bridge would take the voice of the others.
    unjoined = tuple(
        leg
        for leg in talkers
        if leg.answered and leg.voice is not None and not leg.joined and leg.no_sound_at is None
    )
    if setting_up:
        more_us = _own_limit_us(setting_up[0], policy)
        yield _sign(UNDER_WAY, case, of=_state(setting_up[0]), legs=setting_up, more_us=more_us)
    if releasing:
        yield _sign(RELEASING, case, of=_state(releasing[0]), legs=releasing)
    if unjoined:
        yield _sign(UNJOINED, case, of=_state(unjoined[0]), legs=unjoined)


def _state(leg: Leg) -> object:
    return (leg.leg, leg.attempt, leg.state)


def _own_limit_us(leg: Leg, policy: Policy) -> int:
    """How long the case's own rules leave a leg in this state."""
    rings = leg.state is LegState.RINGING or leg.in_doubt
    match leg.party:
        case Party.OPERATOR | Party.LISTENER:
            return round(policy.operator_silent_after_s * SECOND) if rings else DIALLING_US[leg.party]
        case Party.USER:
            return round(policy.user_no_answer_s * SECOND) if rings else DIALLING_US[leg.party]
        case Party.PSAP:
            return round(policy.psap_no_answer_s * SECOND) if rings else DIALLING_US[leg.party]


def _of_end(case: Case) -> Iterator[Sign]:
    if not case.leaving:
        return
    over = case.left_at is None or not case.handed_over
    ended = [leg for leg in case.legs.values() if over or leg.party is Party.OPERATOR]
    idle = any(not case.has_live_leg(operator) for operator in case.reserved)
    alone = (case.active(Party.USER) is None) is not (case.active(Party.PSAP) is None)
    if any(leg.active for leg in ended) or idle or case.all_released:
        yield _sign(ENDING, case)
    elif not over and alone:
        yield _sign(LEFT_ALONE, case)


def _wants_operator(case: Case, policy: Policy, now_us: Instant) -> bool:
    """Whoever takes a case by hand may be busy with another."""
    if now_us < not_before(case, Party.OPERATOR):
        return False
    calling = any(leg.live for leg in case.of(Party.OPERATOR))
    free = case.operator is None and case.taking is None and not case.leaving and not calling
    return free and not user_comes_first(case, policy)


def _wants_user(case: Case, policy: Policy, now_us: Instant) -> bool:
    if case.phone is None or quiet(case, policy):
        return False
    if any(leg.live for leg in case.of(Party.USER)):
        return False
    due = due_at(case, policy)
    return due is not None and now_us >= max(due, not_before(case, Party.USER))


def _wants_psap(case: Case, policy: Policy, now_us: Instant) -> bool:
    if case.psap is None or case.leaving or now_us < not_before(case, Party.PSAP):
        return False
    if any(leg.live for leg in case.of(Party.PSAP)) or case.psap_no_line == Lack.GUARDED:
        return False
    return psap_number_for(case, policy, case.psap_ends) is not None
