"""The PIN of a person whose phone sees to its own things, outside an alert (decision 56).

Nothing that is answered may follow from what a PIN is: not a refusal, not a wait, not the time taken. So a
PIN that is wrong or the duress PIN is answered as the right one, and the operators are told of it.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, TypeVar

from gateways.http.wire.errors import TooMany
from messages.ids import UserId
from model.rules.pins import PinVerdict, outside_alert
from store import streams
from store.journal.journal import Append
from store.registry.devices import DeviceKey, Seeming

if TYPE_CHECKING:
    from gateways.http.parts.context import Web

T = TypeVar("T")

ANSWER_S: Final = 0.25
"""An answer comes so long after its request, or a whole multiple of it where the center is busy."""
REMEMBERED_MAX: Final = 4096


class TypedPins:
    """The PIN that was typed last for each person: typed again it is no guess. Nothing is kept beyond the
    process, and of a PIN a digest alone.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._last: OrderedDict[UserId, bytes] = OrderedDict()

    def is_another(self, person: UserId, pin: str) -> bool:
        """Return True where this PIN is not the one that was typed for the person before it."""
        digest = blake2b(f"{person}:{pin}".encode(), key=self._key).digest()
        before = self._last.get(person)
        self._last[person] = digest
        self._last.move_to_end(person)
        if len(self._last) > REMEMBERED_MAX:
            self._last.popitem(last=False)
        return before != digest


async def guarded(web: Web, person: UserId, pin: str, look: Callable[[], T]) -> T:
    """Look at a PIN of a person, in turn. Raises TooMany after several PINs, right or wrong, and Busy: typed
    again then, the PIN is counted once.
    """
    name, now_us = f"pins {person}", web.clock.now_us()
    if (wait_s := web.throttle.wait_s(name, "", now_us)) > 0:
        raise TooMany(f"too many PINs: try again in {wait_s} s", wait_s)
    # Right ones count as well: who is let go on typing would know by it that one was right.
    if web.typed.is_another(person, pin):
        web.throttle.count(name, "", now_us)
    return await web.queries.in_turn(look)


async def tell_operators(web: Web, person: UserId, verdict: PinVerdict, where: str) -> None:
    """Raise the alarm about a PIN that was wrong or the duress PIN, unless it stands. Raises NotDurable."""
    raised = outside_alert(verdict, person, where)
    if raised is None:
        return
    told = web.following.picture.alarms.told.get((web.settings.node, raised.alarm, person))
    if told is not None and told.stands:
        return
    await web.writing.run(lambda tx: tx.append(Append(streams.node(web.settings.node), None, (raised,))))


async def evenly(answer: Awaitable[T]) -> T:
    """Return the answer a whole multiple of ANSWER_S after it was asked for: its time tells nothing."""
    loop = asyncio.get_running_loop()
    begun_s = loop.time()
    try:
        return await answer
    finally:
        await asyncio.sleep(rest_s(loop.time() - begun_s))


def rest_s(spent_s: float) -> float:
    """How long the answer still waits, so many seconds after the request."""
    return ANSWER_S - spent_s % ANSWER_S


def proves(own: DeviceKey, verdict: PinVerdict) -> bool:
    """Whether what this phone asks for with a PIN of this verdict is done, and not only seemingly."""
    return own.seeming is Seeming.NOTHING and verdict in (PinVerdict.CANCEL, PinVerdict.NONE_SET)
