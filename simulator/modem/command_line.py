"""Input of the host: bytes to command lines, a line to commands (ITU-T V.250 5.2), and the reasons of a
refusal: the codes of TS 27.007 9.2. The meaning of commands is not handled here.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import NamedTuple

from simulator.errors import SimulatorError

LINE_LIMIT = 1024
_EXTENDED = re.compile(r"[+^$*#%][A-Z][A-Z0-9_]*", re.IGNORECASE)
_BASIC = re.compile(r"(?P<name>[&\\]?[A-Z])(?P<value>[0-9]*)", re.IGNORECASE)
_REGISTER = re.compile(r"S[0-9]+(?:=[0-9]*|\?)", re.IGNORECASE)
_PARAMETERS = re.compile(r'(?:[^";]|"[^"]*")*')


class Verb(enum.Enum):
    """Form of a command."""

    EXECUTE = ""
    SET = "="
    READ = "?"
    TEST = "=?"


@dataclass(frozen=True, slots=True)
class Command:
    """Command of a line: `+CLIP`, SET, `1`."""

    name: str
    verb: Verb = Verb.EXECUTE
    argument: str = ""

    @property
    def text(self) -> str:
        """Spelling in a table of fixed answers: `+CLIP=?`; the parameters of a SET do not count."""
        return self.name + ("" if self.verb is Verb.SET else self.verb.value)

    def values(self) -> list[str]:
        """Return the parameters without quotes."""
        return [value.strip().strip('"') for value in self.argument.split(",")]


def commands_in(line: bytes) -> list[Command] | None:
    """Return the commands of a line; None for a line without `AT`. Raises ValueError for an invalid line.

    Anything before the first `AT` is ignored, as in the standard.
    """
    start = line.upper().find(b"AT")
    if start < 0:
        return None
    body = line[start + 2 :].decode("ascii").strip(" ")
    found: list[Command] = []
    at = 0
    while at < len(body):
        if body[at] in " ;":
            at += 1
            continue
        command, at = _next(body, at)
        found.append(command)
    return found


def _next(body: str, at: int) -> tuple[Command, int]:
    if body[at] in "dD":
        return Command("D", Verb.EXECUTE, body[at + 1 :]), len(body)
    if match := _EXTENDED.match(body, at):
        return _extended(body, match)
    if match := _REGISTER.match(body, at):
        return Command("S", Verb.SET, match[0][1:]), match.end()
    if match := _BASIC.match(body, at):
        value = match["value"]
        return Command(match["name"].upper(), Verb.SET if value else Verb.EXECUTE, value), match.end()
    raise ValueError(body)


def _extended(body: str, name: re.Match[str]) -> tuple[Command, int]:
    at = name.end()
    for verb in (Verb.TEST, Verb.READ):
        if body.startswith(verb.value, at):
            return _closed(body, Command(name[0].upper(), verb), at + len(verb.value))
    if not body.startswith("=", at):
        return _closed(body, Command(name[0].upper()), at)
    parameters = _PARAMETERS.match(body, at + 1)
    end = parameters.end() if parameters is not None else len(body)
    return _closed(body, Command(name[0].upper(), Verb.SET, body[at + 1 : end]), end)


def _closed(body: str, command: Command, end: int) -> tuple[Command, int]:
    """Return the command if it ends at a semicolon or with the line. Raises ValueError otherwise."""
    rest = body[end:].lstrip(" ")
    if rest and not rest.startswith(";"):
        raise ValueError(body)
    return command, end


class CmeError(NamedTuple):
    """Code and text of an error."""

    code: int
    text: str


NOT_ALLOWED = CmeError(3, "operation not allowed")
NOT_SUPPORTED = CmeError(4, "operation not supported")
SIM_NOT_INSERTED = CmeError(10, "SIM not inserted")
SIM_PIN_REQUIRED = CmeError(11, "SIM PIN required")
SIM_PUK_REQUIRED = CmeError(12, "SIM PUK required")
INCORRECT_PASSWORD = CmeError(16, "incorrect password")
INVALID_INDEX = CmeError(21, "invalid index")
NO_NETWORK = CmeError(30, "no network service")
EMERGENCY_ONLY = CmeError(32, "network not allowed - emergency calls only")
INCORRECT_PARAMETERS = CmeError(50, "incorrect parameters")


class AtError(SimulatorError):
    """Raised if the command fails with this +CME ERROR, or plain ERROR, depending on +CMEE."""

    def __init__(self, error: CmeError) -> None:
        super().__init__(error.text)
        self.error = error


class UnknownCommand(SimulatorError):
    """Raised for a command unknown to the dialect."""


class NoCarrier(SimulatorError):
    """Raised if the command's final result is NO CARRIER."""
