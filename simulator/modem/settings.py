"""Settings that a modem keeps for its host: the numbers of commands (`ATE0`, `AT+CLIP=1`), from the dialect's
table; and its memory, which survives a loss of power: USB mode, IMS, port of the GNSS. Must not interpret
them.

A setting in memory is identified by the beginning of its command: `+QCFG="ims"`, `+CGDCONT=5`,
`+CUSBPIDSWITCH`. The bare command reads it; `+CGDCONT?` reads all settings of that name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from simulator.modem.command_line import INCORRECT_PARAMETERS, AtError, Command, Verb
from simulator.modem.dialect import Kept, Parameter


class Parameters:
    """Numbers of all commands that store them, at their defaults until set."""

    def __init__(self, table: Mapping[str, Parameter], fields: Callable[[], Mapping[str, object]]) -> None:
        self._table = table
        self._fields = fields
        self._values: dict[str, tuple[int, ...]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._table

    def reset(self) -> None:
        """Reset the numbers: power-on, ATZ, AT&F."""
        self._values = {name: value for name, value in self._values.items() if self._table[name].kept}

    def first(self, name: str) -> int:
        """Return the first number of a parameter; 0 if unknown to the dialect."""
        if name in self._values:
            return self._values[name][0]
        return self._table[name].default[0] if name in self._table else 0

    def at(self, name: str, place: int) -> int:
        """Return one of a parameter's numbers, counted from 0. Raises KeyError."""
        return self._values.get(name, self._table[name].default)[place]

    def execute(self, command: Command) -> list[str]:
        """Set, read or test a parameter; return the lines of the answer. Raises AtError on a value out of
        range.
        """
        parameter = self._table[command.name]
        values = self._values.get(command.name, parameter.default)
        match command.verb:
            case Verb.TEST:
                return [f"{command.name}: " + ",".join(f"(0-{limit})" for limit in parameter.limit)]
            case Verb.READ:
                shown = parameter.read or f"{command.name}: " + ",".join(map(str, values))
                return [shown.format(*values, **self._fields())]
            case Verb.EXECUTE if not command.name[0].isalpha() and command.name[0] != "&":
                raise AtError(INCORRECT_PARAMETERS)
            case _:
                self._values[command.name] = self._parse(command, parameter)
                return []

    def _parse(self, command: Command, parameter: Parameter) -> tuple[int, ...]:
        texts = command.argument.split(",")
        if len(texts) > len(parameter.limit):
            raise AtError(INCORRECT_PARAMETERS)
        texts += [""] * (len(parameter.limit) - len(texts))
        # A basic command without a number means 0 (V.250 5.3.1); an extended one keeps its default (5.4.2.2).
        empty = parameter.default if command.name[0] not in "&ABCDEFGHIJKLMNOPQRSTUVWXYZ" else (0,)
        numbers: list[int] = []
        for place, (text, limit) in enumerate(zip(texts, parameter.limit, strict=True)):
            text = text.strip()
            if text and not (text.isascii() and text.isdecimal() and int(text) <= limit):
                raise AtError(INCORRECT_PARAMETERS)
            numbers.append(int(text) if text else empty[place])
        return tuple(numbers)


class Memory:
    """Settings in the memory of one modem. `given`: values that differ from the factory's."""

    def __init__(self, table: Mapping[str, Kept], given: Mapping[str, str]) -> None:
        self._table = table
        self._values = {name: given.get(name, kept.value) for name, kept in table.items()}
        self._started = dict(self._values)

    def power_on(self, forgets: Collection[str] = ()) -> None:
        """Start: the settings in `forgets` return to their values of the last start."""
        for name in self._values.keys() & set(forgets):
            self._values[name] = self._started[name]
        self._started = dict(self._values)

    def value(self, name: str) -> str:
        """Return one setting; empty if unknown."""
        return self._values.get(name, "")

    def execute(self, command: Command, fields: Mapping[str, object]) -> list[str] | None:
        """Read or set; return the lines of the answer, None if the command concerns no setting."""
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
