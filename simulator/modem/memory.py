"""What a modem keeps in its own memory, over a loss of power: its USB mode, IMS, where its GNSS speaks.

Each setting is known by how a command for it begins: `+QCFG="ims"`, `+CGDCONT=5`, `+CUSBPIDSWITCH`. Told
nothing more it is asked; `+CGDCONT?` asks for all of its name. It must not give any of them a meaning.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from simulator.modem.at.line import Command, Verb
from simulator.modem.dialect import Kept


class Memory:
    """All settings of one modem. `given`: what they are, where not as it left the factory."""

    def __init__(self, table: Mapping[str, Kept], given: Mapping[str, str]) -> None:
        self._table = table
        self._values = {name: given.get(name, kept.value) for name, kept in table.items()}
        self._started = dict(self._values)

    def power_on(self, forgets: Collection[str] = ()) -> None:
        """It starts: what it `forgets` is again as at its last start."""
        for name in self._values.keys() & set(forgets):
            self._values[name] = self._started[name]
        self._started = dict(self._values)

    def value(self, name: str) -> str:
        """One setting; empty where there is no such."""
        return self._values.get(name, "")

    def do(self, command: Command, fields: Mapping[str, object]) -> list[str] | None:
        """Ask or set; the lines of the answer, None where the command is about none of them."""
        name, rest = command.name, command.argument
        if command.verb is Verb.READ:
            known = [one for one in self._table if one == name or one.startswith(f"{name}=")]
            return [self._read(one, fields) for one in known if self._values[one]] if known else None
        if command.verb is Verb.SET and name not in self._table:
            first, _, rest = rest.partition(",")
            name = f"{name}={first}"
        if command.verb is not Verb.SET or name not in self._table:
            return None
        if not rest:
            return [self._read(name, fields)]
        self._values[name] = rest
        return []

    def _read(self, name: str, fields: Mapping[str, object]) -> str:
        value = self._values[name]
        return self._table[name].read.format(*value.split(","), **{**fields, "value": value})
