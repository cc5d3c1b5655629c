"""Every file of `run/` and of the state directory, with anything in it or at its end: its readers go on."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from application.errors import CenterError
from application.state.journals import configured_url
from application.state.state_dir import StateDir, living_web, running
from center.commands.modems.modem import follow
from center.node.carrier import living
from center.node.clock import clock_for
from gateways.gsm.probing import line_at
from messages.ids import LineId, NodeId
from runtime.published import line_files, voice_files
from runtime.published.directory import FileDirectory
from runtime.published.file import CachedFile
from runtime.published.peers import FilePeers, decode_place
from tests.support.each import each
from tests.support.unreadable import GARBAGE
from tests.waiting import wait_until

LINE = LineId("a")
Read = Callable[[StateDir], object]
READERS: dict[str, Read] = {
    "run/directory.msgpack": lambda state: FileDirectory(state.run).read(),
    "run/peers.msgpack": lambda state: FilePeers(state.run).places,
    "run/a.line": lambda state: line_files.read_all(state.run),
    "run/a.voice-port": lambda state: line_files.voice_of(state.run, LINE),
    "run/a.credit-order": lambda state: line_files.credit_order_of(state.run, LINE),
    "run/operator-voices": lambda state: voice_files.read(state.run),
    "run/voice-gate.json": lambda state: voice_files.voice_gate_of(state.run),
    "run/node.json": lambda state: (running(state), clock_for(state, state.journal_url, NodeId("n"))),
    "run/web.json": living_web,
    "run/carrier.json": living,
    "last-run/node.json": configured_url,
    "lines/a.credit": lambda state: line_files.credit_of(state.path, LINE),
    "lines/a.levels": lambda state: line_files.levels_of_lines(state.path),
}  # fmt: skip


@each("content", GARBAGE.values())
@pytest.mark.parametrize("name", READERS)
def test_a_file_that_cannot_be_read_stops_no_reader(tmp_path: Path, name: str, content: bytes) -> None:
    state = StateDir(tmp_path / "state")
    state.create()
    file = state.path / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    READERS[name](state)


@pytest.mark.parametrize("name", READERS)
def test_a_folder_in_the_place_of_a_file_stops_no_reader(tmp_path: Path, name: str) -> None:
    state = StateDir(tmp_path / "state")
    state.create()
    (state.path / name).mkdir(parents=True)
    READERS[name](state)


@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE)
def test_what_another_node_says_of_itself_may_be_anything(content: bytes) -> None:
    assert decode_place(content) is None


def test_a_file_is_read_again_once_it_is_sound(tmp_path: Path) -> None:
    newest = CachedFile(tmp_path / "x", bytes.decode)
    (tmp_path / "x").write_bytes(b"\xff")
    assert newest.read() is None
    (tmp_path / "y").write_bytes(b"sound")
    (tmp_path / "y").replace(tmp_path / "x")
    assert newest.read() == "sound"


def test_what_the_line_writes_is_read_on_and_the_file_is_gone_at_the_end(tmp_path: Path) -> None:
    state = StateDir(tmp_path)
    state.create()
    file, out = state.run / "one.trace", io.StringIO()
    following = threading.Thread(target=follow, args=(state, "one", out, 1.0))
    following.start()
    wait_until(file.exists)
    with pytest.raises(CenterError, match="is being traced already"):
        follow(state, "one", io.StringIO(), 0.0)
    file.write_text("0.000 > AT\\r\n")
    following.join()
    assert out.getvalue() == "0.000 > AT\\r\n"
    assert not file.exists()


def test_without_a_running_center_no_line_has_a_port(tmp_path: Path) -> None:
    assert line_at(StateDir(tmp_path), "sim1") is None
