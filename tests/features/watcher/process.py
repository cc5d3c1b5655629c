"""A watcher on a machine of its own, with a modem in a carrier of its own."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from application.state.state_dir import StateDir
from center.node.carrier import Carrier
from center.node.launching import child_environment
from features.watcher.program import state as watcher_state
from tests.waiting import wait_until

SLEEPS, WAKES = "+393330000001", "+393330000002"
"""Two people on duty: the first does not hear the phone."""
ROSTER = f"""
[[person]]
id = "anna"
name = "Anna"
language = "it"
ways = ["call {SLEEPS}", "sms {SLEEPS}"]
[[person]]
id = "bea"
name = "Bea"
language = "en"
ways = ["call {WAKES}"]
"""


def watched(file: Path, host: str, by: str, watcher: WatcherProcess, more: str = "") -> Path:
    """Settings of a center at `host` that tells the watcher at `by` that it is well."""
    file.write_text(
        f'[http]\nhost = "{host}"\nbehind_proxy = true\n'
        f'[[heartbeat]]\nname = "watch"\nurl = "http://{by}:{watcher.port}/v1/heartbeats"\n'
        f'key_file = "{watcher.key_file}"\n{more}\n'
    )
    return file


class WatcherProcess:
    """Made in a folder; `inside`: the words before a command on its machine."""

    def __init__(
        self, folder: Path, *, inside: Sequence[str] = (), says: str = "", rings_s: float = 0.3
    ) -> None:
        self.state = StateDir(folder)
        self.state.create()
        self.key_file = folder / "watch.key"
        self.key_file.write_text(base64.b64encode(b"k" * 32).decode())
        self.config = folder / "watch.toml"
        self._inside = tuple(inside)
        self._process: subprocess.Popen[str] | None = None
        self.port = 0
        world = folder / "world.toml"
        world.write_text(
            '[simulator]\ncontrol = "127.0.0.1:0"\n'
            '[[modem]]\nname = "own"\ndialect = "simcom7600"\nnumber = "+390299999999"\nsetup_time_s = 0.2\n'
            f'[[phone]]\nnumber = "{SLEEPS}"\nbehaviour = "no_answer"\nrings_after_s = {rings_s}\n'
            f'[[phone]]\nnumber = "{WAKES}"\nrings_after_s = {rings_s}\nanswers_after_s = 0.3\n{says}\n'
        )
        self._carrier = Carrier(self.state, world)
        self._carrier.wait_ready()
        control = json.loads(self.state.carrier_file.read_text())["control"]
        self._network = httpx.Client(base_url=control, timeout=10)

    def start(self, *, center: str, more: str = "") -> None:
        """Watching what these keys of `[[center]]` say; `more`: others before."""
        run = self.state.run
        self.config.write_text(
            f'host = "0.0.0.0"\nport = {self.port}\n{more}\n'
            f'[modem]\nport = "{run}/own.at"\nvoice_port = "{run}/own.voice"\n'
            f'[[center]]\nname = "milano"\nkey_file = "watch.key"\nsimulated = true\n{center}\n'
        )
        self._process = subprocess.Popen(
            [*self._inside, sys.executable, "-m", "center.cli", "watch", "--config", str(self.config),
             "--state", str(self.state), "--json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env=child_environment(None),
            text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        assert said, self.logs()
        self.port = json.loads(said)["port"]

    def kill(self) -> None:
        """Its process, and not its carrier."""
        assert self._process is not None
        self._process.kill()
        self._ended()

    def stop(self) -> None:
        """All of it."""
        if self._process is not None:
            self._process.terminate()
            self._ended()
        self._network.close()
        self._carrier.end()

    def _ended(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.wait(30)
        self._process.stdout.close()
        self._process = None

    def calls(self, to: str) -> list[dict[str, Any]]:
        """What the carrier has seen, in order."""
        found: list[dict[str, Any]] = self._network.get("/calls").json()
        return [one for one in found if one["to"] == to]

    def is_idle(self) -> bool:
        """Whether no call is on, and none is to come."""
        found: list[dict[str, Any]] = self._network.get("/calls").json()
        over = {"callout.taken", "callout.ended"}
        said = [one["said"]["type"] for one in self.said() if "said" in one]
        return all(one["state"] == "ended" for one in found) and (not said or bool(over & set(said[-3:])))

    def texts(self, to: str) -> list[dict[str, Any]]:
        """What somebody was written."""
        found: list[dict[str, Any]] = self._network.get(f"/phones/{to}/texts").json()
        return found

    def rings(self, to: str, before: int) -> bool:
        """Whether a call beyond the first so many has come to this phone, and has rung there."""
        return any(one["state"] != "dialing" for one in self.calls(to)[before:])

    def heard(self, number: str) -> bytes:
        """What a phone has heard in its last call."""
        return self._network.get(f"/phones/{number}/heard.wav").content

    def said(self) -> list[dict[str, Any]]:
        """What its log has of callouts and of centers."""
        file = self.state.logs / "center.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def has_roster(self) -> bool:
        """Whether it knows, and would after a restart, who is on duty."""
        return any(one.roster_version for one in watcher_state.read(self.state.path).hearings.values())

    def verdict(self) -> str:
        """How the center is, by its word."""
        told = [one["verdict"] for one in self.said() if "verdict" in one]
        return str(told[-1]) if told else ""

    def until_verdict(self, *verdicts: str, within_s: float = 60.0) -> str:
        """Wait until it is one of these."""
        wait_until(
            lambda: self.verdict() in verdicts, within_s=within_s, what=f"{verdicts}\n{self.logs()[-3000:]}"
        )
        return self.verdict()

    def logs(self) -> str:
        """For a test that fails."""
        return "\n".join(file.read_text()[-6000:] for file in sorted(self.state.logs.glob("*")))
