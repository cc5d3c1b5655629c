"""The service for systemd: what recovery relies on, and what systemd itself thinks of it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.foundation.tree import ROOT

UNIT = ROOT / "deploy" / "securwoman.service"
EXPOSED_AT_MOST = 2.0
"""systemd's own figure, of ten; a service without any hardening has 9.6."""


def said(key: str) -> list[str]:
    """What the unit sets this key to."""
    return re.findall(rf"^{key}=(.*)$", UNIT.read_text(), re.MULTILINE)


def test_a_node_that_has_died_is_started_again_at_once_and_for_ever() -> None:
    assert said("Restart") == ["always"]
    assert said("StartLimitIntervalSec") == ["0"]
    assert said("RestartSec") == ["50ms"]


def test_a_node_that_was_stopped_is_found_by_the_watchdog_that_it_feeds() -> None:
    assert said("Type") == ["notify"]
    # A new Supervisor may take 15 s to be given up, and the node waits for it.
    assert said("WatchdogSec") == ["20"]


def test_calls_and_voices_stay_up_because_only_the_node_is_asked_to_end_and_nobody_else_killed() -> None:
    assert said("KillMode") == ["process"]


def test_byte_code_may_be_used_and_is_made_before_the_first_start() -> None:
    text = UNIT.read_text()
    assert "PYTHONDONTWRITEBYTECODE" not in text
    assert "compileall" in text


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="NOT TESTED: the unit: systemd-analyze is not installed"
)
def test_systemd_takes_every_line_and_finds_it_hardened(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    # The checkout that it names is not on this machine.
    unit.write_text(UNIT.read_text().replace("/opt/securwoman/current/.venv/bin/securwoman", "/bin/true"))
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )
    assert "securwoman.service:" not in checked.stderr, checked.stderr
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", unit],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", rated.stdout)
    assert found is not None, rated.stderr
    assert float(found[1]) <= EXPOSED_AT_MOST
