"""Form of a setting: its type with bounds, its meaning in two languages, and its presentation in the file.

A field of a table is defined once, as `Annotated[type, bounds, doc(english, italian)] = default`. The shipped
file, the settings page, the reference in `docs` and the refusals are made from it (`application.settings`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from messages.ids import E164

Value = str | bool | int | float | list[str] | dict[str, str]
"""A value as the file holds it."""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table of the file.

    An unknown key is an error in the file (`application.settings.file`). An unknown key in the lines
    published by a node of a later version is no error.
    """


def doc(
    english: str,
    italian: str,
    *,
    note: str = "",
    example: Value | None = None,
    written: bool = False,
    by_hand: bool = False,
) -> Meta:
    """Return the meaning of a setting: one line for the settings page, in both languages.

    `note`: addition for the file and the reference. `example`: value shown in the file if the default
    explains nothing. `written`: True for a key written in the shipped file, False for a comment. `by_hand`:
    True if only the file may change the key: from a page, its value could name any file of the machine.
    """
    extra = {"it": italian, "note": note, "example": example, "written": written, "by_hand": by_hand}
    return Meta(description=english, extra=extra)


def text(pattern: str, expected: str) -> Meta:
    """Return the bounds of a text: the regular expression, and the words of a refusal (`expected …`)."""
    return Meta(pattern=rf"^{pattern}$(?!\n)", extra={"expected": expected})


RESOLVED: Final = Meta(extra={"resolved": True})
"""Mark of a field that is no key of the file: filled from the named files when the settings are loaded."""

FilePath = Annotated[str, Meta(extra={"file": True})]
"""Path, relative to the settings file. Empty: none."""
NAME_PATTERN: Final = r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}"
NAME_WORDS: Final = "a name of letters, digits, '.', '_' and '-', at most 32"
_TIME: Final = 'a time of day, "07:00"'
_AREA: Final = 'an area of ISO 3166, "IT" or "IT-25"'

Name = Annotated[str, text(NAME_PATTERN, NAME_WORDS)]
"""Form of names in stream names, file names and on the command line."""
OptionalName = Annotated[str, text(f"({NAME_PATTERN})?", NAME_WORDS)]
PhoneNumber = Annotated[E164, text(r"\+[1-9][0-9]{4,14}", 'a number in E.164, "+39…"')]
OptionalPhoneNumber = Annotated[E164, text(r"(|\+[1-9][0-9]{4,14})", 'a number in E.164, "+39…", or ""')]
PsapNumber = Annotated[
    E164, text(r"(\+[1-9][0-9]{4,14}|[0-9]{2,6})", 'a number in E.164, "+39…", or a short one as "112"')
]
OptionalPsapNumber = Annotated[
    E164, text(r"(|\+[1-9][0-9]{4,14}|[0-9]{2,6})", 'a number in E.164, "+39…", a short one as "112", or ""')
]
Seconds = Annotated[float, Meta(gt=0, le=3600)]
GainDb = Annotated[float, Meta(ge=-20, le=30)]
Days = Annotated[int, Meta(ge=0, le=36500)]
"""Number of days; 0: until the person is erased."""
Area = Annotated[str, text(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", _AREA)]
OptionalArea = Annotated[str, text(r"([A-Z]{2}(-[A-Z0-9]{1,3})?)?", _AREA)]
Country = Annotated[str, text(r"[A-Z]{2}", 'a country of ISO 3166-1, "IT"')]
CountryOrEea = Annotated[str, text(r"([A-Z]{2}|EEA)", 'a country of ISO 3166-1, "IT", or "EEA"')]
Language = Annotated[str, text(r"[a-z]{2}", 'a language of ISO 639-1, "it"')]
Clock = Annotated[str, text(r"([01][0-9]|2[0-3]):[0-5][0-9]", _TIME)]
OptionalClock = Annotated[str, text(r"(([01][0-9]|2[0-3]):[0-5][0-9])?", _TIME)]
Origin = Annotated[
    str,
    text(r"(https?://[^/ ]+)?", 'an address as "https://center.example.org", with nothing after the host'),
]


def is_web(address: str) -> bool:
    """Return True if the address is an HTTP or HTTPS URL."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def twice(table: str, key: str, values: Iterable[str]) -> Iterator[str]:
    """Yield a fault for each value that an earlier row of the list also has."""
    seen: dict[str, int] = {}
    for i, value in enumerate(values):
        if value and value in seen:
            yield f"{table}[{i}].{key}: {value} is already in {table}[{seen[value]}]"
        seen.setdefault(value, i)
