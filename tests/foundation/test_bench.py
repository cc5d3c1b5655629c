"""A benchmark with a bound says by its exit status whether it was kept."""

from __future__ import annotations

import json
import sys
from types import ModuleType

import pytest

from tests.support.scripts import script


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = script("bench/at_engine")
    monkeypatch.setattr(sys, "argv", ["at_engine"])
    monkeypatch.setattr(module, "driver_alone_percent", lambda: 0.0)
    return module


@pytest.mark.parametrize(
    ("lines", "idle", "status"), [(True, True, 0), (False, True, 1), (True, False, 1), (False, False, 1)]
)
def test_at_engine_exits_with_1_where_a_bound_is_missed(
    bench: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lines: bool,
    idle: bool,
    status: int,
) -> None:
    monkeypatch.setattr(bench, "lines", lambda: {"ok": lines})
    monkeypatch.setattr(bench, "idle", lambda seconds: {"ok": idle})
    assert bench.main() == status
    assert json.loads(capsys.readouterr().out)["lines"] == {"ok": lines}
