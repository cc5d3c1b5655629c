"""What is done to a center in one round, and when: a function of the seed alone. Pure.

Each kind of deed is drawn from random numbers of its own, so that a round without one kind has all the others
as they were.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final

from messages.ids import OperatorCommand, Party, Role, ShiftState
from tests.chaos.nemesis.deeds import (
    BEHAVIOURS,
    COMMANDS,
    DURESS_PIN,
    FAULTS,
    HANGS_UP_NOW,
    LINES,
    NODES,
    OPERATORS,
    PUBLIC,
    RIGHT_PIN,
    USERS,
    WRONG_PIN,
    Again,
    Alert,
    CallIn,
    Cancel,
    Command,
    Deed,
    Disk,
    Headset,
    How,
    Line,
    Lock,
    Message,
    Node,
    Order,
    Phone,
    Position,
    Shift,
    Strike,
    Whole,
    in_order,
)
from tests.nodes.storms import What

_STRUCK: Final[dict[Role, float]] = {
    Role.ALERT_CASE: 6,
    Role.CALL_LEG: 6,
    Role.CONFERENCE_BRIDGE: 2,
    Role.MIXER: 5,
    Role.GSM_MODEM: 6,
    Role.ALERT_INTAKE: 3,
    Role.OPERATOR_POOL: 3,
    Role.TRUNK_POOL: 3,
    Role.WEB: 3,
    Role.DEADLINE_WATCHDOG: 2,
    Role.FALLBACK_KEEPER: 2,
    Role.IDENTIFIER: 1,
    Role.OPERATOR_LINES: 1,
    Role.SUPERVISOR: 1,
    Role.WEB_STANDBY: 1,
    Role.ADMIN: 0.7,
    Role.NODE: 0.5,
    Role.LOGGER: 0.5,
    Role.SELF_TEST: 0.5,
    Role.DUTY_CALLER: 0.5,
    Role.LINE_TEST: 0.5,
    Role.HOUSEKEEPER: 0.5,
}
_PRESSED: Final[dict[OperatorCommand, float]] = {
    **dict.fromkeys(OperatorCommand, 1.0),
    OperatorCommand.TAKE: 6,
    OperatorCommand.NOTE: 6,
    OperatorCommand.CALL_PSAP: 5,
    OperatorCommand.HAND_OVER: 4,
    OperatorCommand.WRITE: 4,
    OperatorCommand.LEAVE: 3,
    OperatorCommand.DECLARE_FALSE_ALARM: 3,
    OperatorCommand.REDIAL_USER: 3,
    OperatorCommand.ANOTHER_LINE: 3,
}


def schedule(seed: int, minutes: float, without: Collection[str] = ()) -> tuple[Deed, ...]:
    """The round of this seed, by time; without the kinds that are named."""
    until_s = minutes * 60
    alerts = tuple(_alerts(random.Random(f"{seed}/alert"), until_s))
    deeds: list[Deed] = []
    for kind, draws in _KINDS.items():
        if kind not in without:
            deeds += draws(random.Random(f"{seed}/{kind}"), until_s, alerts)
    return in_order(*(deed for deed in deeds if deed.at_s < until_s))


# ------------------------------------------------------------------------------------------ each kind

_Alerts = tuple[Alert, ...]


def _times(draw: random.Random, from_s: float, until_s: float, every_s: float) -> Iterator[float]:
    """Moments at random, in the mean so far apart."""
    at_s = from_s
    while at_s < until_s:
        yield round(at_s, 2)
        at_s += draw.expovariate(1 / every_s)


def _some(draw: random.Random, until_s: float, a_minute: float) -> list[float]:
    """A few moments, at least one in three minutes, none at the very beginning or end."""
    times = max(round(until_s / 60 * a_minute), until_s >= 60)
    return [round(draw.uniform(0.15 * until_s, 0.95 * until_s), 2) for _ in range(times)]


def _alerts(draw: random.Random, until_s: float) -> Iterator[Alert]:
    for n, at_s in enumerate(_times(draw, 1.0, until_s - 4, 7.0)):
        yield Alert(
            at_s=at_s,
            id=f"nemesis-{n}",
            user=draw.randrange(USERS),
            how=draw.choices(tuple(How), (9, 2, 1, 2, 6))[0],
            line=draw.randrange(PUBLIC),
            needs_112=draw.random() < 0.66,
            aloud=draw.random() < 0.5,
            withdrawn=draw.random() < 0.15,
            thinks_s=round(draw.uniform(0.5, 5), 1),
        )


def _again(draw: random.Random, until_s: float, alerts: _Alerts) -> Iterator[Again]:
    for one in alerts:
        if draw.random() < 0.35:
            yield Again(at_s=one.at_s + draw.choice((0.02, 0.3, 1, 4, 10)), id=one.id)


def _cancels(draw: random.Random, until_s: float, alerts: _Alerts) -> Iterator[Cancel]:
    for one in alerts:
        if draw.random() < 0.25:
            pin = draw.choice((RIGHT_PIN, DURESS_PIN, WRONG_PIN))
            yield Cancel(at_s=round(one.at_s + draw.uniform(0.5, 20), 2), id=one.id, pin=pin)


def _messages(draw: random.Random, until_s: float, alerts: _Alerts) -> Iterator[Message]:
    for one in alerts:
        for n in range(draw.choice((0, 0, 1, 3))):
            at_s = round(one.at_s + draw.uniform(1, 25), 2)
            yield Message(at_s=at_s, id=one.id, message=f"{one.id}-message-{n}")


def _positions(draw: random.Random, until_s: float, alerts: _Alerts) -> Iterator[Position]:
    for one in alerts:
        for _ in range(draw.choice((0, 1, 2))):
            yield Position(at_s=round(one.at_s + draw.uniform(0.2, 25), 2), id=one.id)


def _call_ins(draw: random.Random, until_s: float, alerts: _Alerts) -> Iterator[CallIn]:
    for one in alerts:
        if draw.random() < 0.15:
            at_s = round(one.at_s + draw.uniform(3, 15), 2)
            yield CallIn(at_s=at_s, user=one.user, line=draw.randrange(PUBLIC))


def _orders(draw: random.Random, until_s: float, alerts: _Alerts) -> Iterator[Order]:
    for n, at_s in enumerate(_times(draw, 4.0, until_s, 3.0)):
        yield Order(
            at_s=at_s,
            command=draw.choices(tuple(_PRESSED), tuple(_PRESSED.values()))[0],
            operator=draw.randrange(OPERATORS),
            pick=draw.randrange(1000),
            only_open=draw.random() < 0.75,
            times=draw.choice((1, 1, 1, 2, 3)),
            party=draw.choice(tuple(Party)),
            text=f"text-{n}",
        )


def _shifts(draw: random.Random, until_s: float, alerts: _Alerts) -> Iterator[Shift]:
    for at_s in _times(draw, 10.0, until_s, 25.0):
        state = draw.choice(tuple(ShiftState))
        operator, for_s = draw.randrange(OPERATORS), round(draw.uniform(2, 15), 1)
        yield Shift(at_s=at_s, operator=operator, state=state, for_s=for_s)


def _strikes(draw: random.Random, until_s: float, alerts: _Alerts) -> Iterator[Strike]:
    for at_s in _times(draw, 5.0, until_s, 3.7):
        # A third of them several at once, as one fault of a machine is.
        for _ in range(draw.choice((1, 1, 2, 3)) if draw.random() < 0.35 else 1):
            yield Strike(
                at_s=round(at_s + draw.uniform(0, 0.4), 2),
                role=draw.choices(tuple(_STRUCK), tuple(_STRUCK.values()))[0],
                pick=draw.randrange(1000),
                busy=draw.random() < 0.7,
                frozen_s=0.0 if draw.random() < 0.65 else draw.choice((0.2, 0.6, 1.2, 2.5, 5.0)),
            )


def _wholes(draw: random.Random, until_s: float, alerts: _Alerts) -> Iterator[Whole]:
    for at_s in _some(draw, until_s, 0.7):
        how, down_s = draw.choice(("stop", "kill", "node")), draw.choice((0.0, 0.5, 2.0, 6.0))
        yield Whole(at_s=at_s, how=how, down_s=down_s, node=draw.randrange(NODES))


def _nodes(draw: random.Random, until_s: float, alerts: _Alerts) -> Iterator[Node]:
    for at_s in _times(draw, 5.0, until_s, 10.0):
        for_s = draw.choice((0.4, 0.9, 1.6, 3.0, 5.0, 8.0))
        yield Node(at_s=at_s, what=draw.choice(tuple(What)), node=draw.randrange(NODES), for_s=for_s)


def _lines(draw: random.Random, until_s: float, alerts: _Alerts) -> Iterator[Line]:
    for at_s in _times(draw, 6.0, until_s, 11.0):
        fault, for_s = draw.choice(FAULTS), draw.choice((0.5, 2.0, 5.0, 12.0, 25.0))
        yield Line(at_s=at_s, line=draw.choice(LINES), fault=fault, for_s=for_s)


def _phones(draw: random.Random, until_s: float, alerts: _Alerts) -> Iterator[Phone]:
    for at_s in _times(draw, 3.0, until_s, 5.0):
        yield Phone(
            at_s=at_s,
            whose=draw.choices((Party.USER, Party.OPERATOR, Party.PSAP), (6, 3, 2))[0],
            pick=draw.randrange(1000),
            does=draw.choice((*BEHAVIOURS, HANGS_UP_NOW)),
            for_s=draw.choice((3.0, 8.0, 20.0, 40.0)),
        )


def _headsets(draw: random.Random, until_s: float, alerts: _Alerts) -> Iterator[Headset]:
    for at_s in _times(draw, 5.0, until_s, 12.0):
        yield Headset(at_s=at_s, operator=draw.randrange(OPERATORS), for_s=draw.choice((0.3, 1.0, 3.0, 12.0)))


def _locks(draw: random.Random, until_s: float, alerts: _Alerts) -> Iterator[Lock]:
    for at_s in _some(draw, until_s, 0.7):
        yield Lock(at_s=at_s, for_s=draw.choice((0.5, 1.5, 3.0, 6.0)), whole=draw.random() < 0.5)


def _disks(draw: random.Random, until_s: float, alerts: _Alerts) -> Iterator[Disk]:
    for at_s in _some(draw, until_s, 0.5):
        yield Disk(at_s=at_s, for_s=draw.choice((2.0, 6.0, 15.0)))


def _commands(draw: random.Random, until_s: float, alerts: _Alerts) -> Iterator[Command]:
    for at_s in _some(draw, until_s, 2.0):
        yield Command(at_s=at_s, words=draw.choice(COMMANDS), pick=draw.randrange(1000))


_KINDS: Final[dict[str, Callable[[random.Random, float, _Alerts], Iterable[Deed]]]] = {
    "alert": lambda draw, until_s, alerts: alerts,
    "again": _again,
    "cancel": _cancels,
    "message": _messages,
    "position": _positions,
    "callin": _call_ins,
    "order": _orders,
    "shift": _shifts,
    "strike": _strikes,
    "whole": _wholes,
    "node": _nodes,
    "line": _lines,
    "phone": _phones,
    "headset": _headsets,
    "lock": _locks,
    "disk": _disks,
    "command": _commands,
}
KINDS: Final = tuple(_KINDS)
