"""Intended content of the file after the edits, as data, and the defaults of missing keys.

`layout` finds the text, and verifies it against this data.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, get_args, get_origin

from msgspec import NODEFAULT, Struct, to_builtins
from msgspec.structs import fields

from model.feature import settings_type
from model.settings import Settings
from model.settings_edits import Add, Anything, ChangedOnDisk, Edit, EditMissed, Remove, Set, Value

Table = dict[str, Any]

_PATH: Final = re.compile(r"^(?:(?P<table>[a-z_.]+?)(?:\[(?P<row>[^\]]+)\])?\.)?(?P<key>[a-z0-9_]+)$")


def row_names() -> Mapping[str, str]:
    """Return the key that names a row, for each list of tables: the first key of the row."""
    return _row_names(settings_type())


@cache
def _row_names(whole: type[Settings]) -> Mapping[str, str]:
    return dict(_lists(whole, ""))


def _lists(table: type[Struct], within: str) -> Iterator[tuple[str, str]]:
    for one in fields(table):
        row = get_args(one.type)[0] if get_origin(one.type) is tuple else None
        if isinstance(row, type) and issubclass(row, Struct):
            yield f"{within}{one.name}", fields(row)[0].name
        elif isinstance(one.type, type) and issubclass(one.type, Struct):
            yield from _lists(one.type, f"{within}{one.name}.")


@dataclass(frozen=True)
class KeyLocation:
    """Place of a key: its table (empty for top-level keys), the row of a list, and the key."""

    table: str
    row: str | None
    key: str


def place(path: str) -> KeyLocation:
    """Return the place of a path. Raises EditMissed for a path of no key."""
    match = _PATH.match(path)
    if match is None or (match["table"] in row_names()) != (match["row"] is not None):
        raise EditMissed(path, "the settings have no such key")
    return KeyLocation(match["table"] or "", match["row"], match["key"])


def rows_of(data: Table, table: str) -> list[Table]:
    """Return the rows of a list of tables; empty if the file has no such list. Raises EditMissed if the key
    is no list of tables.
    """
    if table not in row_names():
        raise EditMissed(table, "the key is not a list of tables")
    found = data
    *outer, last = table.split(".")
    for key in outer:
        found = found.get(key, {})
    rows = found.get(last, [])
    return rows if isinstance(rows, list) else []


def index_of(data: Table, table: str, name: str) -> int:
    """Return the index of the row with this name. Raises EditMissed."""
    for i, row in enumerate(rows_of(data, table)):
        if row.get(row_names()[table]) == name:
            return i
    raise EditMissed(f"{table}[{name}]", "no table has this name")


def table_of(data: Table, at: KeyLocation) -> Table:
    """Return the table that has, or would have, the key. Raises EditMissed."""
    if at.row is not None:
        return rows_of(data, at.table)[index_of(data, at.table, at.row)]
    found = data
    for key in filter(None, at.table.split(".")):
        found = found.setdefault(key, {})
        if not isinstance(found, dict):
            raise EditMissed(at.table, "the key is not a table")
    return found


def after(data: Table, edit: Edit) -> Table:
    """Return the content after an edit. Raises EditMissed; ChangedOnDisk if a value was not as seen."""
    data = copy.deepcopy(data)
    match edit:
        case Set(path=path, now=now, was=was):
            at = place(path)
            table = table_of(data, at)
            holds = table.get(at.key)
            if not same(holds, now) and not isinstance(was, Anything) and not same(holds, was):
                raise ChangedOnDisk(path, holds)
            if now is None:
                table.pop(at.key, None)
            else:
                table[at.key] = now
        case Add(table=name, row=row):
            rows = rows_of(data, name)
            *outer, last = name.split(".")
            inner = data
            for key in outer:
                inner = inner.setdefault(key, {})
            inner[last] = [*rows, dict(row)]
        case Remove(table=name, name=row_name, was=was):
            i = index_of(data, name, row_name)
            row = rows_of(data, name).pop(i)
            if not isinstance(was, Anything) and row != was:
                raise ChangedOnDisk(f"{name}[{row_name}]", row)
    return without_empty(data)


def after_all(data: Table, edits: Sequence[Edit]) -> Table:
    """Return the content after all edits, in order."""
    for edit in edits:
        data = after(data, edit)
    return data


def without_empty(data: Table) -> Table:
    """Return the content without empty tables and lists of tables: a header alone has no effect."""
    tables = {key: dict(value) if isinstance(value, dict) else value for key, value in data.items()}
    for path in row_names():
        *outer, last = path.split(".")
        inner = tables.get(outer[0], {}) if outer else tables
        if isinstance(inner, dict) and inner.get(last) == []:
            del inner[last]
    return {key: value for key, value in tables.items() if value != {}}


def same(holds: Value | None, wanted: Value | None) -> bool:
    """Return True if both are one value: `true` differs from 1, but 6 equals 6.0."""
    return isinstance(holds, bool) == isinstance(wanted, bool) and holds == wanted


def by_name(path: str, data: Table) -> str:
    """Return a path of the loader, `modem[0].port`, in the form of edits: `modem[milano1].port`."""
    match = re.match(r"^(?P<table>[a-z_.]+)\[(?P<index>[0-9]+)\](?P<rest>.*)$", path)
    if match is None or match["table"] not in row_names():
        return path
    rows, index = rows_of(data, match["table"]), int(match["index"])
    name = rows[index].get(row_names()[match["table"]]) if index < len(rows) else None
    return f"{match['table']}[{name}]{match['rest']}" if name else path


def table_type(table: str) -> type[Struct] | None:
    """Return the struct of a table, or of the rows of a list of tables; None if there is none."""
    kind: Any = settings_type()
    for key in filter(None, table.split(".")):
        kind = {field.encode_name: field.type for field in fields(kind)}.get(key)
        if get_origin(kind) is tuple:
            kind = get_args(kind)[0]
        if not (isinstance(kind, type) and issubclass(kind, Struct)):
            return None
    found: type[Struct] = kind
    return found


def default_of(at: KeyLocation) -> Value | None:
    """Return the default as written; None if there is none, or if no value can express it."""
    kind = table_type(at.table)
    for field in () if kind is None else fields(kind):
        if field.encode_name == at.key:
            if field.default is not NODEFAULT:
                return written(field.default)
            if field.default_factory is not NODEFAULT:
                return written(field.default_factory())
    return None


def written(value: Any) -> Value | None:
    """Return a value of the settings in the form of TOML: a choice as its text, several as a list; None for
    None.
    """
    found: Value | None = to_builtins(value)
    return found
