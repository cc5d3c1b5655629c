"""Check of a person's PIN in requests by the person's phone outside an alert (decision 56).

Nothing in an answer may depend on the PIN: no refusal, no wait, no response time. A wrong PIN and the duress
PIN are therefore answered like the right PIN, and an alarm notifies the operators.
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
from model.rules.pins import PinVerdict, alarm_of_pin
from store import streams
from store.journal.journal import Append
from store.registry.devices import DeviceAppearance, DeviceKey

if TYPE_CHECKING:
    from gateways.http.parts.context import Web

T = TypeVar("T")

ANSWER_S: Final = 0.25
"""Delay in seconds from request to answer, or a multiple of the delay if the center is busy."""
REMEMBERED_MAX: Final = 4096


class TypedPins:
    """The last PIN typed for each person, because the same PIN again is no guess. Only digests are kept, and
    only as long as the process runs.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._last: OrderedDict[UserId, bytes] = OrderedDict()

    def is_another(self, person: UserId, pin: str) -> bool:
        """Return True if the PIN differs from the last PIN typed for the person, and remember the PIN."""
        digest = blake2b(f"{person}:{pin}".encode(), key=self._key).digest()
        before = self._last.get(person)
        self._last[person] = digest
        self._last.move_to_end(person)
        if len(self._last) > REMEMBERED_MAX:
            self._last.popitem(last=False)
        return before != digest


async def check_pin(web: Web, person: UserId, pin: str, look: Callable[[], T]) -> T:
    """Check a person's PIN, in turn. Raises TooMany after several PINs, right or wrong, and Busy. After Busy
    the same PIN again counts once.
    """
    name, now_us = f"pins {person}", web.clock.now_us()
    if (wait_s := web.throttle.wait_s(name, "", now_us)) > 0:
        raise TooMany(f"too many PINs were typed: try again in {wait_s} s", wait_s)
    # Right PINs count as well: otherwise permission to go on typing would reveal that a PIN was right.
    if web.typed.is_another(person, pin):
        web.throttle.count(name, "", now_us)
    return await web.queries.in_turn(look)


async def raise_pin_alarm(web: Web, person: UserId, verdict: PinVerdict, where: str) -> None:
    """Raise the alarm about a wrong PIN or the duress PIN, unless it stands. Raises NotDurable."""
    raised = alarm_of_pin(verdict, person, where)
    if raised is None:
        return
    told = web.following.read_model.alarms.told.get((web.settings.node, raised.alarm, person))
    if told is not None and told.stands:
        return
    await web.writing.run(lambda tx: tx.append(Append(streams.node(web.settings.node), None, (raised,))))


async def with_even_response_time(answer: Awaitable[T]) -> T:
    """Return the answer a multiple of ANSWER_S after the request: the response time reveals nothing."""
    loop = asyncio.get_running_loop()
    begun_s = loop.time()
    try:
        return await answer
    finally:
        await asyncio.sleep(rest_s(loop.time() - begun_s))


def rest_s(spent_s: float) -> float:
    """Return the seconds to the next multiple of ANSWER_S, of a request that has taken `spent_s`."""
    return ANSWER_S - spent_s % ANSWER_S


def is_carried_out(own: DeviceKey, verdict: PinVerdict) -> bool:
    """Return True if a request with a PIN of this verdict is carried out, and not only in appearance."""
    return own.seeming is DeviceAppearance.NOTHING and verdict in (PinVerdict.CANCEL, PinVerdict.NONE_SET)
