"""Photon, the geocoder of Komoot (https://github.com/komoot/photon, docs/api-v1.md). Pure."""

from __future__ import annotations

from typing import Final

import msgspec

from features.maps.addresses import REACH_M, name
from model.address import Nearby, NearbyAddresses, nearby_addresses, offset_m

MOST: Final = 50
"""Requested number of addresses: the limit of a server with default settings."""
FEW: Final = 10
"""A server returns at least this many if it knows them: a shorter answer is complete."""


class _Geometry(msgspec.Struct, frozen=True):
    coordinates: tuple[float, float]


class _Properties(msgspec.Struct, frozen=True):
    street: str = ""
    housenumber: str = ""
    city: str = ""


class _Feature(msgspec.Struct, frozen=True):
    geometry: _Geometry
    properties: _Properties


class _Answer(msgspec.Struct, frozen=True):
    features: list[_Feature]


_decoder: Final = msgspec.json.Decoder(_Answer)


def question(lat: float, lon: float) -> dict[str, str]:
    """Return the parameters of `/reverse`. Only houses: Photon has a single point of a street."""
    where = {"lat": f"{lat:.6f}", "lon": f"{lon:.6f}", "radius": f"{REACH_M / 1000:.2f}"}
    return {**where, "layer": "house", "limit": str(MOST), "dedupe": "0"}


def answer(content: bytes, lat: float, lon: float) -> NearbyAddresses:
    """Parse the answer, nearest first. Raises msgspec.DecodeError."""
    features = _decoder.decode(content).features
    found = []
    for one in features:
        east_m, north_m = offset_m(lat, lon, one.geometry.coordinates[1], one.geometry.coordinates[0])
        street, number = name(one.properties.street), name(one.properties.housenumber)
        town = name(one.properties.city)
        found.append(Nearby(street=street, number=number, town=town, east_m=east_m, north_m=north_m))
    # An answer cut off by the limit has the nearest addresses.
    furthest_m = max((one.distance_m for one in found), default=0.0)
    within_m = REACH_M if len(features) < FEW else min(furthest_m, REACH_M)
    return nearby_addresses([one for one in found if one.street], within_m)
