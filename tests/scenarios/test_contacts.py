"""Those whom the user trusts are told that 112 was called: once, whoever dies, and not where it betrays."""

from __future__ import annotations

import pytest

from messages import events as ev
from messages.ids import E164, OperatorCommand, Role
from model.record import Contact, PersonRecord
from simulator.control import text_reports
from store import streams
from store.alerts.texting import append_with_contact_texts
from store.errors import VersionConflict
from store.journal.journal import Append
from store.registry.users import records
from store.sms_outbox import read_outbox
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import to_attended
from tests.scenarios.world import USER, World

pytestmark = pytest.mark.scenario
ANNA, PAOLA, LUIGI = E164("+393471234567"), E164("+393471234568"), E164("+393471234569")
PHONES = {str(one): "answer" for one in (ANNA, PAOLA, LUIGI)}
CONTACTS = (
    Contact(name="Anna", number=ANNA, relation="sister", tell=True),
    Contact(name="Paola", number=PAOLA),
    Contact(name="Luigi", number=LUIGI, tell=True),
    Contact(name="herself", number=USER, tell=True),
)


def named(world: World, *contacts: Contact) -> None:
    """The user's record has these contacts."""
    record = PersonRecord(contacts=contacts)
    world.journal.transact(
        lambda tx: records.write_record(tx, world.user.id, record, expected=None, by="test", region="IT")
    )


def with_operator(make_world: MakeWorld, **fields: object) -> World:
    """Operator and user talk."""
    world = make_world(behaviours=PHONES)
    named(world, *CONTACTS)
    to_attended(world, **fields)
    return world


def read(world: World, number: E164) -> list[str]:
    return [str(one["text"]) for one in text_reports(world.network.carrier.messages, number)]


def told_112(world: World) -> None:
    world.order(OperatorCommand.CALL_PSAP)
    world.until("112 is there", lambda: world.case.to_112.joined_at is not None)


def test_whoever_is_to_be_told_is_told_once_112_is_on_the_line(make_world: MakeWorld) -> None:
    world = with_operator(make_world)
    world.advance(5)
    assert world.events(ev.ContactsTexted) == []
    told_112(world)
    world.until("both have read it", lambda: read(world, ANNA) and read(world, LUIGI), within_s=30)
    (texted,) = world.events(ev.ContactsTexted)
    assert isinstance(texted, ev.ContactsTexted)
    assert (texted.names, texted.numbers) == ("Anna, Luigi", f"{ANNA}, {LUIGI}")
    assert "Giulia ha chiesto aiuto e il 112 lo sa" in read(world, ANNA)[0]
    world.order(OperatorCommand.LEAVE).advance(30)
    assert [len(read(world, one)) for one in (ANNA, PAOLA, LUIGI, USER)] == [1, 0, 1, 0]
    assert read_outbox(world.journal) == []


def test_who_was_taken_out_of_the_record_meanwhile_is_not_told(make_world: MakeWorld) -> None:
    world = with_operator(make_world)
    named(world, CONTACTS[1])
    told_112(world)
    world.advance(20)
    assert world.events(ev.ContactsTexted) == [ev.ContactsTexted()]
    assert [len(read(world, one)) for one in (ANNA, PAOLA, LUIGI)] == [0, 0, 0]


@pytest.mark.parametrize("role", [Role.ALERT_CASE, Role.TRUNK_POOL, Role.IDENTIFIER])
def test_killed_around_that_moment_each_is_told_once(make_world: MakeWorld, role: Role) -> None:
    world = with_operator(make_world)
    told_112(world)
    world.kill(role).until("both have read it", lambda: read(world, ANNA) and read(world, LUIGI), within_s=60)
    world.kill(role).advance(30)
    assert [len(read(world, one)) for one in (ANNA, LUIGI)] == [1, 1]
    assert len(world.events(ev.ContactsTexted)) == 1


def test_a_cancellation_of_the_same_moment_is_not_overtaken(make_world: MakeWorld) -> None:
    """The case has decided to tell them, and finds the cancellation in the inbox when it is about to."""
    world = with_operator(make_world)
    decided = world.case
    world.fact(ev.AlertCancelled(duress=True))
    append = Append(streams.case(decided.alert), None, (ev.ContactsTexted(),))
    with pytest.raises(VersionConflict):
        world.journal.transact(lambda tx: append_with_contact_texts(tx, decided, [append], world.settings))
    assert read_outbox(world.journal) == []


def test_who_has_waited_for_a_line_is_not_told_after_a_cancellation(make_world: MakeWorld) -> None:
    world = with_operator(make_world)
    told_112(world)
    world.until("it is asked for", lambda: read_outbox(world.journal) != [])
    world.fact(ev.AlertCancelled(duress=True)).advance(30)
    assert [len(read(world, one)) for one in (ANNA, LUIGI)] == [0, 0]
    assert read_outbox(world.journal) == []
