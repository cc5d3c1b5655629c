"""The test of a watcher on a bare Debian: installed by one command, tested by a call, updated and removed."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from scripts.lib.bare.machine import Machine, lines
from scripts.lib.bare.story import ADMIN, WORLD, Story

CENTER = "http://127.0.0.1:8197"
PTS = "[Service]\nDeviceAllow=char-pts rw\n"
"""Drop-in that admits the terminals of a carrier: the watcher's unit admits only modems."""
ROSTER = f'[[person]]\nid = "anna"\nname = "Anna"\nways = ["call {ADMIN}"]\n'


class WatcherStory:
    """The parts on one machine. Parts shared with a center are in `Story`."""

    def __init__(self, machine: Machine, source: Path) -> None:
        self.machine = machine
        self.common = Story(machine, source, None, None)
        self.figures: dict[str, Any] = {}

    def told(self) -> dict[str, Any]:
        """Run all parts; return their figures."""
        for part in (self.install, self.ready, self.rings, self.again, self.upgrade, self.fails, self.remove):
            begun = time.monotonic()
            part()
            self.figures.setdefault(f"{part.__name__}_s", round(time.monotonic() - begun, 1))
            print(f"{part.__name__}: {time.monotonic() - begun:.1f} s", file=sys.stderr)
        return self.figures

    def lacks(self) -> dict[str, str]:
        """Return the verdicts of the watcher's own check, by name."""
        said = json.loads(self.machine.says("securwoman", "watch", "--check", "--json") or '{"checks": []}')
        return {one["check"]: one["verdict"] for one in said["checks"]}

    def whole(self) -> bool:
        """Return True if nothing is missing except a voice that speaks words."""
        found = self.lacks()
        return bool(found) and "fail" not in found.values()

    # ---------------------------------------------------------------------------------------- parts

    def install(self) -> None:
        self.common.checkout("this", lambda _: None)
        modem = f"{WORLD}/run/sim1.at"
        done = self.machine.run(
            self.common.command, "--watcher", "--center", CENTER, "--modem", modem, check=False
        )
        assert done.returncode == 3, f"nobody answers yet: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "[[heartbeat]]" in done.stdout
        found = self.lacks()
        assert {found[one] for one in ("modem", "intake", "heartbeats", "roster")} == {"fail"}, found

    def ready(self) -> None:
        """Provide a carrier, a person on duty, and a center that only answers `/healthz`."""
        self.common.carrier()
        root = self.machine.root
        www = root / WORLD[1:] / "www"
        www.mkdir()
        (www / "healthz").touch()
        self.center("start")
        (root / "etc/securwoman/roster.toml").write_text(ROSTER)
        settings = root / "etc/securwoman/watch.toml"
        text = settings.read_text().replace('key_file = "watch.key"', 'roster = "roster.toml"')
        settings.write_text(
            text.replace('# voice_port = "/dev/ttyUSB4"', f'voice_port = "{WORLD}/run/sim1.voice"')
        )
        dropin = root / "etc/systemd/system/securwoman-watch.service.d/pts.conf"
        dropin.parent.mkdir()
        dropin.write_text(PTS)
        self.machine.run("systemctl", "daemon-reload")
        self.machine.run("systemctl", "restart", "securwoman-watch")
        self.machine.until("nothing is missing", self.whole, 90)

    def center(self, what: str) -> None:
        """Start or stop the center."""
        if what == "stop":
            self.machine.run("systemctl", "stop", "center")
            return
        serve = ["-m", "http.server", CENTER.rpartition(":")[2], "--bind", "127.0.0.1"]
        self.machine.run(
            "systemd-run", "--unit=center", f"--working-directory={WORLD}/www", "/usr/bin/python3", *serve
        )

    def rings(self) -> None:
        begun = time.monotonic()
        self.center("stop")
        self.machine.until("a phone rings and is answered", self.common.calls, 120)
        self.figures["answered_after_s"] = round(time.monotonic() - begun, 1)
        self.center("start")
        self.machine.until("the call ends with the reason for it", lambda: not self.common.calls(), 60)

    def again(self) -> None:
        before = self.common.stamps()
        done = self.machine.run(self.common.command, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert not lines(done.stdout, "will be made"), done.stdout
        assert self.common.stamps() == before

    def upgrade(self) -> None:
        def another(folder: Path) -> None:
            (folder / "messages/another.py").write_text('"""Another version."""\n')

        before = self.machine.says("readlink", "/opt/securwoman/current")
        self.machine.run(self.common.checkout("next", another), "--upgrade")
        assert self.machine.says("readlink", "/opt/securwoman/current") != before
        assert self.whole(), self.lacks()

    def fails(self) -> None:
        def faulty(folder: Path) -> None:
            (folder / "features/watcher/program/running.py").write_text("raise SystemExit(1)\n")

        before = self.machine.says("readlink", "/opt/securwoman/current")
        failed = self.machine.run(self.common.checkout("faulty", faulty), "--upgrade", check=False)
        assert failed.returncode == 1, failed.stdout
        assert "runs again" in failed.stderr, failed.stderr
        assert self.machine.says("readlink", "/opt/securwoman/current") == before
        self.machine.until("nothing is missing", self.whole, 60)

    def remove(self) -> None:
        self.machine.run(self.common.command, "--remove")
        assert (self.machine.root / "var/lib/securwoman-watch/watch.json").exists()
        assert not (self.machine.root / "opt/securwoman").exists()
        assert self.machine.says("systemctl", "is-active", "securwoman-watch") == "inactive"
