"""What should come out of each open alert by now, and who is started again where it does not. Pure.

A case is judged by its own rules: `decide`, on what the journal tells and with no offers. What that
decides a living AlertCase would have written; what it wants the case would have, wherever it is free. What a
leg or the bridge was told, and which AlertCase there is at all, is judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import msgspec
from msgspec.structs import replace

from actors.alert_case.decider import decide
from actors.alert_case.pending import PendingOffers, Want
from actors.deadline_watchdog.decider import Means
from messages import events as ev
from messages.base import Joins
from messages.ids import SECOND, AlertId, CrewId, Instant, Party, Role
from messages.lines import RequestLine
from messages.operators import RequestOperators
from model.alert.case import Case
from model.alert.leg import Leg, LegState
from model.alert.parts import Owner
from model.rules.calls.attempts import not_before
from model.rules.calls.joining import beside, is_setting_up
from model.rules.calls.pairs import Pairs, lacking, needed
from model.rules.calls.pairs import begun as has_begun
from model.rules.crews import held_back
from model.rules.deadline import Urgency, urgency
from model.rules.vouching import left, rank, vouched
from model.settings import Settings


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table."""

    name: str
    limit_us: Instant
    """Longest silence."""
    reason: str
    first: tuple[Role, ...] = (Role.ALERT_CASE,)
    """Who is started again the first time."""
    then: tuple[Role, ...] = ()
    """And who besides when that has not helped."""
    spared: int = 1
    """So many limits pass where several alerts show it at once: crews do not hang together. The machine
    has no time for them, and to start some again takes more of it."""


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
NOT_TAKEN_UP = Rule(
    name="not_taken_up",
    limit_us=Instant(8 * SECOND),
    reason="the alert has come from another node, and no AlertCase here has taken it up",
    first=(Role.ALERT_CASE, Role.ALERT_INTAKE),
)
UNREAD = Rule(
    name="unread",
    limit_us=Instant(3 * SECOND),
    reason="an order lies unread, though a case reads its inbox every second",
    spared=3,
)
UNDONE = Rule(
    name="undone",
    limit_us=Instant(3 * SECOND),
    reason="by its own rules the case would say",
    spared=3,
)
UNSOUND = Rule(
    name="unsound",
    limit_us=Instant(3 * SECOND),
    reason="the case's own rules fail",
)
RELEASING = Rule(
    name="releasing",
    # A CallLeg gives up a silent modem after 6 s; a modem that is heard has five attempts of a second.
    limit_us=Instant(15 * SECOND),
    reason="a call is to be hung up, and nobody says that it is",
    first=(Role.ALERT_CASE, Role.CALL_LEG),
    then=(Role.GSM_MODEM,),
    spared=2,
)
UNJOINED = Rule(
    name="unjoined",
    limit_us=Instant(8 * SECOND),
    reason="somebody is on the line and not in the conference",
    then=(Role.CONFERENCE_BRIDGE,),
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
    reason="it is time to call the user and a line is free, and no call is made",
    then=(Role.TRUNK_POOL,),
    spared=2,
)
PSAP_DUE = Rule(
    name="psap_due",
    limit_us=Instant(5 * SECOND),
    reason="112 was asked for and a line is free, and it is not called",
    then=(Role.TRUNK_POOL,),
)


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """A state that something must come out of."""

    rule: Rule
    of: object
    """What it is a sign of. Once that changes something has happened, and the time runs anew."""
    legs: tuple[Leg, ...] = ()
    """Those in this state, the one that has been so longest first."""
    about: str = ""
    crew: CrewId | None = None
    """The crew here that has the alert; none: no crew here says so."""

    @property
    def reason(self) -> str:
        """What is wrong, for a log and a person."""
        return f"{self.rule.name}: {self.rule.reason}{self.about}"


def signs(
    cases: Mapping[AlertId, Case], means: Means, settings: Settings, now_us: Instant
) -> Iterator[tuple[AlertId, Sign]]:
    """All signs of all open alerts. What is free is given to the most urgent first, as the pools do."""

    def order(case: Case) -> tuple[Urgency, AlertId]:
        return urgency(case.test, rank(case), case.deadline_at, now_us, settings), case.alert

    opened = [case for case in cases.values() if case.owner is not None]
    if means.idle_crews and len(opened) < len(cases):
        unopened = sorted((case for case in cases.values() if case.owner is None), key=order)
        held = held_back(unopened, opened, means.on_shift, now_us, settings)
        due = (case for case in unopened if case.alert not in held)
        for case in islice(due, means.idle_crews):
            yield case.alert, Sign(rule=UNOPENED, of=(case.inbox_version, case.case_version))
    free = _Free(means, opened, settings, now_us)
    for case in sorted(opened, key=order):
        owner = case.owner
        if owner is None or case.closed_at is not None:
            continue
        for sign in _of_case(case, owner, free, settings, now_us):
            yield case.alert, sign


def _of_case(case: Case, owner: Owner, free: _Free, settings: Settings, now_us: Instant) -> Iterator[Sign]:
    there = free.means.crews.get(owner.crew)
    if owner.node != free.means.node:
        # Crews of two nodes have the same names: the owner's is none of those here.
        crew = free.means.holding.get(case.alert)
        if crew is not None or free.means.idle_crews:
            yield Sign(rule=NOT_TAKEN_UP, of=(owner, crew), crew=crew)
        return
    if there != owner:
        yield Sign(rule=OWNERLESS, of=(owner, there), crew=owner.crew)
        return
    for sign in _of_the_crew(case, owner, free, settings, now_us):
        yield replace(sign, crew=owner.crew)


def _of_the_crew(
    case: Case, owner: Owner, free: _Free, settings: Settings, now_us: Instant
) -> Iterator[Sign]:
    yield from _of_legs(case, owner)
    if case.unread:
        yield Sign(rule=UNREAD, of=(owner, case.unread[0].version))
    try:
        found = list(_by_its_rules(case, owner, free, settings, now_us))
    except Exception as error:
        # Whatever it is ends the AlertCase, and must not end the process that watches all deadlines.
        fault = type(error).__name__
        found = [Sign(rule=UNSOUND, of=(owner, fault), about=f" ({fault})")]
    yield from found


def _by_its_rules(
    case: Case, owner: Owner, free: _Free, settings: Settings, now_us: Instant
) -> Iterator[Sign]:
    nothing = PendingOffers(opened_at=case.owned_at or case.received_at)
    decision = decide(case, (), nothing, owner, settings, now_us)
    for event in decision.events:
        # What has not been read is said as such, and all else follows from it.
        if not case.unread and not isinstance(event, ev.AlarmRaised | ev.AlarmCleared):
            yield Sign(rule=UNDONE, of=(owner, event), about=f" {event.__struct_config__.tag}")
    # A test takes no last line, so that what is free for others need not be for it.
    yield from (sign for sign in _wanted(case, owner, decision.wants, free) if not case.test)


def _wanted(case: Case, owner: Owner, wants: Iterable[Want], free: _Free) -> Iterator[Sign]:
    """What is asked of the pools, and free. An operator asked for by name may be busy with another alert."""
    for want in wants:
        match want:
            case RequestOperators(named=None) if free.operator(case, want):
                yield Sign(rule=NO_OPERATOR, of=(owner, case.case_version))
            case RequestLine(held=False, party=Party.USER) if free.line(case, Party.USER):
                yield Sign(rule=USER_DUE, of=(owner, want.attempt))
            case RequestLine(held=False, party=Party.PSAP) if free.for_112(case, want):
                yield Sign(rule=PSAP_DUE, of=(owner, want.attempt))
            case _:
                pass


class _Free:
    """What is free, less what was given to more urgent alerts."""

    def __init__(self, means: Means, opened: Iterable[Case], settings: Settings, now_us: Instant) -> None:
        self.means = means
        self._settings, self._now_us = settings, now_us
        self._public, self._reserved = means.public_free(now_us), means.reserved
        self._operators = set(means.operators)
        opened = list(opened)
        self._begun = {case.alert: lacking(case, (), settings) for case in opened if has_begun(case)}
        self._vouched = {case.alert for case in opened if vouched(case)}
        self._urgent = False
        """An alert that is vouched for waits for a line, and the others leave it what there is."""

    def operator(self, case: Case, want: RequestOperators) -> bool:
        """An operator, and a line: whether an operator has a voice that stands is not in the journal."""
        if self._now_us < not_before(case, Party.OPERATOR):
            return False
        found = self._operators.difference(want.avoid)
        keeps = left(self.means.on_shift, may_have_last=want.may_have_last)
        if not found or len(self._operators) <= keeps or not self.line(case, Party.OPERATOR):
            return False
        self._operators.discard(min(found))
        return True

    def line(self, case: Case, party: Party) -> bool:
        """A public line, as the TrunkPool grants them: beside the others, and what begins can go on."""
        with_others = self._fits_the_conference(case, party)
        if with_others is not None:
            return with_others
        real = vouched(case) and not case.test
        begun = {alert: lacks for alert, lacks in self._begun.items() if alert in self._vouched or not real}
        pairs = Pairs(begun=begun, asking=lacking(case, (), self._settings))
        if self._public < needed(case.alert, party, pairs) or (self._urgent and not real):
            self._urgent = self._urgent or (real and party in begun.get(case.alert, pairs.asking))
            return False
        self._public -= 1
        before = self._begun.get(case.alert, pairs.asking)
        self._begun[case.alert] = before - {party}
        return True

    def _fits_the_conference(self, case: Case, party: Party) -> bool | None:
        """Whether the one line that joins the others can take one more; None where any line will do."""
        others = beside(case, party, self._settings)
        if others is None or others.joins is not Joins.NETWORK:
            return None
        return not is_setting_up(case, others.line)

    def for_112(self, case: Case, want: RequestLine) -> bool:
        """A line of the emergency trunk, or the one on which the others are."""
        if not want.emergency:
            return self._fits_the_conference(case, Party.PSAP) is True
        self._reserved -= 1
        return self._reserved >= 0


def _of_legs(case: Case, owner: Owner) -> Iterator[Sign]:
    """Of several legs in the same state, the one that has been so longest speaks for all.

    Whether a listener hears the others is nothing to start anybody again for; that the call ends, is. That
    a voice port is lost is said, and an operator decides: no restart brings it back, and one of the bridge
    would take the voice of the others.
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
            yield Sign(rule=rule, of=(owner, found[0].leg, found[0].attempt, found[0].state), legs=found)
