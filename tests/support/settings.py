"""Settings that differ from others in some keys."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from model.settings import Settings


def changed(settings: Settings, changes: Mapping[str, object]) -> Settings:
    """The settings with other values, by the paths of keys or tables: `{"operator.line": …, "modem": …}`."""
    for path, value in changes.items():
        table, _, key = path.rpartition(".")
        name, now = (table, replace(getattr(settings, table), **{key: value})) if table else (path, value)
        settings = replace(settings, **{name: now})
    return settings
