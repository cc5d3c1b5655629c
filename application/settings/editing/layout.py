"""Place of an edit in the file's text, so that comments, order and layout stay. Built on tomlkit.

The shipped file has each unset key as a comment in its place (`# pause_s = 2`), with its meaning. The key is
set there, and commented out there again. Each possible edit is a guess about the layout, verified by reading
the result; the first guess that changes exactly what was requested is taken.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Item

from application.settings.editing import intended
from application.settings.editing.intended import KeyLocation, Table, default_of
from application.settings.editing.lines import (
    KEY,
    aligned,
    commented_header,
    is_header,
    joined,
    own_end,
    section,
    section_end,
    split,
)
from model.settings_edits import Add, Edit, EditMissed, Remove, Row, Set, Value


def edited(text: str, edit: Edit) -> str:
    """Return the text after the edit. Raises EditMissed, ChangedOnDisk; the text must be TOML."""
    before = tomllib.loads(text)
    aim = intended.after(before, edit)
    if aim == intended.without_empty(before):
        return text
    for guess in _guesses(text, before, edit):
        try:
            if intended.without_empty(tomllib.loads(guess)) == aim:
                return guess
        except tomllib.TOMLDecodeError:
            continue
    raise EditMissed(
        _path(edit), "the layout of the settings file cannot be edited by a program: change the file by hand"
    )


def _path(edit: Edit) -> str:
    match edit:
        case Set(path=path):
            return path
        case Add(table=table):
            return table
        case Remove(table=table, name=name):
            return f"{table}[{name}]"


def _guesses(text: str, before: Table, edit: Edit) -> Iterator[str]:
    match edit:
        case Set(path=path, now=None):
            at = intended.place(path)
            yield from _commented_out(text, before, at)
            yield from _by_tomlkit(text, before, at, None)
        case Set(path=path, now=now):
            at = intended.place(path)
            if at.key in intended.table_of(before, at):
                yield from _by_tomlkit(text, before, at, now)
            else:
                yield from _set_anew(text, before, at, now)
                yield from _by_tomlkit(text, before, at, now)
        case Add(table=table, row=row):
            yield from _added(text, table, row)
        case Remove(table=table, name=name):
            yield from _removed(text, table, intended.index_of(before, table, name))


# ------------------------------------------------------------ a key


def _set_anew(text: str, before: Table, at: KeyLocation, now: Value | None) -> Iterator[str]:
    """Yield texts with the key in place of its commented default, at its table's end, or in a new table."""
    assert now is not None
    lines = text.splitlines()
    start, end = section(lines, before, at)
    if start is None and (header := commented_header(lines, at.table)) is not None:
        said, comment = split(lines[header].lstrip("# "))
        lines[header] = aligned(said, comment)
        start, end = header + 1, section_end(lines, header + 1)
    if start is None:
        yield "\n".join([*lines, "", f"[{at.table}]", f"{at.key} = {_toml(now)}"]) + "\n"
        return
    for i in range(start, end):
        match = KEY.match(lines[i])
        if match and match["off"] and match["key"] == at.key:
            _, comment = split(lines[i].removeprefix(match["off"]))
            yield joined([*lines[:i], _line(at.key, now, comment), *lines[i + 1 :]])
    last = max((i for i in range(start, end) if lines[i].strip()), default=start - 1)
    yield joined([*lines[: last + 1], _line(at.key, now, ""), *lines[last + 1 :]])


def _commented_out(text: str, before: Table, at: KeyLocation) -> Iterator[str]:
    """Yield texts with the line as a comment that shows the default."""
    lines = text.splitlines()
    start, end = section(lines, before, at)
    dotted = f"{at.table}.{at.key}"
    own = dict.fromkeys(range(start or 0, end), at.key) or dict.fromkeys(range(section_end(lines, 0)), dotted)
    for i, key in own.items():
        match = KEY.match(lines[i])
        if match and not match["off"] and match["key"] == key:
            value, comment = split(lines[i])
            default = default_of(at)
            shown = value if default is None else f"{key} = {_toml(default)}"
            yield joined([*lines[:i], aligned(f"# {shown}", comment), *lines[i + 1 :]])


def _by_tomlkit(text: str, before: Table, at: KeyLocation, now: Value | None) -> Iterator[str]:
    """Yield the text edited by tomlkit, in any layout: dotted keys, inline tables, multi-line values."""
    document = tomlkit.parse(text)
    found: Any = document
    try:
        for key in filter(None, at.table.split(".")):
            found = found.setdefault(key, tomlkit.table())
        if at.row is not None:
            found = found[intended.index_of(before, at.table, at.row)]
        if now is None:
            found.remove(at.key)
        else:
            item, value = found.get(at.key), _item(now)
            if isinstance(item, Item) and item.trivia.comment:
                longer = len(value.as_string()) - len(item.as_string())
                item.trivia.comment_ws = " " * max(1, len(item.trivia.comment_ws) - longer)
            found[at.key] = value
    except (TOMLKitError, KeyError, AttributeError, TypeError):
        return
    yield tomlkit.dumps(document)


# ------------------------------------------------------------ a table of a list


def _added(text: str, table: str, row: Row) -> Iterator[str]:
    """Yield texts with the new row after the last of its kind, before the commented example, or last."""
    lines = text.splitlines()
    block = [f"[[{table}]]", *(f"{key} = {_toml(value)}" for key, value in row.items())]
    headers = [i for i in range(len(lines)) if is_header(lines[i], table, off=False)]
    if headers:
        end = own_end(lines, headers[-1])
        yield joined([*lines[:end], "", *block, *lines[end:]])
    shown = commented_header(lines, table)
    if shown is not None:
        yield joined([*lines[:shown], *block, "", *lines[shown:]])
    yield joined([*lines, "", *block])


def _removed(text: str, table: str, index: int) -> Iterator[str]:
    lines = text.splitlines()
    headers = [i for i in range(len(lines)) if is_header(lines[i], table, off=False)]
    if index >= len(headers):
        return
    start = headers[index]
    end = own_end(lines, start)
    while end < len(lines) and not lines[end].strip() and start and not lines[start - 1].strip():
        end += 1
    yield joined([*lines[:start], *lines[end:]])
    yield joined([*lines[: headers[index]], *lines[section_end(lines, start + 1) :]])


# ------------------------------------------------------------ values


def _line(key: str, value: Value, comment: str) -> str:
    return aligned(f"{key} = {_toml(value)}", comment)


def _toml(value: Value) -> str:
    return _item(value).as_string()


def _item(value: Value) -> Item:
    if isinstance(value, dict):
        table = tomlkit.inline_table()
        table.update(value)
        return table
    return tomlkit.item(int(value) if isinstance(value, float) and value.is_integer() else value)
