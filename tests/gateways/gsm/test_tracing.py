"""A line at work is traced while a file says so, and never disturbed by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateways.gsm.tracing import live
from gateways.gsm.tracing.live import LineTrace
from gateways.gsm.tracing.trace import Side, read_trace


def test_it_is_written_while_the_file_is_there(tmp_path: Path) -> None:
    file = tmp_path / "one.trace"
    trace = LineTrace(file)
    trace.start_or_end("huawei", 10.0)
    trace.record_host(b"AT\r", 10.0)
    assert not file.exists()
    file.touch()
    trace.start_or_end("huawei", 11.0)
    trace.record_host(b'AT+CPIN="1234"\r', 12.0)
    trace.record_modem(b"\r\nOK\r\n", 12.5)
    trace.record_loss("unplugged", 13.0)
    read = read_trace(file.read_text())
    assert read.dialect == "huawei"
    assert [(one.at_s, one.side) for one in read.entries] == [
        (1.0, Side.HOST),
        (1.5, Side.MODEM),
        (2.0, Side.LOST),
    ]
    assert "1234" not in file.read_text()
    file.unlink()
    trace.start_or_end("huawei", 14.0)
    trace.record_modem(b"+CSQ: 1\r\n", 14.5)
    assert not file.exists()


def test_a_file_that_was_made_again_is_a_trace_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "one.trace"
    file.touch()
    trace = LineTrace(file)
    trace.start_or_end("3gpp", 0.0)
    trace.record_modem(b"first\r\n", 0.0)
    file.rename(tmp_path / "kept")
    file.touch()
    trace.start_or_end("3gpp", 1.0)
    trace.record_modem(b"second\r\n", 1.0)
    assert "second" in file.read_text()
    assert "second" not in (tmp_path / "kept").read_text()


def test_a_forgotten_trace_ends_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MAX_BYTES", 100)
    file = tmp_path / "one.trace"
    file.touch()
    trace = LineTrace(file)
    for second in range(100):
        trace.start_or_end("3gpp", float(second))
        trace.record_modem(b"0123456789" * 3, float(second))
    assert file.stat().st_size < 250


def test_what_cannot_be_written_disturbs_nobody(tmp_path: Path) -> None:
    file = tmp_path / "one.trace"
    file.mkdir()
    trace = LineTrace(file)
    trace.start_or_end("3gpp", 0.0)
    trace.record_modem(b"OK\r\n", 0.0)
    trace.close()


def test_after_a_day_a_forgotten_one_is_taken_away(tmp_path: Path) -> None:
    file = tmp_path / "one.trace"
    file.touch()
    trace = LineTrace(file)
    trace.start_or_end("huawei", 10.0)
    trace.start_or_end("huawei", 10.0 + live.MAX_DURATION_S)
    assert file.exists()
    trace.start_or_end("huawei", 11.0 + live.MAX_DURATION_S)
    trace.record_modem(b"+CSQ: 1\r\n", 12.0 + live.MAX_DURATION_S)
    assert not file.exists()
