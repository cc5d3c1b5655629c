"""The command line of a center that does not run."""

from pathlib import Path

import pytest

from tests.center.terminal import Terminal


@pytest.fixture
def run(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(tmp_path / "state", capfd)
