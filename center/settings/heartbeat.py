"""`[[heartbeat]]` and `[[watched]]`: what their keys mean together, and what the actors are given of them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from model.settings import Settings
from model.settings.watching import TargetKind


def heartbeat_faults(settings: Settings) -> Iterator[str]:
    """Every fault, as `path: what is wrong`."""
    yield from _twice("heartbeat", [one.name for one in settings.heartbeat])
    yield from _twice("watched", [one.name for one in settings.watched])
    for i, table in enumerate(settings.heartbeat):
        where = f"heartbeat[{i}]"
        parts = urlsplit(table.url)
        if not parts.hostname or "@" in parts.netloc:
            yield f'{where}.url: expected an address like "https://watch.example.org:8114/v1/heartbeats"'
        if table.kind is TargetKind.WATCHER and not table.key_file:
            yield f"{where}.key_file: a watcher believes a heartbeat by a key that it has, too"


def _twice(table: str, names: list[str]) -> Iterator[str]:
    for i, name in enumerate(names):
        if name in names[:i]:
            yield f"{table}[{i}].name: {name} is already in {table}[{names.index(name)}]"
