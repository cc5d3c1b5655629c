"""A benchmark's bound is its exit status; and which tests a change can break."""

from __future__ import annotations

import json
import sys
from functools import cache
from types import ModuleType

import pytest
from grimp import ImportGraph

from scripts.lib.changed import TESTS_OF, concerned, graph
from tests.foundation.tree import ROOT, files
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


FOUNDATION = "tests/foundation/test_tree.py"
TESTS = {str(path) for path in files() if path.parts[0] == "tests" and path.name.startswith("test_")}


@cache
def imports() -> ImportGraph:
    return graph()


def broken_by(*changed: str) -> set[str]:
    found = set(concerned(changed, imports(), sorted(TESTS)))
    assert FOUNDATION in found
    return {one for one in found if not one.startswith("tests/foundation/")}


@pytest.mark.parametrize(
    ("changed", "breaks", "never"),
    [
        ("media/sound/tones.py", "tests/media/sound/test_tones.py", "tests/model"),
        ("tests/support/nodes.py", "tests/nodes/test_three.py", "tests/features/duty/test_processes.py"),
        ("tests/media/sound/test_tones.py", "tests/media/sound/test_tones.py", "tests/media/ports"),
        ("tests/scenarios/conftest.py", "tests/scenarios/test_spoken.py", "tests/processes"),
        ("gateways/console/static/style.css", "tests/gateways/console/test_axe.py", "tests/features/app"),
        ("tests/traces/zte/x.at", "tests/gateways/gsm/test_dialects.py", "tests/store"),
        ("docs/decisions/0001-x.md", FOUNDATION, "tests/gateways"),
    ],
)
def test_what_was_changed_breaks_those_that_use_it_and_no_others(
    changed: str, breaks: str, never: str
) -> None:
    found = broken_by(changed) | {FOUNDATION}
    assert breaks in found
    assert not [one for one in found if one.startswith(never)]


@pytest.mark.parametrize(
    "changed",
    [
        "actors/alert_case/decider.py",  # named by the plan of actors
        "gateways/console/screen.py",  # of the web, a process of its own
        "center/commands/run.py",  # named by the command line
        "simulator/network/sound.py",  # `-m simulator`
        "messages/__init__.py",  # around each of its modules
    ],
)
def test_what_a_center_starts_breaks_the_tests_that_start_a_center(changed: str) -> None:
    assert (ROOT / changed).exists()
    assert "tests/features/duty/test_processes.py" in broken_by(changed)


def test_of_what_the_table_does_not_know_all_are_run() -> None:
    assert broken_by("pyproject.toml") | broken_by() == broken_by("tests/conftest.py")
    assert broken_by() == set()


def test_the_table_names_what_is_there() -> None:
    named = {*TESTS_OF, *(one for tests in TESTS_OF.values() for one in tests)}
    assert [one for one in sorted(named) if not (ROOT / one).exists()] == []
