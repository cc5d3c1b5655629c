"""Does to messages and actors what the script says, at the moments at which it says so."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

from messages.envelope import Envelope
from messages.ids import SECOND, Role
from runtime.actor import CenterActor
from runtime.clock import VirtualClock
from runtime.published.directory import Entry
from runtime.system.one_process import OneProcess
from tests.chaos.in_process.script import Blow, Does, Fault, Hit, Script

COMMITTED = "committed"
"""In a fault's kinds, what the journal's notifier says."""


class Messages:
    """What becomes of each message (`Environment.faults`)."""

    def __init__(self, script: Script, clock: VirtualClock) -> None:
        self._faults = script.faults
        self._clock = clock
        self._dice = random.Random(script.seed)
        self._start_us: int | None = None
        self.met: Counter[str] = Counter()

    def begin(self) -> None:
        """The script's time begins now."""
        self._start_us = self._clock.now_us()

    def __call__(self, envelope: Envelope, role: Role | None, key: str) -> Sequence[float]:
        if self._start_us is None:
            return (0.0,)
        now_s = (self._clock.now_us() - self._start_us) / SECOND
        for fault in self._faults:
            if self._meets(fault, envelope.body.__struct_config__.tag, role, now_s):
                self.met[fault.does] += 1
                match fault.does:
                    case Does.LOSE:
                        return ()
                    case Does.REPEAT:
                        return (0.0, self._dice.random() * fault.by_s)
                    case Does.DELAY:
                        return (self._dice.random() * fault.by_s,)
        return (0.0,)

    def loses_notification(self) -> bool:
        """Whether nobody hears of the commit that was just made."""
        if self._start_us is None:
            return False
        now_s = (self._clock.now_us() - self._start_us) / SECOND
        losing = (fault for fault in self._faults if fault.does is Does.LOSE)
        lost = any(self._meets(fault, COMMITTED, None, now_s) for fault in losing)
        self.met["notification lost"] += lost
        return lost

    def _meets(self, fault: Fault, kind: object, role: Role | None, now_s: float) -> bool:
        if not fault.from_s <= now_s < fault.from_s + fault.for_s:
            return False
        if fault.to is not None and fault.to is not role:
            return False
        if fault.kinds and kind not in fault.kinds:
            return False
        return fault.share >= 1 or self._dice.random() < fault.share


class Blows:
    """Strikes actors."""

    def __init__(self, script: Script, system: OneProcess) -> None:
        self._waiting = sorted(script.blows, key=lambda blow: blow.at_s)
        self._system = system
        self._armed: list[tuple[Blow, Role, str]] = []
        self._frozen: list[tuple[float, Entry]] = []
        self.met: Counter[str] = Counter()
        system.base.after_send = self.after_send

    def look(self, now_s: float) -> None:
        """Strike whoever is due."""
        while self._waiting and self._waiting[0].at_s <= now_s:
            self._strike(self._waiting.pop(0), now_s)
        for until_s, entry in [one for one in self._frozen if one[0] <= now_s]:
            self._frozen.remove((until_s, entry))
            self._system.thaw(entry)

    def end(self) -> None:
        """The trouble is over."""
        self._waiting.clear()
        self._armed.clear()
        for _, entry in self._frozen:
            self._system.thaw(entry)
        self._frozen.clear()

    def _strike(self, blow: Blow, now_s: float) -> None:
        processes, directory = self._system.env.processes, self._system.env.directory
        living = [one for one in directory.all_of(blow.role) if processes.alive(one.pid, one.born)]
        living.sort(key=lambda one: (one.alert is None, one.key))
        if not living:
            return
        entry = living[blow.which % len(living)]
        match blow.hit:
            case Hit.KILL:
                self.met[f"{blow.hit} {blow.role}"] += 1
                processes.kill(entry.pid, entry.born)
            case Hit.FREEZE:
                self.met[f"{blow.hit} {blow.role}"] += 1
                self._system.freeze(entry.role, entry.key)
                self._frozen.append((now_s + blow.for_s, entry))
            case Hit.KILL_AFTER_COMMIT | Hit.KILL_AFTER_SENDING:
                self._armed.append((blow, entry.role, entry.key))

    def _due(self, actor: CenterActor, hit: Hit) -> bool:
        for armed in self._armed:
            blow, role, key = armed
            if blow.hit is hit and (actor.role, actor.key) == (role, key):
                self._armed.remove(armed)
                self.met[f"{hit} {role}"] += 1
                return True
        return False

    def after_send(self, actor: CenterActor) -> bool:
        """Whether it dies now that it has told somebody something."""
        return bool(self._armed) and self._due(actor, Hit.KILL_AFTER_SENDING)

    def committed(self) -> None:
        """Somebody has written: whoever it was may die of it."""
        actor = self._system.base.at_work
        if self._armed and actor is not None and self._due(actor, Hit.KILL_AFTER_COMMIT):
            self._system.base.die_here()
