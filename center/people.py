"""What the commands about people share."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import Final

from center.errors import SettingsError, UsageError
from center.in_use import config_in_use
from center.settings_file import load
from center.state_dir import StateDir

BY: Final = "command line"
"""Who changed or read a person's data, as the journal keeps it."""


PASSWORD_MIN: Final = 10
PASSWORD_MAX: Final = 512
"""Characters (NIST SP 800-63B, 3.1.1.2: length, and no rules for what is in it)."""


def new_password() -> str:
    """Asked for twice at a terminal, without echo; elsewhere one line of stdin. Raises UsageError."""
    if sys.stdin.isatty():
        password = getpass("New password: ")
        if getpass("Once more: ") != password:
            raise UsageError("these are two different passwords; nothing was changed")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise UsageError(f"a password has {PASSWORD_MIN} to {PASSWORD_MAX} characters; nothing was changed")
    return password


def region_of(state: StateDir) -> str:
    """Where a number without its `+` is taken to be: as the settings say, where they can be read."""
    try:
        return load(config_in_use(state)).region
    except SettingsError:
        return "IT"
