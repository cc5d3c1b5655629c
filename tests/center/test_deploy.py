"""What is shipped for udev and systemd: who is let at which port, and what recovery relies on."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from center.cli import commands
from gateways.gsm.dialects.loading import installed_dialects
from gateways.gsm.port.places import USB_TTYS
from model.settings.port_names import SCHEME
from tests.foundation.tree import ROOT

RULES = (ROOT / "deploy" / "99-securwoman-modemmanager.rules").read_text("utf-8")
UNIT = (ROOT / "deploy" / "securwoman.service").read_text("utf-8")
SETTINGS = (ROOT / "config" / "center.toml").read_text("utf-8")


def vendors(dialect: str) -> set[str]:
    """The USB vendors of all devices that the dialect knows."""
    data = installed_dialects().get(dialect).data
    return {usb.partition(":")[0] for usb in (*data.match.usb, *(port.usb for port in data.port))}


@pytest.mark.parametrize("dialect", installed_dialects().names())
def test_udev_keeps_modem_manager_from_every_device_that_a_dialect_knows(dialect: str) -> None:
    rules = re.findall(r'^ATTRS?\{idVendor\}=="([0-9a-f|]+)"', RULES, re.MULTILINE)
    assert len(rules) == 4, "the device, its power, its ports, its sound card"
    for rule in rules:
        assert vendors(dialect) <= set(rule.split("|"))


def test_every_device_whose_ports_are_known_is_known_by_its_ids() -> None:
    for dialect in installed_dialects():
        assert {port.usb for port in dialect.data.port} <= set(dialect.data.match.usb)


def test_the_service_may_open_every_kind_of_port_that_a_setting_can_name() -> None:
    named = set(re.findall(r"/dev/(tty[A-Za-z]+)\d", SETTINGS))
    assert {"ttyS", "ttyAMA"} <= named
    allowed = set(re.findall(r"^DeviceAllow=char-(\w+) rw$", UNIT, re.MULTILINE))
    assert {*USB_TTYS, *named} <= allowed


def test_the_service_may_open_the_sound_cards_of_modems_and_nobody_else_takes_them() -> None:
    assert "DeviceAllow=char-alsa rw\n" in UNIT
    (groups,) = re.findall(r"^SupplementaryGroups=(.*)$", UNIT, re.MULTILINE)
    assert set(re.findall(r'GROUP="(\w+)"', RULES)) == set(groups.split())
    (card,) = re.findall(r'LABEL="securwoman_card"\n((?:.*\\\n)*.*)\n', RULES)
    assert {'ENV{PULSE_IGNORE}="1"', 'ENV{ACP_IGNORE}="1"', 'GROUP="audio"'} <= set(
        re.split(r",\s*(?:\\\n\s*)?", card)
    )
    # ALSA's library is told to be silent by a function that ctypes writes into memory.
    assert "MemoryDenyWriteExecute=yes" not in UNIT


def test_no_modem_is_put_to_sleep() -> None:
    assert re.search(r'TEST=="power/control", ATTR\{power/control\}="on"$', RULES, re.MULTILINE)


@pytest.mark.skipif(
    shutil.which("udevadm") is None, reason="NOT TESTED: the udev rules: udevadm is not installed"
)
def test_udev_takes_every_line() -> None:
    checked = subprocess.run(
        [
            "udevadm",
            "verify",
            "--resolve-names=never",
            str(ROOT / "deploy" / "99-securwoman-modemmanager.rules"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    # Before udev 254 there is no such command.
    assert checked.returncode == 0 or "Unknown command verb" in checked.stderr, (
        checked.stdout + checked.stderr
    )


def test_the_service_may_connect_to_a_modem_behind_an_address() -> None:
    assert f'"{SCHEME}://HOST:PORT"' in SETTINGS
    (families,) = re.findall(r"^RestrictAddressFamilies=(.*)$", UNIT, re.MULTILINE)
    assert {"AF_INET", "AF_INET6"} <= set(families.split())


@pytest.mark.parametrize("name", ["securwoman", "securwoman-backup", "securwoman-check"])
def test_every_service_runs_a_command_that_there_is_and_leaves_no_dump_of_its_memory(name: str) -> None:
    unit = (ROOT / "deploy" / f"{name}.service").read_text("utf-8")
    (command,) = re.findall(r"^ExecStart=/opt/\S+/bin/securwoman (\w+)", unit, re.MULTILINE)
    assert command in {one.words for one in commands()}
    assert "LimitCORE=0\n" in unit


SERVICE = ROOT / "deploy" / "securwoman.service"
EXPOSED_AT_MOST = 2.0
"""systemd's own figure, of ten; a service without any hardening has 9.6."""


def said(key: str) -> list[str]:
    """What the unit sets this key to."""
    return re.findall(rf"^{key}=(.*)$", SERVICE.read_text(), re.MULTILINE)


def test_a_node_that_has_died_is_started_again_at_once_and_for_ever() -> None:
    assert said("Restart") == ["always"]
    assert said("StartLimitIntervalSec") == ["0"]
    assert said("RestartSec") == ["50ms"]


def test_a_node_that_was_stopped_is_found_by_the_watchdog_that_it_feeds() -> None:
    assert said("Type") == ["notify"]
    # A new Supervisor may take 15 s to be given up, and the node waits for it.
    assert said("WatchdogSec") == ["20"]


def test_calls_and_voices_stay_up_because_only_the_node_is_asked_to_end_and_nobody_else_killed() -> None:
    assert said("KillMode") == ["process"]


def test_byte_code_may_be_used_and_is_made_before_the_first_start() -> None:
    text = SERVICE.read_text()
    assert "PYTHONDONTWRITEBYTECODE" not in text
    assert "compileall" in text


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="NOT TESTED: the unit: systemd-analyze is not installed"
)
def test_systemd_takes_every_line_and_finds_it_hardened(tmp_path: Path) -> None:
    unit = tmp_path / SERVICE.name
    # The checkout that it names is not on this machine.
    unit.write_text(SERVICE.read_text().replace("/opt/securwoman/current/.venv/bin/securwoman", "/bin/true"))
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )
    assert "securwoman.service:" not in checked.stderr, checked.stderr
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", unit],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", rated.stdout)
    assert found is not None, rated.stderr
    assert float(found[1]) <= EXPOSED_AT_MOST
