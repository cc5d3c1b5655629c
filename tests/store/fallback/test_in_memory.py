"""What goes on while the journal is in memory, and what is refused."""

import errno
from pathlib import Path

import pytest

from messages.events import AdviceChanged, AlertClosed, AlertReceived, TextAsked, TextSending, TextSent
from messages.ids import SECOND, AlertId, Instant, LineId, OperatorId, Outcome, TextId, TextPurpose
from store import shift_notes, streams
from store.alerts.accepting import accept
from store.alerts.figures import catch_up, newest
from store.audit.entry import Action, EntryContent
from store.audit.trail import Trail, verify_audit
from store.errors import JournalNotDurable
from store.journal.journal import Append, Journal
from store.journal.verify import verify_journal
from store.registry.access import sessions
from store.registry.access.authenticators import (
    Authenticator,
    AuthenticatorKind,
    add,
    count_use,
    use_recovery,
)
from store.registry.keyring import SIGN_ON, shared_secret
from store.registry.registry import Registry
from store.sms_outbox import assign_to_line, end_text, read_outbox, request_text
from tests.store.databases import SqliteFile
from tests.store.fallback.node import DEADLINE_S, USER, Disk, Node, back, full, gone, lasts
from tests.store.places import START, signal


def test_the_registry_is_read_and_not_changed(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    registry = Registry(journal)
    keeper.replicate()
    registry.add_operator("Anna", "+393330000001", by="test")
    gone(disk, keeper)
    assert [one.name for one in registry.operators()] == ["Anna"]
    with pytest.raises(JournalNotDurable):
        registry.add_operator("Berta", "+393330000002", by="test")
    back(disk, keeper)
    registry.add_operator("Berta", "+393330000002", by="test")


def test_notes_to_the_next_shift_are_read_and_not_written(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    anna = OperatorId("anna")
    note = journal.transact(lambda tx: shift_notes.add_note(tx, anna, "sim2 makes noises"))
    gone(disk, keeper)
    assert shift_notes.current_notes(journal, journal.now_us()) == [note]
    with pytest.raises(JournalNotDurable):
        journal.transact(lambda tx: shift_notes.add_note(tx, anna, "another"))
    with pytest.raises(JournalNotDurable):
        journal.transact(lambda tx: shift_notes.mark_note(tx, note.id, anna, done=True))
    back(disk, keeper)
    assert journal.transact(lambda tx: shift_notes.mark_note(tx, note.id, anna, done=True)) is not None


def test_second_factors_are_used_in_memory_and_recovery_codes_are_not(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    registry = Registry(journal)
    anna = registry.add_operator("Anna", "+393330000001", by="test").id
    passkey = Authenticator(b"id", anna, AuthenticatorKind.PASSKEY, "Key", b"key", 1, False, journal.now_us())
    journal.transact(lambda tx: add(tx, passkey))
    code, _ = registry.recover(anna, by="test")
    secret = shared_secret(journal, SIGN_ON)
    gone(disk, keeper)
    assert shared_secret(journal, SIGN_ON) == secret
    assert [journal.transact(lambda tx: count_use(tx, b"id", 2)) for _ in range(2)] == [True, False]
    with pytest.raises(JournalNotDurable):
        journal.transact(lambda tx: use_recovery(tx, anna, code))
    back(disk, keeper)
    assert journal.transact(lambda tx: use_recovery(tx, anna, code))


def test_signing_on_and_off_goes_on_in_memory_and_is_written_down_late(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    anna = Registry(journal).add_operator("Anna", "+393330000001", by="test").id
    before = [
        journal.transact(
            lambda tx: sessions.start_session(tx, anna, "10.0.0.1", way=sessions.SignOnMethod.PASSWORD)
        )
        for _ in range(2)
    ]
    gone(disk, keeper)
    meanwhile = journal.transact(
        lambda tx: sessions.start_session(tx, anna, "10.0.0.2", way=sessions.SignOnMethod.PASSWORD)
    )
    journal.transact(lambda tx: sessions.end_session(tx, before[0].session, last=False))
    assert not lasts(journal)
    now_us = node.clock()

    def standing(journal: Journal) -> list[bool]:
        found = [sessions.session_of_secret(journal, one.secret, now_us) for one in (*before, meanwhile)]
        return [one is not None for one in found]

    assert standing(journal) == [False, True, True]
    back(disk, keeper)
    assert lasts(journal)
    assert standing(node.on_disk()) == [False, True, True]


def test_the_audit_goes_on_in_memory_as_a_chain_written_late(node: Node, disk: Disk, tmp_path: Path) -> None:
    journal, keeper, trail = node.journal(), node.keeper(), Trail(tmp_path / "keys")

    def enter() -> str:
        said = EntryContent(actor="anna", origin="cli", action=Action.READ_LIST, subjects=("a1",))
        entry = journal.transact(lambda tx: trail.append(tx, said))
        trail.committed(entry)
        return entry.chain

    own = enter()
    keeper.replicate()
    for n in (1, 2):
        disk.is_gone()
        in_memory = [enter() for _ in range(3)]
        assert in_memory == [f"{own}~{node.clock()}"] * 3
        back(disk, keeper)
        assert enter() == own
        found = verify_audit(node.on_disk(), trail)
        assert [(one.entries, one.problems) for one in found.chains] == [(n + 1, ()), *[(3, ())] * n]
        node.clock.forward(1)


def test_the_head_of_a_chain_in_memory_comes_back_with_it_whoever_has_died_meanwhile(
    node: Node, disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No process that entered anything lives on, as a command never does; the head is late as well."""
    keys = tmp_path / "keys"
    journal, keeper = node.journal(), node.keeper()

    def enter() -> None:
        trail = Trail(keys)
        said = EntryContent(actor="anna", origin="cli", action=Action.READ_LIST, subjects=("a1",))
        trail.committed(journal.transact(lambda tx: trail.append(tx, said)))
        trail.save()

    enter()
    gone(disk, keeper)
    enter()
    enter()
    now = verify_audit(journal, Trail(keys))
    assert [(one.entries, one.problems) for one in now.chains] == [(2, ())], "a head that is not due yet"
    assert now.on_disk == ("n1",)
    disk.works()
    real = Trail._write

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(Trail, "_write", full)
    keeper.go_back()
    monkeypatch.setattr(Trail, "_write", real)
    keeper.replicate()
    found = verify_audit(node.on_disk(), Trail(keys))
    assert [(one.entries, one.problems) for one in found.chains] == [(1, ()), (2, ())]


def test_a_chain_whose_head_is_back_tells_of_a_cut_off_end(node: Node, disk: Disk, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    journal, keeper, trail = node.journal(), node.keeper(), Trail(keys)
    gone(disk, keeper)
    said = EntryContent(actor="anna", origin="cli", action=Action.READ_LIST, subjects=("a1",))
    for _ in range(3):
        entry = journal.transact(lambda tx: trail.append(tx, said))
    back(disk, keeper)
    SqliteFile(node.path).without_rules("DELETE FROM audit WHERE number = 3")
    found = verify_audit(node.on_disk(), Trail(keys))
    assert found.altered
    assert [str(one) for one in found.problems] == [
        f"{entry.chain}: the end is cut off, entry 3 missing",
    ]


def test_a_text_is_sent_once_though_the_disk_fails_and_comes_back_meanwhile(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()

    def ask() -> TextId:
        until = Instant(node.clock() + 600 * SECOND)
        return journal.transact(lambda tx: request_text(tx, USER, "words", TextPurpose.ALARM, until))

    def begins(text: TextId) -> bool:
        return journal.transact(lambda tx: assign_to_line(tx, text, LineId("sim1"))) is not None

    before, sending = ask(), ask()
    assert begins(sending)
    gone(disk, keeper)
    sent, waits = ask(), ask()
    assert begins(sent)
    for text in (sending, sent):
        journal.transact(lambda tx, text=text: end_text(tx, text, TextSent(line=LineId("sim1"))))
    assert [one.id for one in read_outbox(journal)] == [waits]
    back(disk, keeper)
    assert lasts(journal)
    assert {one.id for one in read_outbox(node.on_disk())} == {before, sending, waits}
    assert [begins(text) for text in (before, sending, sent, waits)] == [True, False, False, True]
    for text in (before, sending, waits):
        journal.transact(lambda tx, text=text: end_text(tx, text, TextSent(line=LineId("sim1"))))
    assert read_outbox(node.on_disk()) == []
    for text in (before, sending, sent, waits):
        became = [one.event for one in journal.read(streams.text(text))]
        assert [type(one) for one in became] == [TextAsked, TextSending, TextSent]


def test_an_alert_that_is_not_durable_says_so_to_the_app(node: Node, disk: Disk) -> None:
    journal, keeper = node.journal(), node.keeper()
    full(disk, keeper)
    accepted = accept(journal, signal(node.clock, id="one"), DEADLINE_S)
    inbox = [one.event for one in journal.read(streams.inbox(accepted.alert))]
    assert isinstance(inbox[0], AlertReceived)
    assert isinstance(inbox[1], AdviceChanged)
    assert inbox[1].reason == "not durable"
    again = accept(journal, signal(node.clock, id="one"), DEADLINE_S)
    assert (again.alert, again.created) == (accepted.alert, False)
    back(disk, keeper)
    assert verify_journal(node.on_disk()).problems == ()


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
        full(disk, keeper)
        phone = f"+39333000000{n}"
        meanwhile = accept(journal, signal(node.clock, phone), DEADLINE_S).alert
        assert rows()[0] == (meanwhile, None)
        journal.append(Append(streams.case(meanwhile), 0, (AlertClosed(outcome=Outcome.BRIEFED),)))
        assert not lasts(journal)
        assert not back(disk, keeper).renumbered
        found = rows()
        assert (found[0], found[-1], len(found)) == (
            (meanwhile, Outcome.BRIEFED), (long_ago, Outcome.CANCELLED), n + 2,
        )  # fmt: skip
        node.clock.forward(3600)
