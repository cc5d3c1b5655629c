"""Work copy of the Supervisor's state during one decision: the changed roster and the effects so far.

This module makes the changes; `decider` decides which changes to make.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from actors.supervisor.roster import (
    Alarm,
    Create,
    Effect,
    Kill,
    Member,
    Name,
    Phase,
    Publish,
    Roster,
    Workers,
)
from messages.ids import SECOND, Instant
from runtime.system.spec import ActorSpec

KILL_AGAIN_US: Final = SECOND


class Book:
    """Roster and effects during one decision; the effects in order."""

    def __init__(self, roster: Roster, now_us: Instant) -> None:
        self.roster = roster
        self.now_us = now_us
        self.effects: list[Effect] = []

    def change(self, said: Workers) -> None:
        """Record the report of the AlertIntake. A worker that has just received an alert has no bridge yet:
        `voiceless` therefore stays set.
        """
        busy, waiting = max(0, said.busy), max(0, said.waiting)
        self.roster = replace(
            self.roster,
            busy=busy,
            waiting=waiting,
            voiceless=said.voiceless if waiting else self.roster.voiceless,
            lines=self.roster.lines | said.lines if busy or waiting else frozenset(),
        )

    def put(self, member: Member) -> None:
        """Record the new state of an actor."""
        self.roster = replace(self.roster, members={**self.roster.members, member.name: member})

    def remove(self, member: Member) -> None:
        """Remove an actor from the roster."""
        members = dict(self.roster.members)
        del members[member.name]
        self.roster = replace(self.roster, members=members)

    def do(self, *effects: Effect) -> None:
        """Add effects."""
        self.effects.extend(effects)

    def publish(self) -> None:
        """Add the effect `Publish`, once for all changes up to the next other effect."""
        if not self.effects or not isinstance(self.effects[-1], Publish):
            self.do(Publish())

    def create(self, spec: ActorSpec, earlier: Member | None = None) -> None:
        """Create a process for the actor, with the next incarnation."""
        name = spec.role, spec.key
        incarnation = self.roster.incarnations.get(name, 0) + 1
        self.roster = replace(self.roster, incarnations={**self.roster.incarnations, name: incarnation})
        self.put(
            Member(
                spec=spec,
                phase=Phase.CREATING,
                incarnation=incarnation,
                since_us=self.now_us,
                seen_us=self.now_us,
                deaths=earlier.deaths if earlier is not None else (),
                restarts=earlier.restarts if earlier is not None else 0,
                cause=earlier.cause if earlier is not None else "",
            )
        )
        self.do(Create(name=name, cls=spec.cls, incarnation=incarnation))

    def again(self, member: Member, cause: str) -> None:
        """Create the next incarnation of the actor. `cause`: reason in words."""
        self.create(member.spec, replace(member, restarts=member.restarts + 1, cause=cause))

    def kill(self, member: Member, cause: str) -> None:
        """Kill the actor's process; `cause` is reported for its death."""
        until_us = Instant(self.now_us + KILL_AGAIN_US)
        self.put(replace(member, phase=Phase.KILLED, cause=cause, until_us=until_us, kills=member.kills + 1))
        if member.pid:
            self.do(Kill(name=member.name, pid=member.pid, born=member.born))
        self.publish()

    def alarm(self, name: Name, text: str) -> None:
        """Raise an alarm about the actor; clear it if `text` is empty."""
        if (name in self.roster.alarms) != bool(text):
            alarms = self.roster.alarms | {name} if text else self.roster.alarms - {name}
            self.roster = replace(self.roster, alarms=alarms)
            self.do(Alarm(name=name, text=text))
