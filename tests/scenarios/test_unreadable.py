"""What cannot be read in the journal stops nobody: the alert is worked, and somebody is told."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from messages import events as ev
from messages.ids import AlertId, OperatorCommand, Party, Role
from model.alert.leg import leg_id
from model.record import PersonRecord
from store import streams
from store.database import schema
from store.database.query import Query
from store.journal.sealing import encrypt_bytes
from store.registry.users import records
from tests.scenarios.test_flow import ends, joined, to_talking
from tests.scenarios.world import World
from tests.support.unreadable import DAMAGED, newer, write

pytestmark = pytest.mark.scenario

SUNG = ("leg.sung", newer("leg.sung"))
REFUSED = ("note.added", newer("note.added", by=7))
TORN = ("note.added", DAMAGED)


def raised(world: World, alarm: str) -> list[str]:
    """What this alarm was raised about."""
    return [subject for what, name, subject in world.alarms() if (what, name) == ("raised", alarm)]


@pytest.mark.parametrize("what", [SUNG, REFUSED, TORN])
def test_an_alert_is_worked_to_its_end_whatever_cannot_be_read_in_it(
    world: World, what: tuple[str, bytes]
) -> None:
    to_talking(world)
    for stream in (streams.inbox(world.alert), streams.case(world.alert)):
        write(world.journal, stream, *what)
    for owned in (
        streams.operator(world.operators[0]),
        streams.line(world.case.legs[leg_id(world.alert, "user")].line),
    ):
        write(world.journal, owned, *what)
    world.advance(2).kill(Role.ALERT_CASE)
    world.until("the case is taken up again", lambda: world.sheet.restarts == 1)
    ends(world)
    assert world.sheet.unreadable == 2
    if what is TORN:
        own = {streams.inbox(world.alert), streams.case(world.alert)}
        assert own < set(raised(world, "event.damaged"))
        world.advance(1)
        assert {("cleared", "event.damaged", one) for one in own} <= set(world.alarms())
    else:
        assert raised(world, "event.newer") == [what[0]]


def test_an_alert_of_which_only_is_known_that_it_came_has_an_operator(world: World) -> None:
    world.alert = AlertId("torn")
    write(world.journal, streams.inbox(world.alert), "alert.received")
    world.system.run()
    world.until("an operator has it", lambda: Party.OPERATOR in joined(world))
    assert raised(world, "event.damaged") == [streams.inbox(world.alert)]
    assert not world.events(ev.UserIdentified)


def test_what_was_closed_while_nobody_watched_is_no_alarm_any_more(world: World) -> None:
    told = ev.AlarmRaised(alarm="event.damaged", subject="inbox-gone", text="by the process before")
    world.note(told).kill(Role.DEADLINE_WATCHDOG).advance(5)
    assert ("cleared", told.alarm, told.subject) in world.alarms()


def test_a_user_with_a_record_that_cannot_be_read_is_identified_and_helped(world: World) -> None:
    record = PersonRecord(medical="asthma")
    world.journal.transact(
        lambda tx: records.write_record(tx, world.user.id, record, expected=None, by="test", region="IT")
    )
    (key,) = world.journal.rows(Query(select(schema.record_key.c.key)))[0]
    sealed = encrypt_bytes(DAMAGED, bytes(key), "record", world.user.id)
    world.journal.transact(lambda tx: tx.write(Query(update(schema.record).values(sealed=sealed))))
    to_talking(world)
    assert world.case.user == world.user.id
    assert raised(world, "record.unreadable") == [world.alert]
    world.order(OperatorCommand.CALL_PSAP)
    world.until("112 is there", lambda: world.case.to_112.joined_at is not None)
