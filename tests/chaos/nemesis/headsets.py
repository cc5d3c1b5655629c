"""The operators' headsets, where the round has them: each comes back by itself, unless it is put away."""

from __future__ import annotations

import threading
from contextlib import suppress

from websockets.exceptions import WebSocketException

from tests.chaos.nemesis.deeds import Headset
from tests.chaos.nemesis.done import Done
from tests.chaos.nemesis.world import World
from tests.support.headset import headset

LOOKS_EVERY_S = 0.3
SAYS_HZ = 620.0


class Headsets:
    """See the module; a thread an operator."""

    def __init__(self, world: World, done: Done, *, healed: threading.Event, over: threading.Event) -> None:
        self._world, self._done, self._healed, self._over = world, done, healed, over
        self._away: set[int] = set()
        staff = range(len(world.tokens)) if world.headsets else ()
        self._threads = [threading.Thread(target=self._wear, args=(operator,)) for operator in staff]
        for thread in self._threads:
            thread.start()

    def put_away(self, deed: Headset) -> None:
        """For a while; nothing where operators have telephones."""
        if not self._threads:
            return
        self._done.say(f"the headset of operator {deed.operator} is away for {deed.for_s} s")
        self._away.add(deed.operator)
        self._healed.wait(deed.for_s)
        self._away.discard(deed.operator)

    def end(self) -> None:
        """Once the round is over."""
        for thread in self._threads:
            thread.join()

    def _wear(self, operator: int) -> None:
        address, token = self._world.center.address, self._world.tokens[operator]
        while not self._over.wait(LOOKS_EVERY_S):
            if operator in self._away:
                continue
            with (
                suppress(OSError, TimeoutError, WebSocketException),
                headset(address, token, SAYS_HZ) as worn,
            ):
                while worn.connected and operator not in self._away:
                    if self._over.wait(LOOKS_EVERY_S):
                        break
