"""Test of a position against an area with outlines (degrees, longitude first). Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

Ring = tuple[tuple[float, float], ...]
"""Corners as (longitude, latitude); the last corner is joined to the first."""


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """An area: all points within an odd number of its rings, so that a ring within another is a hole. `west`
    to `north`: bounding box in degrees (WGS 84).
    """

    west: float
    south: float
    east: float
    north: float
    rings: tuple[Ring, ...]

    @property
    def corners(self) -> int:
        """Number of corners, a measure of the detail."""
        return sum(len(ring) for ring in self.rings)


def outline(rings: Iterable[Ring]) -> Outline:
    """Return the area within these rings. Raises ValueError if no ring has three corners."""
    kept = tuple(ring for ring in rings if len(ring) >= 3)
    if not kept:
        raise ValueError("no outline")
    lons = [lon for ring in kept for lon, _ in ring]
    lats = [lat for ring in kept for _, lat in ring]
    return Outline(west=min(lons), south=min(lats), east=max(lons), north=max(lats), rings=kept)


def contains(area: Outline, lat: float, lon: float) -> bool:
    """Return True if the place lies within the area. A place on a shared border lies in exactly one area."""
    if not (area.west <= lon <= area.east and area.south <= lat <= area.north):
        return False
    return sum(_crossed(ring, lat, lon) for ring in area.rings) % 2 == 1


def _crossed(ring: Ring, lat: float, lon: float) -> int:
    """Count the crossings of a line from the place to the east; a corner belongs to the edge above it."""
    crossed = 0
    before_lon, before_lat = ring[-1]
    for at_lon, at_lat in ring:
        if (at_lat > lat) != (before_lat > lat):
            # Always computed from the lower corner, so that both neighbours get the same result.
            (low_lon, low_lat), (high_lon, high_lat) = sorted(
                ((at_lon, at_lat), (before_lon, before_lat)), key=lambda corner: corner[1]
            )
            crossed += lon < low_lon + (lat - low_lat) / (high_lat - low_lat) * (high_lon - low_lon)
        before_lon, before_lat = at_lon, at_lat
    return crossed
