"""What the web does with the settings' file: see `gateways.http.settings_file`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from center.errors import SettingsError
from center.settings.in_use import config_in_use, shipped
from center.state.state_dir import NodeFile, StateDir, read_json
from gateways.http.settings_file import SIGN, FileView, SettingFault, SettingRow
from model.settings_edits import ChangedOnDisk, Edit, EditElsewhere, EditFaulty, EditMissed, Set, Value


class CenterFile:
    """A `gateways.http.settings_file.SettingsFile`. Imports what it needs with the first order."""

    def __init__(self, state: StateDir) -> None:
        self._state = state

    def change(self, edits: Sequence[Edit]) -> None:
        """As `center.settings.editing.file.change`. Raises EditError."""
        from center.settings.editing.file import change

        try:
            change(config_in_use(self._state), edits)
        except SettingsError as error:
            raise EditFaulty([("", fault) for fault in error.faults]) from error

    def set(self, path: str, was: Value | None, now: Value | None) -> SettingRow:
        """One key. Raises EditError."""
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
        from center.settings.editing.file import is_writable
        from center.settings.file import text_of
        from center.settings.shown import faults_of_text, shown

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

    def obstacles(self) -> list[SettingFault]:
        """Why the node would not come back."""
        from center.node.starting_again import obstacles

        return obstacles(self._state)


def _named_by(file: Path) -> str:
    if file == shipped("center.toml"):
        return "shipped"
    named = os.environ.get("SECURWOMAN_CONFIG", "")
    return "environment" if named and Path(named).absolute() == file else "command_line"
