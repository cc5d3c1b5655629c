"""PostgreSQL's errors by the names of `store.errors` (SQLSTATE, appendix A of its manual)."""

from __future__ import annotations

from typing import Final, NamedTuple

import psycopg

from store.database.postgresql_connecting import ServerSilent
from store.errors import (
    JournalError,
    JournalFull,
    JournalLocked,
    JournalReadOnly,
    JournalTorn,
    JournalUnavailable,
    StoreMisuse,
)

_KINDS: Final[dict[str, type[JournalError]]] = {
    "55P03": JournalLocked,  # lock_not_available
    "40001": JournalLocked,  # serialization_failure
    "40P01": JournalLocked,  # deadlock_detected
    "53100": JournalFull,  # disk_full
    "25006": JournalReadOnly,  # read_only_sql_transaction
    "42501": JournalReadOnly,  # insufficient_privilege
    "42P01": JournalTorn,  # undefined_table: the database was emptied, or is another program's
    "XX001": JournalTorn,  # data_corrupted
    "XX002": JournalTorn,  # index_corrupted
}
_OURS: Final = ("21", "22", "23", "26", "34", "42", "54", "P0")
"""Classes of what only a defect of ours, or somebody who works against the rules, can bring about."""
_AGAIN: Final = ("25006", "0A000")
"""With another connection it may be otherwise: this server is a standby now; a table has another form."""


class Named(NamedTuple):
    """An error, and whether the next attempt needs a new connection."""

    error: JournalError | StoreMisuse
    again: bool


def named(journal: str, error: psycopg.Error, *, lost: bool) -> Named:
    """The driver's error as ours. `lost`: the connection is of no more use."""
    text = f"{journal}: {_words(error)}"
    state = error.sqlstate or ""
    if isinstance(error, ServerSilent):
        return Named(JournalUnavailable(text, silent=True), again=True)
    if lost:
        return Named(JournalUnavailable(text), again=True)
    if (kind := _KINDS.get(state)) is not None:
        return Named(kind(text), again=state in _AGAIN)
    if state.startswith(_OURS) or isinstance(error, psycopg.DataError | psycopg.ProgrammingError):
        return Named(StoreMisuse(text), again=False)
    return Named(JournalUnavailable(f"{text} ({state or type(error).__name__})"), again=True)


def _words(error: psycopg.Error) -> str:
    said = error.diag.message_primary or str(error)
    return "; ".join(line.strip() for line in said.splitlines() if line.strip())
