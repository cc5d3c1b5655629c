"""Settings for admins: value, source and pending change of each key; and the change of a key as seen."""

from __future__ import annotations

import hmac
import os
import secrets
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from application.errors import SettingsError
from application.settings.editing.file import is_writable
from application.settings.editing.intended import KeyLocation, Table, row_names, rows_of
from application.settings.editing.lines import line_of
from application.settings.effective import Counting, counting, faults_of_text
from application.settings.fields import FieldType, fields
from application.settings.file import text_of
from application.settings.own_file import SettingsFile
from application.settings.views import Meaning, SettingElsewhere, SettingFault, SettingKind, SettingSource
from application.settings.where import config_in_use, shipped
from application.state.state_dir import NodeFile, StateDir, read_json
from model.settings_edits import ChangedOnDisk, EditElsewhere, EditFaulty, EditMissed, Set, Value

SIGN: Final = "•"
"""First character of a sign that stands for a secret."""
_OTHERS: Final = ("modem", "trunk")
"""Lists of tables that have a page of their own."""
_PROCESS: Final = secrets.token_bytes(32)


class SettingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A key. Secret values are replaced by signs that are equal for equal secrets."""

    path: str
    table: str
    meaning: Meaning
    kind: SettingKind
    unit: str
    """`s`, `min`, `days`, `db`, or empty."""
    least: float | None
    most: float | None
    choices: list[str]
    value: Value | None
    """Value in the file; null if missing."""
    default: Value | None
    next: Value | None
    """Value after the next start."""
    in_use: Value | None
    """Value in use."""
    source: SettingSource
    line: int | None
    """Line in the file, if the file has the key."""
    hidden: bool
    elsewhere: SettingElsewhere | None


class FileView(msgspec.Struct, frozen=True, kw_only=True):
    """The file of one node, and the changes of its next start."""

    file: str
    named_by: str
    """`command_line`, `environment`, or `shipped`."""
    writable: bool
    rows: list[SettingRow]
    pending: list[str]
    """Paths of pending changes, including modems and trunks, which are not among `rows`."""
    faults: list[SettingFault]


class ShownFile:
    """`center.toml` of this node, key by key. Blocks on the disk."""

    def __init__(self, state: StateDir) -> None:
        self._state = state

    def set(self, path: str, was: Value | None, now: Value | None) -> SettingRow:
        """Set one key; `was`: its value as shown. Raises EditError."""
        row = self._row(path)
        if row.elsewhere:
            raise EditElsewhere(path)
        if row.hidden and was != row.value:
            raise ChangedOnDisk(path, row.value)
        if isinstance(now, str) and now.startswith(SIGN):
            raise EditFaulty(
                [
                    (
                        path,
                        "the mask stands for no stored secret here: enter the secret",
                    )
                ]
            )
        SettingsFile(self._state).change([Set(path, now) if row.hidden else Set(path, now, was)])
        return self._row(path)

    def _row(self, path: str) -> SettingRow:
        view = self.view()
        if view.faults:
            raise EditFaulty([(one.path, one.reason) for one in view.faults])
        found = next((row for row in view.rows if row.path == path), None)
        if found is None:
            raise EditMissed(path, "the settings have no such key")
        return found

    def view(self) -> FileView:
        """Return the values and pending changes."""
        file, node = config_in_use(self._state), read_json(self._state.node_file, NodeFile)
        rows: list[SettingRow] = []
        pending: list[str] = []
        faults: list[SettingFault] = []
        text = ""
        try:
            text = text_of(file)
            if node is not None:
                rows, pending = shown(text, text_of(self._state.settings_started), node, self._state.run)
        except SettingsError as error:
            faults = faults_of_text(error, text)
        return FileView(
            file=str(file),
            named_by=_named_by(file),
            writable=is_writable(file),
            rows=rows,
            pending=pending,
            faults=faults,
        )


def _named_by(file: Path) -> str:
    if file == shipped("center.toml"):
        return "shipped"
    named = os.environ.get("SECURWOMAN_CONFIG", "")
    return "environment" if named and Path(named).absolute() == file else "command_line"


def shown(text: str, started: str, node: NodeFile, run: Path) -> tuple[list[SettingRow], list[str]]:
    """Return the rows, and the paths of pending changes. Raises SettingsError."""
    next_, now = counting(text, node, run), counting(started, node, run)
    said = tomllib.loads(text)
    pending = list(dict.fromkeys(_pending(next_, now)))
    rows = [_row(one, at, said, text, next_, now) for one, at in _places(said)]
    return rows, pending


def _pending(next_: Counting, now: Counting) -> Iterator[str]:
    """Yield the changed paths; for an added or removed table of a list, the table."""
    both = {_row_at(path) for path in next_.values} & {_row_at(path) for path in now.values}
    for path in dict.fromkeys((*next_.values, *now.values)):
        if next_.values.get(path) != now.values.get(path):
            yield path if _row_at(path) in both else _row_at(path)


def _row_at(path: str) -> str:
    """Return `modem[m1]` of `modem[m1].port`; empty outside a list."""
    row, bracket, _ = path.partition("].")
    return row + "]" if bracket else ""


def _places(said: Table) -> Iterator[tuple[FieldType, KeyLocation]]:
    for one in fields():
        if one.table.partition(".")[0] in _OTHERS:
            continue
        if one.table in row_names():
            for row in rows_of(said, one.table):
                yield one, KeyLocation(one.table, row[row_names()[one.table]], one.key)
        else:
            yield one, KeyLocation(one.table, None, one.key)


def _row(
    one: FieldType, at: KeyLocation, said: Table, text: str, next_: Counting, now: Counting
) -> SettingRow:
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


def _said(said: Table, at: KeyLocation) -> Value | None:
    found: Any = said
    if at.row is not None:
        found = next(row for row in rows_of(said, at.table) if row[row_names()[at.table]] == at.row)
    else:
        for key in filter(None, at.table.split(".")):
            found = found.get(key, {})
    value: Value | None = found.get(at.key)
    return value


def is_secret(value: Value | None) -> bool:
    """Return True if the value is a URL with a password, or with a query that may be a key."""
    if not isinstance(value, str) or "://" not in value:
        return False
    try:
        parts = urlsplit(value)
        return bool(parts.password or parts.query)
    except ValueError:
        return True


def sign(value: Value | None) -> str | None:
    """Return a sign in place of a secret: equal for equal secrets, and without information on them; None if
    no secret is set.
    """
    if value is None:
        return None
    return SIGN + hmac.digest(_PROCESS, msgspec.json.encode(value), "sha256").hex()[:12]
