"""What the web is given of `[map]`: where streets come from, and where addresses do."""

from __future__ import annotations

from center.settings.schema import MapTable
from gateways.addresses.source import AddressSettings
from gateways.console.map.tiles import MapSettings


def tiles_of(table: MapTable) -> MapSettings:
    """The pictures."""
    return MapSettings(
        tiles=table.tiles, attribution=table.attribution, max_zoom=table.max_zoom, pmtiles=table.pmtiles
    )


def addresses_of(table: MapTable) -> AddressSettings:
    """The addresses."""
    return AddressSettings(file=table.addresses, geocoder=table.geocoder, api=table.geocoder_api)
