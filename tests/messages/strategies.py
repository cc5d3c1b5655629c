"""Any value of any message type, drawn from the types themselves: a new field is tested by being there."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import strategies as st
from msgspec import NODEFAULT, Struct, inspect

INT64 = st.integers(-(2**63), 2**64 - 1)


def any_of(union: Any) -> st.SearchStrategy[Any]:
    """A value of any member of a union of message types."""
    return st.one_of([any_struct(member) for member in get_args(union)])


def any_struct(kind: type[Struct]) -> st.SearchStrategy[Any]:
    """A value of this type; fields with a default are sometimes left to it."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for field in info.fields:
        has_default = field.default is not NODEFAULT or field.default_factory is not NODEFAULT
        (optional if has_default else required)[field.name] = _any(field.type)
    return st.fixed_dictionaries(required, optional=optional).map(lambda fields: kind(**fields))


def _any(info: inspect.Type) -> st.SearchStrategy[Any]:
    match info:
        case inspect.StrType():
            return st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
        case inspect.IntType():
            return INT64
        case inspect.FloatType():
            return st.floats(allow_nan=False)
        case inspect.BoolType():
            return st.booleans()
        case inspect.BytesType():
            return st.binary(max_size=20)
        case inspect.NoneType():
            return st.none()
        case inspect.EnumType(cls=cls):
            return st.sampled_from(list(cls))
        case inspect.UnionType(types=types):
            return st.one_of([_any(one) for one in types])
        case inspect.VarTupleType(item_type=item):
            return st.lists(_any(item), max_size=3).map(tuple)
        case inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(_any(key), _any(value), max_size=3)
        case inspect.StructType(cls=cls):
            return any_struct(cls)
        case _:
            raise AssertionError(f"no strategy for {info}")
