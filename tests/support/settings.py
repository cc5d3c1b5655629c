"""Settings that differ from others in some keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import fields, replace

from application.errors import SettingsError
from application.settings.file import parse
from model.feature import settings_type
from model.settings import Settings


def changed(settings: Settings, changes: Mapping[str, object]) -> Settings:
    """The settings with other values, by the paths of keys or tables: `{"operator.line": …, "modem": …}`."""
    if not isinstance(settings, settings_type()):
        settings = _with_features(settings, settings_type())
    for path, value in changes.items():
        table, _, key = path.rpartition(".")
        name, now = (table, replace(getattr(settings, table), **{key: value})) if table else (path, value)
        settings = replace(settings, **{name: now})
    return settings


def faults(text: str) -> tuple[str, ...]:
    """What is wrong with a settings file that says this."""
    with pytest.raises(SettingsError) as caught:
        parse(text)
    return caught.value.faults


def _with_features(table: Struct, kind: Any) -> Any:
    """The table as one of this kind, with what features add to it and to the tables in it."""
    kinds = {one.name: one.type for one in fields(kind)}
    said = {name: getattr(table, name) for name in table.__struct_fields__}
    return kind(
        **{
            name: _with_features(value, kinds[name]) if isinstance(value, Struct) else value
            for name, value in said.items()
        }
    )
