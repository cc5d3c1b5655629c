"""`[[psap.data]]`: what its keys mean together, and what a row is when the file is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from msgspec.structs import replace

from model.settings import Settings
from model.settings.psap import FEED, DataFormat, DataTarget


def data_faults(settings: Settings) -> Iterator[str]:
    """Every fault, as `path: what is wrong`."""
    names: dict[str, int] = {}
    for i, table in enumerate(settings.psap.data):
        where = f"psap.data[{i}]"
        if table.name in names:
            yield f"{where}.name: {table.name} is already in psap.data[{names[table.name]}]"
        names.setdefault(table.name, i)
        yield from (f"{where}.{fault}" for fault in _faults(table))


def _faults(table: DataTarget) -> Iterator[str]:
    web = _address(table.to)
    if "://" in table.to and not web:
        yield 'to: expected an address like "https://psap.example.org/alerts", a folder, or "feed"'
    elif table.to.startswith("http:"):
        yield "to: what is known of a user would go there unencrypted; https:// is needed"
    elif web and ("@" in urlsplit(table.to).netloc):
        yield "to: no name and password in an address; token_file, or certificate and key"
    if table.to == FEED:
        if table.format is not DataFormat.GEOJSON:
            yield f'format: a feed is GeoJSON, not "{table.format}"'
        if not table.token_file:
            yield "token_file: a feed needs one: who has it is shown alerts"
    if bool(table.area) != bool(table.area_file):
        given, missing = ("area", "area_file") if table.area else ("area_file", "area")
        yield f"{given}: needs {missing} as well"
    if bool(table.certificate) != bool(table.key):
        given, missing = ("certificate", "key") if table.certificate else ("key", "certificate")
        yield f"{given}: needs {missing} as well"
    for key in ("certificate", "authority"):
        if getattr(table, key) and not web:
            yield f"{key}: only with an address, https://"
    if table.token_file and not (web or table.to == FEED):
        yield "token_file: only with an address, https://, or a feed"
    for key in ("code", "event_code"):
        if getattr(table, key) and table.format is not DataFormat.CAP:
            yield f'{key}: only with format = "cap"'


def is_near(to: str) -> bool:
    """Whether nothing leaves this machine: a folder, a feed, or an address of its own."""
    return not _address(to) or urlsplit(to).hostname in ("localhost", "127.0.0.1", "::1")


def _address(to: str) -> bool:
    try:
        parts = urlsplit(to)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def with_whole_addresses(settings: Settings, beside: Path) -> tuple[DataTarget, ...]:
    """The rows with whole paths of folders, and with a language."""
    return tuple(
        replace(
            one,
            to=one.to if one.to == FEED or _address(one.to) else str(beside / one.to),
            language=one.language or settings.spoken,
        )
        for one in settings.psap.data
    )
