"""What can be written at each key of the settings, by their schema: type, bounds, choices, unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import msgspec
from msgspec import inspect

from center.settings.editing.defaults import written
from center.settings.editing.wanted import ROW_NAMES
from center.settings.schema import Settings
from gateways.http.settings_file import SettingElsewhere, SettingKind
from model.settings_edits import Value

_UNITS: Final = {"_s": "s", "_days": "days", "_minutes": "min", "_db": "db"}
_BY_HAND: Final = ("node", "journal.url", "cluster.")
_SWITCHES: Final = {
    "psap.live": SettingElsewhere.LINES,
    "psap.last_resort": SettingElsewhere.FILE,
    "psap.data.token_file": SettingElsewhere.FILE,
    "duty.person.name": SettingElsewhere.FILE,
    "duty.person.language": SettingElsewhere.FILE,
    "duty.person.ways": SettingElsewhere.FILE,
    "duty.smtp.password_file": SettingElsewhere.FILE,
    "duty.webhook_key_file": SettingElsewhere.FILE,
    "heartbeat.key_file": SettingElsewhere.FILE,
    "watched.key_file": SettingElsewhere.FILE,
}
"""For the real 112; and files of which something is told to an address: from a page it could be any file."""


@dataclass(frozen=True, kw_only=True)
class FieldType:
    """One key. `table`: its table, empty for the file's own keys."""

    table: str
    key: str
    kind: SettingKind
    least: float | None = None
    most: float | None = None
    choices: list[str] = field(default_factory=list)
    default: Value | None = None

    @property
    def path(self) -> str:
        """As edits name it; of a row's key without the row."""
        return f"{self.table}.{self.key}" if self.table else self.key

    @property
    def unit(self) -> str:
        """By the key's end."""
        found = (unit for end, unit in _UNITS.items() if self.key.endswith(end))
        return "s" if self.path == "deadline.seconds" else next(found, "")

    @property
    def elsewhere(self) -> SettingElsewhere | None:
        """Where it is changed, if not in the list of settings."""
        if by_hand(self.path):
            return SettingElsewhere.FILE
        return _SWITCHES.get(self.path)


def by_hand(path: str) -> bool:
    """Whether a wrong value there may keep the node from finding its journal, or the others."""
    return path.startswith(_BY_HAND)


@cache
def fields() -> tuple[FieldType, ...]:
    """All keys in the order of the schema, those of lists of tables among them (once, for any row)."""
    settings = inspect.type_info(Settings)
    assert isinstance(settings, inspect.StructType)
    return tuple(_fields(settings, ""))


def _fields(struct: inspect.StructType, table: str) -> Iterator[FieldType]:
    for one in struct.fields:
        kind: Any = one.type
        path = f"{table}.{one.encode_name}" if table else one.encode_name
        if path in ROW_NAMES:
            kind = kind.item_type
        if isinstance(kind, inspect.StructType):
            yield from _fields(kind, path)
        else:
            yield FieldType(table=table, key=one.encode_name, default=_default(one), **_written_as(kind))


def _default(one: inspect.Field) -> Value | None:
    """As written; None: it has none, or means what no value says."""
    if one.default is not msgspec.NODEFAULT:
        return written(one.default)
    return written(one.default_factory()) if one.default_factory is not msgspec.NODEFAULT else None


def _written_as(kind: Any) -> dict[str, Any]:
    """A FieldType's kind, bounds and choices. Total over what the schema has."""
    match kind:
        case inspect.UnionType(types=types):  # one that may be left open
            (known,) = (one for one in types if not isinstance(one, inspect.NoneType))
            return _written_as(known)
        case inspect.BoolType():
            return {"kind": SettingKind.SWITCH}
        case inspect.IntType() | inspect.FloatType():
            least = kind.ge if kind.ge is not None else kind.gt
            number = SettingKind.INTEGER if isinstance(kind, inspect.IntType) else SettingKind.NUMBER
            return {"kind": number, "least": least, "most": kind.le}
        case inspect.StrType():
            return {"kind": SettingKind.TEXT}
        case inspect.EnumType(cls=choices):
            return {"kind": SettingKind.CHOICE, "choices": [str(one.value) for one in choices]}
        case inspect.LiteralType(values=values):
            return {"kind": SettingKind.CHOICE, "choices": [str(one) for one in values]}
        case inspect.VarTupleType(item_type=item):
            of = _written_as(item)
            several = SettingKind.CHOICES if of["kind"] is SettingKind.CHOICE else SettingKind.TEXTS
            return {"kind": several, "choices": of.get("choices", [])}
        case inspect.DictType():
            return {"kind": SettingKind.WORDS}
        case _:
            raise TypeError(f"no form for {kind}")
