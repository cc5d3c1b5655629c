"""What the package adds to the center."""

from __future__ import annotations

from typing import Final

from messages.rows import Sentence
from model.feature import Command, Feature

MAPS: Final = Feature(
    name="maps",
    does=Sentence(
        "Streets under a position, and its street and number",
        "Le strade sotto una posizione, con via e numero",
    ),
    beside_web=("gateways.http.addressing:beside", "gateways.http.routes.center.tiles:beside"),
    checks=("center.checks.maps:CHECKS",),
    commands=(
        Command(
            words="map import",
            does="Make the file of addresses, of OpenStreetMap's or a country's.",
            by="center.commands.map:import_",
            audit="addresses of houses, and of nobody in them",
        ),
    ),
    command_groups={"map": "Streets and addresses on the center's own disk."},
    routes=("gateways.http.routes.center.tiles",),
    told={"map": "gateways.http.routes.center.tiles:told"},
)
