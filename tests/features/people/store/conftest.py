"""A journal as the store's own tests have it: in a database of the test's own, with a clock."""

from tests.store.conftest import _closed, clock, database, journal, open_journal, path  # noqa: F401
