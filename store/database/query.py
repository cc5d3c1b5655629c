"""Statements written in SQLAlchemy Core, compiled once per dialect, and run on the bare driver.

Core's own execution costs several times the time of SQLite for the journal's small statements (measured: 19
µs against 3 µs), so that only its compiler is used.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy.engine import Dialect
from sqlalchemy.sql.elements import ClauseElement

Row = tuple[Any, ...]
"""Row of the driver; the reader assigns the types, on unpacking."""


MADE: Final[list[Query]] = []
"""All statements, created on import of their module; only a restore creates more, one per table."""


class Query:
    """Statement with the names of its parameters, in the order of the callers' values."""

    __slots__ = ("_statement", "made_in", "names")

    def __init__(self, statement: ClauseElement, *names: str) -> None:
        self._statement = statement
        self.names: Final = names
        self.made_in: Final[str] = sys._getframe(1).f_globals["__name__"]
        MADE.append(self)

    def prepared(self, dialect: Dialect) -> Prepared:
        """Return the statement compiled for this dialect, which must use positional parameters. Raises
        LookupError for unknown parameters.
        """
        compiled = self._statement.compile(dialect=dialect)
        order = compiled.positiontup or []  # type: ignore[attr-defined]
        if unknown := set(self.names) - set(order):
            raise LookupError(f"the statement has no parameters {sorted(unknown)}: {compiled}")
        constants = {name: compiled.params[name] for name in order if name not in self.names}
        return Prepared(str(compiled), self.names, tuple(order), constants)


class Prepared:
    """Compiled statement with the layout of its parameters."""

    __slots__ = ("_as_given", "_layout", "sql")

    def __init__(
        self, sql: str, names: tuple[str, ...], order: tuple[str, ...], constants: dict[str, object]
    ) -> None:
        self.sql: Final = sql
        self._as_given = names == order
        self._layout = tuple(
            (names.index(name), None) if name in names else (-1, constants[name]) for name in order
        )

    def lay_out(self, values: Sequence[object]) -> Sequence[object]:
        """Return the parameters in the statement's order, with constants filled in."""
        if self._as_given:
            return values
        return [values[index] if index >= 0 else constant for index, constant in self._layout]
