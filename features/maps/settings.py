"""Settings table `[map]`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from msgspec import Meta

from model.feature import FeatureTable
from model.settings import Settings
from model.settings.fields import FilePath, doc, is_web


class MapSettings(FeatureTable, frozen=True, kw_only=True):
    """Streets on the operator's map, from tiles or from pmtiles; without them coast, borders and towns."""

    table: ClassVar[str] = "map"

    tiles: Annotated[
        str,
        Meta(max_length=2000),
        doc(
            "Tile server",
            "Server delle mappe",
            note='"https://tiles.example.org/{z}/{x}/{y}.png"; only the centre sends requests to it',
        ),
    ] = ""
    attribution: Annotated[
        str,
        Meta(max_length=200),
        doc("Maker of the map", "Autore della mappa", note="shown on it; empty: as in the file"),
    ] = ""
    max_zoom: Annotated[
        Annotated[int, Meta(ge=1, le=22)] | None,
        doc(
            "Highest zoom",
            "Ingrandimento massimo",
            note="left out: as in the file, 18 for a server",
            example=18,
        ),
    ] = None
    pmtiles: Annotated[
        FilePath,
        doc(
            "File of the map (PMTiles)",
            "File della mappa (PMTiles)",
            note="raster, version 3, on this machine (beside this file, if relative)",
        ),
    ] = ""
    addresses: Annotated[
        FilePath,
        doc(
            "File of addresses",
            "File degli indirizzi",
            note="street and number of a position, beside it and in the text for 112: `securwoman map "
            "import` makes it (beside this file, if relative)",
        ),
    ] = ""
    geocoder: Annotated[
        str,
        Meta(max_length=2000),
        doc(
            "Geocoder",
            "Geocodificatore",
            note='in place of addresses; your own, "https://geocoder.example.org": it '
            "receives users' positions",
        ),
    ] = ""
    geocoder_api: Annotated[
        Literal["photon", "nominatim"],
        doc("Interface of the geocoder", "Interfaccia del geocodificatore", note='"photon", "nominatim"'),
    ] = "photon"


def faults(settings: Settings) -> Iterator[str]:
    """Yield contradictions and invalid addresses in the settings."""
    own = MapSettings.of(settings)
    yield from _tiles(own)
    yield from _addresses(own)


def _tiles(own: MapSettings) -> Iterator[str]:
    tiles, expected = own.tiles, 'expected an address like "https://…/{z}/{x}/{y}.png"'
    if tiles and own.pmtiles:
        yield "map.pmtiles: not together with map.tiles"
    if tiles:
        missing = [name for name in ("{z}", "{x}", "{y}") if name not in tiles]
        rest = tiles.replace("{z}", "").replace("{x}", "").replace("{y}", "")
        if not is_web(tiles):
            yield f"map.tiles: {expected}"
        elif missing:
            yield f"map.tiles: {expected}; {' and '.join(missing)} missing"
        elif other := re.search(r"\{[^}]*\}", rest):
            yield f"map.tiles: {expected}; {other[0]} is not known"


def _addresses(own: MapSettings) -> Iterator[str]:
    geocoder, expected = own.geocoder, 'expected an address like "https://geocoder.example.org"'
    if geocoder and own.addresses:
        yield "map.addresses: not together with map.geocoder"
    if geocoder and not is_web(geocoder):
        yield f"map.geocoder: {expected}"
    elif geocoder.rstrip("/").endswith("/reverse") or "?" in geocoder or "#" in geocoder:
        yield f"map.geocoder: {expected}; /reverse and what it is asked are added to it"
    elif geocoder.startswith("http:") and not _is_own(urlsplit(geocoder).hostname or ""):
        yield (
            "map.geocoder: positions would go there unencrypted; https://, or an address of this machine or "
            "of a private network"
        )


def _is_own(host: str) -> bool:
    """Return True if this is certainly this machine or a private network; among names only `localhost` is."""
    try:
        return host == "localhost" or ip_address(host).is_private
    except ValueError:
        return False
