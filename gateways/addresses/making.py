"""Writes the file in which addresses are looked up (`gateways.addresses.file`): whole, or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from gateways.addresses.file import APPLICATION, PER_DEGREE, SCHEMA, VERSION

PAGE: Final = 16384
"""Bytes. SQLite puts 51 entries into a node of the tree, 1,228 bytes: thirteen of them into such a page."""
CACHE_KIB: Final = 262_144


class Row(NamedTuple):
    """One address. Degrees (WGS 84); the number and the town may be empty."""

    lat: float
    lon: float
    street: str
    number: str
    town: str


class Made(NamedTuple):
    """What has become of the rows."""

    addresses: int
    streets: int
    towns: int
    size: int
    """Bytes of the file."""


def make(rows: Iterable[Row], to: Path, today: date) -> Made:
    """Write the addresses into a new file, which replaces what is there. Raises OSError, sqlite3.Error."""
    to.parent.mkdir(parents=True, exist_ok=True)
    part = to.with_name(f".{to.name}.part")
    part.unlink(missing_ok=True)
    try:
        made = _write(rows, part, today)
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)
    return Made(*made, size=to.stat().st_size)


def _write(rows: Iterable[Row], part: Path, today: date) -> tuple[int, int, int]:
    file = sqlite3.connect(part, isolation_level=None)
    try:
        # Who loses this file while it is made makes it again: it needs no journal.
        for pragma in (
            *(f"page_size = {PAGE}", f"application_id = {APPLICATION}", f"user_version = {VERSION}"),
            *("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{CACHE_KIB}"),
        ):
            file.execute(f"PRAGMA {pragma}")
        file.executescript(SCHEMA)
        file.execute("BEGIN")
        streets = _Streets()
        file.executemany("INSERT INTO address VALUES (?, ?, ?, ?, ?, ?, ?)", streets.numbered(rows))
        file.executemany("INSERT INTO street VALUES (?, ?, ?)", streets.all())
        file.executemany("INSERT INTO town VALUES (?, ?)", ((i, town) for town, i in streets.towns.items()))
        file.execute("INSERT INTO made VALUES (?, ?)", (streets.addresses, today.isoformat()))
        file.execute("COMMIT")
        return streets.addresses, len(streets.ids), len(streets.towns)
    finally:
        file.close()


class _Streets:
    """Each street and town once; some hundred bytes of memory a street."""

    def __init__(self) -> None:
        self.addresses = 0
        self.towns: dict[str, int] = {}
        self.ids: dict[tuple[str, int], int] = {}

    def numbered(self, rows: Iterable[Row]) -> Iterator[tuple[int, int, int, int, int, int, str]]:
        """The rows of the tree."""
        for row in rows:
            town = self.towns.setdefault(row.town, len(self.towns))
            street = self.ids.setdefault((row.street, town), len(self.ids))
            lon, lat = round(row.lon * PER_DEGREE), round(row.lat * PER_DEGREE)
            self.addresses += 1
            yield self.addresses, lon, lon, lat, lat, street, row.number

    def all(self) -> Iterator[tuple[int, str, int]]:
        """The rows of the streets."""
        return ((i, name, town) for (name, town), i in self.ids.items())
