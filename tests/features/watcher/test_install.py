"""`scripts/install --watcher`: the machine that phones people when a center falls silent."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from features.watcher.program.settings import load
from tests.center.test_install import WATCHER, Machine, checkout, version_of
from tests.foundation.tree import ROOT

MODEMS = '[{"found": null}, {"found": {"modem": {"position": "1-1.3"}, "voice": "card"}}]'


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_one_command_makes_all_and_says_what_the_center_has_to_be_told(machine: Machine) -> None:
    done = machine.install(*WATCHER, MODEMS=MODEMS)
    assert done.returncode == 0, done.stderr
    settings = load(machine.root / "etc/securwoman/watch.toml")
    (center,) = settings.center
    assert (center.name, center.probe) == ("center-example-org", "https://center.example.org:8112/healthz")
    assert settings.modem is not None
    assert (settings.modem.port, settings.modem.voice_port) == ("usb:1-1.3", "alsa")
    key = Path(center.key_file)
    assert len(base64.b64decode(key.read_text())) == 32
    assert (key.stat().st_mode & 0o777, str(key) in done.stdout) == (0o640, True)
    assert 'url = "http://192.0.2.7:8114/v1/heartbeats"' in done.stdout
    units = machine.root / "etc/systemd/system"
    unit = (ROOT / "deploy/securwoman-watch.service").read_text()
    assert {path.name for path in units.glob("securwoman*")} == {"securwoman-watch.service"}
    assert (units / "securwoman-watch.service").read_text() == unit
    assert "--state /var/lib/securwoman-watch" in unit
    assert (machine.root / "var/lib/securwoman-watch").is_dir()
    assert (machine.root / "etc/udev/rules.d/99-securwoman-modemmanager.rules").is_file()
    assert (machine.root / "etc/systemd/system.conf.d/50-securwoman.conf").is_file()
    rotated = (machine.root / "etc/logrotate.d/securwoman").read_text().split()
    assert "/var/lib/securwoman-watch/logs/center.jsonl" in rotated
    called = machine.called()
    assert "systemctl enable --now securwoman-watch.service" in called
    assert "center watch --check" in called
    assert ("operator" in called, "backup" in called, "certificate" in called) == (False, False, False)
    command = (machine.root / "usr/local/bin/securwoman").read_text()
    assert ("SECURWOMAN_CONFIG" in command, "var/lib/securwoman-watch" in command) == (False, True)


def test_a_second_run_knows_what_it_is_and_changes_nothing_and_what_is_removed_and_what_stays(
    machine: Machine,
) -> None:
    machine.install(*WATCHER)
    before = machine.made()
    again = machine.install()
    assert (again.returncode, "will be made" in again.stdout) == (0, False), again.stderr
    assert machine.made() == before
    assert machine.install(DOCTOR="1").returncode == 3
    machine.called()
    gone = machine.install("--remove")
    assert gone.returncode == 0, gone.stderr
    left = {Path(path).name for path in machine.made()}
    assert left == {"debian_version", "account", "watch.toml", "watch.key"}
    assert "disable --now securwoman-watch.service" in machine.called()


def test_settings_and_a_key_that_are_there_are_left(machine: Machine, tmp_path: Path) -> None:
    given = tmp_path / "mine.toml"
    given.write_text('[[center]]\nname = "milano"\nprobe = "https://c.test/healthz"\nroster = "r"\n')
    assert machine.install("--watcher", "--config", str(given)).returncode == 0
    placed = machine.root / "etc/securwoman/watch.toml"
    assert placed.read_text() == given.read_text()
    machine.install(*WATCHER)
    assert placed.read_text() == given.read_text()


def test_a_modem_may_be_named_and_where_there_is_none_that_is_said(machine: Machine) -> None:
    done = machine.install(*WATCHER, "--modem", "/dev/ttyACM1")
    assert "no modem" not in done.stderr
    modem = load(machine.root / "etc/securwoman/watch.toml").modem
    assert modem is not None
    assert (modem.port, modem.voice_port) == ("/dev/ttyACM1", "")
    other = machine.folder / "other"
    other.mkdir()
    assert "no modem was found" in Machine(other).install(*WATCHER).stderr


def test_an_upgrade_looks_whether_it_works_and_goes_back_where_it_does_not(
    machine: Machine, tmp_path: Path
) -> None:
    machine.install(*WATCHER)
    before = version_of(machine)
    following = checkout(tmp_path / "next", "another")
    for works in (False, True):
        machine.called()
        fails = {} if works else {"FAILS_BUT_IN": before, "SECURWOMAN_READY_S": "1"}
        done = machine.install("--upgrade", root=following, **fails)
        assert (done.returncode == 0, version_of(machine) != before) == (works, works), done.stderr
        called = machine.called()
        assert called.count("systemctl restart securwoman-watch.service") == (1 if works else 2)
        assert ("journal" in called, "backup" in called) == (False, False)
