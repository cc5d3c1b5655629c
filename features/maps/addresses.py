"""Sources of addresses, selected by the settings: a module for each kind of source.

A source returns addresses around a point. `model.address` decides how much of an address may be shown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

from features.maps.settings import MapSettings
from model.address import NEAR_M, NearbyAddresses

WITHIN_S: Final = 1.0
"""Time limit of a query in seconds; a later answer is discarded."""
REACH_M: Final = NEAR_M
"""Half of the side of the searched square."""
NAME_MAX: Final = 80
"""Longest name of a street or town in characters; the longest of Italy have about 70."""


class AddressesFailed(Exception):
    """No address is available now, for a reason other than the place."""


class Source(Protocol):
    """A source of addresses."""

    async def around(self, lat: float, lon: float) -> NearbyAddresses:
        """Return the addresses around a point, degrees (WGS 84). Raises AddressesFailed."""
        ...

    async def close(self) -> None:
        """Close files and connections."""
        ...


def source_of(settings: MapSettings, version: str) -> Source | None:
    """Return the source set in the settings; None if none is set. Raises AddressesFailed."""
    # Imported here: each brings its own libraries, which most centers do not need.
    if settings.addresses:
        from features.maps.address_file import AddressFile

        return AddressFile(Path(settings.addresses))
    if settings.geocoder:
        from features.maps.geocoder import Geocoder

        return Geocoder(settings.geocoder, settings.geocoder_api, version=version)
    return None


def name(text: object) -> str:
    """Return a foreign name as one printable line, shortened; empty if the value is no name."""
    if not isinstance(text, str | int):
        return ""
    line = " ".join("".join(one if one.isprintable() else " " for one in str(text)).split())
    return line if len(line) <= NAME_MAX else f"{line[: NAME_MAX - 1]}…"
