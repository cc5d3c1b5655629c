"""Where addresses come from, as the settings say: a module of ours for each kind of source.

A source says what is around a point; what of it may be told is not its question (`model.address`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

from features.maps.settings import MapSettings
from model.address import NEAR_M, Around

WITHIN_S: Final = 1.0
"""An address that takes longer is not waited for."""
REACH_M: Final = NEAR_M
"""Half of the side of the square that is looked through."""
NAME_MAX: Final = 80
"""Characters of a street's or town's name; the longest of Italy have about 70."""


class AddressesFailed(Exception):
    """No address can be had now, for a reason that is not the place."""


class Source(Protocol):
    """Where addresses come from."""

    async def around(self, lat: float, lon: float) -> Around:
        """What is known around a point, degrees (WGS 84). Raises AddressesFailed."""
        ...

    async def close(self) -> None:
        """Let go of what is open."""
        ...


def source_of(settings: MapSettings, version: str) -> Source | None:
    """As the settings say; None without any. Raises AddressesFailed."""
    # Each brings its own libraries, which most centers need none of.
    if settings.addresses:
        from features.maps.address_file import AddressFile

        return AddressFile(Path(settings.addresses))
    if settings.geocoder:
        from features.maps.geocoder import Geocoder

        return Geocoder(settings.geocoder, settings.geocoder_api, version=version)
    return None


def name(text: object) -> str:
    """A name as somebody else has written it, as one line that can be shown; empty where it is none."""
    if not isinstance(text, str | int):
        return ""
    line = " ".join("".join(one if one.isprintable() else " " for one in str(text)).split())
    return line if len(line) <= NAME_MAX else f"{line[: NAME_MAX - 1]}…"
