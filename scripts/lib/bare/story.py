"""The test of an installation on a bare Debian, part by part, with commands and seconds. A failed part ends
the test.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from scripts.lib.bare.machine import Machine, lines
from tests.conftest import CHROMIUM, CHROMIUM_ARGS
from tests.support.center import SECOND_OPERATOR, USER, simulation

ADMIN = "+390200000199"
WORLD = "/var/lib/carrier"
STATE = "/var/lib/securwoman"


class Story:
    """The parts on one machine, from the first command to the last."""

    def __init__(self, machine: Machine, source: Path, deb: Path | None, pictures: Path | None) -> None:
        self.machine = machine
        self.source = source
        self.deb = deb
        self.command = "/srv/this/scripts/install" if deb is None else "securwoman-install"
        self.pictures = pictures
        self.figures: dict[str, Any] = {}
        self.commands = 0
        self.link = self.alert = ""

    def told(self) -> dict[str, Any]:
        """Run all parts; return their figures."""
        for part in (
            self.install,
            self.first_run,
            self.again,
            self.upgrade_with_an_open_alert,
            self.upgrade_that_fails,
            self.dies_on_a_full_disk,
            self.remove,
        ):
            begun = time.monotonic()
            part()
            self.figures[f"{part.__name__}_s"] = round(time.monotonic() - begun, 1)
            print(f"{part.__name__}: {self.figures[f'{part.__name__}_s']} s", file=sys.stderr)
        return {"commands": self.commands, **self.figures}

    def typed(self, *command: str) -> str:
        """Run a command that a person types, which must succeed."""
        self.commands += 1
        return self.machine.run(*command).stdout

    def center(self, *arguments: str) -> Any:
        """Run one of the center's own commands, and return its JSON."""
        return json.loads(self.machine.run("securwoman", *arguments, "--json").stdout)

    # ---------------------------------------------------------------------------------------- parts

    def install(self) -> None:
        if self.deb is None:
            self.checkout("this", lambda _: None)
            command: tuple[str, ...] = (self.command,)
        else:
            shutil.copy(self.deb, self.machine.root / "srv" / self.deb.name)
            self.machine.run("apt-get", "update")
            command = ("apt-get", "install", "-y", "--no-install-recommends", f"/srv/{self.deb.name}")
        said = self.typed(*command)
        (self.link,) = (word for line in lines(said, "#first=") for word in line.split() if "#first=" in word)
        assert "would serve an alert now" in said

    def again(self) -> None:
        before = self.stamps()
        said = self.machine.run(self.command).stdout
        assert not lines(said, "will be made", "#first=")
        assert self.stamps() == before, set(self.stamps().items()) ^ set(before.items())

    def stamps(self) -> dict[str, float]:
        """Return the times of the files that an installation writes; the center's own files are
        in /var/lib.
        """
        folders = ("etc/securwoman", "etc/systemd", "etc/udev", "opt/securwoman", "usr/local/bin")
        found = (path for name in folders for path in (self.machine.root / name).rglob("*"))
        return {str(path): path.lstat().st_mtime for path in found if "__pycache__" not in path.parts}

    def carrier(self) -> None:
        """Start six modems, at terminals of a carrier that outlives the center as a network does."""
        root = self.machine.root
        (root / WORLD[1:]).mkdir()
        world = simulation(phones={ADMIN: {"name": "Admin"}}).replace("127.0.0.1:0", "127.0.0.1:8198")
        (root / WORLD[1:] / "world.toml").write_text(world)
        self.machine.run("chown", "-R", "securwoman:", WORLD)
        python = "/opt/securwoman/current/.venv/bin/python"
        carrier = ["-m", "simulator", f"{WORLD}/world.toml", "--directory", f"{WORLD}/run"]
        # The carrier's program must not change with a version.
        place = self.machine.says("readlink", "-f", "/opt/securwoman/current")
        self.machine.run(
            *("systemd-run", "--unit=carrier", "--uid=securwoman", "--gid=securwoman"),
            *(f"--working-directory={place}", python.replace("/opt/securwoman/current", place), *carrier),
        )
        ready = root / WORLD[1:] / "run/carrier.json"
        self.machine.until("the carrier is ready", ready.exists)

    def ready(self) -> None:
        def served() -> bool:
            return "would serve an alert now, on 6 lines" in self.machine.says(
                "securwoman", "doctor", "--json"
            )

        self.machine.until("all lines are up", served, 90)

    def first_run(self) -> None:
        """Use a browser, by keys: from the printed link to a test alert on the screen."""
        self.carrier()
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGS))
            context = chromium.new_context(
                ignore_https_errors=True, viewport={"width": 1280, "height": 720}, locale="it-IT"
            )
            page = context.new_page()
            page.goto(self.link)
            self.picture(page, "first-link")
            _typed(page, "Anna Verdi", ADMIN)
            page.locator("input[name=password]").fill("quattro cavalli verdi sul lago")
            page.keyboard.press("Enter")
            page.locator("#start-h").wait_for()
            self.picture(page, "start")
            for n in range(1, 7):
                page.keyboard.press("m")
                page.locator("#modem-emergency").select_option("yes" if n > 4 else "no")
                port = f"{WORLD}/run/sim{n}"
                _typed(page, "", f"{port}.at", f"{port}.voice", "", f"sim{n}")
                page.locator(".start .page-head .ink-ok", has_text=f"sim{n}").wait_for()
            self.picture(page, "modems")
            page.keyboard.press("n")
            page.locator(".nodes tbody tr").first.focus()
            page.keyboard.press("q")
            page.keyboard.press("Enter")
            self.picture(page, "restart")
            self.ready()
            page.locator("[data-link=live]").wait_for(timeout=30_000)
            page.keyboard.press("1")
            page.keyboard.press("p")
            page.locator(".bar__me .ink-ok, .bar__me .ink-wait").first.wait_for()
            page.keyboard.press("5")
            page.keyboard.press("s")
            page.locator(".start tbody tr").first.wait_for()
            page.keyboard.press("t")
            page.locator("#test-phone").wait_for()
            page.keyboard.press("Control+A")
            _typed(page, USER)
            page.locator(".incoming, .case").first.wait_for(timeout=30_000)
            self.picture(page, "test-alert")
            self.machine.until("operator and user are in a call", lambda: len(self.calls()) >= 2, 60)
            self.picture(page, "in-a-call")
            page.keyboard.press("f")
            page.keyboard.press("Enter")
            self.machine.until("the test is closed", lambda: not self.center("alert", "list", "--open"))
            page.keyboard.press("5")
            page.keyboard.press("s")
            page.locator('tr[data-key="test_alert"] .ink-ok').wait_for()
            self.picture(page, "tested")
            self.figures["to_a_test_alert_commands"] = self.commands
            # A test gives way to any alert; an upgrade must meet a real alert.
            self.alert = self.center("alert", "send", "--phone", SECOND_OPERATOR)["alert"]
            self.machine.until("another two are in a call", lambda: len(self.calls()) >= 2, 60)
            chromium.close()

    def picture(self, page: Page, name: str) -> None:
        if self.pictures is not None:
            self.pictures.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=self.pictures / f"{name}.png")

    def checkout(self, name: str, change: Callable[[Path], None]) -> str:
        """Copy a checkout to the machine, with a change; return the command of its installer."""
        folder = self.machine.root / "srv" / name
        for part in _installed_parts(self.source):
            source, copy = self.source / part, folder / part
            if source.is_dir():
                shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, copy)
        change(folder)
        return f"/srv/{name}/scripts/install"

    def calls(self) -> list[str]:
        """Return the ids of the calls in the network."""
        said = self.machine.says(
            "/opt/securwoman/current/.venv/bin/python",
            *(
                "-c",
                "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8198/calls').read().decode())",
            ),
        )
        return sorted(
            str(one["id"]) for one in json.loads(said) if one["answered_at"] and not one["ended_at"]
        )

    def upgrade_with_an_open_alert(self) -> None:
        self.machine.until("user and operator are in a call", lambda: len(self.calls()) >= 2, 60)
        before = self.calls()

        def another_form(folder: Path) -> None:
            _new_form(folder, "0998")

        self.typed(self.checkout("next", another_form), "--upgrade")
        self.ready()
        assert self.calls() == before, (before, self.calls())
        assert self.center("alert", "show", self.alert)["closed_at"] is None

    def upgrade_that_fails(self) -> None:
        """Upgrade to a faulty version with a newer schema, which takes an alert and then reports a fault."""
        before, calls = self.machine.says("readlink", "/opt/securwoman/current"), self.calls()

        def faulty(folder: Path) -> None:
            _new_form(folder, "0998")
            _new_form(folder, "0999", after="0998")
            doctor = folder / "center/checks/machine.py"
            doctor.write_text(doctor.read_text().replace("def limits(", "def limits_(") + _NEVER_CONTENT)

        command = self.checkout("faulty", faulty)
        failed = self.machine.run(command, "--upgrade", check=False)
        assert failed.returncode == 1, failed.stdout
        assert "the version before runs again" in failed.stderr, failed.stderr
        assert self.machine.says("readlink", "/opt/securwoman/current") == before
        self.ready()
        assert self.calls() == calls, (calls, self.calls())
        opened = [one["alert"] for one in self.center("alert", "list", "--open")]
        assert self.alert in opened
        (taken,) = (self.machine.root / "var/lib/securwoman").glob("taken-meanwhile")
        assert taken.read_text().split()[0] in [one["alert"] for one in self.center("alert", "list")]
        assert self.machine.run("securwoman", "journal", "verify").returncode == 0

    def dies_on_a_full_disk(self) -> None:
        """Check that the journal in memory outlives the death of every process, and a restart of
        the service.
        """
        run, before_it = self.machine.run, self.opened()
        with self.small_disk():
            run("dd", "if=/dev/zero", f"of={STATE}/ballast", "bs=64k", check=False)
            run("securwoman", "alert", "send", "--phone", USER, check=False)
            self.machine.until("the journal goes on in memory", self.is_in_memory)
            opened, calls = self.opened(), self.calls()
            assert len(opened) == len(before_it) + 1, (before_it, opened)
            for end in (("kill", "--signal=KILL"), ("restart",)):
                before = self.machine.says("systemctl", "show", "-P", "MainPID", "securwoman")
                run("systemctl", *end, "securwoman")

                def again(before: str = before) -> bool:
                    now = self.machine.says("systemctl", "show", "-P", "MainPID", "securwoman")
                    return now not in ("0", before) and self.opened() == opened

                self.machine.until(f"all alerts are there after {end}", again, 90)
                assert self.is_in_memory()
                assert set(calls) <= set(self.calls()), (calls, self.calls())
            (self.seen_in_there(STATE) / "ballast").unlink()
            self.machine.until("the journal is on the disk", lambda: not self.is_in_memory())
            assert self.opened() == opened
        self.ready()
        assert self.opened() == opened
        assert run("securwoman", "journal", "verify").returncode == 0
        assert run("securwoman", "audit", "verify").returncode == 0

    @contextmanager
    def small_disk(self) -> Iterator[None]:
        """Move the state directory to a file system that can be filled, and back at the end."""

        def moved(source: str, target: str) -> None:
            self.machine.run("cp", "-a", f"{source}/.", target)

        run, small = self.machine.run, "/mnt/small"
        run("systemctl", "stop", "securwoman")
        used_kb = int(run("du", "-sk", STATE).stdout.split()[0])
        run("mkdir", "-p", small)
        run("mount", "-t", "tmpfs", "-o", f"size={used_kb + 65536}k", "small", small)
        moved(STATE, small)
        run("mount", "--bind", small, STATE)
        run("systemctl", "start", "securwoman")
        self.ready()
        yield
        run("systemctl", "stop", "securwoman")
        run("umount", STATE)
        moved(small, STATE)
        run("umount", small)
        run("systemctl", "start", "securwoman")

    def is_in_memory(self) -> bool:
        said = json.loads(self.machine.says("securwoman", "doctor", "--json") or '{"checks": []}')
        return any(one["check"] == "fallback" and one["verdict"] == "fail" for one in said["checks"])

    def opened(self) -> list[str]:
        """Return the open alerts; empty if no center answers."""
        said = self.machine.says("securwoman", "alert", "list", "--open", "--json")
        return sorted(one["alert"] for one in json.loads(said or "[]"))

    def seen_in_there(self, path: str) -> Path:
        """Return the path of a folder as the machine's own processes see it, with mounts."""
        return Path(f"/proc/{self.machine.init}/root{path}")

    def remove(self) -> None:
        refused = self.machine.run(self.command, "--remove", check=False)
        assert "an alert is open" in refused.stderr
        self.machine.run("systemctl", "stop", "securwoman")
        self.typed(
            *((self.command, "--remove") if self.deb is None else ("apt-get", "remove", "-y", "securwoman"))
        )
        assert (self.machine.root / "var/lib/securwoman/journal.db").exists()
        assert not (self.machine.root / "opt/securwoman").exists()


def _typed(page: Page, *fields: str) -> None:
    """Type from field to field, then Enter."""
    for n, field in enumerate(fields):
        if n:
            page.keyboard.press("Tab")
        if field:
            page.keyboard.press("Control+A")
            page.keyboard.type(field)
    page.keyboard.press("Enter")


def _installed_parts(source: Path) -> list[str]:
    """Return the paths of the checkout that a version consists of, by the installer's own list."""
    script = 'root=$1; source "$1/scripts/lib/install/version.sh"; printf "%s\n" "${parts[@]}"'
    said = subprocess.run(
        ["bash", "-c", script, "parts", str(source)], capture_output=True, text=True, check=True
    )
    return said.stdout.split()


def _new_form(folder: Path, form: str, after: str = "") -> None:
    """Add a step of the database after the newest, which adds a table and a column that must have a value."""
    migrate = folder / "store/database/migrate.py"
    text = migrate.read_text()
    found = text.split('REVISION: Final = "')[1].split('"')[0]
    migrate.write_text(text.replace(f'REVISION: Final = "{found}"', f'REVISION: Final = "{form}"'))
    (folder / f"store/database/migrations/versions/v{form}_trial.py").write_text(
        f'''"""A trial."""
import sqlalchemy as sa
from alembic import op
revision = "{form}"
down_revision = "{after or found}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("trial{form}", sa.Column("one", sa.Text, primary_key=True))
    op.add_column("person", sa.Column("trial{form}", sa.Text, nullable=False, server_default=""))
'''
    )


_NEVER_CONTENT = '''

def limits() -> Iterator[Finding]:
    """A version that finds fault with itself, after it has taken an alert."""
    import os, pathlib, subprocess, sys
    state = pathlib.Path(os.environ["STATE_DIRECTORY"])
    if (state / "run" / "web.json").exists() and not (state / "taken-meanwhile").exists():
        command = [sys.prefix + "/bin/securwoman", "alert", "send", "--phone", "+393331112229"]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        if said.returncode == 0:
            (state / "taken-meanwhile").write_text(said.stdout.split()[-1])
    yield fail("limits", "a trial of what is not as it should be")
'''
