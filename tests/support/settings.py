"""Settings that differ from others in some keys."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from model.feature import settings_type
from model.settings import Settings


def changed(settings: Settings, changes: Mapping[str, object]) -> Settings:
    """The settings with other values, by the paths of keys or tables: `{"operator.line": …, "modem": …}`."""
    if not isinstance(settings, settings_type()):  # without the features' tables
        settings = settings_type()(**{name: getattr(settings, name) for name in settings.__struct_fields__})
    for path, value in changes.items():
        table, _, key = path.rpartition(".")
        name, now = (table, replace(getattr(settings, table), **{key: value})) if table else (path, value)
        settings = replace(settings, **{name: now})
    return settings
