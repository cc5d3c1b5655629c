"""A line of a running center is traced by its name while it works."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest

from application.errors import CenterError
from application.state.state_dir import StateDir
from center.modems.live_trace import follow, line_at
from tests.waiting import wait_until


def test_what_the_line_writes_is_read_on_and_the_file_is_gone_at_the_end(tmp_path: Path) -> None:
    state = StateDir(tmp_path)
    state.create()
    file, out = state.run / "one.trace", io.StringIO()
    following = threading.Thread(target=follow, args=(state, "one", out, 1.0))
    following.start()
    wait_until(file.exists)
    with pytest.raises(CenterError, match="being traced already"):
        follow(state, "one", io.StringIO(), 0.0)
    file.write_text("0.000 > AT\\r\n")
    following.join()
    assert out.getvalue() == "0.000 > AT\\r\n"
    assert not file.exists()


def test_without_a_running_center_no_line_has_a_port(tmp_path: Path) -> None:
    assert line_at(StateDir(tmp_path), "sim1") is None
