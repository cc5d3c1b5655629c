"""`[[psap.data]]`: what its keys mean together, and what the actors and the web are given of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from msgspec.structs import replace

from center.settings.areas import outline_of
from center.settings.beside import whole
from center.settings.schema import DataTable, Settings
from model.telling.data_target import FEED, DataFormat, DataTarget

_FILES: Final = ("area_file", "token_file", "certificate", "key", "authority")
"""Beside the settings, if relative."""


def data_faults(settings: Settings) -> Iterator[str]:
    """Every fault, as `path: what is wrong`."""
    names: dict[str, int] = {}
    for i, table in enumerate(settings.psap.data):
        where = f"psap.data[{i}]"
        if table.name in names:
            yield f"{where}.name: {table.name} is already in psap.data[{names[table.name]}]"
        names.setdefault(table.name, i)
        yield from (f"{where}.{fault}" for fault in _faults(table))


def _faults(table: DataTable) -> Iterator[str]:
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


def data_of(tables: tuple[DataTable, ...], beside: Path) -> tuple[tuple[DataTable, ...], list[str]]:
    """The same with whole paths, and the faults of what the files hold."""
    made, faults = [], []
    for i, table in enumerate(tables):
        to = table.to if table.to == FEED or _address(table.to) else str(beside / table.to)
        made.append(replace(whole(table, beside, *_FILES), to=to))
        if table.area_file:
            try:
                outline_of(Path(made[-1].area_file))
            except ValueError as error:
                faults.append(f"psap.data[{i}].area_file: {error}")
    return tuple(made), faults


def targets_of(settings: Settings) -> tuple[DataTarget, ...]:
    """In the order of the file. Raises ValueError where an outline has become unreadable since."""
    own = settings.language if settings.language == "it" else "en"
    return tuple(
        DataTarget(
            name=table.name,
            format=table.format,
            to=table.to,
            area=table.area,
            outline=outline_of(Path(table.area_file)) if table.area_file else None,
            tests=table.tests,
            language=table.language or own,
            sender=table.sender,
            codes=table.code,
            event_codes=tuple(table.event_code.items()),
            token_file=table.token_file,
            certificate=table.certificate,
            key=table.key,
            authority=table.authority,
        )
        for table in settings.psap.data
    )
