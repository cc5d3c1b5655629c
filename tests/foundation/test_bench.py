"""A benchmark with a bound says by its exit status whether it was kept."""

from __future__ import annotations

import importlib.util
import json
import sys
from importlib.machinery import SourceFileLoader
from types import ModuleType

import pytest

from tests.foundation.tree import ROOT


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    path = ROOT / "scripts" / "bench" / "at_engine"
    loader = SourceFileLoader("bench_at_engine", str(path))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    monkeypatch.setattr(sys, "argv", [str(path)])
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
