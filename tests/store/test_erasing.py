"""What is personal is sealed, and gone for good with its key: in the journal, beside it, and on the disk."""

from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgpack
import pytest
from msgspec.structs import replace

from messages import events as ev
from messages.base import Position
from messages.ids import E164, AlertId, LegId, LineId, OperatorId, Outcome, Party, PersonalKind, UserId
from model.alert.evolve import fold
from model.settings.storage import RetentionSettings
from store import streams
from store.alerts.accepting import accept
from store.alerts.erasing import TOGETHER, erase_expired, erase_person
from store.alerts.reopening import reopening_refusal
from store.errors import InAnAlert
from store.journal import erasable, history, rows
from store.journal.journal import Append, Journal, Transaction
from store.journal.transfer import Format, export_events, import_file
from store.journal.verify import verify_journal
from store.registry.people import Person
from store.registry.registry import Registry
from tests.store.databases import Database, PostgresDatabase
from tests.store.places import Clock, journal_in, on_both, on_postgresql, signal
from tests.support.there import there

PHONE = "+393331112223"
WHERE = Position(lat=45.123456789, lon=9.987654321, at=1)  # type: ignore[arg-type]
NOTE = "He is in the kitchen"
TRACES = (
    *(PHONE.encode(), b"3331112223", NOTE.encode(), b"Giulia", b"phone-of-giulia"),
    *(msgpack.packb(one) for one in (WHERE.lat, WHERE.lon)),
)
"""What says something of the user, as it would stand on the disk."""
ALL = tuple(PersonalKind)


@pytest.fixture
def giulia(journal: Journal) -> UserId:
    person = Person(phones=(PHONE,), first_name="Giulia", notes=NOTE, devices=("phone-of-giulia",))
    return Registry(journal).add_user(person, by="test").id


def told(user: UserId | None) -> tuple[ev.Event, ...]:
    called = ev.LegOriginating(
        leg=LegId("x:user"), party=Party.USER, number=E164(PHONE), line=LineId("sim1"), attempt=1
    )
    return (called, *(() if user is None else (ev.UserIdentified(user=user, phone=E164(PHONE)),)))


def raised(journal: Journal, clock: Clock, user: UserId | None, *, close: bool = True) -> AlertId:
    sent = replace(signal(clock, PHONE, device="phone-of-giulia"), position=WHERE)
    alert = accept(journal, sent, 50).alert
    note = ev.NoteAdded(by=OperatorId("anna"), text=NOTE)
    journal.append(
        Append(streams.inbox(alert), None, (note, ev.PositionUpdated(position=WHERE))),
        Append(streams.case(alert), None, told(user)),
    )
    if close:
        journal.append(Append(streams.case(alert), None, (ev.AlertClosed(outcome=Outcome.HANDED_OVER),)))
        clock.forward(200)
    return alert


def events(journal: Journal, alert: AlertId) -> list[Any]:
    return [one.event for one in journal.read_streams(streams.inbox(alert), streams.case(alert))]


def standing(journal: Journal, database: Database) -> list[bytes]:
    """The traces that are on the disk."""
    assert journal.scrub() == ""
    return [one for one in TRACES if database.holds(one)]


def digest(journal: Journal, upto: int) -> list[tuple[Any, ...]]:
    return rows.without_keys(row for row in journal.rows(rows.AFTER, 0, 10_000) if row[0] <= upto)


def swept(
    journal: Journal, retention: RetentionSettings | None = None
) -> dict[AlertId, tuple[PersonalKind, ...]]:
    return {
        one.alert: one.kinds
        for page in erase_expired(journal, retention or RetentionSettings())
        for one in page
    }


@on_both
def test_a_page_of_due_alerts_is_erased_in_few_commits(journal: Journal, clock: Clock) -> None:
    due = {raised(journal, clock, None) for _ in range(TOGETHER + 2)}
    clock.forward(400 * 86_400)
    with patch.object(journal, "transact", wraps=journal.transact) as transact:
        assert set(swept(journal)) == due
    notes_of_the_room = 1
    assert transact.call_count == notes_of_the_room + 2


@on_both
def test_nothing_personal_stands_open_yet_is_read(journal: Journal, database: Database, clock: Clock) -> None:
    alert = raised(journal, clock, None)
    received, note, position, called, _ = events(journal, alert)
    assert (received.phone, received.device, received.position) == (PHONE, "phone-of-giulia", WHERE)
    assert (note.text, position.position, called.number) == (NOTE, WHERE, PHONE)
    data = b"".join(row[7] + row[1].encode() for row in journal.rows(rows.AFTER, 0, 100))
    assert [one for one in TRACES if one in data] == []
    assert history.alerts_of_number(journal, "112223") == {alert}


@on_both
def test_an_erased_person_is_nowhere_and_the_journal_is_what_it_was(
    journal: Journal, database: Database, clock: Clock, giulia: UserId
) -> None:
    alerts = {raised(journal, clock, user) for user in (giulia, None)}
    before, upto = digest(journal, 10**9), journal.last_seq()
    assert {one.alert for one in erase_person(journal, giulia, by="carla")} == alerts
    assert digest(journal, upto) == before
    assert verify_journal(journal).problems == ()
    for alert in alerts:
        received, note, position, called, *_, last = [
            one for one in events(journal, alert) if not isinstance(one, ev.UserIdentified | ev.AlertClosed)
        ]
        assert (received.phone, received.device, received.key, received.position) == (None, None, "", None)
        assert (note.text, position.position, called.number) == ("", None, None)
        assert last == ev.AlertErased(by="carla", kinds=ALL, reason="person")  # type: ignore[arg-type]
    assert standing(journal, database) == []
    assert history.alerts_of_number(journal, "112223") == set()


def test_an_open_alert_and_a_held_one_go_later(journal: Journal, clock: Clock, giulia: UserId) -> None:
    held, alert = raised(journal, clock, None), raised(journal, clock, giulia, close=False)
    journal.append(Append(streams.inbox(held), None, (ev.AlertHeld(by="a", reason="a court"),)))
    with pytest.raises(InAnAlert):
        erase_person(journal, giulia, by="carla")
    assert Registry(journal).user(giulia) is not None
    journal.append(Append(streams.case(alert), None, (ev.AlertClosed(outcome=Outcome.HANDED_OVER),)))
    done = {one.alert: one.kinds for one in erase_person(journal, giulia, by="carla")}
    assert done == {held: (), alert: ALL}
    assert history.alerts_of_number(journal, "112223") == {held, alert}, "the held one is found by its number"
    assert swept(journal) == {}
    journal.append(Append(streams.inbox(held), None, (ev.AlertHoldEnded(by="a"),)))
    assert swept(journal) == {held: ALL}
    assert history.alerts_of_number(journal, "112223") == set()
    assert swept(journal) == {}


def test_what_anothers_alert_says_of_the_number_stays(journal: Journal, clock: Clock, giulia: UserId) -> None:
    others = raised(journal, clock, UserId("u-anna"))
    own = raised(journal, clock, giulia)
    assert [one.alert for one in erase_person(journal, giulia, by="x")] == [own]
    assert events(journal, others)[0].phone == PHONE
    assert others in history.alerts_of_number(journal, "112223")


@on_both
def test_each_kind_has_its_time(journal: Journal, clock: Clock, giulia: UserId) -> None:
    alert = raised(journal, clock, giulia)
    retention = RetentionSettings(positions_days=1, words_days=2, numbers_days=0)
    assert swept(journal, retention) == {}
    clock.forward(86_400)
    assert swept(journal, retention) == {alert: (PersonalKind.POSITION,)}
    clock.forward(86_400)
    assert swept(journal, retention) == {alert: (PersonalKind.WORDS,)}
    journal.append(Append(streams.inbox(alert), None, (ev.NoteAdded(by=OperatorId("a"), text=NOTE),)))
    received, note, position, *_ = events(journal, alert)
    assert (received.phone, note.text, position.position) == (PHONE, "", None)
    assert swept(journal, replace(retention, numbers_days=1)) == {alert: (PersonalKind.NUMBER,)}


def test_a_forgotten_alert_is_not_reopened(journal: Journal, clock: Clock) -> None:
    alert = raised(journal, clock, None)
    clock.forward(3 * 86_400)
    assert swept(journal, RetentionSettings(numbers_days=1))
    case = there(fold(journal.read_streams(streams.inbox(alert), streams.case(alert))))
    assert journal.transact(lambda tx: reopening_refusal(tx, case)) == "person_erased"


def test_an_erasure_that_fails_at_any_step_has_done_nothing(
    journal: Journal, clock: Clock, giulia: UserId, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = raised(journal, clock, giulia)
    write, before, steps = Transaction.write, digest(journal, 10**9), 0
    while Registry(journal).user(giulia) is not None:
        writes = 0

        def dies(tx: Transaction, query: Any, *values: object, at: int = steps) -> int:
            nonlocal writes
            writes += 1
            if writes > at:
                raise RuntimeError("killed")
            return write(tx, query, *values)

        with monkeypatch.context() as patched:
            patched.setattr(Transaction, "write", dies)
            try:
                erase_person(journal, giulia, by="x")
            except RuntimeError:
                assert digest(journal, 10**9) == before
                assert events(journal, alert)[0].phone == PHONE
        steps += 1
    assert steps > 8
    assert events(journal, alert)[0].phone is None


@on_postgresql
def test_nothing_of_an_erased_person_is_in_the_servers_files(
    journal: Journal, database: PostgresDatabase, clock: Clock
) -> None:
    number, name = "+393987654321", "Ermenegilda"
    user = Registry(journal).add_user(Person(phones=(number,), first_name=name), by="test").id
    alert = accept(journal, signal(clock, number, device="phone-of-ermenegilda"), 50).alert
    journal.append(Append(streams.case(alert), 0, (ev.AlertClosed(outcome=Outcome.BRIEFED),)))
    row = there(journal.row(erasable.KEY_ROW, alert))
    what = (number.encode(), name.encode(), b"phone-of-ermenegilda", *row[1:4])

    def standing_in_files() -> list[bytes]:
        database.server.execute("CHECKPOINT", database.name)
        (oid,) = database.execute("SELECT oid FROM pg_database WHERE datname = current_database()")[0]
        files = [one for one in (database.server.folder / f"data/base/{oid}").rglob("*") if one.is_file()]
        return [one for one in what if any(one in file.read_bytes() for file in files)]

    assert standing_in_files() == list(what)
    erase_person(journal, user, by="test")
    assert journal.scrub() == ""
    assert standing_in_files() == []


# ---------------------------------------------------------------------------------- transfer


@on_both
@pytest.mark.parametrize("form", list(Format))
def test_an_export_comes_back_to_the_byte_with_what_was_forgotten(
    journal: Journal, clock: Clock, giulia: UserId, tmp_path: Path, form: Format
) -> None:
    anna = Registry(journal).add_user(Person(phones=("+393331112224",)), by="test").id
    forgotten = raised(journal, clock, giulia)
    erase_person(journal, giulia, by="x")
    kept = raised(journal, clock, anna)
    out = BytesIO()
    export_events(journal, out, form)
    assert PHONE.encode() in out.getvalue(), "others' tools read it"
    file = tmp_path / "exported"
    file.write_bytes(out.getvalue())
    other = journal_in(tmp_path / "other.db")
    import_file(other, file)
    assert verify_journal(other).digest == verify_journal(journal).digest
    assert events(other, kept) == events(journal, kept)
    assert events(other, forgotten)[0].phone is None
    assert history.alerts_of_number(other, "112223") == {kept}
    assert other.row(erasable.KEY_ROW, kept) == journal.row(erasable.KEY_ROW, kept)
