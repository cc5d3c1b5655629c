"""Settings file of the node, changed by staff. Changes take effect at the next start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from application.errors import SettingsError
from application.settings.views import LineSet, LinesSet, SettingFault
from application.settings.where import config_in_use
from application.state.state_dir import NodeFile, StateDir, read_json
from model.settings_edits import (
    ChangedOnDisk,
    Edit,
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
    """`center.toml` of this node. Blocks on the disk, and imports its dependencies at the first order."""

    def __init__(self, state: StateDir) -> None:
        self._state = state

    def change(self, edits: Sequence[Edit]) -> None:
        """Make all edits, or none. Raises EditError."""
        from application.settings.editing.file import change

        if read_json(self._state.node_file, NodeFile) is None:
            raise NotWritable("this process has no settings file of a node")
        try:
            change(config_in_use(self._state), edits)
        except SettingsError as error:
            raise EditFaulty([("", fault) for fault in error.faults]) from error

    def lines(self) -> LinesSet:
        """Return the settings of the lines and the switches for the real 112. Raises EditFaulty."""
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
        """Set fields of `LineSet`. `was`: values that the operator has seen. Raises EditError."""
        table = next((one for one in self._loaded().modem if one.name == line), None)
        if table is None:
            raise EditMissed(f"modem[{line}]", "the settings file has no line of this name")
        self._set_seen(f"modem[{line}]", {name: getattr(table, name) for name in now}, was, now)

    def set_switch(self, switch: str, was: Value, now: Value) -> None:
        """Set `live` or `last_resort`. `was`: value that the operator has seen. Raises EditError."""
        is_now = {switch: getattr(self._loaded().psap, switch)}
        self._set_seen("psap", is_now, {switch: was}, {switch: now})

    def _set_seen(
        self, table: str, is_now: Mapping[str, Value], was: Mapping[str, Value], now: Mapping[str, Value]
    ) -> None:
        """Set values that are still as seen, in the file or as defaults. Raises EditError."""
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
        """Return the reasons why the node would not start again now; empty if none is detected."""
        from application.settings.restart_check import obstacles

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
