"""The page that shows how phases follow each other is what the rules do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.timeout(300)  # a quarter of a minute of computing, and of a busy core much more
def test_the_diagram_is_drawn_from_the_rules_as_they_are() -> None:
    drawn = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "diagram"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert drawn.returncode == 0, drawn.stderr
