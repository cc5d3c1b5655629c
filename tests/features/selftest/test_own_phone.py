"""The phone that the center itself is."""

from __future__ import annotations

from features.selftest import own_phone
from model.rules.phones_that_check import count_by_state
from store.journal.journal import Journal
from store.registry import devices
from store.registry.registry import Registry
from tests.store.conftest import clock, database, journal, open_journal, path  # noqa: F401
from tests.store.places import on_both
from tests.store.test_devices import GIULIA, KEY
from tests.support.there import there


@on_both
def test_the_centers_own_phone_is_known_and_in_no_list(journal: Journal) -> None:  # noqa: F811
    device = journal.transact(lambda tx: own_phone.know(tx, KEY, None))
    assert journal.transact(lambda tx: own_phone.know(tx, KEY, GIULIA)) == device
    assert journal.transact(lambda tx: own_phone.know(tx, KEY, None)) == device, "as the number was"
    known = there(devices.key_of(journal, device))
    assert (known.phone, known.key) == (GIULIA, KEY)
    assert devices.all_devices(journal) == []
    registry = Registry(journal)
    assert registry.users() == []
    assert registry.user_by_phone(GIULIA) is None
    assert registry.silent(journal.now_us(), limit=10) == ([], 0)
    assert not any(count_by_state(devices.count_checks(journal), journal.now_us()).values())
