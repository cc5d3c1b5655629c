"""The settings' file as routes see it, given by the composition root; and what admins are told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from model.settings_edits import Edit, NotWritable, Value

SIGN: Final = "•"
"""By which what stands for a secret begins."""


class SettingKind(StrEnum):
    """How a key is written."""

    SWITCH = "switch"
    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    CHOICE = "choice"
    TEXTS = "texts"
    CHOICES = "choices"
    WORDS = "words"
    """A text for each language."""


class SettingSource(StrEnum):
    """Where the value comes from that counts at the next start."""

    DEFAULT = "default"
    FILE = "file"
    COMMAND_LINE = "command_line"
    SIMULATION = "simulation"


class SettingElsewhere(StrEnum):
    """Where a key is changed that is not changed in the list of settings."""

    FILE = "file"
    """By hand: what may keep a node from its journal or the others, or from keeping to the lines for 112."""
    LINES = "lines"
    """The switch for the real 112, which wants a typed sentence."""


class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """What a key means, in one line of each language."""

    it: str
    en: str


class SettingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One key. Values that are secret are told as a sign that is the same as long as they are."""

    path: str
    table: str
    meaning: Meaning
    kind: SettingKind
    unit: str
    """`s`, `min`, `days`, `db`, or nothing."""
    least: float | None
    most: float | None
    choices: list[str]
    value: Value | None
    """What the file says; null: nothing."""
    default: Value | None
    next: Value | None
    """What counts at the next start."""
    in_use: Value | None
    """What counts now."""
    source: SettingSource
    line: int | None
    """Of the file, where it says it."""
    hidden: bool
    elsewhere: SettingElsewhere | None


class SettingFault(msgspec.Struct, frozen=True, kw_only=True):
    """Why the center would not start with the file as it is."""

    path: str
    reason: str


class FileView(msgspec.Struct, frozen=True, kw_only=True):
    """The file of one node, and what would change with its next start."""

    file: str
    named_by: str
    """`command_line`, `environment`, or `shipped`."""
    writable: bool
    rows: list[SettingRow]
    pending: list[str]
    """Paths of what would change, modems and trunks among them, which are not among `rows`."""
    faults: list[SettingFault]


class LineSet(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says of one line, with the defaults of what it does not say."""

    trunk: str
    number: str
    inbound: bool
    gain_in_db: float
    gain_out_db: float
    agc: bool


class LinesSet(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says of the lines and of the switches for the real 112."""

    writable: bool = False
    lines: dict[str, LineSet] = {}
    trunks: list[str] = []
    live: bool = False
    """`psap.live`."""
    last_resort: str = "none"
    """`psap.last_resort`."""


class SettingsFile(Protocol):
    """`center.toml` of this node; what is written counts after its next start. Blocks on the disk."""

    def change(self, edits: Sequence[Edit]) -> None:
        """Makes all edits, or none. Raises EditError."""
        ...

    def set(self, path: str, was: Value | None, now: Value | None) -> SettingRow:
        """As one edit, with `was` as it was shown. Raises EditError."""
        ...

    def view(self) -> FileView:
        """As it is now."""
        ...

    def lines(self) -> LinesSet:
        """What it says of the lines. Raises EditFaulty where it cannot be read."""
        ...

    def set_line(self, line: str, was: Mapping[str, Value], now: Mapping[str, Value]) -> None:
        """Fields of `LineSet`, each as it was seen. Raises EditError."""
        ...

    def set_switch(self, switch: str, was: Value, now: Value) -> None:
        """`live` or `last_resort`, as it was seen. Raises EditError."""
        ...

    def obstacles(self) -> list[SettingFault]:
        """Why this node would not come back, started again now; none: it would, as far as is seen."""
        ...


class NoFile:
    """A web without a node around it."""

    def change(self, edits: Sequence[Edit]) -> None:
        """Raises NotWritable."""
        raise NotWritable("there is no file of settings here")

    def set(self, path: str, was: Value | None, now: Value | None) -> SettingRow:
        """Raises NotWritable."""
        raise NotWritable("there is no file of settings here")

    def view(self) -> FileView:
        """Nothing."""
        return FileView(file="", named_by="", writable=False, rows=[], pending=[], faults=[])

    def lines(self) -> LinesSet:
        """Nothing."""
        return LinesSet()

    def set_line(self, line: str, was: Mapping[str, Value], now: Mapping[str, Value]) -> None:
        """Raises NotWritable."""
        raise NotWritable("there is no file of settings here")

    def set_switch(self, switch: str, was: Value, now: Value) -> None:
        """Raises NotWritable."""
        raise NotWritable("there is no file of settings here")

    def obstacles(self) -> list[SettingFault]:
        """Nobody would start it again."""
        return [SettingFault(path="", reason="there is no node here")]
