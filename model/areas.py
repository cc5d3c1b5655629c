"""Whether a position lies in an area that is drawn by outlines (degrees, longitude first). Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

Ring = tuple[tuple[float, float], ...]
"""Corners as (longitude, latitude); the last is joined to the first."""


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """An area: what lies within an odd number of its rings, so that a ring within another is a hole."""

    west: float
    south: float
    east: float
    north: float
    rings: tuple[Ring, ...]

    @property
    def corners(self) -> int:
        """How finely it is drawn."""
        return sum(len(ring) for ring in self.rings)


def outline(rings: Iterable[Ring]) -> Outline:
    """The area within these rings. Raises ValueError where there is none."""
    kept = tuple(ring for ring in rings if len(ring) >= 3)
    if not kept:
        raise ValueError("no outline")
    lons = [lon for ring in kept for lon, _ in ring]
    lats = [lat for ring in kept for _, lat in ring]
    return Outline(west=min(lons), south=min(lats), east=max(lons), north=max(lats), rings=kept)


def holds(area: Outline, lat: float, lon: float) -> bool:
    """Whether the place lies within it. On a border that two areas share it is in one of them alone."""
    if not (area.west <= lon <= area.east and area.south <= lat <= area.north):
        return False
    return sum(_crossed(ring, lat, lon) for ring in area.rings) % 2 == 1


def _crossed(ring: Ring, lat: float, lon: float) -> int:
    """How often a line from the place to the east meets the ring; a corner belongs to what lies above it."""
    crossed = 0
    before_lon, before_lat = ring[-1]
    for at_lon, at_lat in ring:
        if (at_lat > lat) != (before_lat > lat):
            # Always reckoned from the lower corner, so that neighbours come to the same result.
            (low_lon, low_lat), (high_lon, high_lat) = sorted(
                ((at_lon, at_lat), (before_lon, before_lat)), key=lambda corner: corner[1]
            )
            crossed += lon < low_lon + (lat - low_lat) / (high_lat - low_lat) * (high_lon - low_lon)
        before_lon, before_lat = at_lon, at_lat
    return crossed
