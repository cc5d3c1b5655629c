"""`run/` lies in memory, is ours alone, and goes with an orderly stop."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from application.state import run_dir
from application.state.state_dir import Lock, StateDir, holder
from store.fallback.fallback import Fallback


@pytest.fixture
def state(tmp_path: Path) -> Iterator[StateDir]:
    if not run_dir._is_in_memory(run_dir.MEMORY):
        pytest.skip(f"NOT TESTED: {run_dir.MEMORY} is no file system in memory")
    state = StateDir(tmp_path / "state")
    state.create()
    yield state
    shutil.rmtree(run_dir.place(state), ignore_errors=True)


def test_run_is_a_link_into_memory_that_nobody_else_can_enter(state: StateDir) -> None:
    run_dir.prepare(state)
    target = run_dir.place(state)
    assert os.readlink(state.run) == str(target)
    assert target.stat().st_mode & 0o077 == 0
    assert state.notify.is_dir()
    run_dir.prepare(state)
    state.create()


def test_an_orderly_stop_takes_it_away_and_the_next_start_knows_what_it_must(state: StateDir) -> None:
    run_dir.prepare(state)
    state.node_file.write_text("{}")
    (state.run / "directory.msgpack").write_bytes(b"incarnations")
    (state.run / "carrier.json").write_text("{}")
    assert run_dir.remove(state)
    assert not run_dir.place(state).exists()
    assert state.run.is_symlink()
    state.create()
    run_dir.prepare(state)
    assert state.node_file.read_text() == "{}"
    assert (state.run / "directory.msgpack").read_bytes() == b"incarnations"
    assert not state.carrier_file.exists()


def test_what_is_nowhere_else_stays(state: StateDir) -> None:
    run_dir.prepare(state)
    Fallback(state.run).switch_over()
    assert not run_dir.remove(state)
    assert run_dir.place(state).exists()


def test_what_is_left_of_a_state_directory_that_was_deleted_is_none_of_the_next_one(state: StateDir) -> None:
    run_dir.prepare(state)
    (state.run / "fallback.db").touch()
    shutil.rmtree(state.path)
    state.create()
    run_dir.prepare(state)
    assert not (state.run / "fallback.db").exists()
    Fallback(state.run).switch_over()
    shutil.rmtree(state.path)
    state.create()
    run_dir.prepare(state)
    assert Fallback(state.run).in_use


def test_what_was_left_in_a_plain_folder_is_taken_along(state: StateDir) -> None:
    state.carrier_file.write_text("{}")
    (state.run / "sim1.at").symlink_to("/dev/pts/0")
    run_dir.prepare(state)
    assert state.run.is_symlink()
    assert state.carrier_file.read_text() == "{}"
    assert os.readlink(state.run / "sim1.at") == "/dev/pts/0"


def test_the_folder_of_one_that_runs_is_left_alone(state: StateDir) -> None:
    lock = Lock(state)
    pid = os.fork()
    if pid == 0:
        run_dir.prepare(state)
        os._exit(0 if not state.run.is_symlink() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    lock.release()


def test_what_somebody_else_has_made_since_the_last_boot_is_not_used(state: StateDir) -> None:
    run_dir.prepare(state)
    target = run_dir.place(state)
    shutil.rmtree(target)
    target.mkdir(mode=0o755)
    os.chown(target, 65534 if os.geteuid() == 0 else -1, -1)
    state.node_file.write_text("{}")
    assert holder(state) is None
    run_dir.prepare(state)
    assert not state.run.is_symlink()
    assert not state.node_file.exists()


@pytest.mark.parametrize("what", ["a link", "a folder that others can enter"])
def test_a_folder_that_is_not_ours_alone_is_not_used(state: StateDir, tmp_path: Path, what: str) -> None:
    target = run_dir.place(state)
    if what == "a link":
        target.symlink_to(tmp_path)
    else:
        target.mkdir()
        target.chmod(0o755)
    try:
        run_dir.prepare(state)
        assert not state.run.is_symlink()
        assert state.notify.is_dir()
    finally:
        target.unlink() if target.is_symlink() else target.rmdir()
