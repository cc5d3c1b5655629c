"""What the doctor says of a stolen disk: from machines as the kernel describes them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from application.state.state_dir import StateDir
from center.checks import at_rest
from model.checks import Finding, Severity


class Machine:
    """A `/proc` and `/sys` of a test's own. The state directory's file system is on `254:0`."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = folder / "root"
        self.state = StateDir(folder / "state")
        self.state.create()
        self.write("proc/swaps", "Filename Type Size Used Priority\n")
        self.write("proc/sys/kernel/core_pattern", "|/lib/systemd/systemd-coredump %P %u")
        monkeypatch.setattr(at_rest, "_device_of", lambda root, path: "254:0")
        monkeypatch.setattr(at_rest.resource, "getrlimit", lambda which: (0, 0))

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")

    def block(self, number: str, name: str, *below: str, crypt: str = "", part_of: str = "") -> None:
        """A block device, on those that it is on."""
        folder = f"sys/devices/{part_of}/{name}" if part_of else f"sys/devices/{name}"
        self.write(f"{folder}/dev", number)
        (self.root / folder / "slaves").mkdir()
        for one in below:
            os.symlink(
                self.root / "sys/devices" / one, self.root / folder / "slaves" / one.rpartition("/")[2]
            )
        if part_of:
            self.write(f"{folder}/partition", "1")
        if crypt:
            self.write(f"{folder}/dm/uuid", crypt)
            self.write(f"{folder}/dm/name", f"{name}-crypt")
        link = self.root / "sys/dev/block" / number
        link.parent.mkdir(parents=True, exist_ok=True)
        os.symlink(self.root / folder, link)

    def found(self) -> list[Finding]:
        return list(at_rest.at_rest(self.state, None, self.root))

    def disk(self) -> Finding:
        return self.found()[0]

    def about(self, word: str) -> Finding:
        (one,) = (one for one in self.found()[1:] if word in one.text)
        return one


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def test_a_volume_on_luks_is_encrypted_and_it_is_said_how(machine: Machine) -> None:
    machine.block("8:0", "sda")
    machine.block("8:1", "sda1", part_of="sda")
    machine.block("254:1", "dm-1", "sda/sda1", crypt="CRYPT-LUKS2-0123-sda1_crypt")
    machine.block("254:0", "dm-0", "dm-1")
    assert machine.disk().verdict is Severity.OK
    assert "dm-1-crypt is LUKS2 (dm-crypt)" in machine.disk().text


def test_a_bare_partition_is_not(machine: Machine) -> None:
    machine.block("8:0", "sda")
    machine.block("254:0", "sda1", part_of="sda")
    assert machine.disk().verdict is Severity.WARN
    assert "not encrypted by this machine (LUKS): sda1 on sda" in machine.disk().text


def test_a_mirror_is_as_good_as_its_worse_half(machine: Machine) -> None:
    machine.block("8:0", "sda")
    machine.block("254:1", "dm-1", "sda", crypt="CRYPT-LUKS1-x")
    machine.block("8:16", "sdb")
    machine.block("254:0", "md0", "dm-1", "sdb")
    assert "not encrypted" in machine.disk().text


def test_in_a_container_it_cannot_be_told(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_rest, "_device_of", lambda root, path: "overlay")
    assert "cannot be determined on this machine: on overlay" in machine.disk().text
    machine.block("7:0", "loop0")
    machine.write("sys/devices/loop0/loop/backing_file", "/images/state.img")
    monkeypatch.setattr(at_rest, "_device_of", lambda root, path: "7:0")
    assert "cannot be determined on this machine: loop0 is a file (/images/state.img)" in machine.disk().text


def test_the_device_of_a_file_system_without_a_number_is_found_by_its_mount(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = (
        "21 1 0:30 / / rw - btrfs /dev/none rw\n"
        f"22 21 0:31 / {tmp_path}/a\\040b rw - overlay overlay rw\n"
        f"23 21 0:32 / {tmp_path}/a rw - tmpfs tmpfs rw\n"
    )
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/mountinfo").write_text(mounts)
    (tmp_path / "a b" / "c").mkdir(parents=True)
    assert at_rest._device_of(tmp_path, tmp_path / "a b" / "c") == "overlay"
    assert at_rest._device_of(tmp_path, tmp_path) == "/dev/none"


def test_swap_in_memory_is_none_on_a_disk_and_other_swap_is_told(machine: Machine) -> None:
    machine.block("254:0", "sda")
    assert machine.about("no swap").verdict is Severity.OK
    machine.write("proc/swaps", "Filename Type\n/dev/zram0 partition 1 0 1\n/swapfile file 1 0 1\n")
    assert machine.about("zram0").verdict is Severity.OK
    assert machine.about("/swapfile").verdict is Severity.WARN


@pytest.mark.parametrize(
    ("pattern", "limit", "verdict"),
    [
        ("core", 0, Severity.OK),
        ("core", -1, Severity.WARN),
        ("|/lib/systemd/systemd-coredump %P", 0, Severity.OK),
        ("|/lib/systemd/systemd-coredump %P", 4096, Severity.WARN),
        ("|/usr/share/apport/apport %p", 0, Severity.WARN),
    ],
)
def test_core_dumps_are_told_where_they_are_written(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, pattern: str, limit: int, verdict: Severity
) -> None:
    machine.write("proc/sys/kernel/core_pattern", pattern)
    monkeypatch.setattr(at_rest.resource, "getrlimit", lambda which: (limit, limit))
    assert machine.about("core dumps").verdict is verdict


def test_what_others_may_read_is_named(machine: Machine) -> None:
    assert machine.about("owner only").verdict is Severity.OK
    machine.state.path.chmod(0o755)
    (machine.state.path / "journal.db").touch(0o644)
    assert "journal.db" in machine.about("other accounts").text
