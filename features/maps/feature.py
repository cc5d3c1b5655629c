"""Rows that the package adds to the center."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from features.maps.settings import MapSettings, faults
from messages.rows import Sentence
from model.feature import Command, Feature

MAPS: Final = Feature(
    name="maps",
    does=Sentence(
        "Streets under a position, and its street and number",
        "Le strade sotto una posizione, con via e numero",
    ),
    beside_web=("features.maps.address_lookup:beside", "features.maps.routes:tile_parts"),
    checks=("features.maps.checks:CHECKS",),
    commands=(
        Command(
            words="map import",
            does="Make the file of addresses from files of OpenStreetMap or of a country.",
            by="features.maps.commands:import_",
            audit="addresses of houses, and of nobody in them",
        ),
    ),
    command_groups={"map": "Make the file of addresses for the positions of alerts."},
    pages=Path(__file__).parent / "pages",
    routes=("features.maps.routes",),
    told={"map": "features.maps.routes:map_fields"},
    settings=(MapSettings,),
    faults=faults,
)
