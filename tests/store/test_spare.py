"""The disk fails and comes back: the journal goes on in memory; nothing is lost, doubled or said to last."""

import errno
import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from messages.events import (
    AdviceChanged,
    AlarmCleared,
    AlarmRaised,
    AlarmShelved,
    AlertClosed,
    AlertReceived,
    TextAsked,
    TextSending,
    TextSent,
)
from messages.ids import (
    E164,
    SECOND,
    AlertId,
    Instant,
    LineId,
    NodeId,
    OperatorId,
    Outcome,
    TextId,
    TextPurpose,
)
from model.alert.evolve import fold
from model.alert.live import LiveCases
from store import shift_notes, streams
from store.alerts.accepting import accept
from store.alerts.figures import catch_up, newest
from store.alerts.forgetting import erase_person
from store.alerts.reopening import reopen
from store.audit.entry import Action, Said
from store.audit.trail import Trail
from store.audit.verify import verify as verify_audit
from store.database.dialect import url_of
from store.database.sqlite import SqliteConnection
from store.errors import (
    JournalFull,
    JournalLocked,
    JournalNotDurable,
    JournalReadOnly,
    JournalRenumbered,
    JournalTorn,
    JournalUnavailable,
    VersionConflict,
)
from store.journal.erasable import KEY_ROW, streams_of
from store.journal.history import alerts_of_number
from store.journal.journal import Append, Journal
from store.journal.notify import LocalNotifier
from store.journal.rebuild import rebuild
from store.journal.verify import verify
from store.registry.access import sessions
from store.registry.access.authenticators import Authenticator, Kind, add, count_use, use_recovery
from store.registry.keyring import SIGN_ON, shared_secret
from store.registry.people import Person
from store.registry.registry import Registry
from store.spare.keeping import Keeper
from store.spare.spare import Spare
from store.spare.warm import noted
from store.texts import ask_text, begin, end, outbox_of
from tests.store.children import Say, children
from tests.store.failing_flush import let_flushes_fail
from tests.store.places import START, Clock, answered, journal_in, returned, signal
from tests.support.disks import fill, small_file_system
from tests.support.journals import empty_journal

DEADLINE_S = 50.0
USER = E164("+393331112223")


class Disk:
    """What is wrong with the journal's disk. The spare is not on it."""

    def __init__(self) -> None:
        self.at_commit: Exception | None = None
        self.at_begin: Exception | None = None
        self.at_read: Exception | None = None

    def fails(self, error: Exception) -> None:
        self.at_commit = error

    def is_gone(self) -> None:
        self.at_begin = self.at_read = JournalUnavailable("/disk: gone")

    def works(self) -> None:
        self.at_commit = self.at_begin = self.at_read = None


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk()

    def failing(name: str, what: str) -> None:
        real = getattr(SqliteConnection, name)

        def method(self: SqliteConnection, *values: object, **named: object) -> object:
            error = getattr(made, what)
            if self.lasting and error is not None:
                raise error
            return real(self, *values, **named)

        monkeypatch.setattr(SqliteConnection, name, method)

    real_copy = shutil.copyfile

    def copyfile(source: Path, target: Path) -> Path:
        if made.at_read is not None:
            raise OSError(errno.EIO, "gone")
        return real_copy(source, target)

    monkeypatch.setattr(shutil, "copyfile", copyfile)
    failing("commit", "at_commit")
    failing("begin_write", "at_begin")
    failing("all", "at_read")
    failing("one", "at_read")
    return made


def lasts(journal: Journal) -> bool:
    """Whether it is durable now; a function, since it changes by itself."""
    return journal.durable


class Node:
    """The processes of one node, as far as the journal knows them."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.path = folder / "journal.db"
        empty_journal(self.path)
        self.run = folder / "run"
        self.run.mkdir(exist_ok=True)
        Spare.make(self.run)
        self.clock = clock
        self.notify = LocalNotifier()
        self._opened: list[Journal] = []

    def journal(self, patience_s: float = 0.3) -> Journal:
        opened = Journal.open(
            url_of(self.path),
            node=NodeId("n1"),
            clock=self.clock,
            notify=self.notify,
            patience_s=patience_s,
            spare=self.run,
        )
        self._opened.append(opened)
        return opened

    def keeper(self) -> Keeper:
        return Keeper(url_of(self.path), self.run, node=NodeId("n1"), clock=self.clock, notify=self.notify)

    def on_disk(self) -> Journal:
        opened = Journal.open(url_of(self.path), node=NodeId("n1"), clock=self.clock, notify=self.notify)
        self._opened.append(opened)
        return opened

    def close(self) -> None:
        for journal in self._opened:
            journal.close()


@pytest.fixture
def node(tmp_path: Path, clock: Clock) -> Iterator[Node]:
    made = Node(tmp_path, clock)
    yield made
    made.close()


def rows_of(journal: Journal, stream: str) -> list[tuple[int, int, Instant, object]]:
    return [(one.seq, one.version, one.at_us, one.event) for one in journal.read(stream)]


# ------------------------------------------------------------------------------------ going over


def test_what_another_version_has_in_memory_is_left_to_it(node: Node, disk: Disk) -> None:
    disk.at_begin = JournalFull("/disk: full")
    journal = node.journal()
    journal.append(Append("line-sim1", None, (returned(),)))
    assert not journal.durable
    journal.close()
    with closing(SqliteConnection(node.run / "spare.db", patience_s=0.3, lasting=False)) as spare:
        spare.begin_write()
        noted(spare, "form", "0012.1")
        spare.commit()
    with pytest.raises(JournalUnavailable, match="run that version until the disk can be written"):
        node.journal()


@pytest.mark.parametrize(
    "error",
    [
        JournalFull("/disk: full"),
        JournalReadOnly("/disk: read-only"),
        JournalUnavailable("/disk: I/O"),
        JournalUnavailable("/disk: I/O", outcome_known=False),
        JournalTorn("/disk: torn"),
    ],
)
def test_whatever_the_disk_fails_with_the_append_is_taken_in_memory_and_comes_back(
    node: Node, disk: Disk, error: Exception
) -> None:
    journal, keeper = node.journal(), node.keeper()
    journal.append(Append("line-a", 0, (returned(), returned())))
    keeper.warm()
    assert lasts(journal)
    disk.fails(error)
    seq = journal.last_seq()
    assert journal.append(Append("line-a", 2, (answered(),)))[0].version == 3
    assert not lasts(journal)
    with pytest.raises(VersionConflict):
        journal.append(Append("line-a", 2, (answered(),)))
    assert journal.read("line-a")[-1].seq == seq + 2, "one for the alarm"
    before = rows_of(journal, "line-a")[-1]
    disk.works()
    assert not keeper.go_back().renumbered
    assert lasts(journal)
    assert rows_of(journal, "line-a")[-1] == before
    assert rows_of(node.on_disk(), "line-a")[-1] == before
    assert verify(node.on_disk()).problems == ()


def test_a_disk_that_cannot_be_read_is_left_by_whoever_reads(node: Node, disk: Disk) -> None:
    journal = node.journal()
    alert = accept(journal, signal(node.clock), DEADLINE_S).alert
    node.keeper().warm()
    disk.is_gone()
    assert journal.version(streams.inbox(alert)) == 1
    assert not lasts(journal)
    assert journal.version(streams.inbox(alert)) == 1


def test_what_was_committed_after_the_last_copy_is_known_though_the_journal_cannot_be_read(
    node: Node, disk: Disk
) -> None:
    """The spare is up to a second old; what came after it lies in the tail."""
    journal, other = node.journal(), node.journal()
    node.keeper().warm()
    alert = accept(journal, signal(node.clock), DEADLINE_S).alert
    other.append(Append(streams.case(alert), 0, (answered(), answered(2))))
    before = journal.read_streams(streams.inbox(alert), streams.case(alert))
    disk.is_gone()
    assert journal.read_streams(streams.inbox(alert), streams.case(alert)) == before
    assert other.append(Append(streams.case(alert), 2, (answered(3),)))[0].version == 3


def test_what_was_not_committed_gives_way_to_what_was(node: Node, disk: Disk) -> None:
    journal, other = node.journal(), node.journal()
    node.keeper().warm()
    assert journal._spare is not None
    journal._spare.tail.add([(1, "line-a", 1, "line.returned", 5, "n1", 0, b"x")], [])
    other.append(Append("line-b", 0, (returned(),)))
    disk.is_gone()
    assert journal.version("line-a") == 0
    assert journal.version("line-b") == 1


def test_all_processes_change_over_together(node: Node, disk: Disk) -> None:
    first, second = node.journal(), node.journal()
    first.append(Append("line-a", 0, (returned(),)))
    disk.fails(JournalFull("/disk: full"))
    first.append(Append("line-a", 1, (returned(),)))
    assert second.append(Append("line-a", 2, (returned(),)))[0].version == 3
    third = node.journal()
    assert third.version("line-a") == 3
    assert not third.durable


def test_what_is_kept_quiet_is_known_while_the_disk_fails_and_afterwards(node: Node, disk: Disk) -> None:
    def quiet() -> list[str]:
        found = [one.event for one in journal.read(streams.SHELF)]
        return [event.subject for event in found if isinstance(event, AlarmShelved)]

    def shelved(subject: str) -> AlarmShelved:
        return AlarmShelved(subject=subject, ends_at=Instant(1), by=OperatorId("marta"), reason="an aerial")

    journal, keeper = node.journal(), node.keeper()
    journal.append(Append(streams.SHELF, None, (shelved("L1"),)))
    keeper.warm()
    disk.fails(JournalFull("/disk: full"))
    journal.append(Append(streams.SHELF, None, (shelved("L2"),)))
    assert quiet() == ["L1", "L2"]
    disk.works()
    keeper.go_back()
    assert quiet() == ["L1", "L2"]


def test_the_change_is_alarmed_once_and_its_end_too(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    keeper.warm()
    disk.fails(JournalFull("/disk: full"))
    journal.append(Append("line-a", 0, (returned(),)))
    (alarm,) = [one.event for one in journal.read(streams.node(NodeId("n1")))]
    assert isinstance(alarm, AlarmRaised)
    assert (alarm.alarm, alarm.subject) == ("journal.not_durable", "journal")
    assert "full" in alarm.text
    disk.works()
    done = keeper.go_back()
    assert done.events == 2
    assert keeper.clear_alarm("2 events")
    assert not keeper.clear_alarm("again")
    assert isinstance(journal.read(streams.node(NodeId("n1")))[-1].event, AlarmCleared)


def test_without_a_spare_all_is_as_it_was(node: Node, disk: Disk) -> None:
    journal = node.on_disk()
    disk.fails(JournalFull("/disk: full"))
    with pytest.raises(JournalFull):
        journal.append(Append("line-a", 0, (returned(),)))
    assert lasts(journal)


def test_a_folder_that_is_not_there_is_a_mistake_in_the_settings(node: Node, tmp_path: Path) -> None:
    node.path = tmp_path / "nowhere" / "journal.db"
    with pytest.raises(JournalUnavailable, match="cannot be made"):
        node.journal()
    assert not Spare(node.run).in_use


def test_a_node_that_finds_a_torn_journal_starts_on_an_empty_spare(node: Node) -> None:
    node.path.write_bytes(b"garbage " * 4096)
    journal = node.journal()
    assert not lasts(journal)
    assert accept(journal, signal(node.clock), DEADLINE_S).created


def test_another_program_that_holds_the_journal_is_trouble_and_one_of_ours_is_not(node: Node) -> None:
    journal, ours = node.journal(0.2), node.journal()
    journal.append(Append("line-a", 0, (returned(),)))
    assert ours._spare is not None
    foreign = sqlite3.connect(node.path, isolation_level=None)
    foreign.execute("BEGIN EXCLUSIVE")
    with ours._spare.writing(0.1), pytest.raises(JournalLocked):
        journal.append(Append("line-a", 1, (returned(),)))
    assert lasts(journal)
    assert journal.append(Append("line-a", 1, (returned(),)))[0].version == 2
    assert not lasts(journal)
    with pytest.raises(JournalLocked):
        node.keeper().go_back()
    foreign.execute("ROLLBACK")
    foreign.close()
    node.keeper().go_back()
    assert lasts(journal)
    assert journal.version("line-a") == 2


def test_the_registry_is_read_and_not_changed(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    registry = Registry(journal)
    keeper.warm()
    registry.add_operator("Anna", "+393330000001", by="test")
    keeper.warm()
    disk.is_gone()
    assert [one.name for one in registry.operators()] == ["Anna"]
    with pytest.raises(JournalNotDurable):
        registry.add_operator("Berta", "+393330000002", by="test")
    disk.works()
    keeper.go_back()
    registry.add_operator("Berta", "+393330000002", by="test")


def test_notes_to_the_next_shift_are_read_and_not_written(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    anna = OperatorId("anna")
    note = journal.transact(lambda tx: shift_notes.write(tx, anna, "sim2 makes noises"))
    keeper.warm()
    disk.is_gone()
    assert shift_notes.shown(journal, journal.now_us()) == [note]
    with pytest.raises(JournalNotDurable):
        journal.transact(lambda tx: shift_notes.write(tx, anna, "another"))
    with pytest.raises(JournalNotDurable):
        journal.transact(lambda tx: shift_notes.finish(tx, note.id, anna, done=True))
    disk.works()
    keeper.go_back()
    assert journal.transact(lambda tx: shift_notes.finish(tx, note.id, anna, done=True)) is not None


def test_second_factors_are_used_in_memory_and_recovery_codes_are_not(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    registry = Registry(journal)
    anna = registry.add_operator("Anna", "+393330000001", by="test").id
    passkey = Authenticator(b"id", anna, Kind.PASSKEY, "Key", b"key", 1, False, journal.now_us())
    journal.transact(lambda tx: add(tx, passkey))
    code, _ = registry.recover(anna, by="test")
    secret = shared_secret(journal, SIGN_ON)
    keeper.warm()
    disk.is_gone()
    assert shared_secret(journal, SIGN_ON) == secret
    assert [journal.transact(lambda tx: count_use(tx, b"id", 2)) for _ in range(2)] == [True, False]
    with pytest.raises(JournalNotDurable):
        journal.transact(lambda tx: use_recovery(tx, anna, code))
    disk.works()
    keeper.go_back()
    assert journal.transact(lambda tx: use_recovery(tx, anna, code))


def test_signing_on_and_off_goes_on_in_memory_and_is_written_down_late(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    anna = Registry(journal).add_operator("Anna", "+393330000001", by="test").id
    before = [journal.transact(lambda tx: sessions.begin(tx, anna, "10.0.0.1")) for _ in range(2)]
    keeper.warm()
    disk.is_gone()
    meanwhile = journal.transact(lambda tx: sessions.begin(tx, anna, "10.0.0.2"))
    journal.transact(lambda tx: sessions.end(tx, before[0].session, last=False))
    assert not lasts(journal)
    now_us = node.clock()

    def standing(journal: Journal) -> list[bool]:
        found = [sessions.of_secret(journal, one.secret, now_us) for one in (*before, meanwhile)]
        return [one is not None for one in found]

    assert standing(journal) == [False, True, True]
    disk.works()
    keeper.go_back()
    assert lasts(journal)
    assert standing(node.on_disk()) == [False, True, True]


def test_the_audit_goes_on_in_memory_as_a_chain_of_its_own_and_is_written_down_late(
    node: Node, disk: Disk, tmp_path: Path
) -> None:
    journal, keeper, trail = node.journal(), node.keeper(), Trail(tmp_path / "keys")

    def enter() -> str:
        said = Said(actor="anna", origin="cli", action=Action.READ_LIST, subjects=("a1",))
        entry = journal.transact(lambda tx: trail.append(tx, said))
        trail.committed(entry)
        return entry.chain

    own = enter()
    keeper.warm()
    for n in (1, 2):
        disk.is_gone()
        in_memory = [enter() for _ in range(3)]
        assert in_memory == [f"{own}~{node.clock()}"] * 3
        disk.works()
        keeper.go_back()
        assert enter() == own
        found = verify_audit(node.on_disk(), trail)
        assert [(one.entries, one.problems) for one in found.chains] == [(n + 1, ()), *[(3, ())] * n]
        node.clock.forward(1)


def test_a_text_is_sent_once_though_the_disk_fails_and_comes_back_meanwhile(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()

    def ask() -> TextId:
        until = Instant(node.clock() + 600 * SECOND)
        return journal.transact(lambda tx: ask_text(tx, USER, "words", TextPurpose.ALARM, until))

    def begins(text: TextId) -> bool:
        return journal.transact(lambda tx: begin(tx, text, LineId("sim1"))) is not None

    before, sending = ask(), ask()
    assert begins(sending)
    keeper.warm()
    disk.is_gone()
    sent, waits = ask(), ask()
    assert begins(sent)
    for text in (sending, sent):
        journal.transact(lambda tx, text=text: end(tx, text, TextSent(line=LineId("sim1"))))
    assert [one.id for one in outbox_of(journal)] == [waits]
    disk.works()
    keeper.go_back()
    assert lasts(journal)
    assert {one.id for one in outbox_of(node.on_disk())} == {before, sending, waits}
    assert [begins(text) for text in (before, sending, sent, waits)] == [True, False, False, True]
    for text in (before, sending, waits):
        journal.transact(lambda tx, text=text: end(tx, text, TextSent(line=LineId("sim1"))))
    assert outbox_of(node.on_disk()) == []
    for text in (before, sending, sent, waits):
        became = [one.event for one in journal.read(streams.text(text))]
        assert [type(one) for one in became] == [TextAsked, TextSending, TextSent]


def test_an_alert_that_is_not_durable_says_so_to_the_app(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    keeper.warm()
    disk.fails(JournalFull("/disk: full"))
    accepted = accept(journal, signal(node.clock, id="one"), DEADLINE_S)
    inbox = [one.event for one in journal.read(streams.inbox(accepted.alert))]
    assert isinstance(inbox[0], AlertReceived)
    assert isinstance(inbox[1], AdviceChanged)
    assert inbox[1].reason == "not durable"
    again = accept(journal, signal(node.clock, id="one"), DEADLINE_S)
    assert (again.alert, again.created) == (accepted.alert, False)
    disk.works()
    keeper.go_back()
    assert verify(node.on_disk()).problems == ()


def test_the_rows_of_figures_go_on_in_memory_and_are_right_afterwards(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    long_ago = accept(journal, signal(node.clock), DEADLINE_S).alert
    journal.append(Append(streams.case(long_ago), 0, (AlertClosed(outcome=Outcome.CANCELLED),)))
    node.clock.forward(3600)

    def rows() -> list[tuple[AlertId, Outcome | None]]:
        for _ in catch_up(journal):
            pass
        return [(row.alert, row.outcome) for page in newest(journal, START) for row in page]

    assert rows() == [(long_ago, Outcome.CANCELLED)]
    for n in range(2):
        keeper.warm()
        disk.fails(JournalFull("/disk: full"))
        phone = f"+39333000000{n}"
        meanwhile = accept(journal, signal(node.clock, phone), DEADLINE_S).alert
        assert rows()[0] == (meanwhile, None)
        journal.append(Append(streams.case(meanwhile), 0, (AlertClosed(outcome=Outcome.BRIEFED),)))
        assert not lasts(journal)
        disk.works()
        assert not keeper.go_back().renumbered
        found = rows()
        assert (found[0], found[-1], len(found)) == (
            (meanwhile, Outcome.BRIEFED), (long_ago, Outcome.CANCELLED), n + 2,
        )  # fmt: skip
        node.clock.forward(3600)


# ------------------------------------------------------------------------------------- coming back


def test_a_commit_that_comes_to_light_after_its_flush_had_failed_is_not_done_twice(
    node: Node, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its frames are in the log; whoever opens the log first after all have closed it finds them."""
    journal, keeper = node.journal(), node.keeper()
    journal.append(Append("line-a", 0, (returned(),)))
    keeper.warm()
    real = SqliteConnection.commit
    failed: list[bool] = []

    def commit(self: SqliteConnection) -> None:
        real(self)
        if self.lasting and not failed:
            failed.append(True)
            disk.is_gone()
            raise JournalUnavailable("/disk: I/O")

    monkeypatch.setattr(SqliteConnection, "commit", commit)
    accepted = accept(journal, signal(node.clock), DEADLINE_S)
    assert not lasts(journal)
    disk.works()
    keeper.go_back()
    found = verify(node.on_disk())
    assert (found.problems, found.alerts) == ((), 1)
    assert node.on_disk().version(streams.inbox(accepted.alert)) >= 1


def test_an_attempt_that_was_cut_off_before_the_change_writes_nothing_twice(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    journal.append(Append("line-a", 0, (returned(),)))
    keeper.warm()
    disk.fails(JournalFull("/disk: full"))
    journal.append(Append("line-a", 1, (returned(), returned())))
    disk.works()
    with keeper._spare_open() as spare, keeper._journal() as main:
        assert keeper._write(spare, main).events == 3
    journal.append(Append("line-a", 3, (returned(),)))
    done = node.keeper().go_back()
    assert (done.events, done.renumbered) == (1, False)
    assert [one.version for one in journal.read("line-a")] == [1, 2, 3, 4]
    assert verify(node.on_disk()).problems == ()


def test_what_others_have_written_meanwhile_stays_and_ours_comes_after_it(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    journal.append(Append("line-a", 0, (returned(),)))
    keeper.warm()
    disk.fails(JournalFull("/disk: full"))
    journal.append(Append("line-a", 1, (answered(1),)))
    disk.works()
    node.clock.forward(1)
    node.on_disk().append(Append("line-a", 1, (answered(7),)), Append("line-b", 0, (returned(),)))
    assert keeper.go_back().renumbered
    found = node.on_disk()
    assert [one.event for one in found.read("line-a")] == [returned(), answered(7), answered(1)]
    assert verify(found).problems == ()
    with pytest.raises(JournalRenumbered):
        journal.read("line-a")
    assert node.journal().version("line-a") == 3


def test_an_older_copy_gets_what_it_lacks(node: Node, disk: Disk, tmp_path: Path) -> None:
    journal, keeper = node.journal(), node.keeper()
    alert = accept(journal, signal(node.clock), DEADLINE_S).alert
    journal.checkpoint()
    copy = (tmp_path / "journal.db").read_bytes()
    node.clock.forward(1)
    journal.append(Append(streams.case(alert), 0, (answered(),)))
    keeper.warm()
    disk.fails(JournalFull("/disk: full"))
    journal.append(Append(streams.case(alert), 1, (answered(2),)))
    before = [one.event for one in journal.read(streams.case(alert))]
    disk.works()
    replace(node.path, copy)
    assert keeper.go_back().renumbered
    found = node.on_disk()
    assert [one.event for one in found.read(streams.case(alert))] == before
    assert found.version(streams.inbox(alert)) == 1
    assert verify(found).problems == ()


def test_an_empty_file_gets_all_that_the_spare_has(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    registry = Registry(journal)
    registry.add_operator("Anna", "+393330000001", by="test")
    journal.append(Append("line-a", 0, (returned(),) * 20))
    alert = accept(journal, signal(node.clock), DEADLINE_S).alert
    keeper.warm(anew=True)
    disk.fails(JournalFull("/disk: full"))
    journal.append(Append("line-a", 20, (returned(),)))
    disk.works()
    replace(node.path, b"")
    assert keeper.go_back().renumbered
    found = node.on_disk()
    assert verify(found).problems == ()
    assert [one.name for one in Registry(found).operators()] == ["Anna"]
    live = LiveCases()
    rebuild(found, live)
    assert list(live.cases) == [alert]
    assert found.version(streams.inbox(alert)) == 1
    # Once more, now that all is as usual.
    fresh = node.journal()
    node.keeper().warm()
    disk.fails(JournalFull("/disk: full"))
    fresh.append(Append("line-b", None, (returned(),)))
    disk.works()
    assert not node.keeper().go_back().renumbered


def test_what_is_in_memory_outlives_an_update_that_gives_its_tables_another_form(
    node: Node, disk: Disk
) -> None:
    journal, keeper = node.journal(), node.keeper()
    journal.append(Append("line-a", 0, (returned(),)))
    keeper.warm()
    disk.fails(JournalFull("/disk: full"))
    journal.append(Append("line-a", 1, (answered(),)))
    with keeper._spare_open() as spare:
        spare.begin_write()
        noted(spare, "form", "older")
        spare.script("DROP TABLE alert_row")
        spare.commit()
    disk.works()
    assert not node.keeper().go_back().renumbered
    assert [one.event for one in node.on_disk().read("line-a")] == [returned(), answered()]
    keeper.warm()
    disk.is_gone()
    assert journal.version("line-a") == 2


def test_a_journal_that_stays_torn_stays_left(node: Node) -> None:
    journal, keeper = node.journal(), node.keeper()
    alert = accept(journal, signal(node.clock), DEADLINE_S).alert
    keeper.warm()
    with node.path.open("r+b") as file:
        file.write(os.urandom(4096))
    keeper.warm()
    assert not lasts(journal)
    for _ in range(2):
        with pytest.raises(JournalTorn):
            keeper.go_back()
    assert journal.append(Append(streams.case(alert), 0, (answered(),)))[0].version == 1
    replace(node.path, b"")
    assert keeper.go_back().renumbered
    assert verify(node.on_disk()).problems == ()
    assert node.on_disk().version(streams.case(alert)) == 1


def test_a_journal_that_was_cut_off_is_seen_though_all_of_it_is_in_memory(node: Node) -> None:
    journal, keeper = node.journal(), node.keeper()
    journal.append(Append("line-a", 0, (returned(),) * 200))
    journal.checkpoint()
    keeper.warm()
    os.truncate(node.path, 8192)
    keeper.warm()
    assert not lasts(journal)
    assert journal.append(Append("line-a", 200, (returned(),)))[0].version == 201


def test_an_id_that_was_another_alert_s_long_ago_is_renamed(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    old = accept(journal, signal(node.clock, id="again"), DEADLINE_S).alert
    journal.append(Append(streams.case(old), 0, (AlertClosed(outcome=Outcome.CANCELLED),)))
    node.clock.forward(3600)
    journal.append(Append("line-a", 0, (returned(),)))
    keeper.warm(anew=True)
    disk.is_gone()
    assert accept(journal, signal(node.clock, phone="+393339999999", id="again"), DEADLINE_S).created
    disk.works()
    assert keeper.go_back().renumbered
    found = node.on_disk()
    assert verify(found).problems == ()
    assert found.version(streams.inbox(AlertId("again"))) == 1
    assert found.version(streams.inbox(AlertId("again.2"))) == 2


# -------------------------------------------------------------------------------- what is kept warm


def test_the_spare_does_not_grow_with_the_journal(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    for n in range(60):
        alert = accept(journal, signal(node.clock, phone=f"+3933300000{n:02d}"), DEADLINE_S).alert
        journal.append(Append(streams.case(alert), 0, (AlertClosed(outcome=Outcome.CANCELLED),)))
        journal.append(Append("line-a", None, (returned(),)), Append("node-n1", None, (returned(),)))
        node.clock.forward(20)
        keeper.warm(anew=True)
    with keeper._spare_open() as spare:
        events = int(spare.script("SELECT count(*) FROM event")[0][0])
        alerts = int(spare.script("SELECT count(*) FROM event WHERE stream LIKE 'inbox-%'")[0][0])
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
    keeper.warm(anew=True)
    disk.is_gone()
    late = accept(journal, signal(node.clock, raised_s_ago=65), DEADLINE_S)
    assert (late.alert, late.created) == (alert, False)


def test_an_alert_that_was_reopened_long_after_is_in_the_spare_from_its_beginning(
    node: Node, disk: Disk
) -> None:
    journal, keeper = node.journal(), node.keeper()
    alert = accept(journal, signal(node.clock), DEADLINE_S).alert
    journal.append(Append(streams.case(alert), 0, (AlertClosed(outcome=Outcome.CANCELLED),)))
    for _ in range(2):
        node.clock.forward(3600)
        keeper.warm(anew=True)
    case = fold(journal.read_streams(streams.inbox(alert), streams.case(alert)))
    assert case is not None
    journal.transact(lambda on: reopen(on, case, OperatorId("anna"), psap=False))
    keeper.warm()
    node.clock.forward(3600)
    keeper.warm(anew=True)
    disk.is_gone()
    journal.append(Append(streams.case(alert), 1, (answered(),)))
    assert not lasts(journal)
    live = LiveCases()
    rebuild(journal, live)
    assert live.cases[alert].reopened_at is not None
    assert live.cases[alert].case_version == 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with small_file_system(tmp_path / "disk", 1) as disk:
        yield disk


def test_a_disk_that_is_really_full(small_disk: Path, tmp_path: Path, node: Node) -> None:
    node.path = small_disk / "journal.db"
    journal, keeper = node.journal(), node.keeper()
    count = 0
    while journal.durable:
        count = journal.append(Append("line-a", count, (returned(),) * 20))[-1].version
        assert count < 20_000
    assert journal.append(Append("line-a", count, (returned(),)))[0].version == count + 1
    # A checkpoint that comes just in time may free what the log takes, once nobody has it open any more.
    journal.close()
    fill(small_disk)
    with pytest.raises(JournalFull):
        keeper.go_back()
    subprocess.run(["mount", "-o", "remount,size=8m", small_disk], check=True)
    assert not keeper.go_back().renumbered
    assert node.on_disk().version("line-a") == count + 1
    assert verify(node.on_disk()).problems == ()


@pytest.mark.parametrize("rebooted", [False, True])
def test_a_node_that_starts_on_a_read_only_disk_knows_its_operators_and_its_open_alerts(
    small_disk: Path, node: Node, rebooted: bool
) -> None:
    """As after a reboot with errors=remount-ro; the node before was killed, its log is there."""
    node.path = small_disk / "journal.db"

    def before(say: Say) -> None:
        journal = journal_in(node.path)
        Registry(journal).add_operator("Anna", "+393330000001", by="test")
        say(accept(journal, signal(node.clock), DEADLINE_S).alert)
        threading.Event().wait()

    with children(before) as (child,):
        alert = AlertId(child.line())
    if rebooted:
        (small_disk / "journal.db-shm").unlink()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    journal, keeper = node.journal(), node.keeper()
    assert [one.name for one in Registry(journal).operators()] == ["Anna"]
    assert journal.append(Append(streams.case(alert), 0, (answered(),)))[0].version == 1
    assert not lasts(journal)
    assert sorted(os.listdir(node.run)) == [
        "spare.db",
        "spare.db-shm",
        "spare.db-wal",
        "spare.lock",
        "spare.state",
    ]
    with pytest.raises(JournalReadOnly):
        keeper.go_back()
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert not keeper.go_back().renumbered
    assert node.on_disk().version(streams.case(alert)) == 1


def test_a_flush_that_fails_in_one_process_moves_all_and_nothing_is_lost(node: Node) -> None:
    """Really: the kernel answers EIO to every flush of that process."""
    first = node.journal()
    first.append(Append("line-a", 0, (returned(),)))
    node.keeper().warm()

    def failing(say: Say) -> None:
        journal = node.journal()
        if not let_flushes_fail():
            say("impossible")
            return
        say(str(journal.append(Append("line-a", 1, (answered(1),)))[0].version))
        say(str(journal.durable))

    with children(failing) as (child,):
        said = list(child.lines())
    if said == ["impossible"]:
        pytest.skip("NOT TESTED: the kernel does not let a flush fail (seccomp)")
    assert said == ["2", "False"]
    assert first.append(Append("line-a", 2, (answered(2),)))[0].version == 3
    assert not first.durable
    node.keeper().go_back()
    assert [one.event for one in node.on_disk().read("line-a")] == [returned(), answered(1), answered(2)]


@pytest.mark.process
def test_processes_that_find_out_at_the_same_moment_lose_nothing_and_write_nothing_twice(
    small_disk: Path, node: Node
) -> None:
    """Four write as fast as they can while the disk fills up, and is made larger again."""
    node.path = small_disk / "journal.db"
    node.journal().append(Append("line-a", 0, (returned(),)))

    def writing(name: str) -> Callable[[Say], None]:
        def work(say: Say) -> None:
            journal = node.journal(2.0)
            count = 0
            while True:
                events = tuple(answered(count + n) for n in range(10))
                assert journal.append(Append(name, count, events))[-1].version == count + 10
                count += 10
                say(f"{count} {journal.durable}")

        return work

    keeper = node.keeper()
    names = [f"line-{n}" for n in range(4)]
    acknowledged = dict.fromkeys(names, 0)
    with children(*(writing(name) for name in names)) as started:
        for wanted in ("False", "True", "True"):
            for name, child in zip(names, started, strict=True):
                for line in child.lines():
                    count, durable = line.split()
                    acknowledged[name] = int(count)
                    if durable == wanted:
                        break
            if wanted == "False":
                subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
                assert not keeper.go_back().renumbered
            else:
                keeper.warm()
    found = node.on_disk()
    for name in names:
        assert found.version(name) >= acknowledged[name]
        events = [one.event for one in found.read(name)]
        assert events == [answered(n) for n in range(len(events))]
    assert verify(found).problems == ()


def replace(path: Path, content: bytes) -> None:
    """Another file in its place, as somebody does who restores a backup."""
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    path.unlink()
    path.write_bytes(content)


# ----------------------------------------------------------------------------------- forgetting


def traces(node: Node, *what: bytes) -> list[tuple[str, bytes]]:
    """Where these bytes stand, of all files of the journal and of the spare."""
    files = (one for folder in (node.run, node.path.parent) for one in folder.iterdir() if one.is_file())
    return [(file.name, one) for file in files for one in what if one in file.read_bytes()]


def test_what_was_erased_is_in_no_file_after_the_next_start_and_does_not_come_back(
    node: Node, disk: Disk
) -> None:
    journal, keeper = node.journal(), node.keeper()
    person = Person(phones=(USER,), first_name="Giulia")
    user = Registry(journal).add_user(person, by="test").id
    alert = accept(journal, signal(node.clock, USER, device="d-giulia"), DEADLINE_S).alert
    keeper.warm(anew=True)
    journal.append(Append(streams.case(alert), 0, (AlertClosed(outcome=Outcome.BRIEFED),)))
    row = journal.row(KEY_ROW, alert)
    assert row is not None
    left = (USER.encode(), b"d-giulia", b"Giulia", *row[1:4])
    erase_person(journal, user, by="test")
    # Whoever erased was killed here.
    assert traces(node, *left) != []
    node.keeper().warm()
    assert traces(node, *left) == []
    disk.is_gone()
    first = journal.read(streams.inbox(alert))[0].event
    assert (lasts(journal), getattr(first, "phone", "")) == (False, None)
    disk.works()
    node.keeper().go_back()
    assert traces(node, *left) == []


def test_a_known_number_that_calls_while_the_spare_is_in_use_keeps_its_stream(node: Node, disk: Disk) -> None:
    journal = node.journal()
    before = accept(journal, signal(node.clock), DEADLINE_S).alert
    journal.append(Append(streams.case(before), 0, (AlertClosed(outcome=Outcome.BRIEFED),)))
    node.clock.forward(300)
    # So the spare does not know the number.
    journal.append(Append("line-a", 0, (returned(),)))
    keeper = node.keeper()
    keeper.warm(anew=True)
    disk.is_gone()
    meanwhile = accept(journal, signal(node.clock), DEADLINE_S).alert
    disk.works()
    assert not keeper.go_back().renumbered
    assert alerts_of_number(journal, USER) == {before, meanwhile}
    (stream,) = streams_of(journal.row, (USER,), ())
    assert [getattr(one.event, "alert", "") for one in journal.read(stream)] == [before, meanwhile]
    assert verify(node.on_disk()).problems == ()
