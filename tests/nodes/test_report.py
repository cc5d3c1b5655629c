"""What docs/chaos.md says of several nodes: every cell, what was wrong, and nothing of the rest touched."""

from __future__ import annotations

import datetime

from tests.chaos.harness.judge import Violation
from tests.chaos.harness.report import PAGE, nodes_of
from tests.nodes.blows import OWNER, THIRD, WHO, Blow, Cell
from tests.nodes.report import WHO_TOLD, Result, section, table

RESULTS = (
    Result(cell=Cell(step="accepted", who=OWNER), wrong=(), taken_after_s=1.7),
    Result(
        cell=Cell(step="accepted", who=OWNER, blow=Blow.CUT),
        wrong=(Violation("away", "a has written"),),
        taken_after_s=1.9,
    ),
    Result(cell=Cell(step="user_ringing", who=THIRD), wrong=(), taken_after_s=None),
)


def test_each_blow_is_a_letter_at_its_step_and_what_was_wrong_is_named() -> None:
    rows = "\n".join(table(RESULTS)).splitlines()
    assert [row.split(" | ")[1] for row in rows if row.startswith(f"| {WHO_TOLD[OWNER]}")] == ["L**c!**"]
    told = section(RESULTS, "the command", datetime.date(2026, 1, 2))
    assert "2 of 3 right, on 2026-01-02, by `the command`." in told
    assert f"- {RESULTS[1].cell.name}: away: a has written" in told
    assert "| lose | 1.70 s | 1.70 s | 1 |" in told


def test_the_part_is_found_again_and_the_page_has_it() -> None:
    told = "\n" + section(RESULTS, "the command", datetime.date(2026, 1, 2))
    assert nodes_of(f"# Chaos\n\nNothing.\n{told}") == told
    assert nodes_of("# Chaos\n") == ""
    assert all(f"| {WHO_TOLD[who]} |" in nodes_of(PAGE.read_text()) for who in WHO)
