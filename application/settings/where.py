"""Location of the settings file, and the part of it that is needed before the whole."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from application.state.state_dir import NodeFile, StateDir, read_json


def config_in_use(state: StateDir) -> Path:
    """Return the settings file of the center that runs or last ran here; else the one for a start."""
    last = read_json(state.node_file, NodeFile)
    return Path(last.config) if last is not None and Path(last.config).is_file() else config_file(None)


def config_file(given: Path | None) -> Path:
    """Return the given settings file, else that of `$SECURWOMAN_CONFIG`, else the shipped one."""
    if given is not None:
        return given
    if named := os.environ.get("SECURWOMAN_CONFIG"):
        return Path(named)
    return shipped("center.toml")


def shipped(name: str) -> Path:
    """Return a file of the `config` folder, beside the packages in a checkout and in an installation."""
    return Path(__file__).resolve().parents[2] / "config" / name


def features_off(file: Path) -> tuple[str, ...]:
    """Return the features that the file leaves out; none for an unreadable file, which the loader reports."""
    try:
        named = tomllib.loads(file.read_text(encoding="utf-8")).get("features_off", ())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return ()
    return tuple(named) if isinstance(named, list) and all(isinstance(one, str) for one in named) else ()
