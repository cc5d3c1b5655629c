"""Scripts of every kind, for Hypothesis: what shrinks shrinks to a quiet center with one alert."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import strategies as st

from messages.ids import OperatorLine, Role
from tests.chaos.in_process.faults import COMMITTED
from tests.chaos.in_process.script import (
    DIALECTS,
    OPERATORS,
    PSAP,
    TROUBLE_S,
    USERS,
    Alert,
    Away,
    Blow,
    Does,
    Fault,
    HangUp,
    Hit,
    Intent,
    LineFault,
    LineTrouble,
    Person,
    Script,
    Wanted,
)

BEHAVIOURS = ("answer", "no_answer", "busy", "reject", "voicemail", "unreachable")
STRUCK = (
    Role.ALERT_CASE,
    Role.CALL_LEG,
    Role.GSM_MODEM,
    Role.CONFERENCE_BRIDGE,
    Role.MIXER,
    Role.ALERT_INTAKE,
    Role.OPERATOR_POOL,
    Role.TRUNK_POOL,
    Role.IDENTIFIER,
    Role.OPERATOR_LINES,
    Role.DEADLINE_WATCHDOG,
    Role.SUPERVISOR,
)
KINDS = (
    "case.open",
    "case.status",
    "case.ask",
    COMMITTED,
    "user.identify",
    "user.identity",
    "operators.request",
    "operators.offered",
    "operators.voices",
    "line.request",
    "line.granted",
    "line.refused",
    "line.report",
    "line.ask",
    "leg.originate",
    "leg.release",
    "leg.rest",
    "leg.ready",
    "call.dial",
    "call.answer",
    "call.attach",
    "call.hang_up",
    "call.report",
    "call.incoming",
    "call.incoming_gone",
    "bridge.set_members",
    "bridge.report",
    "bridge.ready",
    "bridge.mixer_ready",
    "worker.wanted",
    "legs.wanted",
    "case.preempt",
    "text.send",
    "line.give_way",
    "actor.start",
    "actor.ready",
    "actor.heartbeat",
    "actor.adopt",
)


def seconds(least: float = 0.0, most: float = TROUBLE_S) -> st.SearchStrategy[float]:
    """In tenths, so that a minimal example reads well."""
    return st.integers(round(least * 10), round(most * 10)).map(lambda tenths: tenths / 10)


def moments() -> st.SearchStrategy[float]:
    """When something happens: most of a story happens in its first half minute."""
    return st.one_of(seconds(0, 15), seconds(0, 30), seconds(0, TROUBLE_S - 2))


alerts = st.builds(
    Alert,
    at_s=st.one_of(st.just(0.0), seconds(0, 40)),
    user=st.integers(0, 2),
    voice=st.sampled_from((False, False, True)),
    test=st.sampled_from((False, False, False, True)),
    silent=st.sampled_from((False, False, False, True)),
    silent_s=st.one_of(st.none(), st.none(), st.none(), seconds(0, 40)),
    ringing_s=st.one_of(st.none(), st.none(), seconds(0, 40)),
    wrong_pins=st.sampled_from((0, 0, 0, 1, 7)),
    aloud=st.booleans(),
    withdrawn=st.sampled_from((False, False, True)),
    intent=st.sampled_from(Intent),
    again_s=st.lists(seconds(0, 40), max_size=2).map(tuple),
    called_s=st.one_of(st.none(), st.none(), seconds(0, 40)),
    cancelled_s=st.one_of(st.none(), st.none(), seconds(0, 40)),
    duress=st.booleans(),
    taken_s=st.one_of(st.none(), st.none(), st.none(), seconds(0, 40)),
    handed_s=st.one_of(st.none(), st.none(), seconds(5, 40)),
    reopened_s=st.one_of(st.none(), st.none(), seconds(5, 55)),
    listened_s=st.one_of(st.none(), st.none(), seconds(5, 40)),
)
hang_up_after = st.one_of(st.just(0.0), st.just(0.0), seconds(1, 30), seconds(10, 20))
psap_hangs_up_after = st.one_of(st.just(0.0), seconds(6, 13), seconds(6, 30))
"""Operators leave soon: many a call of 112 ends soon after that, too."""
users = st.builds(
    Person, first=st.sampled_from(BEHAVIOURS), then=st.sampled_from(BEHAVIOURS), hangs_up_s=hang_up_after
)
operators = st.builds(Person, first=st.sampled_from(("answer", *BEHAVIOURS)))
psaps = st.builds(
    Person,
    first=st.sampled_from(("answer", "answer", "busy", "no_answer", "unreachable")),
    hangs_up_s=psap_hangs_up_after,
)
faults = st.builds(
    Fault,
    does=st.sampled_from(Does),
    kinds=st.one_of(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4, unique=True), st.just([])).map(
        tuple
    ),
    to=st.one_of(st.none(), st.sampled_from(STRUCK)),
    share=st.sampled_from((1.0, 0.5, 0.2, 0.05)),
    by_s=st.sampled_from((0.1, 0.5, 1.5, 4.0)),
    from_s=moments(),
    for_s=seconds(0.1, 20),
)


def _blows(at_s: float) -> st.SearchStrategy[list[Blow]]:
    """One or several in the same instant."""
    blow = st.builds(
        Blow,
        at_s=st.just(at_s),
        role=st.sampled_from(STRUCK),
        which=st.integers(0, 3),
        hit=st.sampled_from(Hit),
        for_s=seconds(0.5, 10),
    )
    return st.lists(blow, min_size=1, max_size=3)


blows = st.lists(moments().flatmap(_blows), max_size=4).map(
    lambda groups: tuple(blow for group in groups for blow in group)
)
lines = st.builds(
    LineFault,
    at_s=moments(),
    line=st.integers(0, 7),
    does=st.sampled_from(LineTrouble),
    for_s=seconds(0.5, 30),
)
hang_ups = st.builds(HangUp, at_s=moments(), who=st.sampled_from((*USERS, *OPERATORS, PSAP)))
texts = st.builds(
    Wanted, at_s=moments(), within_s=seconds(2, 60), answered_s=st.sampled_from((0.0, 2.0, 8.0, 9.9, 15.0))
)
away = st.builds(Away, at_s=moments(), who=st.integers(0, 2), for_s=seconds(0.2, 8))


dialects = st.sampled_from((DIALECTS, DIALECTS, DIALECTS, ("sim800",), ("sim800", *DIALECTS)))
"""Most have a voice; some join in the network; where there are both, only one kind can have an alert."""

T = TypeVar("T")


def several(each: st.SearchStrategy[T], most: int) -> st.SearchStrategy[tuple[T, ...]]:
    """None is the commonest."""
    return st.one_of(st.just(()), st.lists(each, max_size=most).map(tuple))


throughout = st.tuples(
    st.builds(Fault, share=st.sampled_from((0.02, 0.05, 0.1, 0.2)), for_s=st.just(TROUBLE_S)),
    st.builds(
        Fault,
        does=st.sampled_from((Does.REPEAT, Does.DELAY)),
        share=st.sampled_from((0.05, 0.2)),
        by_s=st.sampled_from((0.1, 0.5, 1.5, 4.0)),
        for_s=st.just(TROUBLE_S),
    ),
)
"""Some of everything, from the beginning to the end."""
many_blows = st.lists(seconds(0, 45).flatmap(_blows), min_size=4, max_size=10).map(
    lambda groups: tuple(blow for group in groups for blow in group)
)


def _scripts(
    faulty: st.SearchStrategy[tuple[Fault, ...]], struck: st.SearchStrategy[tuple[Blow, ...]]
) -> st.SearchStrategy[Script]:
    return st.builds(
        Script,
        alerts=st.lists(alerts, min_size=1, max_size=3).map(tuple),
        users=st.lists(users, min_size=1, max_size=3).map(tuple),
        operators=st.lists(operators, min_size=1, max_size=3).map(tuple),
        psap=psaps,
        public=st.integers(2, 5),
        emergency=st.integers(1, 2),
        dialects=dialects,
        faults=faulty,
        blows=struck,
        lines=several(lines, 2),
        hang_ups=several(hang_ups, 2),
        line=st.sampled_from((OperatorLine.ON_DEMAND, OperatorLine.ON_DEMAND, *OperatorLine)),
        away=several(away, 2),
        texts=several(texts, 2),
        seed=st.integers(0, 2**16),
    )


scripts = st.one_of(_scripts(several(faults, 4), blows), _scripts(throughout, many_blows))
"""Any run: some trouble at some moments, or much of it all the time."""
