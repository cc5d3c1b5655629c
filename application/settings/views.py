"""Answers to an admin about the settings' file. Data."""

from __future__ import annotations

from enum import StrEnum

import msgspec


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


class SettingFault(msgspec.Struct, frozen=True, kw_only=True):
    """Why the center would not start with the file as it is."""

    path: str
    reason: str


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
