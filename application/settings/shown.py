"""The settings as admins see them: what each key holds, where that comes from, and what would change.

Pure but for the simulation's file. What counts now is made of the text with which the node has started, what
counts next of the text that is there, both by the same rules: so it is known what a restart changes.
"""

from __future__ import annotations

import hmac
import re
import secrets
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from application.errors import SettingsError
from application.settings.editing.lines import line_of
from application.settings.editing.wanted import Place, Table, by_name, row_names, rows_of
from application.settings.fields import FieldType, fields
from application.settings.file import parse
from application.settings.simulation import simulation, with_simulation
from application.settings.views import SIGN, SettingFault, SettingRow, SettingSource
from application.state.state_dir import NodeFile
from model.settings import Settings
from model.settings_edits import Value

_OTHERS: Final = ("modem", "trunk")
"""Lists of tables that have a chapter of their own."""
_PROCESS: Final = secrets.token_bytes(32)


@dataclass(frozen=True)
class Counting:
    """What counts of a text, by path, and why where it is not the text's word."""

    values: dict[str, Value | None]
    over: dict[str, SettingSource]


def counting(text: str, node: NodeFile, run: Path) -> Counting:
    """What a node that is started as this one was would go by. Raises SettingsError."""
    said = parse(text)
    own = flat(said)
    simulated = _simulated(said, node, run)
    values, over = dict(own), {}
    for path, value in flat(simulated).items():
        if own.get(path) != value:
            values[path], over[path] = value, SettingSource.SIMULATION
    given = {"http.host": node.host, "http.port": node.port, "cluster.join": list(node.join) or None}
    for path, wish in given.items():
        if wish is not None:
            values[path], over[path] = wish, SettingSource.COMMAND_LINE
    return Counting(values, over)


def _simulated(said: Settings, node: NodeFile, run: Path) -> Settings:
    if node.simulation is None or (node.until_modems and said.modem):
        return said
    return with_simulation(said, simulation(Path(node.simulation), run))


def flat(settings: Settings) -> dict[str, Value | None]:
    """Every key by its path, rows of lists by their names."""
    return dict(_flat(msgspec.to_builtins(settings), ""))


def _flat(table: Table, path: str) -> Iterator[tuple[str, Any]]:
    own = re.sub(r"\[[^\]]*\]", "", path)
    kinds = {one.key for one in fields() if one.table == own}
    for key, value in table.items():
        where = f"{path}.{key}" if path else key
        if key in kinds:
            yield where, value
        elif isinstance(value, dict):
            yield from _flat(value, where)
        elif where in row_names():
            for row in value:
                yield from _flat(row, f"{where}[{row[row_names()[where]]}]")


def shown(text: str, started: str, node: NodeFile, run: Path) -> tuple[list[SettingRow], list[str]]:
    """The rows, and the paths of what would change. Raises SettingsError."""
    next_, now = counting(text, node, run), counting(started, node, run)
    said = tomllib.loads(text)
    pending = list(dict.fromkeys(_pending(next_, now)))
    rows = [_row(one, at, said, text, next_, now) for one, at in _places(said)]
    return rows, pending


def _pending(next_: Counting, now: Counting) -> Iterator[str]:
    """What differs; of a table of a list that comes or goes, the table."""
    both = {_row_at(path) for path in next_.values} & {_row_at(path) for path in now.values}
    for path in dict.fromkeys((*next_.values, *now.values)):
        if next_.values.get(path) != now.values.get(path):
            yield path if _row_at(path) in both else _row_at(path)


def _row_at(path: str) -> str:
    """`modem[m1]` of `modem[m1].port`; empty where it is in no list."""
    row, bracket, _ = path.partition("].")
    return row + "]" if bracket else ""


def _places(said: Table) -> Iterator[tuple[FieldType, Place]]:
    for one in fields():
        if one.table.partition(".")[0] in _OTHERS:
            continue
        if one.table in row_names():
            for row in rows_of(said, one.table):
                yield one, Place(one.table, row[row_names()[one.table]], one.key)
        else:
            yield one, Place(one.table, None, one.key)


def _row(one: FieldType, at: Place, said: Table, text: str, next_: Counting, now: Counting) -> SettingRow:
    table = at.table if at.row is None else f"{at.table}[{at.row}]"
    path = f"{table}.{at.key}" if table else at.key
    value = _said(said, at)
    source = next_.over.get(path, SettingSource.DEFAULT if value is None else SettingSource.FILE)
    told = [value, next_.values.get(path), now.values.get(path)]
    hidden = any(is_secret(one) for one in told)
    value, after, in_use = ([sign(one) for one in told]) if hidden else told
    return SettingRow(
        path=path,
        table=table,
        meaning=one.meaning,
        kind=one.kind,
        unit=one.unit,
        least=one.least,
        most=one.most,
        choices=one.choices,
        value=value,
        default=one.default,
        next=after,
        in_use=in_use,
        source=source,
        line=None if value is None else line_of(text, said, at),
        hidden=hidden,
        elsewhere=one.elsewhere,
    )


def _said(said: Table, at: Place) -> Value | None:
    found: Any = said
    if at.row is not None:
        found = next(row for row in rows_of(said, at.table) if row[row_names()[at.table]] == at.row)
    else:
        for key in filter(None, at.table.split(".")):
            found = found.get(key, {})
    value: Value | None = found.get(at.key)
    return value


def is_secret(value: Value | None) -> bool:
    """Whether an address has a password, or a question that may be a key, in it."""
    if not isinstance(value, str) or "://" not in value:
        return False
    try:
        parts = urlsplit(value)
        return bool(parts.password or parts.query)
    except ValueError:
        return True


def sign(value: Value | None) -> str | None:
    """In place of a secret: the same as long as that is, and tells nobody what it is."""
    if value is None:
        return None
    return SIGN + hmac.digest(_PROCESS, msgspec.json.encode(value), "sha256").hex()[:12]


def faults_of_text(error: SettingsError, text: str) -> list[SettingFault]:
    """The loader's faults, rows by their names."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        data = {}
    told = [fault.partition(": ") for fault in error.faults]
    return [
        SettingFault(path=by_name(path, data), reason=reason)
        if reason
        else SettingFault(path="", reason=path)
        for path, _, reason in told
    ]
