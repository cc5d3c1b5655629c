"""The tests of rows have a journal in a database of either kind, as those of the store."""

from tests.store.conftest import _closed, clock, database, journal, open_journal, path  # noqa: F401
