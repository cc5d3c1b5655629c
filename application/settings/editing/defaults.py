"""What a key of the settings holds where the file does not say it."""

from __future__ import annotations

from typing import Any, get_args, get_origin

import msgspec
import msgspec.structs

from application.settings.editing.wanted import Place
from model.feature import settings_type
from model.settings_edits import Value


def table_type(table: str) -> type[msgspec.Struct] | None:
    """The struct of a table, or of the rows of a list of tables; None: there is none."""
    kind: Any = settings_type()
    for key in filter(None, table.split(".")):
        kind = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}.get(key)
        if get_origin(kind) is tuple:
            kind = get_args(kind)[0]
        if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
            return None
    found: type[msgspec.Struct] = kind
    return found


def default_of(at: Place) -> Value | None:
    """As it would be written; None: it has none, or means what no value says."""
    kind = table_type(at.table)
    for field in () if kind is None else msgspec.structs.fields(kind):
        if field.encode_name == at.key:
            if field.default is not msgspec.NODEFAULT:
                return written(field.default)
            if field.default_factory is not msgspec.NODEFAULT:
                return written(field.default_factory())
    return None


def written(value: Any) -> Value | None:
    """A value of the settings as TOML has it: a choice as its text, several as a list."""
    found: Value | None = msgspec.to_builtins(value)
    return found
