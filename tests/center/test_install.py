"""`scripts/install` into a folder in place of the machine, with tools that only note how they were called.

What a bare Debian makes of it `scripts/bare` tries.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from application.settings.check import faults_of
from application.settings.file import load
from tests.foundation.tree import ROOT, pyproject
from tests.support.each import each

PYTHON = """#!/bin/bash
printf 'python %s\\n' "$*" >>"$LOG"
case "$*" in
*tomllib*|*'found["modem"]'*) exec "$REAL_PYTHON" -S "$@" ;;
*"import ensurepip"*) exit 0 ;;
*"version_info"*) echo 3.11 ;;
*"-m venv --clear"*) rm -rf "$5" && mkdir -p "$5/bin" && cp "$0" "$5/bin/python" && : >"$5/pyvenv.cfg" ;;
*requirements-build.lock*) cp "$TOOLS/true" "${0%/*}/uv" && cp "$TOOLS/securwoman" "${0%/*}/securwoman" ;;
*cryptography*) [[ -z ${ENDS_SOON:-} ]] ;;
*compileall*) [[ -z ${NO_BYTE_CODE:-} ]] ;;
esac
"""
CENTER = """#!/bin/bash
printf 'center %s in %s\\n' "$*" "$STATE_DIRECTORY" >>"$LOG"
state=$STATE_DIRECTORY
case "$*" in
certificate*) mkdir -p "$state/certificate" && touch "$state/certificate/center.pem" ;;
"backup --new-key"*) echo secret >"$3"; echo age1public ;;
"operator add"*) echo '[{"id":"admin","role":"admin"}]' >"$state/operators" ;;
"operator list"*) cat "$state/operators" 2>/dev/null || echo '[{"id":"demo","role":"admin"}]' ;;
"operator first"*) echo "makes whoever opens it the first admin"; echo swf_code ;;
"operator recover"*) echo "signs on"; echo swr_code ;;
"run --drain") [[ -z ${NOT_DRAINED:-} ]] ;;
"alert list"*) echo "${OPEN_ALERTS:-[]}" ;;
"watch --check"*)
    [[ -z ${FAILS_BUT_IN:-} || $(readlink -f "$0") == *"/$FAILS_BUT_IN/"* ]] ||
        echo '{"check":"modem","verdict":"fail","text":"gone"}'
    echo '{"check":"service","verdict":"ok","text":"runs"}'; exit "${DOCTOR:-0}" ;;
"modem list"*) echo "${MODEMS:-[]}" ;;
"journal verify"*) [[ -z ${NOT_VERIFIED:-} ]] ;;
doctor*)
    [[ -z ${SPARE_IN_USE:-} ]] || echo '{"check":"fallback","verdict":"fail","text":"in memory"}'
    [[ -z ${FAILS_BUT_IN:-} || $(readlink -f "$0") == *"/$FAILS_BUT_IN/"* ]] ||
        echo '{"check":"trunks","verdict":"fail","text":"none"}'
    echo '{"text": "would serve an alert now, on 2 lines"}'; exit "${DOCTOR:-0}" ;;
esac
"""
NOTE = '#!/bin/bash\nprintf \'%s %s\\n\' "${0##*/}" "$*" >>"$LOG"\n'
TOOLS = {
    "python3": PYTHON,
    "true": NOTE,
    "securwoman": CENTER,
    "apt-get": NOTE,
    "udevadm": NOTE,
    "chgrp": NOTE,
    "chown": NOTE + 'touch "$HOME/owned"\n',
    "stat": """#!/bin/bash
[[ $2 == %U && -e $HOME/owned ]] && echo securwoman || exec /usr/bin/stat "$@"
""",
    "useradd": NOTE + 'touch "$SECURWOMAN_PREFIX/account"\n',
    "usermod": NOTE,
    "id": "#!/bin/bash\n[[ -e $SECURWOMAN_PREFIX/account ]] && echo securwoman dialout audio\n",
    "dpkg-query": "#!/bin/bash\necho ${STATUS:-installed}\n",
    "hostname": """#!/bin/bash
[[ ${1:-} == -I ]] && echo "192.0.2.7 2001:db8::7 " || echo "${NAME:-center}"
""",
    "runuser": '#!/bin/bash\nshift 3\nexec "$@"\n',
    # Nothing here belongs to an account that there is not.
    "install": """#!/bin/bash
kept=()
while (($#)); do case $1 in -o | -g) shift ;; *) kept+=("$1") ;; esac; shift; done
exec /usr/bin/install "${kept[@]}"
""",
    "systemctl": NOTE
    + """case "$*" in
*is-active*|*is-enabled*) [[ -e $SECURWOMAN_PREFIX/started ]] ;;
enable*) touch "$SECURWOMAN_PREFIX/started" ;;
*disable*) rm -f "$SECURWOMAN_PREFIX/started" ;;
"show -P MainPID"*) echo "${MAIN_PID:-0}" ;;
"show -P NRestarts"*) echo "${RESTARTS:-0}" ;;
"start securwoman-backup"*)
    [[ -z ${NO_BACKUP:-} ]] && touch "$SECURWOMAN_PREFIX/var/backups/securwoman/center.age"
    ;;
esac
""",
}


WATCHER = ("--watcher", "--center", "https://center.example.org:8112")


class Machine:
    """A Debian with systemd, as far as the procedure asks of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "machine"
        self.log = folder / "log"
        for made in ("etc", "run/systemd/system"):
            (self.root / made).mkdir(parents=True)
        (self.root / "etc/debian_version").write_text("13.2\n")
        tools = folder / "tools"
        tools.mkdir()
        for name, content in TOOLS.items():
            (tools / name).write_text(content)
            (tools / name).chmod(0o755)
        self.environment = {
            "PATH": f"{tools}:/usr/bin:/bin",
            "HOME": str(folder),
            "LOG": str(self.log),
            "TOOLS": str(tools),
            "REAL_PYTHON": sys.executable,
            "SECURWOMAN_PREFIX": str(self.root),
        }
        self.checkout = checkout(folder / "a checkout", "this")
        self.settings = self.root / "etc/securwoman/center.toml"
        self.state = self.root / "var/lib/securwoman"

    def install(
        self, *options: str, root: Path | None = None, **extra: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [(root or self.checkout) / "scripts/install", *options],
            env={**self.environment, **extra},
            capture_output=True,
            check=False,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=150,
        )

    def made(self) -> dict[str, float]:
        """Every file that there is, and when it was written."""
        return {
            str(path): path.lstat().st_mtime
            for path in self.root.rglob("*")
            if not path.is_dir() or path.is_symlink()
        }

    def called(self) -> str:
        said = self.log.read_text() if self.log.exists() else ""
        self.log.unlink(missing_ok=True)
        return said


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Machine, str, str]:
    """A machine on which it has run; what it has said, and what it has called."""
    made = Machine(tmp_path_factory.mktemp("installed"))
    done = made.install("--phone", "+393331234567")
    assert done.returncode == 0, done.stderr
    return made, done.stdout, made.called()


@pytest.fixture
def installed(first_run: tuple[Machine, str, str], tmp_path: Path) -> Iterator[Machine]:
    """A machine on which it has run; the next test finds it as this one did."""
    machine, *_ = first_run
    kept = shutil.copytree(machine.folder, tmp_path / "kept", symlinks=True)
    yield machine
    shutil.rmtree(machine.folder)
    shutil.copytree(kept, machine.folder, symlinks=True)


def checkout(folder: Path, says: str) -> Path:
    """A version of this release, with next to nothing in it."""
    for name in ("scripts", "deploy", "config"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "bench"))
    for name in parts():
        if (ROOT / name).is_file():
            shutil.copy(ROOT / name, folder)
        else:
            (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "messages/base.py").write_text(f'"""{says}"""\n')
    return folder


def parts() -> list[str]:
    text = (ROOT / "scripts/lib/install/version.sh").read_text()
    (listed,) = re.findall(r"^parts=\(([^)]*)\)", text, re.MULTILINE)
    return str(listed).split()


def test_every_package_of_the_distribution_is_copied() -> None:
    wheel = pyproject()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert set(wheel) < set(parts())


def test_a_first_run_makes_all_and_prints_the_link_once(first_run: tuple[Machine, str, str]) -> None:
    machine, said, called = first_run
    there = [line for line in said.splitlines() if line.startswith("is there")]
    assert len(there) == 2, "Debian's packages, and no key was given"
    current = machine.root / "opt/securwoman/current"
    assert current.readlink().parent == machine.root / "opt/securwoman/versions"
    for name in ("securwoman.service", "securwoman-backup.timer"):
        written = (machine.root / "etc/systemd/system" / name).read_text()
        assert written == (ROOT / "deploy" / name).read_text()
    assert (machine.root / "etc/udev/rules.d/99-securwoman-modemmanager.rules").is_file()
    for path, name in (
        ("etc/logrotate.d/securwoman", "logrotate/securwoman"),
        ("etc/systemd/system.conf.d/50-securwoman.conf", "securwoman-watchdog.conf"),
    ):
        assert (machine.root / path).read_text() == (ROOT / "deploy" / name).read_text()
    assert said.count("/console/#token=swr_code") == 1
    assert "useradd --system" in called
    assert "center operator add Admin --phone +393331234567 --role admin" in called
    assert "udevadm" not in called, "no udevd runs here"
    assert called.index("compileall") < called.index("systemctl enable --now")
    # The pages may write the settings and nothing else there.
    assert machine.settings.parent.stat().st_mode & 0o7777 == 0o1770
    assert f"chown securwoman:securwoman {machine.settings}" in called
    unit = (machine.root / "etc/systemd/system/securwoman.service").read_text()
    assert "\nReadWritePaths=-/etc/securwoman\n" in unit


def test_a_second_run_changes_nothing_and_shows_no_link(installed: Machine) -> None:
    before = installed.made()
    again = installed.install("--phone", "+393331234567")
    assert again.returncode == 0, again.stderr
    assert "will be made" not in again.stdout
    assert "token=" not in again.stdout
    assert installed.made() == before
    asked = (
        "systemctl -q is-",
        "systemctl show",
        "center operator list",
        "center doctor",
        "python -I -c import sys, tomllib",
        "python -I -c import datetime",
    )
    text = ("value", "print", "from cryptography", "left =", "sys.exit")
    assert [line for line in installed.called().splitlines() if not line.startswith((*asked, *text))] == []


def test_without_a_telephone_one_link_is_printed_by_which_somebody_becomes_the_first_admin(
    machine: Machine,
) -> None:
    done = machine.install()
    assert done.stdout.count("/console/#first=swf_code") == 1
    assert "operator add" not in machine.called()
    (machine.state / "operators").write_text('[{"id":"anna","role":"admin"}]')
    again = machine.install()
    assert ("will be made" in again.stdout, "#first=" in again.stdout) == (False, False)


def test_what_it_would_do_is_said_and_not_done(machine: Machine) -> None:
    before = machine.made()
    told = machine.install("--dry-run", "--phone", "+393331234567")
    assert told.returncode == 0
    assert told.stdout.count("will be made") >= 10
    assert machine.made() == before


def test_the_settings_that_it_writes_are_settings(first_run: tuple[Machine, str, str]) -> None:
    machine, *_ = first_run
    written = tomllib.loads(machine.settings.read_text())
    assert written["http"]["public_url"] == "https://192.0.2.7:8112"
    assert written["http"]["certificate"] == f"{machine.state}/certificate/center.pem"
    assert written["backup"]["to"] == [f"{machine.state}/keys/trial.pub"]
    assert (machine.state / "keys/trial.pub").read_text() == "age1public\n"
    settings = load(machine.settings)
    assert faults_of(settings) == []
    assert not settings.psap.live


def test_a_path_of_the_settings_that_breaks_a_line_gets_into_no_unit(machine: Machine) -> None:
    machine.settings.parent.mkdir(parents=True)
    machine.settings.write_text('[backup]\nfile = "/mnt/a\\nExecStartPre=/bin/evil/center.age"\n')
    machine.install()
    assert not list((machine.root / "etc/systemd/system").glob("*.service.d/place.conf"))


def test_settings_that_are_there_are_left(machine: Machine) -> None:
    machine.settings.parent.mkdir(parents=True)
    machine.settings.write_text('[http]\nport = 9000\n[backup]\nfile = "/mnt/backup/center.age"\n')
    assert machine.install("--host", "other.example.org").returncode == 0
    assert machine.settings.read_text().startswith("[http]\nport = 9000")
    assert not (machine.state / "certificate").exists(), "they name no certificate of ours"
    dropin = machine.root / "etc/systemd/system/securwoman-backup.service.d/place.conf"
    assert "ReadWritePaths=/mnt/backup\n" in dropin.read_text()


def test_a_certificate_that_is_given_is_copied_and_again_when_it_is_renewed(
    machine: Machine, tmp_path: Path
) -> None:
    pem, key = tmp_path / "fullchain.pem", tmp_path / "privkey.pem"
    pem.write_text("one")
    key.write_text("its key")
    given = ("--certificate", str(pem), "--key", str(key))
    assert machine.install(*given, "--host", "center.example.org").returncode == 0
    placed = machine.settings.parent / "center.pem"
    assert (placed.read_text(), placed.with_suffix(".key").read_text()) == ("one", "its key")
    http = tomllib.loads(machine.settings.read_text())["http"]
    assert (http["certificate"], http["public_url"]) == (str(placed), "https://center.example.org:8112")
    assert "center certificate make" not in machine.called()
    pem.write_text("two")
    assert "will be made   certificate" in machine.install(*given).stdout
    assert placed.read_text() == "two"


def test_a_certificate_of_ones_own_is_renewed_by_a_run_in_its_last_month(installed: Machine) -> None:
    again = installed.install(ENDS_SOON="yes")
    assert "will be made   certificate" in again.stdout
    assert "center certificate make" in installed.called()
    assert "will be made" not in installed.install().stdout


def test_a_version_that_is_half_made_is_made_anew_and_never_started(machine: Machine) -> None:
    failed = machine.install(NO_BYTE_CODE="yes")
    assert failed.returncode == 1
    assert "version failed" in failed.stderr
    assert not (machine.root / "opt/securwoman/current").exists()
    assert not (machine.root / "started").exists()
    assert machine.install(NAME="milano.example.org").returncode == 0
    assert '"https://milano.example.org:8112"' in machine.settings.read_text(), "by its full name"


@each(
    ("status", "script", "fetched"),
    [("triggers-pending", "", False), ("not-installed", "", True), ("not-installed", "postinst", False)],
)
def test_debian_is_asked_only_for_what_is_missing_and_never_by_a_package(
    installed: Machine, status: str, script: str, fetched: bool
) -> None:
    installed.install(STATUS=status, DPKG_MAINTSCRIPT_NAME=script)
    assert ("apt-get" in installed.called()) == fetched


def test_a_service_that_runs_another_program_is_told_and_left(installed: Machine) -> None:
    told = "still runs what was there before"
    assert told not in installed.install().stdout
    assert told in installed.install(MAIN_PID=str(os.getpid())).stdout
    assert "restart" not in installed.called()
    assert installed.install(DOCTOR="1").returncode == 3, "the doctor's failure has a status of its own"


def test_what_is_removed_and_what_stays(installed: Machine) -> None:
    (installed.state / "journal.db").touch()
    gone = installed.install("--remove")
    assert gone.returncode == 0, gone.stderr
    assert (installed.state / "journal.db").exists()
    assert installed.settings.exists()
    left = [path for path in installed.made() if "/var/" not in path and "/etc/securwoman/" not in path]
    assert {Path(path).name for path in left} == {"debian_version", "account"}
    assert installed.install("--remove").returncode == 0


def test_nothing_is_removed_while_an_alert_is_open(installed: Machine) -> None:
    before = installed.made()
    kept = installed.install("--remove", OPEN_ALERTS='[{"alert":"a1"}]')
    assert kept.returncode == 1
    assert "an alert is open" in kept.stderr
    assert installed.made() == before


def test_a_watcher_is_refused_on_the_centers_own_machine(installed: Machine) -> None:
    refused = installed.install(*WATCHER)
    assert (refused.returncode, "on another machine" in refused.stderr) == (1, True)
    assert not (installed.root / "etc/securwoman/watch.toml").exists()


@each(
    "options",
    [
        ("--certificate", "/etc/hostname"),
        ("--phone",),
        ("--unknown",),
        ("--config", "/nowhere"),
        ("--watcher",),
        WATCHER[1:],
        ("--watcher", "--center", "x y"),
    ],
)
def test_a_wrong_use_is_told_before_anything_is_done(machine: Machine, options: tuple[str, ...]) -> None:
    before = machine.made()
    refused = machine.install(*options)
    assert refused.returncode == 2
    assert "--help" in refused.stderr
    assert machine.made() == before


def test_another_version_is_not_put_in_place_by_an_installation(installed: Machine, tmp_path: Path) -> None:
    refused = installed.install(root=checkout(tmp_path / "other", "another"))
    assert refused.returncode == 1
    assert "--upgrade" in refused.stderr


@pytest.fixture
def next_version(installed: Machine, tmp_path: Path) -> Path:
    """Beside an installation that works."""
    return checkout(tmp_path / "next", "another")


def version_of(machine: Machine) -> str:
    return (machine.root / "opt/securwoman/current").resolve().name


def test_an_upgrade_makes_all_that_is_slow_before_it_stops_anything(
    installed: Machine, next_version: Path
) -> None:
    before = version_of(installed)
    done = installed.install("--upgrade", root=next_version)
    assert done.returncode == 0, done.stderr
    assert version_of(installed) != before
    called = installed.called()
    order = ("compileall", "start securwoman-backup", "journal_copy.py copy", "center journal verify")
    order += ("stop securwoman.service", "--no-block start securwoman.service")
    places = [called.index(one) for one in order]
    assert places == sorted(places)
    assert called.count("journal_copy.py copy") == 2, "on trial, and once nobody writes any more"
    assert {path.name for path in (installed.root / "opt/securwoman/versions").iterdir()} == {
        before,
        version_of(installed),
    }
    assert "will be made" not in installed.install("--upgrade", root=next_version).stdout


def test_a_version_that_finds_a_failure_of_its_own_goes_back(installed: Machine, next_version: Path) -> None:
    before = version_of(installed)
    failed = installed.install("--upgrade", root=next_version, FAILS_BUT_IN=before, SECURWOMAN_READY_S="1")
    assert failed.returncode == 1
    assert "the version before runs again" in failed.stderr
    assert "doctor: trunks" in failed.stderr
    assert version_of(installed) == before
    called = installed.called()
    stopped = [line for line in called.splitlines() if "stop securwoman.service" in line]
    assert len(stopped) == 2
    assert called.index("journal_copy.py back") > called.index("--no-block start")


@pytest.mark.parametrize("stays", [True, False])
def test_a_unit_that_the_version_before_did_not_have_comes_with_the_new_one_and_goes_with_it(
    installed: Machine, next_version: Path, stays: bool
) -> None:
    before, name = version_of(installed), "securwoman-backup.path"
    unit = installed.root / "etc/systemd/system" / name
    unit.unlink()
    (installed.root / "opt/securwoman/versions" / before / "deploy" / name).unlink()
    fails = {} if stays else {"FAILS_BUT_IN": before, "SECURWOMAN_READY_S": "1"}
    done = installed.install("--upgrade", root=next_version, **fails)
    assert (done.returncode == 0, unit.exists()) == (stays, stays), done.stderr
    called = installed.called()
    assert f"enable --now {name}" in called
    assert (f"disable --now {name}" in called) is not stays


def test_a_failure_that_was_there_before_is_not_the_new_versions(
    installed: Machine, next_version: Path
) -> None:
    before = version_of(installed)
    done = installed.install("--upgrade", root=next_version, FAILS_BUT_IN="none", SECURWOMAN_READY_S="1")
    assert "going back" not in done.stderr
    assert version_of(installed) != before


def test_a_version_that_dies_at_its_start_is_not_waited_for(installed: Machine, next_version: Path) -> None:
    before = version_of(installed)
    failed = installed.install("--upgrade", root=next_version, RESTARTS="5")
    assert failed.returncode == 1
    assert version_of(installed) == before


@pytest.mark.parametrize("fault", ["NO_BYTE_CODE", "NO_BACKUP", "NOT_VERIFIED", "SPARE_IN_USE"])
def test_what_fails_before_the_switch_changes_nothing(
    installed: Machine, next_version: Path, fault: str
) -> None:
    before = version_of(installed)
    failed = installed.install("--upgrade", root=next_version, **{fault: "yes"})
    assert failed.returncode == 1
    assert version_of(installed) == before
    assert "stop securwoman.service" not in installed.called()
    assert not (installed.state / "before-upgrade").exists()


@pytest.mark.parametrize("drained", [True, False])
def test_a_node_among_others_is_drained_into_the_new_version(
    installed: Machine, next_version: Path, drained: bool
) -> None:
    before = version_of(installed)
    text = installed.settings.read_text()
    installed.settings.write_text(text.replace("[journal]", '[journal]\nurl = "postgresql://one/center"'))
    done = installed.install("--upgrade", root=next_version, **({} if drained else {"NOT_DRAINED": "yes"}))
    assert (done.returncode == 0, version_of(installed) != before) == (drained, drained), done.stderr
    called = installed.called()
    assert "center run --drain" in called
    assert "journal_copy" not in called
    assert "stop securwoman.service" not in called, "its calls go on to their end"


def test_what_an_upgrade_would_do_is_said_and_not_done(installed: Machine, next_version: Path) -> None:
    before = installed.made()
    told = installed.install("--upgrade", "--dry-run", root=next_version)
    assert told.returncode == 0
    assert "beside it" in told.stdout
    assert installed.made() == before


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="NOT TESTED: the scripts by shellcheck")
def test_shellcheck_finds_nothing() -> None:
    scripts = [path for path in sorted((ROOT / "scripts").iterdir()) if path.is_file()]
    ours = [path for path in scripts if path.open("rb").readline().startswith(b"#!/usr/bin/env bash")]
    found = subprocess.run(
        ["shellcheck", "-x", "--severity=warning", *ours],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ,
    )
    assert found.returncode == 0, found.stdout
