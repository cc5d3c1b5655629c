"""`doctor` and `ps` where several nodes share a journal."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from application.options import Common
from application.state.state_dir import Lock, StateDir, write_json
from center.commands.run import drained
from gateways.http.node_orders import drain
from messages.ids import E164, AlertId, Instant, NodeId, Role, TrunkId
from model.membership import RENEW_US, checksums
from model.settings import Settings
from model.settings.lines import Modem
from model.settings.psap import PsapSettings
from runtime.environment import DRAINING, STAYS
from runtime.published.directory import Entry
from runtime.published.peers import FilePeers, NodeInfo, Peers, encode_place
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier
from store.nodes import members
from tests.center.terminal import Terminal
from tests.support.node_files import node_file
from tests.support.ports import free_port
from tests.support.postgres import PostgresServer


@pytest.fixture
def url(postgres: PostgresServer) -> str:
    return postgres.url(postgres.database())


@pytest.fixture
def run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, url: str
) -> Terminal:
    """A command line whose settings name the server."""
    file = tmp_path / "center.toml"
    # A center beside the tests may have the usual port, which the doctor would report.
    file.write_text(f'[journal]\nurl = "{url}"\n[http]\nport = {free_port()}\n')
    monkeypatch.setenv("SECURWOMAN_CONFIG", str(file))
    return Terminal(tmp_path / "state", capfd)


@pytest.fixture
def journal(url: str) -> Iterator[Journal]:
    """The nodes' one."""
    opened = Journal.open(
        url, node=NodeId("a"), clock=lambda: Instant(time.time_ns() // 1000), notify=LocalNotifier()
    )
    yield opened
    opened.close()


class Nodes:
    """Members that have told of their lines and clocks, and stay members however long the doctor takes."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._terms: dict[NodeId, int] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._renew)
        self._thread.start()

    def member(
        self, name: str, address: str, *lines: str, ahead_ms: int = 0, settings: Settings | None = None
    ) -> None:
        node = NodeId(name)
        self._terms[node] = members.join_cluster(self._journal, node, address)
        specs = tuple(Modem(name=line, trunk=TrunkId("public")) for line in lines)
        told = encode_place(
            NodeInfo(
                node=node,
                address=address,
                lines=specs,
                ahead_ms=ahead_ms,
                settings={} if settings is None else checksums(settings),
            )
        )
        members.publish_places(self._journal, node, self._terms[node], told, draining=False)

    def leave(self, name: str) -> None:
        node = NodeId(name)
        members.leave_cluster(self._journal, node, self._terms.pop(node))

    def _renew(self) -> None:
        while not self._ended.wait(RENEW_US / 1_000_000):
            for node, term in list(self._terms.items()):
                members.renew_membership(self._journal, node, term)

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()


@pytest.fixture
def nodes(journal: Journal) -> Iterator[Nodes]:
    made = Nodes(journal)
    yield made
    made.stop()


def found(run: Terminal, *, code: int) -> list[str]:
    told = msgspec.convert(run.json("doctor", code=code), dict[str, object])
    checks = msgspec.convert(told["checks"], list[dict[str, str]])
    return [f"{one['verdict']} {one['text']}" for one in checks if one["check"] in ("nodes", "clocks")]


def test_the_doctor_tells_of_each_member_its_term_and_when_it_was_renewed(
    run: Terminal, nodes: Nodes
) -> None:
    nodes.member("a", "10.0.0.1", "L1")
    nodes.member("b", "10.0.0.2", "L2")
    nodes.leave("b")
    told = found(run, code=0)
    (own,) = [one for one in told if "a at 10.0.0.1" in one]
    assert re.match(r"(ok|warn) a at 10\.0\.0\.1, term 1, renew(ed|s late:) [01]\.\d s ago", own)
    assert "ok b at 10.0.0.2, term 1, has left" in told


def test_two_lines_of_one_name_are_a_failure_that_names_both_nodes(run: Terminal, nodes: Nodes) -> None:
    nodes.member("a", "10.0.0.1", "L1")
    nodes.member("b", "10.0.0.2", "L1")
    told = found(run, code=1)
    assert "fail line L1 is configured on a and b: give each line a name of its own" in told


def test_a_setting_that_is_not_alike_is_a_warning_that_names_it_and_the_nodes(
    run: Terminal, nodes: Nodes
) -> None:
    nodes.member("a", "10.0.0.1", settings=Settings())
    nodes.member("b", "10.0.0.2", settings=Settings(psap=PsapSettings(number=E164("+390200000113"))))
    nodes.member("c", "10.0.0.3", settings=Settings())
    (told,) = [one for one in found(run, code=0) if "setting" in one]
    assert told.startswith("warn the setting psap.number is different on a and c than on b: ")


def test_clocks_that_are_off_are_found(run: Terminal, nodes: Nodes) -> None:
    for name, ahead_ms in (("a", 400), ("b", -700), ("c", 2500)):
        nodes.member(name, "10.0.0.1", ahead_ms=ahead_ms)
    told = found(run, code=1)
    assert "ok the clock of a is 0.4 s ahead of the database's" in told
    assert "warn the clock of b is 0.7 s behind the database's; synchronise the clock by NTP" in told
    assert any(one.startswith("fail the clock of c is 2.5 s ahead of") for one in told)
    assert any(one.startswith("ok the clock of this machine is 0.0 s") for one in told)


def test_a_public_address_is_a_failure_unless_it_is_allowed(
    run: Terminal, nodes: Nodes, tmp_path: Path
) -> None:
    nodes.member("a", "8.8.8.8")
    assert any(
        one.startswith("fail a listens on 8.8.8.8, which is a public address") for one in found(run, code=1)
    )
    with (tmp_path / "center.toml").open("a") as file:
        file.write("[cluster]\nallow_public = true\n")
    assert any(one.startswith("warn a listens on 8.8.8.8") for one in found(run, code=0))


def test_a_node_that_a_page_has_drained_ends_when_the_command_line_drains_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = StateDir(tmp_path / "state")
    state.create()
    node = node_file("postgresql://nowhere/securwoman", node="a")
    drain(state.run, wanted=True)
    assert (state.run / DRAINING).read_bytes() == STAYS
    said = iter((node, None))
    monkeypatch.setattr("application.state.state_dir.running", lambda _: next(said))
    drained(Common(state=state.path))
    assert (state.run / DRAINING).read_bytes() == b""


def test_ps_shows_the_actors_of_all_nodes_and_names_those_that_are_away(run: Terminal) -> None:
    state = run.state
    state.create()
    pid = os.fork()
    if pid == 0:
        lock = Lock(state)
        os.kill(os.getpid(), signal.SIGSTOP)
        lock.release()
        os._exit(0)
    os.waitpid(pid, os.WUNTRACED)
    try:
        write_json(state.node_file, node_file(state.journal_url, pid=pid, node="a"))
        assert {row["node"] for row in run.json("ps")} == {"a"}  # type: ignore[union-attr, index, call-overload]
        case = Entry(
            role=Role.ALERT_CASE,
            key="c00",
            address=b"x",
            pid=7,
            incarnation=2,
            alert=AlertId("a1"),
            restarts=1,
        )
        there = NodeInfo(node=NodeId("b"), address="10.0.0.2", entries=(case,))
        gone = NodeInfo(node=NodeId("c"), address="10.0.0.3")
        FilePeers(state.run).publish(Peers(places=(there,), away=(gone,)))
        rows = msgspec.convert(run.json("ps"), list[dict[str, object]])
        (other,) = [row for row in rows if row["node"] == "b"]
        assert {name: other[name] for name in ("role", "key", "pid", "alert", "incarnation", "restarts")} == {
            "role": "AlertCase", "key": "c00", "pid": 7, "alert": "a1", "incarnation": 2, "restarts": 1
        }  # fmt: skip
        assert "c" not in {row["node"] for row in rows}
        shown = run("ps")
        assert "node c at 10.0.0.3 is away" in shown
        assert shown.split()[:2] == ["node", "role"]
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
