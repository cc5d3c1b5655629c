"""Reader of address files: CSV and GeoJSON, plain, `.gz` or `.zip`.

Names of columns and properties are in the table `CALLED`: OpenAddresses, OpenStreetMap as written by `osmium
export` and Overpass, and ANNCSU, Italy's national archive of house numbers. Coordinates are degrees (WGS 84).
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite
from pathlib import Path
from typing import Any, Final, TextIO

from features.maps.address_file import Row
from features.maps.addresses import name

CALLED: Final[Mapping[str, tuple[str, ...]]] = {
    "lat": ("lat", "latitude", "@lat", "y", "coord_y_comune"),
    "lon": ("lon", "lng", "longitude", "@lon", "x", "coord_x_comune"),
    "street": ("addr:street", "street", "odonimo", "addr:place", "road", "via"),
    "number": ("addr:housenumber", "number", "housenumber", "house_number", "civico"),
    "suffix": ("esponente",),
    "town": ("addr:city", "city", "town", "comune", "municipality"),
}
"""Names of columns by field; the first that is present and not empty counts."""
DELIMITERS: Final = ",;\t|"
LINE_MAX: Final = 4 * 1024 * 1024
"""Longest line in characters. In GeoJSON each address has a line; no building has so many corners."""
_ROMAN: Final = re.compile("[IVX]{2,}")
_OF_OSMIUM: Final = (
    "`osmium tags-filter IN.osm.pbf nwr/addr:housenumber -o A.osm.pbf`, then "
    "`osmium export A.osm.pbf -f geojsonseq -o A.geojsonseq`"
)


class Unreadable(Exception):
    """The file has no supported format; the message names the file and the reason."""


def rows(path: Path, skipped: Counter[str]) -> Iterator[Row]:
    """Yield the addresses of a file. `skipped` counts other rows by reason. Raises Unreadable, OSError."""
    if path.name.endswith((".pbf", ".osm", ".osm.bz2")):
        raise Unreadable(f"{path}: make it GeoJSON first: {_OF_OSMIUM}")
    found = False
    try:
        for text in _texts(path):
            for one in _records(path, text):
                row = _row(one, skipped)
                if row is not None:
                    found = True
                    yield row
    # RuntimeError: an encrypted archive, or one packed by an unknown method.
    except (csv.Error, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise Unreadable(f"{path}: {error}") from error
    if not found:
        why = ", ".join(f"{count} {reason}" for reason, count in skipped.most_common(3))
        raise Unreadable(f"{path}: has no address" + (f" ({why})" if why else ""))


def _texts(path: Path) -> Iterator[TextIO]:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                if member.lower().endswith((".csv", ".geojson", ".json", ".geojsonl", ".geojsonseq")):
                    with archive.open(member) as content:
                        yield io.TextIOWrapper(content, "utf-8-sig", "replace", newline="")
        return
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as content:
        yield io.TextIOWrapper(content, "utf-8-sig", "replace", newline="")


def _records(path: Path, text: TextIO) -> Iterable[Mapping[str, Any]]:
    """Return each address as a mapping of columns or properties, with names in small letters."""
    first = text.readline(LINE_MAX)
    if first.lstrip("\x1e \t").startswith("{"):
        return _features(path, first, text)
    return _lines(path, first, text)


def _lines(path: Path, first: str, text: TextIO) -> Iterator[Mapping[str, Any]]:
    delimiter = max(DELIMITERS, key=first.count)
    names = [one.strip().lower() for one in next(csv.reader([first], delimiter=delimiter), [])]
    for what in ("lat", "lon", "street"):
        if not set(CALLED[what]) & set(names):
            raise Unreadable(f"{path}: no column for {what} ({', '.join(CALLED[what])})")
    for line in csv.reader(text, delimiter=delimiter):
        yield dict(zip(names, line, strict=False))


def _features(path: Path, first: str, text: TextIO) -> Iterator[Mapping[str, Any]]:
    line = first
    while line:
        if len(line) >= LINE_MAX:
            raise Unreadable(f"{path}: one feature a line is read; `jq -c '.features[]' FILE` makes it so")
        # One feature a line, also within a FeatureCollection, as GDAL and osmium write them.
        feature = _feature(line.strip("\x1e \t\r\n,"))
        if feature is not None:
            geometry = feature.get("geometry")
            place = _middle(geometry.get("coordinates")) if isinstance(geometry, dict) else None
            properties = feature.get("properties")
            if isinstance(properties, dict):
                known = {str(key).lower(): value for key, value in properties.items()}
                yield known if place is None else {**known, "lon": place[0], "lat": place[1]}
        line = text.readline(LINE_MAX)


def _feature(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found.get("type") == "Feature" else None


def _middle(coordinates: object) -> tuple[float, float] | None:
    """Return longitude and latitude of a point, or of the middle of the bounding box of a line or an area."""
    points = list(_points(coordinates))
    if not points:
        return None
    easts, norths = zip(*points, strict=True)
    return (min(easts) + max(easts)) / 2, (min(norths) + max(norths)) / 2


def _points(coordinates: object) -> Iterator[tuple[float, float]]:
    match coordinates:
        case [int() | float() as lon, int() | float() as lat, *_]:
            yield float(lon), float(lat)
        case [*parts]:
            for part in parts:
                yield from _points(part)


def _row(one: Mapping[str, Any], skipped: Counter[str]) -> Row | None:
    street = name(_value(one, "street"))
    if not street:
        skipped["without a street"] += 1
        return None
    lat, lon = _degrees(_value(one, "lat")), _degrees(_value(one, "lon"))
    if lat is None or lon is None:
        skipped["without coordinates"] += 1
        return None
    # (0, 0) stands for unknown coordinates. Coordinates in metres, as in national grids, are larger than
    # degrees.
    if not (abs(lat) <= 90 and abs(lon) <= 180) or (lat == 0 and lon == 0):
        skipped["whose coordinates are no degrees (WGS 84)"] += 1
        return None
    number, suffix = name(_value(one, "number")), name(_value(one, "suffix"))
    if number and suffix:
        number = f"{number}/{suffix.lstrip('/')}"
    return Row(lat, lon, _cased(street), number, _cased(name(_value(one, "town"))))


def _value(one: Mapping[str, Any], what: str) -> Any:
    return next((value for called in CALLED[what] if (value := one.get(called)) not in (None, "")), None)


def _degrees(value: object) -> float | None:
    """Parse degrees; ANNCSU writes a decimal comma."""
    try:
        degrees = float(value.replace(",", ".") if isinstance(value, str) else value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return degrees if isfinite(degrees) else None


def _cased(text: str) -> str:
    """Return `VIA XX SETTEMBRE`, as registers write it, in normal case: `Via XX Settembre`."""
    if len(text) <= 3 or not text.isupper():
        return text
    return " ".join(word if _ROMAN.fullmatch(word) else word.title() for word in text.split())
