"""What a center does by itself asks no more of a long journal than of a short one."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.bench.lib.aged_loops import NEW, growing, made, measure

pytestmark = pytest.mark.scenario


def test_no_loop_asks_more_of_a_journal_of_a_week_than_of_one_of_three_days(tmp_path: Path) -> None:
    found = {}
    for age, (events, positions) in (("new", NEW), ("old", (20_000, 300))):
        journal = tmp_path / f"{age}.db"
        made(journal, events, positions)
        found[age] = measure(journal, tmp_path / age)
    assert len(found["new"]) > 5
    assert {loop: (found["new"][loop], found["old"][loop]) for loop in growing(**found)} == {}
