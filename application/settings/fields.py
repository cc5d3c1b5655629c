"""What can be written at each key of the settings, by their schema: type, bounds, choices, unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Final, get_args, get_origin

import msgspec
from msgspec import inspect

from application.settings.editing.wanted import row_names, written
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
"""For the real 112."""


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
    required: bool = False
    meaning: Meaning
    note: str
    """Added to the meaning, in English."""
    example: Value | None
    written: bool
    """True: the shipped file has it as a key, and not as a comment."""
    by_hand: bool
    """True: it is changed in the file alone."""

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
        if self.by_hand or by_hand(self.path):
            return SettingElsewhere.FILE
        return _SWITCHES.get(self.path)


def by_hand(path: str) -> bool:
    """Whether a wrong value there may keep the node from finding its journal, or the others."""
    return path.startswith(_BY_HAND)


def fields() -> tuple[FieldType, ...]:
    """All keys in the order of the schema, those of lists of tables among them (once, for any row)."""
    return _fields_of(settings_type())


@cache
def _fields_of(whole: type[Settings]) -> tuple[FieldType, ...]:
    settings = inspect.type_info(whole)
    assert isinstance(settings, inspect.StructType)
    return tuple(_fields(settings, ""))


@cache
def keys_of(table: type[msgspec.Struct]) -> dict[str, Any]:
    """The types of the keys of a table, and of the tables in it. Fields that are no keys are left out."""
    info = inspect.type_info(table)
    assert isinstance(info, inspect.StructType)
    keys = {one.encode_name for one in info.fields if not _meta(one).get("resolved")}
    return {
        one.encode_name: get_args(one.type)[0] if get_origin(one.type) is Annotated else one.type
        for one in msgspec.structs.fields(table)
        if one.encode_name in keys
    }


def expected() -> dict[str, str]:
    """Return the words of each pattern, by the pattern: a regular expression tells an operator nothing."""
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
    """Return what `model.settings.fields` says of the field besides type and bounds."""
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
    """As written; None: it has none, or means what no value says."""
    if one.default is not msgspec.NODEFAULT:
        return written(one.default)
    return written(one.default_factory()) if one.default_factory is not msgspec.NODEFAULT else None


def _written_as(kind: Any) -> dict[str, Any]:
    """A FieldType's kind, bounds and choices. Total over what the schema has."""
    match kind:
        case inspect.Metadata(type=known):
            return _written_as(known)
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
