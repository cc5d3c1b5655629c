"""Settings in words, from `model.settings`: the shipped `config/center.toml`, and the reference page."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from itertools import groupby
from typing import Final

import tomlkit
from msgspec.structs import asdict

from application.settings.editing.intended import row_names, table_type
from application.settings.editing.lines import aligned
from application.settings.fields import FieldType, fields
from application.settings.views import SettingKind
from messages.ids import TrunkId
from model.settings.lines import Trunk
from model.settings_edits import Value

_HEAD: Final = """\
# The settings of a securWoman centre. Every key is optional; what is commented out shows its default.
# A key that is not known is an error, with its path. Check this file with:  securwoman doctor
# Times are in seconds, numbers in E.164 ("+39…").
"""
_ROWS: Final = {
    "trunk": (Trunk(name=TrunkId("public")), Trunk(name=TrunkId("emergency"), emergency=True)),
}
"""Rows in the shipped file; other lists have one row in comments."""
_LINES: Final = f"# {'-' * 88} lines\n\n"
_WIDE: Final = 150


def template() -> str:
    """Return `config/center.toml` as shipped."""
    return _HEAD + "".join(f"\n{table}" for table in _tables())


def _tables() -> Iterator[str]:
    for name, keys in _by_table():
        if name in _ROWS:
            for row in _ROWS[name]:
                said = asdict(row)
                own = [one for one in keys if one.required or said[one.key] != one.default]
                table = _table(name, [(one.key, said[one.key], one) for one in own], off="")
                yield table if row is not _ROWS["trunk"][0] else _LINES + table
            continue
        off = "# " if name in row_names() else ""
        yield _table(name, [(_within(name, one), _shown(one), one) for one in keys], off=off)


def _by_table() -> Iterator[tuple[str, list[FieldType]]]:
    """Yield the tables with their keys. A table's own keys precede the tables in it, as TOML requires; a
    table within a row belongs to the row.
    """
    kept: dict[str, list[FieldType]] = {}
    for one in fields():
        row = next((name for name in row_names() if one.table.startswith(f"{name}.")), None)
        kept.setdefault(row or one.table, []).append(one)
    for _, group in groupby(kept, key=lambda name: name.partition(".")[0]):
        yield from ((name, kept[name]) for name in sorted(group, key=lambda name: name.count(".")))


def _within(table: str, one: FieldType) -> str:
    return one.path.removeprefix(f"{table}.") if table else one.key


def _shown(one: FieldType) -> Value:
    """Return the value shown in the file: the default, or an example if the default is not instructive."""
    value = one.default if one.example is None else one.example
    assert value is not None, f"{one.path} has neither a default nor an example"
    return value


def _table(name: str, rows: list[tuple[str, Value, FieldType]], *, off: str) -> str:
    lines = []
    if name:
        header = f"[[{name}]]" if name in row_names() else f"[{name}]"
        lines += _said(f"{off}{header}", _about(name))
    for key, value, one in rows:
        written = one.written or name in _ROWS
        lines += _said(f"{'' if written else '# '}{key} = {in_toml(value)}", words(one))
    return "\n".join(lines) + "\n"


def _about(table: str) -> str:
    """Return the docstring of the table's struct, which describes the table."""
    kind = table_type(table)
    text = " ".join((kind.__doc__ or "").split()) if kind is not None else ""
    return text.removesuffix(".")


def words(one: FieldType) -> str:
    """Return the meaning of a key, in English, with its note."""
    return f"{one.meaning.en}; {one.note}" if one.note else one.meaning.en


def with_meaning(fault: str) -> str:
    """Return the fault, `path: what is wrong`, with the meaning of the key if the path is a key's."""
    path = re.sub(r"\[[^\]]*\]", "", fault.partition(": ")[0])
    found = next((one for one in fields() if one.path == path), None)
    return fault if found is None else f"{fault} ({words(found)})"


def _said(text: str, comment: str) -> list[str]:
    """Return a line with its comment, which continues on further lines."""
    first = aligned(text, "#").rstrip("#")
    parts = textwrap.wrap(
        comment, _WIDE - 34, initial_indent=" " * max(0, len(first) - 32), break_on_hyphens=False
    )
    more = [aligned("#", f"# {part}") for part in parts[1:]]
    return [f"{first}# {parts[0].strip()}", *more]


def in_toml(value: Value) -> str:
    """Return the value as written in TOML."""
    if isinstance(value, dict):
        table = tomlkit.inline_table()
        table.update(value)
        return table.as_string()
    return tomlkit.item(int(value) if isinstance(value, float) and value.is_integer() else value).as_string()


def reference() -> str:
    """Return `docs/operations/settings.md`: every key with its default, permitted values and meaning."""
    return _REFERENCE + "".join(
        f"\n## {f'`{_header(name)}`' if name else 'At the top of the file'}\n\n{_about(name)}.\n"
        f"\n| key | default | may be | meaning |\n|---|---|---|---|\n"
        + "".join(f"| {' | '.join(_cells(_within(name, one), one))} |\n" for one in keys)
        for name, keys in _by_table()
    )


_REFERENCE: Final = """\
# Settings

Every key of `center.toml`, generated by `scripts/settings` from `model/settings/` and
`features/*/settings.py`. Change a key in the file (`securwoman doctor` then reports faults), or on the
console's page *Settings*. A change takes effect after a restart.
"""


def _header(table: str) -> str:
    return f"[[{table}]]" if table in row_names() else f"[{table}]"


def _cells(key: str, one: FieldType) -> Iterator[str]:
    yield f"`{key}`"
    yield "" if one.required else f"`{in_toml(one.default)}`" if one.default is not None else "left out"
    yield _may_be(one)
    yield words(one).replace("|", "\\|")


def _may_be(one: FieldType) -> str:
    """Return the permitted values of the key."""
    match one.kind:
        case SettingKind.CHOICE | SettingKind.CHOICES:
            return ", ".join(f"`{choice}`" for choice in one.choices)
        case SettingKind.INTEGER | SettingKind.NUMBER:
            return f"{one.least:g} to {one.most:g} {one.unit}".rstrip()
        case SettingKind.SWITCH:
            return "`true`, `false`"
        case SettingKind.TEXT:
            return "a text"
        case SettingKind.TEXTS:
            return "texts"
        case SettingKind.WORDS:
            return "a text for each name"
