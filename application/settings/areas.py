"""Outline of an area from a GeoJSON file (RFC 7946): its polygons; other content is ignored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from model.areas import Outline, Ring, outline

LARGEST_BYTES: Final = 20_000_000


class _Polygon(msgspec.Struct, tag_field="type", tag="Polygon"):
    coordinates: list[list[list[float]]]


class _MultiPolygon(msgspec.Struct, tag_field="type", tag="MultiPolygon"):
    coordinates: list[list[list[list[float]]]]


class _Collection(msgspec.Struct, tag_field="type", tag="GeometryCollection"):
    geometries: list[_Polygon | _MultiPolygon]


class _Feature(msgspec.Struct, tag_field="type", tag="Feature"):
    geometry: _Polygon | _MultiPolygon | _Collection | None


class _Features(msgspec.Struct, tag_field="type", tag="FeatureCollection"):
    features: list[_Feature]


_Drawn = _Polygon | _MultiPolygon | _Collection | _Feature | _Features


def outline_of(file: Path) -> Outline:
    """Return the area in the file. Raises ValueError with the fault, also for an unreadable file."""
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise ValueError(f"{file} is larger than {LARGEST_BYTES // 1_000_000} MB: simplify the outline")
        drawn = msgspec.json.decode(file.read_bytes(), type=_Drawn)
        return outline(_ring(ring) for ring in _rings(drawn))
    except OSError as error:
        raise ValueError(f"{file}: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise ValueError(f"{file} is not a GeoJSON file of polygons: {error}") from error


def outlines(table: str, files: Iterable[str], faults: list[str]) -> list[Outline | None]:
    """Return the outline of each row's `area_file`, None for a row without; append faults to `faults`."""
    found: list[Outline | None] = []
    for i, file in enumerate(files):
        try:
            found.append(outline_of(Path(file)) if file else None)
        except ValueError as error:
            faults.append(f"{table}[{i}].area_file: {error}")
            found.append(None)
    return found


def _rings(drawn: _Drawn) -> Iterator[list[list[float]]]:
    match drawn:
        case _Polygon():
            yield from drawn.coordinates
        case _MultiPolygon():
            for polygon in drawn.coordinates:
                yield from polygon
        case _Collection():
            for geometry in drawn.geometries:
                yield from _rings(geometry)
        case _Feature():
            if drawn.geometry is not None:
                yield from _rings(drawn.geometry)
        case _Features():
            for feature in drawn.features:
                yield from _rings(feature)


def _ring(corners: list[list[float]]) -> Ring:
    found = []
    for corner in corners:
        if len(corner) < 2 or not (-180 <= corner[0] <= 180 and -90 <= corner[1] <= 90):
            raise ValueError(f"{corner} is not a position: degrees are expected, longitude first")
        found.append((corner[0], corner[1]))
    return tuple(found)
