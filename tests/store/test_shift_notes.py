"""Notes to the next shift: left, done with and taken back, and gone after a month."""

from collections.abc import Callable

from messages.ids import Instant, OperatorId
from model.settings.storage import RetentionSettings
from store import shift_notes
from store.alerts.erasing import erase_expired
from store.journal.journal import Journal
from store.shift_notes import DONE_SHOWN_US, KEPT_DAYS, ShiftNote
from tests.store.databases import Database
from tests.store.places import Clock, on_both
from tests.support.there import there

ANNA, LUCA = OperatorId("anna"), OperatorId("luca")


def left(journal: Journal, text: str = "sim2 makes noises") -> ShiftNote:
    return journal.transact(lambda tx: shift_notes.add_note(tx, ANNA, text))


def finished(journal: Journal, note: str, by: OperatorId, *, done: bool = True) -> ShiftNote | None:
    return journal.transact(lambda tx: shift_notes.mark_note(tx, note, by, done=done))


@on_both
def test_a_note_is_shown_until_it_is_done_and_some_hours_more(journal: Journal, clock: Clock) -> None:
    first = left(journal)
    clock.forward(60)
    second = left(journal, "Giulia’s neighbour has the keys")
    assert shift_notes.current_notes(journal, journal.now_us()) == [second, first]
    done = there(finished(journal, first.id, LUCA))
    assert (done.done_by, done.done_at, done.by) == (LUCA, journal.now_us(), ANNA)
    clock.forward(5)
    assert finished(journal, first.id, ANNA) == done, "who was first is told"
    later = Instant(journal.now_us() + DONE_SHOWN_US)
    assert shift_notes.current_notes(journal, later) == [second]


@on_both
def test_what_was_done_by_mistake_is_open_again(journal: Journal) -> None:
    note = left(journal)
    finished(journal, note.id, LUCA)
    assert finished(journal, note.id, LUCA, done=False) == note
    assert finished(journal, "of-nobody", LUCA) is None


@on_both
def test_a_note_goes_after_a_month_or_when_words_of_alerts_go(
    database: Database, open_journal: Callable[..., Journal], clock: Clock
) -> None:
    journal = open_journal()
    left(journal, "to-be-forgotten")
    clock.forward(6 * 86_400)
    list(erase_expired(journal, RetentionSettings()))
    assert len(shift_notes.current_notes(journal, journal.now_us())) == 1
    list(erase_expired(journal, RetentionSettings(words_days=5)))
    assert shift_notes.current_notes(journal, journal.now_us()) == []
    assert database.execute("SELECT * FROM shift_note") == []
    left(journal, "to-be-forgotten")
    clock.forward(KEPT_DAYS * 86_400 + 1)
    assert shift_notes.current_notes(journal, journal.now_us()) == [], "also before the sweep has come by"
    list(erase_expired(journal, RetentionSettings(words_days=0)))
    assert database.execute("SELECT * FROM shift_note") == []
