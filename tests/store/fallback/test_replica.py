"""What the fallback holds before it is needed, and that nothing erased comes back by it."""

import os

from messages.events import AlertClosed
from messages.ids import OperatorId, Outcome
from model.alert.evolve import fold
from model.alert.live import LiveCases
from model.first_run import Need
from store import streams
from store.alerts.accepting import accept
from store.alerts.erasing import erase_person
from store.alerts.reopening import reopen
from store.confirmations import confirm, confirmations
from store.database import schema
from store.fallback import replica
from store.journal.erasable import KEY_ROW, streams_of
from store.journal.history import alerts_of_number
from store.journal.journal import Append
from store.journal.rebuild import rebuild
from store.journal.verify import verify_journal
from store.registry.people import Person
from store.registry.registry import Registry
from tests.store.fallback.node import DEADLINE_S, USER, Disk, Node, back, lasts
from tests.store.places import answered, returned, signal
from tests.support.there import there


def test_each_table_of_the_journal_is_copied_or_said_not_to_be() -> None:
    said = {*replica._PEOPLE, *replica._STAFF, *replica._BY_ALERT, *replica._NOT_COPIED, schema.event}
    assert set(schema.event.metadata.sorted_tables) == said


def test_what_a_person_has_confirmed_stands_while_the_disk_is_gone(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    journal.transact(lambda tx: confirm(tx, Need.UPS, OperatorId("eva"), "two hours"))
    keeper.replicate(anew=True)
    disk.is_gone()
    journal.append(Append("line-a", None, (returned(),)))
    assert not journal.durable
    assert set(confirmations(journal)) == {Need.UPS}


def test_the_spare_does_not_grow_with_the_journal(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    for n in range(60):
        alert = accept(journal, signal(node.clock, phone=f"+3933300000{n:02d}"), DEADLINE_S).alert
        journal.append(Append(streams.case(alert), 0, (AlertClosed(outcome=Outcome.CANCELLED),)))
        journal.append(Append("line-a", None, (returned(),)), Append("node-n1", None, (returned(),)))
        node.clock.forward(20)
        keeper.replicate(anew=True)
    with keeper._open_fallback() as fallback:
        events = int(fallback.script("SELECT count(*) FROM event")[0][0])
        alerts = int(fallback.script("SELECT count(*) FROM event WHERE stream LIKE 'inbox-%'")[0][0])
    assert alerts <= 10
    assert events < 120
    disk.is_gone()
    assert journal.version("line-a") == 60


def test_a_late_signal_finds_its_closed_alert_in_the_spare(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    alert = accept(journal, signal(node.clock), DEADLINE_S).alert
    node.clock.forward(10)
    journal.append(Append(streams.case(alert), 0, (AlertClosed(outcome=Outcome.CANCELLED),)))
    node.clock.forward(60)
    keeper.replicate(anew=True)
    disk.is_gone()
    late = accept(journal, signal(node.clock, raised_s_ago=65), DEADLINE_S)
    assert (late.alert, late.created) == (alert, False)


def test_an_alert_reopened_long_after_is_in_the_spare_from_its_beginning(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    alert = accept(journal, signal(node.clock), DEADLINE_S).alert
    journal.append(Append(streams.case(alert), 0, (AlertClosed(outcome=Outcome.CANCELLED),)))
    for _ in range(2):
        node.clock.forward(3600)
        keeper.replicate(anew=True)
    case = there(fold(journal.read_streams(streams.inbox(alert), streams.case(alert))))
    journal.transact(lambda on: reopen(on, case, OperatorId("anna"), psap=False))
    keeper.replicate()
    node.clock.forward(3600)
    keeper.replicate(anew=True)
    disk.is_gone()
    journal.append(Append(streams.case(alert), 1, (answered(),)))
    assert not lasts(journal)
    live = LiveCases()
    rebuild(journal, live)
    assert live.cases[alert].reopened_at is not None
    assert live.cases[alert].case_version == 2


def traces(node: Node, *what: bytes) -> list[tuple[str, bytes]]:
    """Where these bytes stand, of all files of the journal and of the fallback."""
    files = (one for folder in (node.run, node.path.parent) for one in folder.iterdir() if one.is_file())
    return [(file.name, one) for file in files for one in what if one in file.read_bytes()]


def test_what_was_erased_is_in_no_file_after_a_start_and_does_not_come_back(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    person = Person(phones=(USER,), first_name="Giulia")
    user = Registry(journal).add_user(person, by="test").id
    alert = accept(journal, signal(node.clock, USER, device="d-giulia"), DEADLINE_S).alert
    keeper.replicate(anew=True)
    journal.append(Append(streams.case(alert), 0, (AlertClosed(outcome=Outcome.BRIEFED),)))
    left = (USER.encode(), b"d-giulia", b"Giulia", *there(journal.row(KEY_ROW, alert))[1:4])
    erase_person(journal, user, by="test")
    # Whoever erased was killed here.
    assert traces(node, *left) != []
    node.keeper().replicate()
    assert traces(node, *left) == []
    disk.is_gone()
    first = journal.read(streams.inbox(alert))[0].event
    assert (lasts(journal), getattr(first, "phone", "")) == (False, None)
    back(disk, node.keeper())
    assert traces(node, *left) == []


def test_what_was_erased_is_not_in_the_log_of_a_journal_that_was_emptied_before(node: Node) -> None:
    journal, keeper = node.journal(), node.keeper()
    keeper.replicate()
    alert = accept(journal, signal(node.clock, USER), DEADLINE_S).alert
    user = Registry(journal).add_user(Person(phones=(USER,), first_name="Giulia"), by="test").id
    journal.append(Append(streams.case(alert), 0, (AlertClosed(outcome=Outcome.BRIEFED),)))
    keeper.replicate()
    os.truncate(node.path, 0)
    keeper.replicate()
    assert keeper.go_back().renumbered
    assert "journal.db.old-wal" in dict(traces(node, b"Giulia"))
    journal = node.journal()
    erase_person(journal, user, by="test")
    keeper.replicate()
    assert traces(node, USER.encode(), b"Giulia") == []


def test_a_known_number_that_calls_while_the_spare_is_in_use_keeps_its_stream(node: Node, disk: Disk) -> None:
    journal = node.journal()
    before = accept(journal, signal(node.clock), DEADLINE_S).alert
    journal.append(Append(streams.case(before), 0, (AlertClosed(outcome=Outcome.BRIEFED),)))
    node.clock.forward(300)
    # So the fallback does not know the number.
    journal.append(Append("line-a", 0, (returned(),)))
    keeper = node.keeper()
    keeper.replicate(anew=True)
    disk.is_gone()
    meanwhile = accept(journal, signal(node.clock), DEADLINE_S).alert
    assert not back(disk, keeper).renumbered
    assert alerts_of_number(journal, USER) == {before, meanwhile}
    (stream,) = streams_of(journal.row, (USER,), ())
    assert [getattr(one.event, "alert", "") for one in journal.read(stream)] == [before, meanwhile]
    assert verify_journal(node.on_disk()).problems == ()
