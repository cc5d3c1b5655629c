"""Expected progress of each open alert, and the processes to restart if it is missing. Pure.

A case is judged by its own rules: `decide`, on the journal alone and without offers. A living AlertCase would
have written the resulting events, and would have got the requested means if free. The orders of legs and
bridge, and the existence of an AlertCase, are judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import msgspec
from msgspec.structs import replace

from actors.alert_case.decider import decide
from actors.alert_case.pending import OfferRequest, PendingOffers
from actors.deadline_watchdog.decider import Means
from messages import events as ev
from messages.base import Joins
from messages.ids import SECOND, AlertId, Instant, Party, Role, WorkerId
from messages.lines import RequestLine
from messages.operators import RequestOperators
from model.alert.case import Case
from model.alert.leg import Leg, LegState
from model.alert.parts import Owner
from model.rules.calls.attempts import not_before
from model.rules.calls.joining import is_setting_up, line_to_join
from model.rules.calls.pairs import LinePairs, lines_needed, parties_to_call
from model.rules.calls.pairs import holds_line as has_begun
from model.rules.deadline import Urgency, urgency
from model.rules.vouching import is_vouched, operators_to_leave, rank
from model.rules.workers import held_back
from model.settings import Settings


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """Rule for missing progress."""

    name: str
    limit_us: Instant
    """Longest time without progress, in microseconds."""
    reason: str
    first: tuple[Role, ...] = (Role.ALERT_CASE,)
    """Roles to restart first."""
    then: tuple[Role, ...] = ()
    """Roles to restart in addition if the first restart has not helped."""
    last: tuple[Role, ...] = ()
    """Roles to restart in addition if the second restart has not helped either: other alerts would notice."""
    spared: int = 1
    """Factor on the limit while several alerts show the sign: workers do not hang together. The machine is
    then overloaded, and restarts would load it further.
    """


UNOPENED = Rule(
    name="unopened",
    limit_us=Instant(8 * SECOND),
    reason="a worker is idle, and no worker has opened the alert",
    first=(Role.ALERT_INTAKE,),
)
OWNERLESS = Rule(
    name="ownerless",
    # A restarted center has many alerts to resume, on a busy machine.
    limit_us=Instant(10 * SECOND),
    reason="the AlertCase of the alert has died, and no other AlertCase has opened the alert",
    then=(Role.ALERT_INTAKE,),
)
NOT_TAKEN_UP = Rule(
    name="not_taken_up",
    limit_us=Instant(8 * SECOND),
    reason="the alert has come from another node, and no AlertCase here has opened the alert",
    first=(Role.ALERT_CASE, Role.ALERT_INTAKE),
)
UNREAD = Rule(
    name="unread",
    limit_us=Instant(3 * SECOND),
    reason="an order is unread, though an AlertCase reads its inbox every second",
    spared=3,
)
UNDONE = Rule(
    name="undone",
    limit_us=Instant(3 * SECOND),
    reason="the rules require an event that the AlertCase has not written",
    spared=3,
)
UNSOUND = Rule(
    name="unsound",
    limit_us=Instant(3 * SECOND),
    reason="the rules fail for this alert",
)
RELEASING = Rule(
    name="releasing",
    # A CallLeg abandons a silent modem after 6 s; a responding modem has five attempts of a second.
    limit_us=Instant(15 * SECOND),
    reason="a call must be hung up, and its end is not reported",
    first=(Role.ALERT_CASE, Role.CALL_LEG),
    then=(Role.GSM_MODEM,),
    spared=2,
)
UNJOINED = Rule(
    name="unjoined",
    limit_us=Instant(8 * SECOND),
    reason="an answered call is not in the conference",
    then=(Role.CONFERENCE_BRIDGE,),
    last=(Role.MIXER,),
    spared=3,
)
NO_OPERATOR = Rule(
    name="no_operator",
    limit_us=Instant(10 * SECOND),
    reason="an operator and a line are free, and no operator is called",
    then=(Role.OPERATOR_POOL, Role.TRUNK_POOL),
)
USER_DUE = Rule(
    name="user_due",
    limit_us=Instant(5 * SECOND),
    reason="the user must be called and a line is free, and the user is not called",
    then=(Role.TRUNK_POOL,),
    spared=2,
)
PSAP_DUE = Rule(
    name="psap_due",
    limit_us=Instant(5 * SECOND),
    reason="112 was requested and a line is free, and 112 is not called",
    then=(Role.TRUNK_POOL,),
)


class StallSign(msgspec.Struct, frozen=True, kw_only=True):
    """Sign that an alert needs progress: a state that must change within a limit."""

    rule: Rule
    of: object
    """Facts behind the sign; when these change, progress was made and the time starts again."""
    legs: tuple[Leg, ...] = ()
    """Legs in this state, the longest first."""
    about: str = ""
    worker: WorkerId | None = None
    """Local worker that has the alert; None if no local worker reports it."""

    @property
    def reason(self) -> str:
        """Description of the fault, for the log and for a person."""
        return f"{self.rule.name}: {self.rule.reason}{self.about}"


def signs(
    cases: Mapping[AlertId, Case], means: Means, settings: Settings, now_us: Instant
) -> Iterator[tuple[AlertId, StallSign]]:
    """Return all signs of all open alerts. Free means are assigned to the most urgent first, as in the
    pools.
    """

    def order(case: Case) -> tuple[Urgency, AlertId]:
        return urgency(case.test, rank(case), case.deadline_at, now_us, settings), case.alert

    opened = [case for case in cases.values() if case.owner is not None]
    if means.idle_workers and len(opened) < len(cases):
        unopened = sorted((case for case in cases.values() if case.owner is None), key=order)
        held = held_back(unopened, opened, means.on_shift, now_us, settings)
        due = (case for case in unopened if case.alert not in held)
        for case in islice(due, means.idle_workers):
            yield case.alert, StallSign(rule=UNOPENED, of=(case.inbox_version, case.case_version))
    free = _Free(means, opened, settings, now_us)
    for case in sorted(opened, key=order):
        owner = case.owner
        if owner is None or case.closed_at is not None:
            continue
        for sign in _of_case(case, owner, free, settings, now_us):
            yield case.alert, sign


def _of_case(
    case: Case, owner: Owner, free: _Free, settings: Settings, now_us: Instant
) -> Iterator[StallSign]:
    there = free.means.workers.get(owner.worker)
    if owner.node != free.means.node:
        # Workers of two nodes have the same names: the owner's is not among those here.
        worker = free.means.holding.get(case.alert)
        if worker is not None or free.means.idle_workers:
            yield StallSign(rule=NOT_TAKEN_UP, of=(owner, worker), worker=worker)
        return
    if there != owner:
        yield StallSign(rule=OWNERLESS, of=(owner, there), worker=owner.worker)
        return
    for sign in _of_the_worker(case, owner, free, settings, now_us):
        yield replace(sign, worker=owner.worker)


def _of_the_worker(
    case: Case, owner: Owner, free: _Free, settings: Settings, now_us: Instant
) -> Iterator[StallSign]:
    yield from _of_legs(case, owner)
    if case.unread:
        yield StallSign(rule=UNREAD, of=(owner, case.unread[0].version))
    try:
        found = list(_by_its_rules(case, owner, free, settings, now_us))
    except Exception as error:
        # The fault ends the AlertCase, but must not end the process that watches all deadlines.
        fault = type(error).__name__
        found = [StallSign(rule=UNSOUND, of=(owner, fault), about=f" ({fault})")]
    yield from found


def _by_its_rules(
    case: Case, owner: Owner, free: _Free, settings: Settings, now_us: Instant
) -> Iterator[StallSign]:
    nothing = PendingOffers(opened_at=case.owned_at or case.received_at)
    decision = decide(case, (), nothing, owner, settings, now_us)
    for event in decision.events:
        # Unread entries have a rule of their own, and everything else follows from them.
        if not case.unread and not isinstance(event, ev.AlarmRaised | ev.AlarmCleared):
            yield StallSign(rule=UNDONE, of=(owner, event), about=f" {event.__struct_config__.tag}")
    # A test takes no last line, so a line that is free for others may be unavailable to the test.
    yield from (sign for sign in _wanted(case, owner, decision.wants, free) if not case.test)


def _wanted(case: Case, owner: Owner, wants: Iterable[OfferRequest], free: _Free) -> Iterator[StallSign]:
    """Return signs for requests that free means could meet. An operator requested by name may be busy."""
    for want in wants:
        match want:
            case RequestOperators(named=None) if free.operator(case, want):
                yield StallSign(rule=NO_OPERATOR, of=(owner, case.case_version))
            case RequestLine(held=False, party=Party.USER) if free.line(case, Party.USER):
                yield StallSign(rule=USER_DUE, of=(owner, want.attempt))
            case RequestLine(held=False, party=Party.PSAP) if free.for_112(case, want):
                yield StallSign(rule=PSAP_DUE, of=(owner, want.attempt))
            case _:
                pass


class _Free:
    """Free means, less those assigned to more urgent alerts."""

    def __init__(self, means: Means, opened: Iterable[Case], settings: Settings, now_us: Instant) -> None:
        self.means = means
        self._settings, self._now_us = settings, now_us
        self._public, self._reserved = means.public_free(now_us), means.reserved
        self._operators = set(means.operators)
        opened = list(opened)
        self._begun = {case.alert: parties_to_call(case, (), settings) for case in opened if has_begun(case)}
        self._vouched = {case.alert for case in opened if is_vouched(case)}
        self._urgent = False
        """True if a vouched alert waits for a line; less urgent alerts then leave free lines to it."""

    def operator(self, case: Case, want: RequestOperators) -> bool:
        """Assign an operator and a line; the journal does not show operators with an own line."""
        if self._now_us < not_before(case, Party.OPERATOR):
            return False
        found = self._operators.difference(want.avoid)
        keeps = operators_to_leave(self.means.on_shift, may_have_last=want.may_have_last)
        if not found or len(self._operators) <= keeps or not self.line(case, Party.OPERATOR):
            return False
        self._operators.discard(min(found))
        return True

    def line(self, case: Case, party: Party) -> bool:
        """Assign a public line by the TrunkPool's rules: on the line of the others, and with enough lines
        left for the alerts that have begun.
        """
        with_others = self._fits_the_conference(case, party)
        if with_others is not None:
            return with_others
        real = is_vouched(case) and not case.test
        begun = {alert: lacks for alert, lacks in self._begun.items() if alert in self._vouched or not real}
        pairs = LinePairs(begun=begun, asking=parties_to_call(case, (), self._settings))
        if self._public < lines_needed(case.alert, party, pairs) or (self._urgent and not real):
            self._urgent = self._urgent or (real and party in begun.get(case.alert, pairs.asking))
            return False
        self._public -= 1
        before = self._begun.get(case.alert, pairs.asking)
        self._begun[case.alert] = before - {party}
        return True

    def _fits_the_conference(self, case: Case, party: Party) -> bool | None:
        """Return True if the line that joins the others can take one more call; None if any line will do."""
        others = line_to_join(case, party, self._settings)
        if others is None or others.joins is not Joins.NETWORK:
            return None
        return not is_setting_up(case, others.line)

    def for_112(self, case: Case, want: RequestLine) -> bool:
        """Assign a line of the emergency trunk, or the line of the other parties."""
        if not want.emergency:
            return self._fits_the_conference(case, Party.PSAP) is True
        self._reserved -= 1
        return self._reserved >= 0


def _of_legs(case: Case, owner: Owner) -> Iterator[StallSign]:
    """Return signs of legs; of several legs in the same state, the longest counts.

    A listener who is not joined causes no restart; a listener's call that does not end does. A lost voice
    port is reported and an operator decides: a restart does not bring the port back, and a restart of the
    bridge would interrupt the others.
    """
    legs = sorted(case.legs.values(), key=lambda leg: leg.since)
    releasing = tuple(leg for leg in legs if leg.state is LegState.RELEASING)
    unjoined = tuple(
        leg
        for leg in legs
        if leg.party is not Party.LISTENER
        and leg.answered
        and leg.voice is not None
        and not leg.joined
        and leg.no_sound_at is None
    )
    for rule, found in ((RELEASING, releasing), (UNJOINED, unjoined)):
        if found:
            yield StallSign(rule=rule, of=(owner, found[0].leg, found[0].attempt, found[0].state), legs=found)
