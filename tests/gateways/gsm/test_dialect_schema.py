"""Every key that a dialect may have does something: code reads it. What nothing reads is a promise broken.
And a pattern is left out only where it could not have matched.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.gsm.dialects.dialect import (
    Card,
    Dialect,
    Kept,
    LinePatterns,
    Match,
    Poll,
    Service,
    Table,
    Times,
    Urc,
    UsbPorts,
    Voice,
    literal_prefix,
)
from scripts.lib.at_play import TRACES
from tests.foundation.tree import ROOT
from tests.gateways.gsm.bench import DIALECTS
from tests.support.depth import often
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


LINES = sorted(
    {
        line
        for path in TRACES.glob("*/*.trace")
        for line in re.split(r"(?:\\[rn])+", path.read_text("utf-8"))
        if line
    }
)


@each(
    ("pattern", "start"),
    [
        (r"RING", "RING"),
        (r"RDY|START", ""),
        (r"\+CLIP: ?(?P<number>.*)", "+CLIP:"),
        (r"\^(?:RSSI|BOOT):.*", "^"),
        (r"(?:A|B)C", ""),
        (r"NO DIAL ?TONE", "NO DIAL"),
        (r"[+^]X", ""),
        (r"AB*", "A"),
        (r"\d+", ""),
        (r"[a|b]c", ""),
        (r"(?i)ring", ""),
        (r"A+B", "A"),
    ],
)
def test_what_a_pattern_begins_with(pattern: str, start: str) -> None:
    assert literal_prefix(pattern) == start


@given(st.sampled_from(DIALECTS.names()), st.one_of(st.sampled_from(LINES), st.text(max_size=20)))
@settings(max_examples=often(500), deadline=None)
def test_the_same_pattern_is_found_as_by_trying_all(name: str, line: str) -> None:
    urcs = DIALECTS.get(name).data.urc
    slow = next((urc for urc in urcs if re.fullmatch(urc.pattern, line)), None)
    found = DIALECTS.get(name).find(line)
    assert (found[1] if found is not None else None) is slow


def test_the_first_that_matches_wins() -> None:
    patterns = LinePatterns([(r"\+X: 1", "one"), (r"\+X:.*", "any")])
    assert [patterns.find(line)[1] for line in ("+X: 1", "+X: 2", "+X: 1") if patterns.find(line)] == [
        "one", "any", "one",
    ]  # fmt: skip
    assert patterns.find("X: 1") is None
