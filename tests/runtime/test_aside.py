"""Work that may block, aside."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from runtime import logs, processes
from runtime.processes import CompletedWork, ForkedWork, WorkFailed
from tests.waiting import wait_until


def fail() -> None:
    raise OSError("as it was told to")


@pytest.mark.parametrize("kind", [ForkedWork, CompletedWork])
def test_it_is_done_and_says_so(kind: type[ForkedWork | CompletedWork], tmp_path: Path) -> None:
    work = kind((tmp_path / "done").touch)
    assert wait_until(lambda: work.ended(0.1)) is True
    assert (tmp_path / "done").exists()
    assert work.ended() is True


@pytest.mark.parametrize("kind", [ForkedWork, CompletedWork])
def test_a_failure_is_told(kind: type[ForkedWork | CompletedWork]) -> None:
    assert kind(fail).ended(10) is False


@pytest.mark.parametrize("kind", [ForkedWork, CompletedWork])
def test_a_cause_that_was_foreseen_is_one_line_of_the_log(
    kind: type[ForkedWork | CompletedWork], tmp_path: Path
) -> None:
    def locked() -> None:
        raise WorkFailed("the database is locked")

    logs.configure(tmp_path, "node")
    assert kind(locked).ended(10) is False
    line = json.loads((tmp_path / logs.FILE_NAME).read_text())
    assert line["level"] == "warning"
    assert line["error"] == "the database is locked"
    assert "exception" not in line


def test_nobody_waits_for_what_blocks(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.mkfifo(tmp_path / "fifo")
    work = ForkedWork(lambda: (tmp_path / "fifo").read_text() and None)
    assert work.ended() is None
    assert work.ended(0.05) is None
    (tmp_path / "fifo").write_text("go on")
    assert work.ended(10) is True
    os.close(reader)
    os.close(writer)


def test_it_is_killed_when_it_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "ASIDE_WITHIN_S", 1)
    before = signal.getsignal(signal.SIGTERM)
    work = ForkedWork(signal.pause)
    assert work.ended(10) is False
    assert signal.getsignal(signal.SIGTERM) == before
