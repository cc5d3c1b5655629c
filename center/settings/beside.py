"""Files that the settings name: they lie beside the settings, where their names are not whole."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

Table = TypeVar("Table", bound=msgspec.Struct)


def whole(table: Table, beside: Path, *keys: str) -> Table:
    """With the whole paths of what these keys name; what is empty names nothing."""
    named = {key: getattr(table, key) for key in keys}
    return msgspec.structs.replace(table, **{key: str(beside / name) for key, name in named.items() if name})
