"""Effective settings: of the text with which the node has started, and of the present file.

Both are computed by the same rules, so that their difference is the effect of a restart. Pure, except for
the simulation's file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from application.errors import SettingsError
from application.settings.editing.intended import Table, by_name, row_names
from application.settings.fields import fields
from application.settings.file import parse
from application.settings.simulation import simulation, with_simulation
from application.settings.views import SettingFault, SettingSource
from application.state.state_dir import NodeFile
from model.settings import Settings
from model.settings_edits import Value


@dataclass(frozen=True)
class Counting:
    """Effective values of a text, by path, and the source of those that override the text."""

    values: dict[str, Value | None]
    over: dict[str, SettingSource]


def counting(text: str, node: NodeFile, run: Path) -> Counting:
    """Return the settings of a node that is started as this one was. Raises SettingsError."""
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
    """Return every key by its path, with rows of lists by their names."""
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


def faults_of_text(error: SettingsError, text: str) -> list[SettingFault]:
    """Return the loader's faults, with rows by their names."""
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
