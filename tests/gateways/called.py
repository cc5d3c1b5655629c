"""A callout, told from the journal: Carla has not answered, and Anna is called."""

from __future__ import annotations

from messages.events import (
    AlarmRaised,
    CalloutAlarm,
    CalloutFailed,
    CalloutOpened,
    CalloutTold,
    CalloutTried,
    Event,
)
from messages.ids import CalloutFailure, DutyWay, Instant, LineId, NodeId, PersonId
from model.callouts.roster import Contact, Person, Roster
from store import streams
from store.journal.journal import Append, Journal
from store.roster import store_roster

NUMBER = "+393331112299"
CALLOUT = "c1"
PEOPLE = tuple(
    Person(id=PersonId(name.split()[0].lower()), name=name, contacts=(Contact(way=DutyWay.CALL, to=NUMBER),))
    for name in ("Carla Neri", "Anna Verdi")
)


def roster(journal: Journal) -> None:
    """Both are on it."""
    journal.transact(lambda tx: store_roster(tx, Roster(people=PEOPLE), was_version=None, by="test"))


def write(journal: Journal, *events: Event) -> None:
    """Into the stream of all callouts."""
    journal.append(Append(streams.DUTY, None, events))


def alarm_of(journal: Journal, node: NodeId, alarm: str = "line.no_sim", subject: str = "L1") -> CalloutAlarm:
    """Raised now."""
    raised = AlarmRaised(alarm=alarm, subject=subject, text=f"{subject} in English.")
    (recorded,) = journal.append(Append(streams.node(node), None, (raised,)))
    return CalloutAlarm(alarm=alarm, subject=subject, node=node, raised_at=Instant(recorded.at_us))


def tried(
    number: int, person: str, way: DutyWay = DutyWay.CALL, round: int = 1, line: LineId | None = None
) -> CalloutTried:
    return CalloutTried(
        callout=CALLOUT, attempt=number, round=round, person=person, way=way, contact=0, line=line
    )


def opened(journal: Journal, node: NodeId) -> CalloutOpened:
    """Of two alarms, which it raises."""
    alarms = (alarm_of(journal, node), alarm_of(journal, node, "backup.old", "backup"))
    return CalloutOpened(callout=CALLOUT, alarms=alarms)


def carla_then_anna(journal: Journal, node: NodeId) -> None:
    """As the module says."""
    roster(journal)
    write(
        journal,
        opened(journal, node),
        tried(1, "carla", DutyWay.SMS),
        CalloutTold(callout=CALLOUT, attempt=1),
        tried(2, "carla"),
        CalloutFailed(callout=CALLOUT, attempt=2, why=CalloutFailure.NOT_ANSWERED, cause=18),
        tried(3, "anna", DutyWay.SMS),
        CalloutTold(callout=CALLOUT, attempt=3),
        tried(4, "anna"),
    )
