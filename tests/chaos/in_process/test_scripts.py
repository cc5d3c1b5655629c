"""What random trouble has found once is played again for ever: `scripts/NAME.json`, as it was printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.in_process.invariants import broken
from tests.chaos.in_process.play import play
from tests.chaos.in_process.script import from_json

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.json"))


@pytest.mark.scenario
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_what_broke_once_is_right(script: Path) -> None:
    assert broken(play(from_json(script.read_text())).evidence) == []


def test_there_are_some() -> None:
    assert SCRIPTS
