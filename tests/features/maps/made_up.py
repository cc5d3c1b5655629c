"""A made-up town whose every door is known: ten streets from west to east, a hundred doors in each."""

from __future__ import annotations

from math import cos, radians
from pathlib import Path
from typing import NamedTuple

from model.address import METRES_PER_DEGREE

LAT, LON = 44.0, 9.0
TOWN = "Borgo Finto"
STREETS = [
    *("via Roma", "via Giuseppe Garibaldi", "corso Italia", "viale Dante Alighieri", "vicolo Stretto"),
    *("via XX Settembre", "via Sant'Anna", "piazza Duomo", "via dell'Orologio", "via Kennedy"),
]
DOORS = 100
EACH_M = 14.0
"""Between two doors of one side."""
WIDE_M = 12.0
"""From the doors of one side to those of the other."""
APART_M = 90.0
"""From one street to the next."""


class Door(NamedTuple):
    """A known place: the door, and where one stands before it, 2 m into the street."""

    street: str
    number: str
    lat: float
    lon: float
    before: tuple[float, float]


def at(east_m: float, north_m: float) -> tuple[float, float]:
    """Degrees, north and east of the town's corner."""
    return LAT + north_m / METRES_PER_DEGREE, LON + east_m / METRES_PER_DEGREE / cos(radians(LAT))


def doors() -> list[Door]:
    """All thousand; odd numbers in the south, even ones in the north."""
    found = []
    for row, street in enumerate(STREETS):
        for n in range(DOORS):
            east_m, side = EACH_M * (n // 2), 1 if n % 2 else -1
            north_m = APART_M * row + side * WIDE_M / 2
            lat, lon = at(east_m, north_m)
            found.append(Door(street, str(n + 1), lat, lon, at(east_m, north_m - side * 2)))
    return found


def csv(path: Path, delimiter: str = ",") -> Path:
    """The town as OpenAddresses gives it."""
    lines = ["LON,LAT,NUMBER,STREET,UNIT,CITY,DISTRICT,REGION,POSTCODE,ID,HASH"]
    lines += [f"{one.lon:.7f},{one.lat:.7f},{one.number},{one.street},,{TOWN},,,,," for one in doors()]
    path.write_text("\n".join(lines).replace(",", delimiter) + "\n")
    return path
