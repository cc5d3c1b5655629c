"""A whole center with real processes: started, driven over HTTP, killed, and looked at from outside."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any, TypeVar

import httpx
import msgspec

from application.state import run_dir
from application.state.processes import end, end_marked
from application.state.state_dir import StateDir
from center import cli, features
from center.commands.ps import all_rows
from center.node.carrier import living
from center.node.launching import child_environment
from messages.ids import AlertId, NodeId
from messages.journal import Recorded
from model.alert.case import Case
from model.alert.evolve import fold
from model.telling.sheet import Sheet
from model.telling.sheet import fold as fold_sheet
from runtime.clock import SystemClock
from store import streams
from store.errors import JournalLocked, JournalRenumbered
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier
from tests.support.journals import empty_journal
from tests.waiting import NotInTime, wait_until

T = TypeVar("T")

USER = "+393331112223"
OPERATOR = "+390200000100"
SECOND_OPERATOR = "+390200000101"
PSAP = "+390200000112"
PATIENCE_S = 90.0


def line_number(n: int) -> str:
    """The number of line `simN`; the first is the one that users call."""
    return f"+3902000009{n:02d}"


def simulation(
    *,
    public: int = 4,
    emergency: int = 2,
    setup_s: float = 0.2,
    phones: dict[str, dict[str, object]] | None = None,
    dialects: Sequence[str] = ("huawei", "simcom7600"),
    more: str = "",
) -> str:
    """A quick world: lines of these dialects in turn, two operators, the user and a PSAP; `phones` changes
    some. `more`: further keys of every line.
    """
    lines = ['[simulator]\ncontrol = "127.0.0.1:0"\n']
    for n in range(1, public + emergency + 1):
        trunk = "public" if n <= public else "emergency"
        dialect = dialects[(n - 1) % len(dialects)]
        lines.append(
            f'[[modem]]\nname = "sim{n}"\ndialect = "{dialect}"\ntrunk = "{trunk}"\n'
            f'number = "{line_number(n)}"\nsetup_time_s = {setup_s}\nboot_time_s = 0.1\n{more}\n'
        )
    everybody: dict[str, dict[str, object]] = {
        OPERATOR: {"name": "Demo operator", "says": "tone:620"},
        SECOND_OPERATOR: {"name": "Second operator", "says": "tone:520"},
        PSAP: {"name": "Simulated PSAP", "says": "tone:880"},
        USER: {"name": "Giulia Rossi", "says": "tone:440"},
    }
    for number, changes in (phones or {}).items():
        everybody[number] = {**everybody.get(number, {"name": number}), **changes}
    for number, fields in everybody.items():
        fields = {"rings_after_s": 0.3, "answers_after_s": 0.3, **fields}
        written = "\n".join(f"{key} = {json.dumps(value)}" for key, value in fields.items())
        lines.append(f'[[phone]]\nnumber = "{number}"\n{written}\n')
    return "\n".join(lines)


def _ends_soon(folder: Path, options: tuple[str, ...]) -> tuple[str, ...]:
    """So that whoever hangs up just after the operator has left ends the conversation."""
    soon = "\n[alert]\nleave_alarm_within_s = 0\n"
    if "--config" in options:
        file = Path(options[options.index("--config") + 1])
        if "[alert]" not in (written := file.read_text()):
            file.write_text(written + soon)
        return ()
    file = folder / "center.toml"
    file.write_text(soon)
    return ("--config", str(file))


def command_line(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What a command does and says; in this process, as another one imports for a second."""
    out, err = io.BytesIO(), io.StringIO()
    with redirect_stdout(io.TextIOWrapper(out, "utf-8", write_through=True)), redirect_stderr(err):
        try:
            code = cli.run(list(arguments))
        finally:
            features.install()  # a command has those of its center
        return subprocess.CompletedProcess(arguments, code, out.getvalue().decode(), err.getvalue())


class Center:
    """See the module. `address` is the console's. Without a `world` its lines are those of its settings.
    `inside`: the words before a command on its machine.
    """

    def __init__(
        self,
        folder: Path,
        world: str,
        *options: str,
        journal_url: str = "",
        inside: Sequence[str] = (),
        port: int = 0,
    ) -> None:
        self.state = StateDir(folder / "state")
        self.journal_url = journal_url or self.state.journal_url
        self.world = folder / "simulation.toml"
        self.world.write_text(world)
        self.patience_s = 10.0
        """With the web; a shorter one for who has other things to do meanwhile."""
        self._options = (*options, *_ends_soon(folder, options))
        self._node: subprocess.Popen[str] | None = None
        self._inside = tuple(inside)
        self._port = str(port)
        self.address = ""
        self.started_in_s = 0.0
        self.token = ""
        """Of an operator that a test has added."""

    # ------------------------------------------------------------ life

    def start(self) -> None:
        """Start the node and wait until lines and workers are ready."""
        if self.journal_url == self.state.journal_url and not self.state.path.exists():
            self.state.create()
            empty_journal(self.state.path / "journal.db")
        begun = time.monotonic()
        # What `securwoman run` becomes.
        command = [sys.executable, "-m", "center.node.node", "--state", str(self.state), "--port", self._port]
        simulated = ["--simulate", str(self.world)] if self.world.read_text() else []
        self._node = subprocess.Popen(
            [*self._inside, *command, *simulated, *self._options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env=child_environment(self.state.path),
            text=True,
        )
        assert self._node.stdout is not None
        said = self._node.stdout.readline()
        assert said.startswith("securWoman is running: "), f"{said!r}\n{self.logs()}"
        self.started_in_s = time.monotonic() - begun
        self.address = said.split()[-1].rstrip("/")
        self._port = self.address.rpartition(":")[2]
        self._close_clients()
        self.http = httpx.Client(base_url=self.address, timeout=self.patience_s)
        if simulated:
            self.carrier = httpx.Client(base_url=self._carrier_address(), timeout=10)
        self.until("everything is ready", self.is_ready)

    def is_ready(self) -> bool:
        """Whether the node says so of itself."""
        return self.http.get("/readyz").status_code == 200

    def start_again(self) -> None:
        """What a service manager does with a node that has died or is silent: the same once more."""
        assert self._node is not None
        self._node.kill()
        self._node.wait(20)
        assert self._node.stdout is not None
        self._node.stdout.close()
        self.start()

    def end_in_order(self) -> None:
        """What a service manager does at the end."""
        assert self._node is not None
        self._node.terminate()
        self._node.wait(20)

    def stop(self) -> None:
        """End it and all that is left of it, at once: an end in order takes a second of the processor."""
        if self._node is not None:
            self._node.kill()
            self._node.wait(20)
            assert self._node.stdout is not None
            self._node.stdout.close()
        end_marked(self.state.path)
        if (carrier := living(self.state)) is not None:
            end(carrier, 0)
        # One that was killed has left its memory for the next, and there is none.
        shutil.rmtree(run_dir.place(self.state), ignore_errors=True)
        self._close_clients()

    def _close_clients(self) -> None:
        for client in (getattr(self, "http", None), getattr(self, "carrier", None)):
            if client is not None:
                client.close()

    def _carrier_address(self) -> str:
        return str(json.loads(self.state.carrier_file.read_text())["control"])

    def logs(self) -> str:
        """The logs' ends, for a test that fails."""
        parts = [f"== {file.name}\n{file.read_text()[-6000:]}" for file in sorted(self.state.logs.glob("*"))]
        return "\n".join(parts)

    # ------------------------------------------------------------ what is done to it

    def send(self, phone: str | None = USER, **fields: object) -> AlertId:
        """The app's packet, taken durably."""
        answer = self.post(phone, **fields)
        assert answer.status_code in (200, 202), answer.text
        return AlertId(answer.json()["alert"])

    def post(self, phone: str | None = USER, **fields: object) -> httpx.Response:
        """The app's packet, and whatever is answered."""
        key = (self.state.path / "keys" / "app.key").read_text().strip()
        return self.http.post(
            "/v1/alerts",
            json={"phone": phone, **fields} if phone else fields,
            headers={"Authorization": f"Bearer {key}"},
        )

    def order(self, alert: AlertId, command: str, text: str = "", token: str | None = None) -> httpx.Response:
        """A key on the operator's screen, the demo operator's where no token says whose."""
        token = token or (self.state.path / "keys" / "demo-operator.token").read_text().strip()
        return self.http.post(
            f"/v1/alerts/{alert}/commands",
            json={"command": command, "text": text} if text else {"command": command},
            headers={"Authorization": f"Bearer {token}"},
        )

    def ps(self) -> list[dict[str, Any]]:
        """`securwoman ps --json`, without a process for it: that takes a second, and is asked in a loop."""
        found: list[dict[str, Any]] = msgspec.to_builtins(all_rows(self.state))
        return found

    def pids(self, role: str) -> set[int]:
        """Everybody of this role."""
        return {row["pid"] for row in self.ps() if row["role"] == role}

    def cli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command line, on this center."""
        return command_line(*arguments, "--state", str(self.state))

    def command(
        self, *arguments: str, typed: str = "", within_s: float | None = None
    ) -> subprocess.CompletedProcess[str]:
        """The same by a process of its own; `typed` is its standard input. Raises TimeoutExpired."""
        return subprocess.run(
            [*self._inside, sys.executable, "-m", "center.cli", *arguments, "--state", str(self.state)],
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            env=child_environment(None),
            timeout=within_s,
        )

    def kill(self, role: str, alert: AlertId | None = None) -> list[int]:
        """kill -9 of everyone of this role, or of those that are busy with the alert where any are."""
        rows = [row for row in self.ps() if row["role"] == role]
        mine = [row for row in rows if row["alert"] == alert] or rows
        assert mine, f"nobody is a {role}"
        for row in mine:
            os.kill(row["pid"], signal.SIGKILL)
        return [row["pid"] for row in mine]

    def kill_node(self) -> None:
        """kill -9 of the node alone; `start` starts another."""
        assert self._node is not None
        assert self._node.stdout is not None
        self.kill("Node")
        self._node.wait(20)
        self._node.stdout.close()
        self.http.close()
        self.carrier.close()

    # ------------------------------------------------------------ what is seen

    @contextmanager
    def journal(self) -> Iterator[Journal]:
        """The journal, from outside; the fallback while it is in use."""
        opened = Journal.open(
            self.journal_url,
            node=NodeId("test"),
            clock=SystemClock.anchored().now_us,
            notify=LocalNotifier(),
            fallback=self.state.run,
        )
        try:
            yield opened
        finally:
            opened.close()

    def recorded(self, alert: AlertId) -> list[Recorded]:
        """The alert's events."""
        with self.journal() as journal:
            return journal.read_streams(streams.inbox(alert), streams.case(alert))

    def case(self, alert: AlertId) -> Case:
        """The alert's state."""
        case = fold(self.recorded(alert))
        assert case is not None
        return case

    def sheet(self, alert: AlertId) -> Sheet:
        """The alert as it is shown."""
        sheet = fold_sheet(self.recorded(alert))
        assert sheet is not None
        return sheet

    def joined(self, alert: AlertId) -> set[str]:
        """The parties in the conference."""
        return {leg.party.value for leg in self.case(alert).legs.values() if leg.joined}

    def calls(self, to: str | None = None) -> list[dict[str, Any]]:
        """Every call the carrier has seen."""
        calls: list[dict[str, Any]] = self.carrier.get("/calls").json() if self.world.read_text() else []
        return [call for call in calls if to is None or call["to"] == to]

    def heard(self, number: str) -> bytes:
        """What a phone has heard in its current or last call: s16le, 8 kHz."""
        import wave

        wav = self.carrier.get(f"/phones/{number}/heard.wav")
        assert wav.status_code == 200, wav.text
        with wave.open(io.BytesIO(wav.content)) as file:
            frames: bytes = file.readframes(file.getnframes())
            return frames

    def until(self, what: str, condition: Callable[[], T | None], within_s: float = PATIENCE_S) -> T:
        """Wait until it is so."""

        def seen() -> T | None:
            with suppress(httpx.TransportError, JournalRenumbered, JournalLocked):
                return condition()
            return None

        try:
            value = wait_until(seen, within_s=within_s, what=what)
        except NotInTime as error:
            raise AssertionError(f"{error}\n{self.everything()}") from None
        assert value is not None
        return value

    def everything(self) -> str:
        """All that can be said of it, for an assertion that fails."""
        with self.journal() as journal:
            events = journal.read_all(limit=5000)
        start = events[0].at_us if events else 0
        story = [f"{(one.at_us - start) / 1e6:8.3f} {one.stream:30} {one.event}" for one in events]
        return "\n".join([*story[-120:], *(str(call) for call in self.calls()), self.logs()])


@contextmanager
def center(folder: Path, world: str, *options: str, journal_url: str = "", port: int = 0) -> Iterator[Center]:
    """A running center, and its end. `journal_url` is what its settings say, where they say anything; `port`
    is the console's, for one that starts again by itself.
    """
    made = Center(folder, world, *options, journal_url=journal_url, port=port)
    try:
        made.start()
        yield made
    finally:
        made.stop()
