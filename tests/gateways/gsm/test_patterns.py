"""A pattern is left out only where it could not have matched."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.gsm.dialects.dialect import Patterns, beginning
from scripts.lib.at_play import TRACES
from tests.gateways.gsm.bench import DIALECTS
from tests.support.depth import often
from tests.support.each import each

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
    assert beginning(pattern) == start


@given(st.sampled_from(DIALECTS.names()), st.one_of(st.sampled_from(LINES), st.text(max_size=20)))
@settings(max_examples=often(500), deadline=None)
def test_the_same_pattern_is_found_as_by_trying_all(name: str, line: str) -> None:
    urcs = DIALECTS.get(name).data.urc
    slow = next((urc for urc in urcs if re.fullmatch(urc.pattern, line)), None)
    found = DIALECTS.get(name).find(line)
    assert (found[1] if found is not None else None) is slow


def test_the_first_that_matches_wins() -> None:
    patterns = Patterns([(r"\+X: 1", "one"), (r"\+X:.*", "any")])
    assert [patterns.find(line)[1] for line in ("+X: 1", "+X: 2", "+X: 1") if patterns.find(line)] == [
        "one", "any", "one",
    ]  # fmt: skip
    assert patterns.find("X: 1") is None
