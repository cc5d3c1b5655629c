"""What the commands about people share."""

from __future__ import annotations

from typing import Final

from center.errors import SettingsError
from center.in_use import config_in_use
from center.settings_file import load
from center.state_dir import StateDir

BY: Final = "command line"
"""Who changed or read a person's data, as the journal keeps it."""


def region_of(state: StateDir) -> str:
    """Where a number without its `+` is taken to be: as the settings say, where they can be read."""
    try:
        return load(config_in_use(state)).region
    except SettingsError:
        return "IT"
