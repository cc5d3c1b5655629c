"""Every fault of the library that we mend: seen without the fix, and gone with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from thespian import actors

from runtime import pidfd
from runtime.errors import WrongEnvironment
from runtime.system import thespian_fixes
from tests.support.depth import WHOLE

ROOT = Path(__file__).parents[2]

SEEN = {
    "report_every_dead_child": ("one", "both"),
    "survive_the_loggers_death": ("admin died", "admin lives"),
    "give_up_soon": ("hangs", "fails"),
    "describe_only_what_is_logged": ("described", "left alone"),
    "tell_the_parent_where_a_child_is": ("not told", "told"),
    "leave_parents_behind": ("kept", "closed"),
}


def show(fault: str, how: str, state: Path) -> str:
    """What `tests.runtime.library` sees of this fault; nothing of it is left running."""
    mark = f"LIBRARY_OF={state}"
    environment = {**os.environ, "LIBRARY_OF": str(state), "PYTHONPATH": str(ROOT)}
    output = state.parent / f"{state.name}.out"
    try:
        with output.open("wb") as file:
            subprocess.run(
                [sys.executable, "-m", "tests.runtime.library", fault, how, str(state)],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                # Not a pipe: whoever keeps its other end would have us wait.
                stdout=file,
                stderr=subprocess.STDOUT,
                check=False,
                timeout=40,
            )
    finally:
        end_marked(mark.encode())
    lines = output.read_text().splitlines()
    return lines[-1] if lines else ""


def end_marked(mark: bytes) -> None:
    """Kill every process that has this in its environment."""
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            marked = mark in Path(f"/proc/{name}/environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if marked and (born := pidfd.start_time_of(int(name))):
            pidfd.kill(int(name), born, signal.SIGKILL)


@pytest.mark.process
@pytest.mark.timeout(120)
@pytest.mark.parametrize("fault", SEEN)
def test_the_fault_is_there_without_the_fix_and_gone_with_it(fault: str, tmp_path: Path) -> None:
    without, fixed = SEEN[fault]
    assert show(fault, "with", tmp_path / "with") == fixed
    if WHOLE:  # the library is of one release alone: at night that each fault is still there
        assert show(fault, "without", tmp_path / "without") == without


def test_every_fix_has_its_test() -> None:
    assert {getattr(fix, "__name__", "") for fix in thespian_fixes.FIXES} == set(SEEN)


def test_another_release_of_the_library_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thespian_fixes, "version", lambda name: "4.1.0")
    with pytest.raises(WrongEnvironment):
        thespian_fixes.apply()


def test_the_stubs_name_what_the_library_has() -> None:
    text = (ROOT / "stubs" / "thespian" / "actors.pyi").read_text()
    names = [
        line.split()[1].split("(")[0].rstrip(":") for line in text.splitlines() if line.startswith("class ")
    ]
    # `ActorRef` names the several things that `_myRef` is.
    assert [name for name in names if name != "ActorRef" and not hasattr(actors, name)] == []
