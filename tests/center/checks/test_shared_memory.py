"""What the doctor says of who empties `run/`: from machines as systemd describes them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from application.state import run_dir
from application.state.processes import ProcessId
from application.state.state_dir import StateDir
from center.checks.machine import shared_memory as look
from model.checks import Finding, Severity
from tests.support.node_files import node_file

SERVICE = "0::/system.slice/securwoman.service"
LOGIN = "0::/user.slice/user-1000.slice/session-3.scope"
UNIT = ("systemctl", "show", "--property=RemoveIPC", "--value", "securwoman.service")


class Machine:
    """A center in a control group, and what systemd answers."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = folder / "root"
        (self.root / "proc/77").mkdir(parents=True)
        monkeypatch.setattr(run_dir, "MEMORY", folder / "shm")
        monkeypatch.setattr("center.checks.machine.MEMORY", folder / "shm")
        monkeypatch.setattr("center.checks.machine.SYSTEM_UID_MAX", -1)
        self.state = StateDir(folder / "state")
        self.state.create()
        (folder / "shm/run").mkdir(parents=True)
        shutil.rmtree(self.state.run)
        self.state.run.symlink_to(folder / "shm/run")
        self.answers: dict[str, str] = {"id": "anna\n"}
        self.asked: list[tuple[str, ...]] = []

    def found(self, group: str) -> list[Finding]:
        (self.root / "proc/77/cgroup").write_text(f"{group}\n")
        node = node_file(process=ProcessId(pid=77, started=1))
        return list(look(self.state, node, self.root, self.answer))

    def answer(self, command: tuple[str, ...]) -> str:
        self.asked.append(command)
        return self.answers.get(command[0], "")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def test_a_unit_that_empties_the_memory_is_a_failure_and_its_mend_is_named(machine: Machine) -> None:
    machine.answers["systemctl"] = "yes\n"
    (found,) = machine.found(SERVICE)
    assert found.verdict is Severity.FAIL
    assert "systemctl edit securwoman.service" in found.text
    assert machine.asked == [UNIT]


@pytest.mark.parametrize(("answer", "verdict"), [("no\n", Severity.OK), ("", Severity.WARN)])
def test_a_unit_that_leaves_it_is_well_and_one_of_which_nothing_is_known_is_said(
    machine: Machine, answer: str, verdict: Severity
) -> None:
    machine.answers["systemctl"] = answer
    (found,) = machine.found(SERVICE)
    assert found.verdict is verdict


def test_who_has_started_it_by_hand_is_told_what_a_logout_does(machine: Machine) -> None:
    machine.answers["busctl"] = "b true\n"
    (found,) = machine.found(LOGIN)
    assert found.verdict is Severity.WARN
    assert "loginctl enable-linger anna" in found.text


def test_a_user_who_lingers_or_whose_logind_leaves_it_is_well(machine: Machine) -> None:
    machine.answers["busctl"] = "b false\n"
    assert [one.verdict for one in machine.found(LOGIN)] == [Severity.OK]
    machine.answers["busctl"] = "b true\n"
    (machine.root / "var/lib/systemd/linger").mkdir(parents=True)
    (machine.root / "var/lib/systemd/linger/anna").touch()
    assert [one.verdict for one in machine.found(LOGIN)] == [Severity.OK]


def test_where_run_is_on_the_disk_or_nobody_ends_the_session_there_is_nothing_to_say(
    machine: Machine,
) -> None:
    assert machine.found("0::/") == []
    machine.state.run.unlink()
    machine.state.run.mkdir()
    assert machine.found(SERVICE) == []


def test_no_unit_of_the_user_empties_the_memory() -> None:
    units = (Path(__file__).parents[3] / "deploy").glob("*.service")
    lines = {unit.name: unit.read_text().splitlines() for unit in units}
    assert "RemoveIPC=no" in lines["securwoman.service"]
    assert not [name for name, found in lines.items() if "RemoveIPC=yes" in found]
