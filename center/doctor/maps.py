"""The doctor's look at the map: the file, or the server, that the settings name."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from center.doctor.findings import Finding, fail, ok, warn
from center.settings.schema import Settings
from center.version import version


def tiles(settings: Settings) -> Iterator[Finding]:
    """Whether there are streets, and whose they are. Without any the console draws what it has itself."""
    from gateways.console.map.tiles import MapSettings, TilesFailed, tiles_of

    wanted = MapSettings(**msgspec.structs.asdict(settings.map))
    with tempfile.TemporaryDirectory(prefix="securwoman-doctor-") as kept:
        try:
            found = tiles_of(wanted, Path(kept), version())
        except TilesFailed as error:
            yield fail("map", f"map.pmtiles: {error}")
            return
        if found is None:
            yield ok("map", "coast, borders and towns; no streets (map.pmtiles, map.tiles)")
            return
        what = wanted.pmtiles or urlsplit(wanted.tiles).hostname

        async def look() -> bool:
            try:
                return await found.tile(found.min_zoom, 0, 0) is not None
            finally:
                await found.close()

        try:
            there = asyncio.run(look())
        except TilesFailed as error:
            # The console goes on with what it has, and takes the streets as soon as they are there.
            yield warn("map", f"map.tiles: {error}")
            return
    whose = found.attribution
    if not there and not wanted.pmtiles:
        yield warn(
            "map", f"map.tiles: {what} has no picture of the whole world (0/0/0): is the address right?"
        )
    yield ok("map", f"{what}: zoom {found.min_zoom} to {found.max_zoom}" + (f", {whose}" if whose else ""))
    if not whose:
        yield warn("map", "map.attribution is empty: whoever made the map asks to be named")
