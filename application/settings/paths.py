"""Complete paths of the files that the settings name (`FilePath`), relative to the settings' folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import inspect
from msgspec.structs import replace

Table = TypeVar("Table", bound=msgspec.Struct)


def whole(table: Table, beside: Path, *keys: str) -> Table:
    """Return the table with complete paths of the files in it, its own tables and `keys`, if not empty."""
    changed: dict[str, Any] = {}
    for name, is_file in _named(type(table)).items():
        value = getattr(table, name)
        if isinstance(value, str):
            if value and (is_file or name in keys):
                changed[name] = str(beside / value)
        elif isinstance(value, tuple):
            changed[name] = tuple(whole(one, beside) for one in value)
        else:
            changed[name] = whole(value, beside)
    return replace(table, **changed)


@cache
def _named(kind: type[msgspec.Struct]) -> dict[str, bool]:
    """Return the fields that may name a file: texts, with True if they do, and tables."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    found = {}
    for one in info.fields:
        extra: dict[str, Any] = {}
        known: Any = one.type
        if isinstance(known, inspect.Metadata):
            extra, known = known.extra or {}, known.type
        row = known.item_type if isinstance(known, inspect.VarTupleType) else known
        if isinstance(known, inspect.StrType) or isinstance(row, inspect.StructType):
            found[one.name] = bool(extra.get("file"))
    return found
