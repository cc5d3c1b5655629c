"""Joining the calls of one line in the network, where its modem gives no voice to the host. Pure.

For a call that is added those before it are put on hold (22.083); as soon as it is answered all are joined
(22.084), and where it comes to nothing those on hold are taken back. What there is to do follows from the
modem's list of calls alone, so that it goes on as well after a restart of this side.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final

import msgspec

from gateways.gsm.at.parse import Stat
from gateways.gsm.calls.call import SETTING_UP, CallView
from gateways.gsm.dialects.dialect import CompiledDialect
from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import Ref
from gateways.gsm.errors import RequestRefused
from messages.base import Joins
from messages.ids import E164

HELD_WITHIN_S: Final = 2.0
"""A modem that has not put the others on hold by then may do so by itself when it is told to dial."""
ADDED_WITHIN_S: Final = 4.0
"""A call for which there is no room by then is not dialled."""


class Move(Enum):
    """What the modem is asked to do with its calls."""

    HOLD = "hold"
    JOIN = "join"
    TAKE_BACK = "take_back"


_AGAIN_S: Final = {Move.HOLD: 60.0, Move.JOIN: 1.0, Move.TAKE_BACK: 3.0}
"""When what has changed nothing is asked again. To join, soon: where the modem says "answered" too early the
network refuses until somebody has. The others are one command, which given twice undoes what it has done."""


def joins(dialect: CompiledDialect, *, voice: bool) -> Joins:
    """How a modem that speaks so joins its calls. `voice`: its voice port is known."""
    data = dialect.data
    if data.voice.kind != "none" and voice:
        return Joins.HOST
    return Joins.NETWORK if data.conference and data.hold and data.hang_up_one else Joins.NONE


def in_conference(call: CallView) -> bool:
    """Whether it hears the others now."""
    return call.in_conference and call.state is Stat.ACTIVE and not call.ending


def next_move(calls: Sequence[CallView], *, adding: bool) -> Move | None:
    """What is due. `adding`: another call waits to be dialled.

    Nothing while a call is being set up or ends, or is nobody's: after a restart its leg may yet ask for it.
    """
    up = [call for call in calls if call.state in (Stat.ACTIVE, Stat.HELD)]
    if any(call.state in SETTING_UP for call in calls):
        return None
    if any(call.ref is None or call.ending or call.emergency for call in up):
        return None
    active = any(call.state is Stat.ACTIVE for call in up)
    held = any(call.state is Stat.HELD for call in up)
    if active and held:
        return Move.JOIN
    if any(call.state is Stat.WAITING for call in calls):
        return None  # it would be that one which is taken, whosever it is
    if active:
        return Move.HOLD if adding else None
    return Move.TAKE_BACK if held and not adding else None


class Adding(msgspec.Struct, kw_only=True):
    """A call that is dialled once the others are on hold."""

    ref: Ref
    number: E164
    since_s: float
    until_s: float
    """How long whoever wishes it has the right to have it dialled, as was said last."""


class Joining:
    """Asks the driver for what is due, and not all the time."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._adding: Adding | None = None
        self._asked: Move | None = None
        self._again_s = 0.0

    @property
    def adding(self) -> Ref | None:
        """Whose call waits to be dialled."""
        return None if self._adding is None else self._adding.ref

    def add(self, ref: Ref, number: E164, now_s: float, until_s: float) -> None:
        """Dial this number beside the calls that there are. One at a time.

        Not from `until_s` on, which `still_wished` puts off: to be put on hold takes longer than a lease
        holds for certain.
        """
        self._adding = Adding(ref=ref, number=number, since_s=now_s, until_s=until_s)

    def still_wished(self, ref: Ref, until_s: float) -> None:
        """Whoever wishes this call has the right to it until then. Nothing where it does not wait."""
        if self._adding is not None and self._adding.ref == ref:
            self._adding.until_s = until_s

    def forget(self, ref: Ref) -> bool:
        """It is not to be dialled any more. False: it was dialled, or never to be."""
        waits = self.adding == ref
        if waits:
            self._adding = None
        return waits

    def go_on(self, now_s: float) -> Ref | None:
        """Do what is due. The call that was to be added and has to be given up, if there is one."""
        calls, adding = self._driver.calls(), self._adding
        move = next_move(calls, adding=adding is not None)
        if adding is not None:
            waited_s = now_s - adding.since_s
            there_is_room = _has_room(calls) or (move is Move.HOLD and waited_s >= HELD_WITHIN_S)
            if there_is_room and now_s < adding.until_s:
                return self._dial(adding, now_s)
            if waited_s >= ADDED_WITHIN_S:
                self._adding = None
                return adding.ref
        if move is None:
            self._asked = None
        elif move is not self._asked or now_s >= self._again_s:
            self._asked, self._again_s = move, now_s + _AGAIN_S[move]
            self._ask(move, calls, now_s)
        return None

    def next_s(self) -> float | None:
        """When `go_on` may have something to do though nothing is heard."""
        times = [self._again_s] if self._asked is not None else []
        if self._adding is not None:
            times += [self._adding.since_s + HELD_WITHIN_S, self._adding.since_s + ADDED_WITHIN_S]
        return min(times, default=None)

    def _dial(self, adding: Adding, now_s: float) -> Ref | None:
        self._adding = None
        try:
            self._driver.dial(adding.ref, adding.number, now_s, until_s=adding.until_s)
        except RequestRefused:
            return adding.ref
        return None

    def _ask(self, move: Move, calls: Sequence[CallView], now_s: float) -> None:
        try:
            match move:
                case Move.HOLD:
                    self._driver.hold(next(call.call for call in calls if call.state is Stat.ACTIVE), now_s)
                case Move.JOIN:
                    self._driver.conference(now_s)
                case Move.TAKE_BACK:
                    self._driver.swap(now_s)
        except RequestRefused:
            pass  # the calls have changed: the next look tells


def _has_room(calls: Sequence[CallView]) -> bool:
    """Whether a call can be dialled: nobody else is being called, and those who talk are on hold."""
    return not any(call.state in SETTING_UP or call.state is Stat.ACTIVE for call in calls)
