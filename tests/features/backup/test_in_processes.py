"""A backup of a center in the middle of an alert, and the center that is made of it on another machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from center import cli
from features.backup import age
from tests.support.center import OPERATOR, USER, Center, center, simulation

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]


def test_an_alert_that_was_open_goes_on_in_the_restored_center_with_the_same_keys(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    file, identity = tmp_path / "center.age", tmp_path / "backup.key"
    to = age.new_identity(identity)
    with center(one, simulation()) as made:
        alert = made.send()
        made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
        done = made.cli("backup", str(file), "--to", to, "--json")
        assert done.returncode == 0, done.stderr
        signed_by = json.loads(done.stdout)["signed_by"]
        key = (made.state.keys / "app.key").read_text()
    other = Center(two, simulation())
    proved = ["--identity", str(identity), "--fingerprint", signed_by]
    restored = ["restore", str(file), *proved, "--state", str(other.state)]
    assert cli.run(restored) == 0
    assert (other.state.keys / "app.key").read_text() == key
    try:
        other.start()
        other.until("both are called again", lambda: other.calls(USER) and other.calls(OPERATOR), within_s=30)
        other.until("they are joined", lambda: other.joined(alert) == {"operator", "user"}, within_s=30)
    finally:
        other.stop()
