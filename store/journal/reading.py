"""What can be read of a journal: streams, places, and what this package's own modules ask of the tables."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar

from messages.ids import Instant
from messages.journal import Recorded
from store.database.dialect import Connection
from store.database.query import Query, Row
from store.journal import rows

T = TypeVar("T")


class Reading(ABC):
    """Each question is answered as of one moment, by whichever file or server the journal is in then.

    All raise JournalError where it cannot be read.
    """

    @abstractmethod
    def _read(self, work: Callable[[Connection], T]) -> T:
        """What `work` makes of a connection that reads; it may be done twice."""

    def read(self, stream: str, after: int = 0) -> list[Recorded]:
        """The stream's events by version, from the one after `after`."""
        return rows.recorded(self.rows(rows.STREAM, stream, after))

    def read_streams(self, *streams: str) -> list[Recorded]:
        """Several streams as they were at one moment, in the order in which they were written."""
        found = self.at_one_moment(
            lambda connection: [
                row for stream in dict.fromkeys(streams) for row in connection.all(rows.STREAM, stream, 0)
            ]
        )
        found.sort(key=lambda row: int(row[0]))
        return rows.recorded(found)

    def read_all(self, after_seq: int = 0, limit: int = 1000) -> list[Recorded]:
        """At most `limit` events after this seq."""
        return rows.recorded(self.rows(rows.AFTER, after_seq, limit))

    def version(self, stream: str) -> int:
        """The stream's last version; 0 where it has none."""
        return self._read(lambda connection: rows.highest(connection, rows.VERSION, stream))

    def version_before(self, stream: str, at_us: Instant) -> int:
        """The stream's last version before that moment; 0 where it has none. Reads no row but those since."""
        return self._read(lambda connection: rows.highest(connection, rows.VERSION_BEFORE, stream, at_us))

    def last(self, stream: str) -> Recorded | None:
        """The stream's last event."""
        return rows.first(self.rows(rows.NEWEST_OF_STREAM, stream))

    def last_seq(self) -> int:
        """The place of the journal's last event; 0 where it is empty."""
        return self._read(lambda connection: rows.highest(connection, rows.LAST_SEQ))

    def row(self, query: Query, *values: object) -> Row | None:
        """The first row of a query, for this package's own modules."""
        return self._read(lambda connection: connection.one(query, *values))

    def rows(self, query: Query, *values: object) -> list[Row]:
        """All rows of a query, for this package's own modules."""
        return self._read(lambda connection: connection.all(query, *values))

    def at_one_moment(self, work: Callable[[Connection], T]) -> T:
        """What `work` reads, all of it of one moment; for this package's own modules.

        It may be done twice, where the first file cannot be read to the end.
        """

        def read(connection: Connection) -> T:
            connection.begin_read()
            try:
                return work(connection)
            finally:
                connection.end()

        return self._read(read)
