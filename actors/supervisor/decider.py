"""Decider of the Supervisor: actors to create, kill, rest or adopt. Pure.

A process is identified by its pid, and its death is reported by the kernel. No successor is created before
that report, so a role and key never has two actors; every successor has a higher incarnation.

    an actor dies             it is created again at once
    five deaths within 10 s   critical: its whole group is killed and restarted, in the order of rank
                              not critical: it rests for a minute, with an alarm
    and again within 60 s     critical: the node restarts everything
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, assert_never

from msgspec.structs import replace

from actors.supervisor import desired_actors
from actors.supervisor.book import KILL_AGAIN_US, Book
from actors.supervisor.roster import (
    GONE,
    LIVING,
    Adopt,
    Beat,
    Begin,
    Connected,
    Created,
    Decision,
    Died,
    End,
    Escalate,
    Finished,
    Kill,
    Legs,
    Living,
    Member,
    Name,
    NotCreated,
    Phase,
    Ready,
    Restarted,
    Roster,
    Start,
    Stimulus,
    Stop,
    Stuck,
    Tick,
    Workers,
)
from actors.supervisor.silence import excused, is_silent, is_suspect, patience
from messages.ids import SECOND, AlertId, Instant, Role
from runtime.system.spec import ActorSpec

START_US: Final = 15 * SECOND
"""Time after which an actor that has not started counts as hanging, in microseconds."""
START_AGAIN_US: Final = SECOND
"""Time after which the order to start is repeated, in microseconds; a repeated order has no effect."""
CREATE_US: Final = 10 * SECOND
UNKILLABLE: Final = 3
"""Number of kills without a death that raises an alarm: the process is stuck in the kernel."""
INTENSITY: Final = 5
INTENSITY_US: Final = 10 * SECOND
GROUP_US: Final = 60 * SECOND
REST_US: Final = 60 * SECOND
WELL_US: Final = 10 * SECOND
"""Running time after which an actor with an alarm counts as recovered, in microseconds."""
STARTING: Final = 6
"""Most actors started at a time, except those needed at once. With more, each start takes longer without any
gain: all compete for the processors with those just started.
"""
TOGETHER: Final = 3
"""Number of waiting actors from which none is started by itself. The main cost of a fork is the memory that
the Supervisor touches afterwards and the kernel must copy, once for actors forked together.
"""
SURPLUS_US: Final = 60 * SECOND
LEAVE_US: Final = 2 * SECOND
"""Time for senders that have just read the actor's address in the directory, in microseconds."""
END_US: Final = 2 * SECOND
"""Time for an orderly end, in microseconds; then the process is killed."""


def decide(roster: Roster, stimulus: Stimulus, now_us: Instant) -> Decision:
    """Return the new roster and the effects, in order."""
    if roster.over:
        return Decision(roster=roster)
    deciding = _Deciding(roster, now_us)
    match stimulus:
        case Beat():
            deciding.beat(stimulus)
        case Created(name=name, pid=pid, born=born):
            deciding.created(name, pid, born)
        case NotCreated(name=name, cause=cause):
            deciding.not_created(name, cause)
        case Connected(name=name, pid=pid, address=address):
            deciding.connected(name, pid, address)
        case Ready(name=name, incarnation=incarnation):
            deciding.ready(name, incarnation)
        case Died(pid=pid, cause=cause):
            deciding.died(pid, cause)
        case Workers():
            deciding.change(stimulus)
            deciding.fill()
        case Legs(worker=worker, operators=operators):
            deciding.legs(worker, operators)
        case Stuck(name=name, incarnation=incarnation, reason=reason):
            deciding.stuck(name, incarnation, reason)
        case Tick():
            deciding.tick(stimulus)
        case Begin(living=living, incarnations=incarnations):
            deciding.begin(living, incarnations)
        case Stop():
            deciding.stop()
        case _:
            assert_never(stimulus)
    return Decision(roster=deciding.roster, effects=tuple(deciding.effects))


class _Deciding(Book):
    """Work copy of the roster and the effects during one decision, with the reasons for each change."""

    # ------------------------------------------------------------ life of an actor

    def created(self, name: Name, pid: int, born: int) -> None:
        member = self.roster.members.get(name)
        if member is not None and member.phase is Phase.CREATING:
            self.put(replace(member, pid=pid, born=born))

    def not_created(self, name: Name, cause: str) -> None:
        member = self.roster.members.get(name)
        if member is not None and member.phase is Phase.CREATING:
            self.lost(member, cause)

    def connected(self, name: Name, pid: int, address: bytes) -> None:
        member = self.roster.members.get(name)
        if member is None or member.phase is not Phase.CREATING or member.pid != pid:
            return
        self.put(replace(member, phase=Phase.STARTING, address=address, seen_us=self.now_us))
        self.publish()
        self.do(Start(name=name, address=address, incarnation=member.incarnation))

    def ready(self, name: Name, incarnation: int) -> None:
        member = self.roster.members.get(name)
        if member is None or member.phase is not Phase.STARTING or member.incarnation != incarnation:
            return
        self.put(replace(member, phase=Phase.READY, seen_us=self.now_us))
        self.publish()
        if member.cause:
            self.do(Restarted(name=name, incarnation=incarnation, pid=member.pid, cause=member.cause))
        self.fill()

    def beat(self, beat: Beat) -> None:
        member = self.roster.members.get(beat.name)
        if member is None or member.incarnation != beat.incarnation or member.phase not in LIVING:
            return
        if member.phase is Phase.STARTING:
            # The report of its start went to an earlier Supervisor.
            self.ready(beat.name, beat.incarnation)
            member = self.roster.members[beat.name]
        self.put(replace(member, seen_us=self.now_us, pace_us=beat.pace_us, alert=beat.alert))
        if beat.alert == member.alert:
            return
        if member.spec.role is Role.ALERT_CASE and beat.alert is None:
            operators = {k: v for k, v in self.roster.operators.items() if k != member.spec.key}
            self.roster = replace(self.roster, operators=operators)
        if member.phase is Phase.LEAVING and beat.alert is not None:
            # A sender found the actor before it had left the directory.
            self.stay(member.worker)
        self.publish()
        self.fill()

    def stay(self, worker: str) -> None:
        """Keep a worker that was leaving."""
        for member in list(self.roster.members.values()):
            if member.worker == worker and member.phase is Phase.LEAVING:
                self.put(replace(member, phase=Phase.READY))

    # ------------------------------------------------------------ death of an actor

    def died(self, pid: int, cause: str) -> None:
        for member in self.roster.members.values():
            if member.pid == pid and member.phase not in GONE:
                # An actor that was killed is recorded with the reason for the kill.
                self.lost(member, member.cause if member.phase is Phase.KILLED else cause or "died")
                return

    def lost(self, member: Member, cause: str) -> None:
        """Handle the loss of an actor's process."""
        self.publish()
        leaves = member.phase in (Phase.STOPPING, Phase.LEAVING)
        if self.roster.stop_us is not None or leaves:
            self.remove(member)
            if self.roster.stop_us is not None and not self.roster.members:
                self.roster = replace(self.roster, over=True)
                self.do(Finished())
            elif self.roster.stop_us is None:
                self.fill()
            return
        dead = replace(member, pid=0, born=0, address=b"", alert=None, cause=cause, kills=0, phase=Phase.DOWN)
        if member.phase is Phase.KILLED and cause == _with_group(member.spec.group):
            self.put(dead)
            self.restart_group(member.spec.group)
            return
        recent = tuple(at for at in member.deaths if at > self.now_us - INTENSITY_US)
        dead = replace(dead, deaths=(*recent, self.now_us))
        if self.waits_for_group(member.spec.group):
            self.put(dead)
            self.restart_group(member.spec.group)
        elif len(dead.deaths) < INTENSITY:
            self.again(dead, cause)
        elif member.spec.critical:
            self.put(dead)
            self.escalate(dead)
        else:
            self.put(replace(dead, phase=Phase.RESTING, until_us=Instant(self.now_us + REST_US), deaths=()))
            self.alarm(
                dead.name,
                f"died {INTENSITY} times within 10 s, last cause: {cause}; the next start is in a minute",
            )
            self.fill()

    def waits_for_group(self, group: str) -> bool:
        """Return True if an actor of the group waits for the deaths of the others."""
        return any(m.phase is Phase.DOWN and m.spec.group == group for m in self.roster.members.values())

    def escalate(self, member: Member) -> None:
        """Restart the group, or everything: restarts of the actor itself have not helped."""
        group = member.spec.group
        last_us = self.roster.group_restarts.get(group)
        if last_us is not None and self.now_us - last_us < GROUP_US:
            self.roster = replace(self.roster, over=True)
            self.do(Escalate(reason=f"{member.spec.role} {member.spec.key}: {member.cause}"))
            return
        restarts = {**self.roster.group_restarts, group: self.now_us}
        self.roster = replace(self.roster, group_restarts=restarts)
        for other in list(self.roster.members.values()):
            if other.spec.group == group and other.phase not in GONE:
                self.kill(other, _with_group(group))
        self.restart_group(group)

    def restart_group(self, group: str) -> None:
        """Create all actors of the group again, in the order of rank, once the last of them is dead."""
        if not desired_actors.group_is_down(self.roster, group):
            return
        down = [m for m in self.roster.members.values() if m.spec.group == group and m.phase is Phase.DOWN]
        for member in sorted(down, key=lambda m: desired_actors.rank(m.spec)):
            self.again(replace(member, deaths=()), member.cause)

    # ------------------------------------------------------------ required actors

    def fill(self) -> None:
        """Create all missing actors that are due."""
        if self.roster.stop_us is not None:
            return
        room = STARTING - desired_actors.processes(self.roster)
        # Without room, only actors that must not wait.
        for spec in list(desired_actors.missing(self.roster, room if room >= TOGETHER else 0)):
            self.create(spec)

    def legs(self, worker: str, operators: int) -> None:
        workers = self.roster.plan.workers
        if workers is None or not 1 <= operators <= workers.operators:
            return
        if operators > self.roster.operators.get(worker, 1):
            self.roster = replace(self.roster, operators={**self.roster.operators, worker: operators})
            self.fill()

    def thin_out(self) -> None:
        """Release surplus workers after a while, and operators' legs that are no longer needed."""
        for leg in list(desired_actors.idle_extra_legs(self.roster)):
            self.leave(leg)
        worker = desired_actors.surplus(self.roster)
        if worker is None:
            self.roster = replace(self.roster, surplus_us=None)
        elif self.roster.surplus_us is None:
            self.roster = replace(self.roster, surplus_us=self.now_us)
        elif self.now_us - self.roster.surplus_us >= SURPLUS_US:
            for member in desired_actors.workers(self.roster)[worker]:
                if member.phase is Phase.READY:
                    self.leave(member)

    def leave(self, member: Member) -> None:
        until_us = Instant(self.now_us + LEAVE_US)
        self.put(replace(member, phase=Phase.LEAVING, until_us=until_us))
        self.publish()

    def stuck(self, name: Name, incarnation: int, reason: str) -> None:
        """Kill the actor if its incarnation is still the reported one; its death is handled as any other."""
        member = self.roster.members.get(name)
        if member is not None and member.incarnation == incarnation and member.phase is Phase.READY:
            self.kill(member, f"stuck: {reason}")

    # ------------------------------------------------------------ time

    def tick(self, tick: Tick) -> None:
        self.roster = replace(excused(self.roster, tick, self.now_us), looked_us=self.now_us)
        factor = patience(self.roster, self.now_us)
        for member in list(self.roster.members.values()):
            if self.roster.over:
                return
            self.look_at(self.roster.members.get(member.name), factor, tick.stopped)
        if self.roster.stop_us is None:
            self.thin_out()
            self.fill()

    def look_at(self, member: Member | None, factor: int, stopped: Collection[int]) -> None:
        """Apply the changes that depend on time alone. `factor`: of the tolerated silence."""
        if member is None:
            return
        if member.pid in stopped and is_suspect(member, self.now_us):
            self.kill(member, "stopped")
            return
        age_us = self.now_us - member.since_us
        due = self.now_us >= member.until_us
        match member.phase:
            case Phase.CREATING if age_us > CREATE_US:
                self.kill(member, "no process was created")
            case Phase.STARTING if age_us > START_US:
                self.kill(member, "the process did not start")
            case Phase.STARTING if self.now_us - member.seen_us >= START_AGAIN_US:
                self.put(replace(member, seen_us=self.now_us))
                self.publish()
                self.do(Start(name=member.name, address=member.address, incarnation=member.incarnation))
            case Phase.READY | Phase.LEAVING if is_silent(member, self.now_us, factor):
                self.kill(member, "no heartbeat")
            case Phase.READY if member.name in self.roster.alarms and age_us > WELL_US:
                self.alarm(member.name, "")
            case Phase.LEAVING if due and not self.worker_is_busy(member):
                self.put(replace(member, phase=Phase.STOPPING, until_us=Instant(self.now_us + END_US)))
                self.do(End(name=member.name, address=member.address))
            case Phase.STOPPING if due:
                self.kill_again(member)
            case Phase.KILLED if due:
                self.kill_again(member)
            case Phase.RESTING if due:
                self.again(member, member.cause)
            case _:
                pass

    def worker_is_busy(self, member: Member) -> bool:
        """Return True if an alert keeps this actor: its own or, if the whole worker leaves, any of the
        worker's.
        """
        worker = desired_actors.workers(self.roster).get(member.worker, [])
        whole = any(m.spec.role is Role.ALERT_CASE and m.phase is Phase.LEAVING for m in worker)
        return member.alert is not None or (whole and desired_actors.is_busy(worker))

    def kill_again(self, member: Member) -> None:
        if not member.pid:
            # No process existed that could die.
            self.lost(member, member.cause)
            return
        until_us = Instant(self.now_us + KILL_AGAIN_US)
        self.put(replace(member, until_us=until_us, kills=member.kills + 1))
        self.do(Kill(name=member.name, pid=member.pid, born=member.born))
        if member.kills >= UNKILLABLE:
            self.alarm(member.name, f"process {member.pid} cannot be ended")

    # ------------------------------------------------------------ start and stop

    def begin(self, living: tuple[Living, ...], incarnations: dict[Name, int]) -> None:
        """Adopt the actors of an earlier Supervisor, and create missing ones."""
        known = dict(incarnations)
        for one in living:
            known[one.role, one.key] = max(one.incarnation, known.get((one.role, one.key), 0))
        self.roster = replace(self.roster, incarnations=known, looked_us=self.now_us)
        for one in living:
            self.adopt(one)
        self.publish()
        self.fill()

    def adopt(self, one: Living) -> None:
        name = one.role, one.key
        spec = desired_actors.spec_of(self.roster, one.role, one.key)
        phase = Phase.READY if one.ready else Phase.STARTING
        if spec is None:
            spec, phase = ActorSpec(role=one.role, key=one.key, cls="", group=""), Phase.STOPPING
        self.put(
            Member(
                spec=spec,
                phase=phase,
                incarnation=one.incarnation,
                pid=one.pid,
                born=one.born,
                address=one.address,
                alert=AlertId(one.alert) if one.alert is not None else None,
                since_us=self.now_us if phase is Phase.STARTING else one.since_us,
                seen_us=self.now_us,
                until_us=Instant(self.now_us + END_US),
                restarts=one.restarts,
            )
        )
        self.do(Adopt(name=name, pid=one.pid, born=one.born, address=one.address))
        if phase is Phase.STOPPING:
            self.do(End(name=name, address=one.address))

    def stop(self) -> None:
        """End all actors: the cases first, the pools last."""
        if self.roster.stop_us is not None:
            return
        self.roster = replace(self.roster, stop_us=Instant(self.now_us + END_US))
        members = sorted(
            self.roster.members.values(), key=lambda m: desired_actors.rank(m.spec), reverse=True
        )
        for member in members:
            match member.phase:
                case Phase.STARTING | Phase.READY | Phase.LEAVING | Phase.STOPPING:
                    until_us = Instant(self.now_us + END_US)
                    self.put(replace(member, phase=Phase.STOPPING, until_us=until_us))
                    self.do(End(name=member.name, address=member.address))
                case Phase.CREATING:
                    self.kill(member, "stopped")
                case Phase.KILLED:
                    pass
                case Phase.DOWN | Phase.RESTING:
                    self.remove(member)
                case _:
                    assert_never(member.phase)
        if not self.roster.members:
            self.roster = replace(self.roster, over=True)
            self.do(Finished())


def _with_group(group: str) -> str:
    return f"restart of {group}"
