"""Addresses from a file on the center's own disk, made by `gateways.addresses.making`: SQLite with an R-tree.

Nobody is asked where a user is, and no network is needed. It is read as it was when it was opened.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from math import cos, radians
from pathlib import Path
from typing import Final
from urllib.parse import quote

from gateways.addresses.source import REACH_M, AddressesFailed
from model.address import METRES_PER_DEGREE, Around, Nearby, around, metres

APPLICATION: Final = 0x73774164
"""`swAd`: by this SQLite tells whose file it is."""
VERSION: Final = 1
PER_DEGREE: Final = 10_000_000
"""Coordinates are whole numbers of ten-millionths of a degree, a centimetre: they fit into 32 bits."""
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
    """One file, open. For any thread."""

    def __init__(self, path: Path) -> None:
        """Raises AddressesFailed with the path and the reason."""
        self._path = path
        self._lock = threading.Lock()
        try:
            path.open("rb").close()
            # Immutable: SQLite asks for no lock, writes nothing beside it. A new file takes its place whole.
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
        """How many addresses it has, and on which day it was made."""
        try:
            (application,) = self._file.execute("PRAGMA application_id").fetchone()
            (version,) = self._file.execute("PRAGMA user_version").fetchone()
            if application != APPLICATION:
                raise AddressesFailed(f"{self._path}: not made by `securwoman map import`")
            if version != VERSION:
                raise AddressesFailed(
                    f"{self._path}: of another version ({version}): import the addresses again"
                )
            addresses, made_at = self._file.execute("SELECT addresses, at FROM made").fetchone()
            return int(addresses), str(made_at)
        except (sqlite3.Error, TypeError) as error:
            raise AddressesFailed(f"{self._path}: {error}") from error

    async def around(self, lat: float, lon: float) -> Around:
        """What is known around a point. Raises AddressesFailed."""
        return await asyncio.to_thread(self.look, lat, lon)

    async def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._file.close()

    def look(self, lat: float, lon: float) -> Around:
        """The same, at once."""
        north = REACH_M / METRES_PER_DEGREE
        east = north / max(cos(radians(lat)), 0.01)
        box = (lon - east, lon + east, lat - north, lat + north)
        try:
            with self._lock:
                rows = self._file.execute(_AROUND, [round(one * PER_DEGREE) for one in box]).fetchall()
        except sqlite3.Error as error:
            raise AddressesFailed(f"{self._path}: {error}") from error
        return around([_nearby(lat, lon, *row) for row in rows], REACH_M)


def _nearby(lat: float, lon: float, street: str, number: str, town: str, south: int, west: int) -> Nearby:
    east_m, north_m = metres(lat, lon, south / PER_DEGREE, west / PER_DEGREE)
    return Nearby(street=street, number=number, town=town, east_m=east_m, north_m=north_m)
