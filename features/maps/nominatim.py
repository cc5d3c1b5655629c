"""Nominatim, the geocoder of OpenStreetMap (https://nominatim.org/release-docs/latest/api/Reverse/). Pure.

Its answer has only the nearest house or street, without neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import msgspec

from features.maps.addresses import name
from model.address import Nearby, NearbyAddresses, nearby_addresses, offset_m


class _Address(msgspec.Struct, frozen=True):
    house_number: str = ""
    road: str = ""
    city: str = ""
    town: str = ""
    village: str = ""
    municipality: str = ""


class _Shape(msgspec.Struct, frozen=True):
    type: str = ""
    coordinates: msgspec.Raw = msgspec.Raw(b"[]")


class _Answer(msgspec.Struct, frozen=True):
    lat: str = ""
    lon: str = ""
    address: _Address = _Address()
    geojson: _Shape = _Shape()


Points = list[tuple[float, float]]
_decoder: Final = msgspec.json.Decoder(_Answer)
_line: Final = msgspec.json.Decoder(Points)
_lines: Final = msgspec.json.Decoder(list[Points])


def question(lat: float, lon: float) -> dict[str, str]:
    """Return the parameters of `/reverse`; streets come with their shape, simplified to some metres."""
    where = {"lat": f"{lat:.6f}", "lon": f"{lon:.6f}", "format": "jsonv2", "zoom": "18"}
    return {
        **where,
        "layer": "address",
        "addressdetails": "1",
        "polygon_geojson": "1",
        "polygon_threshold": "0.00003",
    }


def answer(content: bytes, lat: float, lon: float) -> NearbyAddresses:
    """Parse the answer; empty if the geocoder knows no street. Raises msgspec.DecodeError."""
    said = _decoder.decode(content)
    of = said.address
    street, number = name(of.road), name(of.house_number)
    if not street:
        return nearby_addresses([])
    # A street's own point is its middle, which may be far away: its nearest point counts.
    offset = None if number else _nearest(said.geojson, lat, lon)
    try:
        east_m, north_m = offset or offset_m(lat, lon, float(said.lat), float(said.lon))
    except ValueError as error:
        raise msgspec.DecodeError("no coordinates") from error
    town = name(of.city or of.town or of.village or of.municipality)
    return nearby_addresses([Nearby(street=street, number=number, town=town, east_m=east_m, north_m=north_m)])


def _nearest(shape: _Shape, lat: float, lon: float) -> tuple[float, float] | None:
    """Return the nearest point of a street, in metres to the east and north; None if the shape is no line."""
    match shape.type:
        case "LineString":
            lines = [_line.decode(shape.coordinates)]
        case "MultiLineString":
            lines = _lines.decode(shape.coordinates)
        case _:
            return None
    return min(_feet(lines, lat, lon), key=lambda foot: foot[0] ** 2 + foot[1] ** 2, default=None)


def _feet(lines: list[Points], lat: float, lon: float) -> Iterator[tuple[float, float]]:
    """Yield the nearest point of each segment of the lines."""
    for line in lines:
        points = [offset_m(lat, lon, to_lat, to_lon) for to_lon, to_lat in line]
        for (east, north), (to_east, to_north) in pairwise(points):
            along_east, along_north = to_east - east, to_north - north
            length = along_east**2 + along_north**2
            share = -(east * along_east + north * along_north) / length if length else 0.0
            share = min(1.0, max(0.0, share))
            yield east + share * along_east, north + share * along_north
