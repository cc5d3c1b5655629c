"""Addresses in a file on the center's own disk, SQLite with an R-tree: queries around a point, and creation.

No other server learns the position of a user, and no network is needed. Readers see the file as it was when
they opened it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from datetime import date
from math import cos, radians
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

from features.maps.addresses import REACH_M, AddressesFailed
from model.address import METRES_PER_DEGREE, Nearby, NearbyAddresses, nearby_addresses, offset_m

APPLICATION: Final = 0x73774164
"""Application id `swAd`: identifies the file type to SQLite."""
VERSION: Final = 1
PER_DEGREE: Final = 10_000_000
"""Unit of coordinates: whole ten-millionths of a degree, about a centimetre, which fit into 32 bits."""
PAGE: Final = 16384
"""Page size in bytes. A node of SQLite's R-tree has 51 entries, 1,228 bytes: a page has thirteen nodes."""
CACHE_KIB: Final = 262_144
SCHEMA: Final = """
CREATE TABLE town (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE street (id INTEGER PRIMARY KEY, name TEXT NOT NULL, town INTEGER NOT NULL);
CREATE VIRTUAL TABLE address USING rtree_i32(id, west, east, south, north, +street, +number);
CREATE TABLE made (addresses INTEGER NOT NULL, at TEXT NOT NULL);
"""
_AROUND: Final = """
SELECT street.name, address.number, town.name, address.south, address.west
FROM address JOIN street ON street.id = address.street JOIN town ON town.id = street.town
WHERE address.east >= ? AND address.west <= ? AND address.north >= ? AND address.south <= ?
"""


class AddressFile:
    """An open file of addresses; thread-safe."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raises AddressesFailed with the path and the reason."""
        self._path = path
        self._lock = threading.Lock()
        try:
            path.open("rb").close()
            # Immutable: SQLite takes no lock and writes no file beside it. A new file replaces this one
            # whole.
            self._file = sqlite3.connect(
                f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
        except OSError as error:
            raise AddressesFailed(f"{path}: {error.strerror}") from error
        try:
            self.addresses, self.made_at = self._checked()
        except BaseException:
            self._file.close()
            raise

    def _checked(self) -> tuple[int, str]:
        """Check the file; return the number of addresses and the day of its creation."""
        try:
            (application,) = self._file.execute("PRAGMA application_id").fetchone()
            (version,) = self._file.execute("PRAGMA user_version").fetchone()
            if application != APPLICATION:
                raise AddressesFailed(f"{self._path}: not made by `securwoman map import`")
            if version != VERSION:
                raise AddressesFailed(
                    f"{self._path}: made by another version ({version}): import the addresses again"
                )
            addresses, made_at = self._file.execute("SELECT addresses, at FROM made").fetchone()
            return int(addresses), str(made_at)
        except (sqlite3.Error, TypeError) as error:
            raise AddressesFailed(f"{self._path}: {error}") from error

    async def around(self, lat: float, lon: float) -> NearbyAddresses:
        """Return the addresses around a point. Raises AddressesFailed."""
        return await asyncio.to_thread(self.look, lat, lon)

    async def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()

    def look(self, lat: float, lon: float) -> NearbyAddresses:
        """Return the addresses around a point, blocking. Raises AddressesFailed."""
        north = REACH_M / METRES_PER_DEGREE
        east = north / max(cos(radians(lat)), 0.01)
        box = (lon - east, lon + east, lat - north, lat + north)
        try:
            with self._lock:
                rows = self._file.execute(_AROUND, [round(one * PER_DEGREE) for one in box]).fetchall()
        except sqlite3.Error as error:
            raise AddressesFailed(f"{self._path}: {error}") from error
        return nearby_addresses([_nearby(lat, lon, *row) for row in rows], REACH_M)


def _nearby(lat: float, lon: float, street: str, number: str, town: str, south: int, west: int) -> Nearby:
    east_m, north_m = offset_m(lat, lon, south / PER_DEGREE, west / PER_DEGREE)
    return Nearby(street=street, number=number, town=town, east_m=east_m, north_m=north_m)


class Row(NamedTuple):
    """An address. Degrees (WGS 84); number and town may be empty."""

    lat: float
    lon: float
    street: str
    number: str
    town: str


class Made(NamedTuple):
    """Result of creating a file."""

    addresses: int
    streets: int
    towns: int
    size: int
    """Size of the file in bytes."""


def make(rows: Iterable[Row], to: Path, today: date) -> Made:
    """Write the addresses into a new file, which replaces the old one. Raises OSError, sqlite3.Error."""
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
        # A file lost during its creation is simply made again: no journal is needed.
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
    """Distinct streets and towns; needs some hundred bytes of memory a street."""

    def __init__(self) -> None:
        self.addresses = 0
        self.towns: dict[str, int] = {}
        self.ids: dict[tuple[str, int], int] = {}

    def numbered(self, rows: Iterable[Row]) -> Iterator[tuple[int, int, int, int, int, int, str]]:
        """Yield the rows of the R-tree."""
        for row in rows:
            town = self.towns.setdefault(row.town, len(self.towns))
            street = self.ids.setdefault((row.street, town), len(self.ids))
            lon, lat = round(row.lon * PER_DEGREE), round(row.lat * PER_DEGREE)
            self.addresses += 1
            yield self.addresses, lon, lon, lat, lat, street, row.number

    def all(self) -> Iterator[tuple[int, str, int]]:
        """Yield the rows of the streets."""
        return ((i, name, town) for (name, town), i in self.ids.items())
