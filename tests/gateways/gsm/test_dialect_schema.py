"""Every key that a dialect may have does something: code reads it. What nothing reads is a promise broken."""

from __future__ import annotations

import ast
from functools import cache
from typing import Final

from gateways.gsm.dialects.dialect import (
    Card,
    Dialect,
    Kept,
    Match,
    Poll,
    Service,
    Table,
    Times,
    Urc,
    UsbPorts,
    Voice,
)
from tests.foundation.tree import ROOT
from tests.support.each import each

HOLDERS: Final[dict[type[Table], frozenset[str]]] = {
    Dialect: frozenset({"data", "dialect", "kind"}),
    Match: frozenset({"match"}),
    Poll: frozenset({"poll"}),
    Times: frozenset({"times"}),
    Voice: frozenset({"voice", "_voice"}),
    Card: frozenset({"card"}),
    Service: frozenset({"service"}),
    Urc: frozenset({"urc"}),
    Kept: frozenset({"kept"}),
    UsbPorts: frozenset({"known", "roles", "ports", "port"}),
}
"""What a variable or an attribute that holds such a table is called in the code."""
CHECKS: Final = frozenset({"_check", "_patterns", "_assemble"})
"""Whoever only says whether a file is right does nothing with what it says."""


@cache
def reads() -> frozenset[tuple[str, str]]:
    """Every `holder.key` in the code that drives modems or shows them."""
    found = set()
    for folder in ("gateways/gsm", "center"):
        for file in (ROOT / folder).rglob("*.py"):
            waiting: list[ast.AST] = [ast.parse(file.read_text("utf-8"))]
            while waiting:
                node = waiting.pop()
                if isinstance(node, ast.FunctionDef) and node.name in CHECKS:
                    continue
                waiting += ast.iter_child_nodes(node)
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                    match node.value:
                        case ast.Name(id=holder) | ast.Attribute(attr=holder):
                            found.add((holder, node.attr))
                        case _:
                            pass
    return frozenset(found)


@each(("table", "key"), [(table, key) for table in HOLDERS for key in table.__struct_fields__])
def test_every_key_is_read(table: type[Table], key: str) -> None:
    assert any((holder, key) in reads() for holder in HOLDERS[table])


def test_every_table_of_the_schema_is_looked_at() -> None:
    assert set(HOLDERS) == set(Table.__subclasses__())
