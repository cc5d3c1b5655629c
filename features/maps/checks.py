"""Checks of the map and of addresses by the doctor: the files or servers named in the settings."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from application.checks import CheckCondition, check_row
from application.version import version
from features.maps.settings import MapSettings
from messages.rows import Sentence
from model.checks import Cost, Finding, fail, ok, warn
from model.settings import Settings


def tiles(settings: Settings) -> Iterator[Finding]:
    """Check the source of streets, and its attribution. Without it the console draws its built-in map."""
    from features.maps.tiles import TilesFailed, tiles_of

    wanted = MapSettings.of(settings)
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
            # The console continues with its built-in map, and shows streets once they are available.
            yield warn("map", f"map.tiles: {error}")
            return
    whose = found.attribution
    if not there and not wanted.pmtiles:
        yield warn("map", f"map.tiles: {what} has no picture of the whole world (0/0/0): check the address")
    yield ok("map", f"{what}: zoom {found.min_zoom} to {found.max_zoom}" + (f", {whose}" if whose else ""))
    if not whose:
        yield warn("map", "map.attribution is empty: the maker of the map must be named")


SOMEWHERE: Final = (41.8902, 12.4922)
"""Degrees: the Colosseum, which reveals no user's position."""


def addresses(settings: Settings) -> Iterator[Finding]:
    """Check the source of addresses. Without a source positions are described by degrees and towns."""
    from features.maps.address_file import AddressFile
    from features.maps.addresses import AddressesFailed, source_of

    wanted = MapSettings.of(settings)
    try:
        source = source_of(wanted, version())
    except AddressesFailed as error:
        yield fail("map", f"map.addresses: {error}")
        return
    if source is None:
        yield ok("map", "positions by degrees and towns; no addresses (map.addresses, map.geocoder)")
        return
    began_s = time.monotonic()

    async def look() -> int:
        try:
            return len((await source.around(*SOMEWHERE)).addresses)
        finally:
            await source.close()

    try:
        there = asyncio.run(look())
    except AddressesFailed as error:
        key = "addresses" if wanted.addresses else "geocoder"
        yield warn("map", f"map.{key}: {error}; positions are shown without an address meanwhile")
        return
    took = f"{(time.monotonic() - began_s) * 1000:.0f} ms"
    if isinstance(source, AddressFile):
        yield ok(
            "map", f"{wanted.addresses}: {source.addresses} addresses, of {source.made_at}; asked in {took}"
        )
    else:
        host = urlsplit(wanted.geocoder).hostname
        yield ok(
            "map",
            f"{host}: answers as {wanted.geocoder_api} in {took}, {there} addresses around the Colosseum",
        )


CHECKS: Final = (
    check_row(
        "map",
        Sentence("The map has streets, and names its maker", "Ci sono le strade, e di chi sono"),
        Sentence("Set [map] right; scripts/maps makes files", "Correggere [map]; scripts/maps fa i file"),
        lambda around: tiles(around.settings),
        CheckCondition.SETTINGS,
        cost=Cost.WORK,
    ),
    check_row(
        "map",
        Sentence("Positions are shown with street and number", "Le posizioni hanno via e numero"),
        Sentence("Set [map] right; scripts/maps makes files", "Correggere [map]; scripts/maps fa i file"),
        lambda around: addresses(around.settings),
        CheckCondition.SETTINGS,
        cost=Cost.WORK,
    ),
)
