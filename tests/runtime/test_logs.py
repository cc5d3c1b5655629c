"""Structured logs."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import time
from pathlib import Path

import pytest
import structlog

from runtime import logs


def lines(where: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (where / logs.FILE_NAME).read_text().splitlines()]


def test_a_line_is_one_json_object_with_who_says_it(tmp_path: Path) -> None:
    logs.configure(tmp_path, "web")
    logs.get("intake", alert="a1").warning("not written", path="/x", error=OSError(28, "full"))
    (line,) = lines(tmp_path)
    assert line["event"] == "not written"
    assert (line["part"], line["alert"], line["process"], line["level"]) == ("intake", "a1", "web", "warning")
    assert line["pid"] == os.getpid()
    assert str(line["timestamp"]).endswith("Z")
    assert "full" in str(line["error"])


def test_an_exception_is_written_with_its_traceback(tmp_path: Path) -> None:
    logs.configure(tmp_path, "web")
    try:
        raise ValueError("as it was told to")
    except ValueError:
        logs.get("x").exception("crashed")
    (line,) = lines(tmp_path)
    assert "ValueError: as it was told to" in str(line["exception"])


def test_less_than_the_level_is_not_written(tmp_path: Path) -> None:
    logs.configure(tmp_path, "web", level=logging.WARNING)
    logs.get("x").info("quiet")
    logs.get("x").error("loud")
    assert [line["event"] for line in lines(tmp_path)] == ["loud"]
    assert logs.configured_level() == logging.WARNING


def test_what_libraries_say_through_logging_is_written_too(tmp_path: Path) -> None:
    logs.configure(tmp_path, "web")
    logs.configure(tmp_path, "web")
    logging.getLogger("uvicorn").error("port %d is taken", 80)
    logging.getLogger("uvicorn").info("a detail")
    (line,) = lines(tmp_path)
    assert (line["event"], line["part"]) == ("port 80 is taken", "uvicorn")


def test_nothing_wrong_with_the_outputs_is_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logs.configure(tmp_path, "web", stderr=True)
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    logs.get("x").error("one")
    if os.path.exists("/dev/full"):
        (tmp_path / "full").mkdir()
        (tmp_path / "full" / logs.FILE_NAME).symlink_to("/dev/full")
        logs.configure(tmp_path / "full", "web")
        logs.get("x").error("two")
    assert [line["event"] for line in lines(tmp_path)] == ["one"]


def test_a_forked_process_writes_into_the_same_file_by_itself(tmp_path: Path) -> None:
    logs.configure(tmp_path, "node")
    logs.get("x").info("parent")
    pid = os.fork()
    if pid == 0:
        # As an actor's birth does.
        os.closerange(3, 1000)
        logs.get("x").info("child")
        os._exit(0)
    os.waitpid(pid, 0)
    logs.get("x").info("parent again")
    assert [line["event"] for line in lines(tmp_path)] == ["parent", "child", "parent again"]


def test_a_grown_file_is_put_aside_without_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 20_000)
    logs.configure(tmp_path, "node")
    log = logs.get("x")
    for number in range(600):
        log.info("line", number=number)
    old = [json.loads(line) for line in (tmp_path / f"{logs.FILE_NAME}.1").read_text().splitlines()]
    kept = [line["number"] for line in [*old, *lines(tmp_path)]]
    assert kept == list(range(kept[0], 600))
    assert len(lines(tmp_path)) < 600


def test_a_process_notices_that_another_has_put_the_file_aside(tmp_path: Path) -> None:
    logs.configure(tmp_path, "node")
    log = logs.get("x")
    log.info("line", number=0)
    (tmp_path / logs.FILE_NAME).rename(tmp_path / "aside")
    for number in range(1, 600):
        log.info("line", number=number)
    assert lines(tmp_path)[-1]["number"] == 599


def test_who_says_little_looks_for_the_file_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logs.configure(tmp_path, "node")
    log = logs.get("x")
    log.info("line", number=0)
    (tmp_path / logs.FILE_NAME).rename(tmp_path / "aside")
    later_s = time.monotonic() + 2
    monkeypatch.setattr(logs.time, "monotonic", lambda: later_s)
    log.info("line", number=1)
    assert [line["number"] for line in lines(tmp_path)] == [1]


def test_an_unconfigured_process_speaks_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.reset_defaults()
    logs.get("x").warning("hello", number=1)
    assert "hello" in capsys.readouterr().err


def test_an_outage_is_one_line_at_its_beginning_and_one_at_its_end(tmp_path: Path) -> None:
    logs.configure(tmp_path, "web")
    outage = logs.Outage(logs.get("test"), "the journal cannot be read")
    outage.works()
    for _ in range(2):
        for _ in range(1000):
            outage.failed(ValueError("gone"))
        outage.works()
        outage.works()
    said = [(one["event"], one.get("error"), one.get("failed")) for one in lines(tmp_path)]
    away, back = ("the journal cannot be read", "gone", None), ("a fault has ended", None, 1000)
    assert said == [away, back, away, back]
