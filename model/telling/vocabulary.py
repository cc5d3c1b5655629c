"""The words of one language, and the forms in which a sentence may say a field.

A value is looked up in the table of its type, or of a named form; a value that stands in no table is said as
it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final

from messages.ids import SECOND, Instant, LegId
from model.alert.leg import place
from model.rules.calls.own_line import is_own, mode_of

UNKNOWN: Final = "unknown"
"""The table of what is said in a named form of a value that its table lacks; `{}` is the value."""

Words = Mapping[type[Enum] | str, Mapping[Any, str]]
"""By type or named form: a word for each value."""


def word(words: Words, table: type[Enum] | str, value: object) -> str:
    """Return the value's word."""
    found = words.get(table, {}).get(value)
    return words[UNKNOWN].get(table, "{}").format(value) if found is None else found


def _day(words: Words, at: int) -> str:
    """The day in UTC."""
    return f"{datetime.fromtimestamp(at / SECOND, UTC):%Y-%m-%d}"


def _place(words: Words, leg: LegId) -> str:
    """The leg's call, with its number among several: `op2`, `operatore 2`."""
    named = place(leg)
    stem = named.rstrip(_DIGITS)
    known = words.get("place", {}).get(stem)
    return named if known is None else f"{known} {named.removeprefix(stem)}".rstrip()


def _role(words: Words, leg: LegId) -> str:
    """The party of the leg's call."""
    return word(words, "role", place(leg).rstrip(_DIGITS))


def _clip(words: Words, clip: str) -> str:
    """What was played, by its id: the announcement, and how often it was asked for."""
    kind = clip.partition(":")[0]
    return word(words, "clip", kind if kind in words["clip"] else clip)


_DIGITS: Final = "0123456789"
FORMS: Final[Mapping[str, Callable[[Words, Any], str]]] = {
    "place": _place,
    "role": _role,
    "clip": _clip,
    "day": _day,
    "own": lambda words, line: word(words, "own", mode_of(line)) if is_own(line) else "",
    "again": lambda words, attempt: str(attempt) if attempt > 1 else "",
    "some": lambda words, number: str(number) if number else "",
    "count": lambda words, all_of_them: str(len(all_of_them)),
    "from_1": lambda words, number: str(number + 1),
    "hex": lambda words, number: f"{number:#04x}",
    "degrees": lambda words, angle: f"{angle:.5f}",
    "metres": lambda words, length: f"{length:.0f}",
}
"""Forms that are more than a word of a table."""
BY_TYPE: Final[Mapping[object, str]] = {LegId: "place", Instant: "day"}
"""The form in which a field of this type is said where its sentence names none."""
