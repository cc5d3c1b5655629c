"""Every route of the API: the modules that declare them, and those of the features."""

from __future__ import annotations

from typing import Final

from gateways.http.routes.admin import (
    keys,
    lines,
    nodes,
    start,
    version,
)
from gateways.http.routes.app import alerts, cancelling, devices, intake, messages
from gateways.http.routes.center import health
from gateways.http.routes.console import access, sign_on
from gateways.http.routes.staff import alarms, commands, pictures_and_recordings, shift
from gateways.http.routing.route import Route, routes_of
from model.feature import installed, named

_KERNEL: Final = (
    *(intake, alerts, messages, cancelling, devices),
    *(commands, shift, alarms, pictures_and_recordings),
    *(keys, lines, version, nodes, start),
    *(sign_on, access),
    health,
)


def routes() -> tuple[Route, ...]:
    """The kernel's and the installed features', in the order in which they are described."""
    return routes_of((*_KERNEL, *(named(where) for feature in installed() for where in feature.routes)))
