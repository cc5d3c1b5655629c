"""What of a case those are told who neither have it nor have opened it: what is named, and nothing else."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from enum import Enum
from typing import Any, get_args, get_origin

import msgspec
import pytest

from gateways.console.views.case import CaseView
from gateways.console.views.queue import SHOWN, queue_view


def filled(kind: Any) -> Any:
    """A value of this type in which nothing is empty."""
    kind = getattr(kind, "__supertype__", kind)
    origin, of = get_origin(kind), get_args(kind)
    if origin is typing.Annotated:
        return filled(of[0])
    if origin in (typing.Union, types.UnionType):
        return filled(next(one for one in of if one is not type(None)))
    if origin in (tuple, list):
        return origin((filled(of[0]),))
    if origin is dict:
        return {filled(of[0]): filled(of[1])}
    if issubclass(kind, msgspec.Struct):
        return kind(**{one.name: filled(one.type) for one in msgspec.structs.fields(kind)})
    if issubclass(kind, Enum):
        return next(one for one in kind if one.value)
    return {str: "said", bool: True, int: 7, float: 7.5}[kind]


def leaves(value: Any, path: str = "") -> Iterator[str]:
    """Where in what is told to the page something stands."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for one in value:
            yield from leaves(one, path)
    elif value:
        yield path


def named(kind: type[msgspec.Struct], path: str = "") -> Iterator[str]:
    """What of this struct is named, as `leaves` tells it."""
    for field in msgspec.structs.fields(kind):
        if field.name in SHOWN.get(kind, ()):
            inner = [one for one in (field.type, *get_args(field.type)) if one in SHOWN]
            for one in inner:
                yield from named(one, f"{path}.{field.name}")
            if not inner:
                yield f"{path}.{field.name}"


def test_of_a_case_with_everything_in_it_what_is_named_is_shown_and_nothing_else() -> None:
    view = filled(CaseView)
    told = msgspec.to_builtins(queue_view(view))
    assert set(leaves(told)) == {*named(CaseView), ".withheld"}


def test_what_is_not_named_looks_as_if_nothing_were_there() -> None:
    """What it is, and that it is at all, is not told."""
    whole = msgspec.structs.replace(filled(CaseView), phone=None, contacts="", claims=())
    assert msgspec.to_builtins(queue_view(whole)) == msgspec.to_builtins(queue_view(filled(CaseView)))


def test_the_page_finds_every_field_that_it_knows() -> None:
    told = msgspec.to_builtins(queue_view(filled(CaseView)))
    assert list(told) == [one.name for one in msgspec.structs.fields(CaseView)]


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.__name__)
def test_every_field_that_is_named_is_there(kind: type[msgspec.Struct]) -> None:
    assert SHOWN[kind] <= {one.name for one in msgspec.structs.fields(kind)}
