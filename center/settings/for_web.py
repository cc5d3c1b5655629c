"""What the web does with the settings' file: see `gateways.http.settings_file`."""

from __future__ import annotations

from collections.abc import Sequence

from center.errors import SettingsError
from center.settings.in_use import config_in_use
from center.state.state_dir import StateDir
from model.settings_edits import Edit, EditFaulty


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
