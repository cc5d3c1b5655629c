"""Statements written once in SQLAlchemy Core, compiled once per dialect, run on the bare driver.

Core's own execution costs several times what SQLite itself takes for the journal's small
statements (measured: 19 µs against 3 µs), so that only its compiler is used on the way.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy.engine import Dialect
from sqlalchemy.sql.elements import ClauseElement

Row = tuple[Any, ...]
"""One row as the driver gives it; typed where it is unpacked, a line further on."""


MADE: Final[list[Query]] = []
"""All of them. They are made when their module is imported; a restore alone makes more, one a table."""


class Query:
    """One statement with the names of its parameters, in the order in which callers give them."""

    __slots__ = ("_statement", "made_in", "names")

    def __init__(self, statement: ClauseElement, *names: str) -> None:
        self._statement = statement
        self.names: Final = names
        self.made_in: Final[str] = sys._getframe(1).f_globals["__name__"]
        MADE.append(self)

    def prepared(self, dialect: Dialect) -> Prepared:
        """The statement in the words of this dialect, which has to use positional parameters."""
        compiled = self._statement.compile(dialect=dialect)
        order = compiled.positiontup or []  # type: ignore[attr-defined]
        if unknown := set(self.names) - set(order):
            raise LookupError(f"the statement has no parameters {sorted(unknown)}: {compiled}")
        constants = {name: compiled.params[name] for name in order if name not in self.names}
        return Prepared(str(compiled), self.names, tuple(order), constants)


class Prepared:
    """A statement as text, and how to lay out its parameters."""

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
        """The parameters in the statement's order, constants filled in."""
        if self._as_given:
            return values
        return [values[index] if index >= 0 else constant for index, constant in self._layout]
