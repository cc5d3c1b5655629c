"""Keys of the settings with their permitted values, from the schema: type, bounds, choices, unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Final, get_args, get_origin

import msgspec
from msgspec import inspect

from application.settings.editing.intended import row_names, written
from application.settings.views import Meaning, SettingElsewhere, SettingKind
from model.feature import settings_type
from model.settings import Settings
from model.settings_edits import Value

_UNITS: Final = {"_s": "s", "_days": "days", "_minutes": "min", "_db": "db"}
_BY_HAND: Final = ("node", "journal.url", "cluster.")
_SWITCHES: Final = {
    "psap.live": SettingElsewhere.LINES,
    "psap.last_resort": SettingElsewhere.FILE,
}
"""Switches for the real 112."""


@dataclass(frozen=True, kw_only=True)
class FieldType:
    """Description of one key of the settings. `table`: its table, empty for top-level keys. `least`, `most`:
    limits of a number, in the unit of the key; None: no limit.
    """

    table: str
    key: str
    kind: SettingKind
    least: float | None = None
    most: float | None = None
    choices: list[str] = field(default_factory=list)
    default: Value | None = None
    required: bool = False
    meaning: Meaning
    note: str
    """Addition to the meaning, in English."""
    example: Value | None
    written: bool
    """True if the shipped file has it as a key, False if as a comment."""
    by_hand: bool
    """True if it can be changed only in the file."""

    @property
    def path(self) -> str:
        """Path of the key in edits; for a key of a row, without the row."""
        return f"{self.table}.{self.key}" if self.table else self.key

    @property
    def unit(self) -> str:
        """Unit of the value, from the ending of the key."""
        found = (unit for end, unit in _UNITS.items() if self.key.endswith(end))
        return "s" if self.path == "deadline.seconds" else next(found, "")

    @property
    def elsewhere(self) -> SettingElsewhere | None:
        """Other place where the key is changed; None if it is changed in the list of settings."""
        if self.by_hand or by_hand(self.path):
            return SettingElsewhere.FILE
        return _SWITCHES.get(self.path)


def by_hand(path: str) -> bool:
    """Return True if a wrong value may keep the node from finding its journal or the other nodes."""
    return path.startswith(_BY_HAND)


def fields() -> tuple[FieldType, ...]:
    """Return all keys in the order of the schema; a key of a list of tables appears once, for all rows."""
    return _fields_of(settings_type())


@cache
def _fields_of(whole: type[Settings]) -> tuple[FieldType, ...]:
    settings = inspect.type_info(whole)
    assert isinstance(settings, inspect.StructType)
    return tuple(_fields(settings, ""))


@cache
def keys_of(table: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the types of a table's keys and of the tables in it. Fields that are no keys are left out."""
    info = inspect.type_info(table)
    assert isinstance(info, inspect.StructType)
    keys = {one.encode_name for one in info.fields if not _meta(one).get("resolved")}
    return {
        one.encode_name: get_args(one.type)[0] if get_origin(one.type) is Annotated else one.type
        for one in msgspec.structs.fields(table)
        if one.encode_name in keys
    }


def expected() -> dict[str, str]:
    """Return the words for each pattern: an operator cannot be expected to read a regular expression."""
    return _expected_of(settings_type())


@cache
def _expected_of(whole: type[Settings]) -> dict[str, str]:
    return dict(_expected(inspect.type_info(whole), {}))


def _expected(kind: Any, extra: dict[str, Any]) -> Iterator[tuple[str, str]]:
    match kind:
        case inspect.Metadata():
            yield from _expected(kind.type, kind.extra or {})
        case inspect.StructType():
            for key in kind.fields:
                yield from _expected(key.type, {})
        case inspect.VarTupleType():
            yield from _expected(kind.item_type, {})
        case inspect.UnionType():
            for member in kind.types:
                yield from _expected(member, extra)
        case inspect.StrType(pattern=str(pattern)) if "expected" in extra:
            yield pattern, extra["expected"]


def _meta(one: inspect.Field) -> dict[str, Any]:
    """Return the field's data from `model.settings.fields` besides type and bounds."""
    return (one.type.extra or {}) if isinstance(one.type, inspect.Metadata) else {}


def _fields(struct: inspect.StructType, table: str) -> Iterator[FieldType]:
    for one in struct.fields:
        meta: dict[str, Any] = _meta(one)
        kind: Any = one.type
        path = f"{table}.{one.encode_name}" if table else one.encode_name
        if meta.get("resolved"):
            continue
        said: dict[str, Any] = {}
        if isinstance(kind, inspect.Metadata):
            said, kind = kind.extra_json_schema or {}, kind.type
        if path in row_names() and isinstance(kind, inspect.VarTupleType):
            kind = kind.item_type
        if isinstance(kind, inspect.StructType):
            yield from _fields(kind, path)
        else:
            yield FieldType(
                table=table,
                key=one.encode_name,
                default=_default(one),
                required=one.required,
                meaning=Meaning(en=said["description"], it=meta["it"]),
                note=meta["note"],
                example=meta["example"],
                written=meta["written"],
                by_hand=meta["by_hand"],
                **_written_as(kind),
            )


def _default(one: inspect.Field) -> Value | None:
    """Return the default as written; None if there is none, or if no value can express it."""
    if one.default is not msgspec.NODEFAULT:
        return written(one.default)
    return written(one.default_factory()) if one.default_factory is not msgspec.NODEFAULT else None


def _written_as(kind: Any) -> dict[str, Any]:
    """Return kind, bounds and choices of a FieldType. Total over the types of the schema."""
    match kind:
        case inspect.Metadata(type=known):
            return _written_as(known)
        case inspect.UnionType(types=types):  # an optional value
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
