"""Tables of a settings file, as they are written."""

from __future__ import annotations

from typing import Final

TRUNKS: Final = '[[trunk]]\nname = "public"\n[[trunk]]\nname = "emergency"\nemergency = true\n'


def modem(name: str, trunk: str = "public") -> str:
    """A line at a port of its name."""
    return f'[[modem]]\nname = "{name}"\ntrunk = "{trunk}"\nport = "/dev/{name}"\n'
