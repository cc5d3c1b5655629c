"""The settings' file of the node, shown and changed by staff. What is written counts after its next start."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from application.errors import SettingsError
from application.settings.views import SIGN, FileView, LineSet, LinesSet, SettingFault, SettingRow
from application.settings.where import config_in_use, shipped
from application.state.state_dir import NodeFile, StateDir, read_json
from model.settings_edits import (
    ChangedOnDisk,
    Edit,
    EditElsewhere,
    EditFaulty,
    EditMissed,
    NotWritable,
    Set,
    Value,
)

if TYPE_CHECKING:
    from model.settings import Settings
    from model.settings.lines import Modem


class SettingsFile:
    """`center.toml` of this node. Blocks on the disk, and imports what it needs with the first order."""

    def __init__(self, state: StateDir) -> None:
        self._state = state

    def change(self, edits: Sequence[Edit]) -> None:
        """Make all edits, or none. Raises EditError."""
        from application.settings.editing.file import change

        if read_json(self._state.node_file, NodeFile) is None:
            raise NotWritable("there is no node here")
        try:
            change(config_in_use(self._state), edits)
        except SettingsError as error:
            raise EditFaulty([("", fault) for fault in error.faults]) from error

    def set(self, path: str, was: Value | None, now: Value | None) -> SettingRow:
        """Set one key, `was` as it was shown. Raises EditError."""
        row = self._row(path)
        if row.elsewhere:
            raise EditElsewhere(path)
        if row.hidden and was != row.value:
            raise ChangedOnDisk(path, row.value)
        if isinstance(now, str) and now.startswith(SIGN):
            raise EditFaulty([(path, "a sign stands for a secret, and is none")])
        self.change([Set(path, now) if row.hidden else Set(path, now, was)])
        return self._row(path)

    def _row(self, path: str) -> SettingRow:
        view = self.view()
        if view.faults:
            raise EditFaulty([(one.path, one.reason) for one in view.faults])
        found = next((row for row in view.rows if row.path == path), None)
        if found is None:
            raise EditMissed(path, "no such key")
        return found

    def view(self) -> FileView:
        """What is set, and what would change."""
        from application.settings.editing.file import is_writable
        from application.settings.file import text_of
        from application.settings.shown import faults_of_text, shown

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

    def lines(self) -> LinesSet:
        """What it says of the lines and of the switches for the real 112. Raises EditFaulty."""
        from application.settings.editing.file import is_writable

        settings, file = self._loaded(), config_in_use(self._state)
        return LinesSet(
            writable=is_writable(file),
            lines={one.name: _line_set(one) for one in settings.modem},
            trunks=[one.name for one in settings.trunk],
            live=settings.psap.live,
            last_resort=settings.psap.last_resort,
        )

    def set_line(self, line: str, was: Mapping[str, Value], now: Mapping[str, Value]) -> None:
        """Set fields of `LineSet`, each as it was seen. Raises EditError."""
        table = next((one for one in self._loaded().modem if one.name == line), None)
        if table is None:
            raise EditMissed(f"modem[{line}]", "the file has no line of this name")
        self._set_seen(f"modem[{line}]", {name: getattr(table, name) for name in now}, was, now)

    def set_switch(self, switch: str, was: Value, now: Value) -> None:
        """Set `live` or `last_resort`, as it was seen. Raises EditError."""
        is_now = {switch: getattr(self._loaded().psap, switch)}
        self._set_seen("psap", is_now, {switch: was}, {switch: now})

    def _set_seen(
        self, table: str, is_now: Mapping[str, Value], was: Mapping[str, Value], now: Mapping[str, Value]
    ) -> None:
        """By what counts, and not by whether the file says it or leaves it to the default."""
        for name, value in is_now.items():
            if value not in (was[name], now[name]):
                raise ChangedOnDisk(f"{table}.{name}", value)
        self.change([Set(f"{table}.{name}", value) for name, value in now.items() if value != is_now[name]])

    def _loaded(self) -> Settings:
        from application.settings.file import loaded, text_of

        file = config_in_use(self._state)
        try:
            return loaded(text_of(file), file)
        except SettingsError as error:
            raise EditFaulty([("", fault) for fault in error.faults]) from error

    def obstacles(self) -> list[SettingFault]:
        """Why the node would not come back, started again now; none: it would, as far as is seen."""
        from application.settings.starting_again import obstacles

        return obstacles(self._state)


def _line_set(one: Modem) -> LineSet:
    return LineSet(
        trunk=one.trunk,
        number=one.number,
        inbound=one.inbound,
        gain_in_db=one.gain_in_db,
        gain_out_db=one.gain_out_db,
        agc=one.agc,
    )


def _named_by(file: Path) -> str:
    if file == shipped("center.toml"):
        return "shipped"
    named = os.environ.get("SECURWOMAN_CONFIG", "")
    return "environment" if named and Path(named).absolute() == file else "command_line"
