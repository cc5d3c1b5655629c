"""Which settings, valid in themselves, this version cannot serve.

A center that ignored them would deceive its owner: the doctor names them, and `run` does not start
with them. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from center.settings import Settings
from messages.ids import OperatorLine


def unserved(settings: Settings, *, simulated: bool = False) -> Iterator[str]:
    """Each as `path: why`. A simulated run does not use the modems that are configured."""
    for i, modem in enumerate(settings.modem):
        if not modem.port and not simulated:
            yield f"modem[{i}].imei: a modem is not yet found by its IMEI; set port (/dev/serial/by-id/…)"
    if settings.psap.route:
        yield "psap.route: routing by area is not yet built; every alert calls psap.number"
    if settings.operator.line is not OperatorLine.ON_DEMAND:
        yield f"operator.line: {settings.operator.line} is not yet built; operators are called, on_demand"
    scheme = urlsplit(settings.journal.url).scheme
    if scheme and scheme != "sqlite":
        yield f"journal.url: {scheme} is not yet built; the journal is SQLite"
