"""Answers to an admin about the settings file. Data."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class SettingKind(StrEnum):
    """Form of a key's value."""

    SWITCH = "switch"
    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    CHOICE = "choice"
    TEXTS = "texts"
    CHOICES = "choices"
    WORDS = "words"
    """Texts by language."""


class SettingSource(StrEnum):
    """Source of the value that takes effect at the next start."""

    DEFAULT = "default"
    FILE = "file"
    COMMAND_LINE = "command_line"
    SIMULATION = "simulation"


class SettingElsewhere(StrEnum):
    """Place where a key is changed that the list of settings cannot change."""

    FILE = "file"
    """Edited by hand: keys that may keep a node from its journal or the others, or from the lines for 112."""
    LINES = "lines"
    """The switch for the real 112, which requires a typed sentence."""


class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """Meaning of a key, in one line per language."""

    it: str
    en: str


class SettingFault(msgspec.Struct, frozen=True, kw_only=True):
    """Reason why the center would not start with the present file."""

    path: str
    reason: str


class LineSet(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of one line, including defaults."""

    trunk: str
    number: str
    inbound: bool
    gain_in_db: float
    gain_out_db: float
    agc: bool


class LinesSet(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of the lines and the switches for the real 112."""

    writable: bool = False
    lines: dict[str, LineSet] = {}
    trunks: list[str] = []
    live: bool = False
    """`psap.live`."""
    last_resort: str = "none"
    """`psap.last_resort`."""
