"""Of a person 112's systems are told what the settings let them be, and never the safe word or a picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from features.psap_data.store import who_is
from messages.ids import NodeId, UserId
from model.record import SHARED, Contact, DangerousPerson, PersonRecord, SharedField
from runtime.clock import VirtualClock
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier
from store.registry.people import Person
from store.registry.registry import Registry
from store.registry.users import records
from tests.support.journals import empty_journal
from tests.support.there import there


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    url = empty_journal(tmp_path / "journal.db")
    clock = VirtualClock()
    opened = Journal.open(url, node=NodeId("n"), clock=clock.now_us, notify=LocalNotifier())
    yield opened
    opened.close()


def test_the_settings_say_what_is_told(journal: Journal) -> None:
    giulia = Registry(journal).add_user(
        Person(phones=("+393331112223",), first_name="Giulia", last_name="Rossi", notes="asthma"), by="test"
    )
    record = PersonRecord(
        dangerous=(DangerousPerson(name="Marco"),),
        safe_word="lemon",
        contacts=(Contact(name="Anna", number="+393331112224"),),
    )
    journal.transact(
        lambda tx: records.write_record(tx, giulia.id, record, expected=None, by="test", region="IT")
    )
    who = there(who_is(journal, giulia.id, SHARED))
    assert (who.name, who.notes, who.record) == (
        "Giulia Rossi",
        "asthma",
        PersonRecord(dangerous=(DangerousPerson(name="Marco"),)),
    )
    more = there(who_is(journal, giulia.id, (SharedField.CONTACTS, SharedField.PHOTO)))
    assert more.record == PersonRecord(contacts=(Contact(name="Anna", number="+393331112224"),))
    assert "lemon" not in repr((who, more))
    assert there(who_is(journal, giulia.id, ())).record == PersonRecord()


def test_nobody_is_nobody(journal: Journal) -> None:
    assert who_is(journal, None, SHARED) is None
    assert who_is(journal, UserId("gone"), SHARED) is None
