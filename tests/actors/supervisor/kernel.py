"""A kernel and actors for the Supervisor's decider: does what is decided, and tells what comes of it."""

from __future__ import annotations

from collections import deque
from itertools import count
from typing import Self

from actors.supervisor import roster as of
from actors.supervisor.decider import decide
from actors.supervisor.roster import Effect, Name, Phase, Roster, Stimulus
from actors.supervisor.silence import TICK_US, suspects
from messages.ids import SECOND, AlertId, Instant
from runtime.system.spec import Plan

_PIDS = count(1000)


class Kernel:
    """Processes that live and die, and what the decider thinks of them. It checks what may never be:

    two processes of one role and key, an incarnation that does not grow, a start before the publication.
    """

    def __init__(self, plan: Plan, now_us: int = 1_700_000_000 * SECOND) -> None:
        self.roster = Roster(plan=plan)
        self.now_us = Instant(now_us)
        self.effects: list[Effect] = []
        self.living: dict[int, Name] = {}
        self.given: dict[Name, int] = {}
        self.alerts: dict[Name, AlertId | None] = {}
        self.silent: set[Name] = set()
        """Never say that they have started."""
        self.hung: set[Name] = set()
        """Send no heartbeats any more."""
        self.stopped: set[Name] = set()
        """The same, and the kernel calls them stopped."""
        self.starved: dict[Name, int] = {}
        """The same, and of each tick they have waited so long for a processor."""
        self.deaf: set[Name] = set()
        """Do not end when they are told to."""
        self.impossible: set[Name] = set()
        """No process can be made for them."""
        self.stuck: set[int] = set()
        """Do not die of being killed."""
        self._due: deque[Stimulus] = deque()
        self._published = False

    def decide(self, stimulus: Stimulus) -> Self:
        """Have this decided and done; what comes of it later waits for `settle`."""
        self._adopt(stimulus)
        now: deque[Stimulus] = deque([stimulus])
        while now:
            decision = decide(self.roster, now.popleft(), self.now_us)
            self.roster = decision.roster
            for effect in decision.effects:
                self.effects.append(effect)
                now.extend(self._do(effect))
        return self

    def _adopt(self, stimulus: Stimulus) -> None:
        if isinstance(stimulus, of.Begin):
            self.given.update(stimulus.incarnations)
            for one in stimulus.living:
                self.living[one.pid] = (one.role, one.key)
                self.given[one.role, one.key] = max(one.incarnation, self.given.get((one.role, one.key), 0))
                self.alerts[one.role, one.key] = one.alert

    def _do(self, effect: Effect) -> list[Stimulus]:
        match effect:
            case of.Create(name=name, incarnation=incarnation):
                assert name not in self.living.values(), f"two processes of {name}"
                assert incarnation > self.given.get(name, 0), f"{name}: {incarnation} does not grow"
                self.given[name] = incarnation
                self.alerts.pop(name, None)
                self.hung.discard(name)
                self.stopped.discard(name)
                self.starved.pop(name, None)
                if name in self.impossible:
                    return [of.NotCreated(name=name, cause="impossible")]
                pid = next(_PIDS)
                self.living[pid] = name
                self._due.append(of.Connected(name=name, pid=pid, address=b"T127.0.0.1:%d" % pid))
                return [of.Created(name=name, pid=pid, born=pid)]
            case of.Publish():
                self._published = True
            case of.Start(name=name, incarnation=incarnation):
                assert self._published, f"{name} was started before it was published"
                self._published = False
                if name not in self.silent:
                    self._due.append(of.Ready(name=name, incarnation=incarnation))
            case of.Kill(pid=pid):
                if pid not in self.stuck and self.living.pop(pid, None):
                    self._due.append(of.Died(pid=pid, cause="signal 9"))
            case of.End(name=name):
                pid = self.pid(name)
                if pid is not None and name not in self.deaf:
                    del self.living[pid]
                    self._due.append(of.Died(pid=pid, cause="status 0"))
            case _:
                pass
        return []

    def pid(self, name: Name) -> int | None:
        """The living process of this role and key."""
        return next((pid for pid, whose in self.living.items() if whose == name), None)

    def settle(self) -> Self:
        """Let everything come of it that comes without time passing."""
        while self._due:
            self.decide(self._due.popleft())
        return self

    def take(self, kind: type[Stimulus]) -> Stimulus:
        """The next of this kind that is to come, taken out of its turn."""
        found = next(one for one in self._due if isinstance(one, kind))
        self._due.remove(found)
        return found

    def step(self) -> None:
        """Let one thing come of it."""
        if self._due:
            self.decide(self._due.popleft())

    def beat(self) -> Self:
        """A heartbeat of everyone who can."""
        for name in list(self.living.values()):
            member = self.roster.members.get(name)
            silent = self.hung | self.stopped | set(self.starved)
            if member is not None and name not in silent and member.phase is not Phase.CREATING:
                if name in self.silent and member.phase is Phase.STARTING:
                    continue
                self.decide(of.Beat(name=name, incarnation=self.given[name], alert=self.alerts.get(name)))
        return self

    def advance(self, by_us: int) -> Self:
        """Let time pass, with heartbeats and ticks."""
        until_us = self.now_us + by_us
        while self.now_us < until_us:
            self.now_us = Instant(min(self.now_us + TICK_US, until_us))
            self.beat()
            self.decide(self._tick())
            self.settle()
        return self

    def _tick(self) -> of.Tick:
        asked = {pid: self.living[pid] for pid in suspects(self.roster, self.now_us) if pid in self.living}
        return of.Tick(
            stopped=frozenset(pid for pid, name in asked.items() if name in self.stopped),
            waited_us={pid: self.starved[name] for pid, name in asked.items() if name in self.starved},
        )

    def kill(self, name: Name) -> Self:
        """Kill its process from outside, and see what comes of it."""
        pid = self.pid(name)
        assert pid is not None
        del self.living[pid]
        self.decide(of.Died(pid=pid, cause="signal 9"))
        self.settle()
        return self

    def free(self) -> Self:
        """Those that were stuck die."""
        for pid in list(self.stuck):
            self.stuck.discard(pid)
            if self.living.pop(pid, None):
                self.decide(of.Died(pid=pid, cause="signal 9"))
        self.settle()
        return self

    def busy(self, name: Name, alert: str | None) -> Self:
        """It becomes busy with this."""
        self.alerts[name] = None if alert is None else AlertId(alert)
        self.decide(of.Beat(name=name, incarnation=self.given[name], alert=self.alerts[name]))
        return self

    def begin(self, incarnations: dict[Name, int] | None = None) -> Self:
        """The Supervisor starts, and nobody is there."""
        self.decide(of.Begin(living=(), incarnations=incarnations or {}))
        return self

    @property
    def created(self) -> list[Name]:
        """Those for whom a process was made, in order."""
        return [effect.name for effect in self.effects if isinstance(effect, of.Create)]

    @property
    def killed(self) -> list[Name]:
        """Those who were killed."""
        return [effect.name for effect in self.effects if isinstance(effect, of.Kill)]

    def ready(self) -> set[Name]:
        """Everyone who is ready."""
        return {name for name, m in self.roster.members.items() if m.phase is Phase.READY}
