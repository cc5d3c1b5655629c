"""One center to a state directory, which is for its owner alone; a file in it is old or new, never half."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from application.errors import StateError, StateInUse
from application.state.processes import identity, send_signal
from application.state.state_dir import (
    Lock,
    StateDir,
    WebFile,
    default_path,
    holder,
    living_web,
    read_json,
    running,
    write_json,
    write_kept,
)
from center.node.launching import child_environment
from tests.support.disks import small_file_system
from tests.support.node_files import node_file

HOLDER = """
import os, signal, sys
from pathlib import Path
from application.state.state_dir import Lock, StateDir
lock = Lock(StateDir(Path(sys.argv[1])))
pid = os.fork()
if pid == 0:
    signal.pause()  # a fork does not hold what its parent holds
print(pid, flush=True)
signal.pause()
"""


@pytest.fixture
def state(tmp_path: Path) -> StateDir:
    state = StateDir(tmp_path / "state")
    state.create()
    return state


@pytest.fixture
def locked(state: StateDir) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(state)],
        stdout=subprocess.PIPE,
        env=child_environment(None),
        text=True,
    )
    assert child.stdout is not None
    fork = identity(int(child.stdout.readline()))
    assert fork is not None
    yield child
    for process in (identity(child.pid), fork):
        if process is not None:
            send_signal(process, signal.SIGKILL)
    child.wait()
    child.stdout.close()


def test_everything_in_it_is_for_its_owner_alone(state: StateDir) -> None:
    for directory in (state.path, state.keys, state.logs, state.recordings, state.run, state.notify):
        assert directory.stat().st_mode & 0o777 == 0o700
    state.path.chmod(0o755)
    state.create()
    assert state.path.stat().st_mode & 0o777 == 0o700


def test_a_place_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StateError, match=r"cannot use .*file"):
        StateDir(tmp_path / "file").create()


def test_two_centers_never_share_one_and_what_one_holds_ends_with_it_even_while_its_forks_live(
    state: StateDir, locked: subprocess.Popen[str]
) -> None:
    with pytest.raises(StateInUse) as caught:
        Lock(state)
    assert (caught.value.pid, holder(state)) == (locked.pid, locked.pid)
    assert running(state) is None
    node = node_file(pid=locked.pid)
    web = WebFile(process=node.process, host="127.0.0.1", port=1, since_us=1)
    write_json(state.node_file, node)
    write_json(state.web_file, web)
    assert (running(state), living_web(state)) == (node, web)
    locked.kill()
    locked.wait()
    assert (holder(state), running(state), living_web(state)) == (None, None, None)
    Lock(state).release()


def test_nobody_holds_a_directory_that_was_never_used(state: StateDir, tmp_path: Path) -> None:
    assert holder(state) is None
    assert holder(StateDir(tmp_path / "none")) is None


def test_a_torn_file_is_no_file(state: StateDir) -> None:
    state.web_file.write_bytes(b'{"process": {"pid"')
    assert read_json(state.web_file, WebFile) is None
    state.web_file.write_bytes(b'{"pid": 1}')
    assert read_json(state.web_file, WebFile) is None


def test_a_file_is_written_for_its_owner_alone_and_leaves_no_other_behind(state: StateDir) -> None:
    write_json(state.node_file, node_file())
    assert state.node_file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in state.run.iterdir() if path.is_file()] == ["node.json"]


def test_what_a_full_disk_has_no_room_for_is_not_left_there(tmp_path: Path) -> None:
    with small_file_system(tmp_path / "disk", 1) as disk:
        write_kept(disk / "watch.json", b"before")
        with pytest.raises(OSError, match="No space left"):
            write_kept(disk / "watch.json", bytes(2**21))
        assert [(one.name, one.read_bytes()) for one in disk.iterdir()] == [("watch.json", b"before")]


def test_the_default_place_is_the_one_of_systemd_then_of_xdg_then_of_home() -> None:
    home = Path.home() / ".local/state/securwoman"
    assert default_path({"STATE_DIRECTORY": "/var/lib/a:/var/lib/b", "XDG_STATE_HOME": "/x"}) == Path(
        "/var/lib/a"
    )
    assert default_path({"XDG_STATE_HOME": "/x"}) == Path("/x/securwoman")
    assert default_path({"XDG_STATE_HOME": "relative"}) == home
    assert default_path({}) == home
