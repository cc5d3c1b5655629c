"""A state directory with a registry, keys and a journal, and the web process in it or in this one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
import uvicorn

from application.settings.own_file import SettingsFile
from application.settings.protocols import protocols_of
from application.state.processes import identity
from application.state.state_dir import NodeFile, StateDir, boot_id, read_json, write_json
from center.modems.plugged_in import PluggedIn
from gateways.http.app import build
from gateways.http.parts.construction import parts
from gateways.http.parts.context import Web
from gateways.http.server import configured, listen
from gateways.http.settings import WebSettings
from messages.ids import E164, SECOND, Instant, NodeId, OperatorId, TrunkId
from model.settings import Settings
from model.settings.lines import Modem
from runtime.clock import Clock, SystemClock
from store.audit.entry import Action, EntryContent
from store.audit.search import entries
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier, Notifier, SocketNotifier
from store.registry.people import Person
from store.registry.registry import Registry
from tests.support.journals import lay
from tests.support.settings import changed
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[3]
NODE = NodeId("n1")
CLOCK = SystemClock.anchored()
PROTOCOLS: Final = protocols_of("")
GIULIA = "+393331112223"
NOBODY = OperatorId("")


class Later(Clock):
    """The center's clock, which a test can put forward."""

    by_s = 0.0

    def now_us(self) -> Instant:
        return Instant(CLOCK.now_us() + round(self.by_s * SECOND))


LINES: Final = (
    Modem(name="L1", trunk=TrunkId("public"), number=E164("+390200000001")),
    Modem(name="L2", trunk=TrunkId("public")),
    Modem(name="E1", trunk=TrunkId("emergency"), emergency=True),
)


@dataclass(kw_only=True)
class Place:
    """Everything a test needs to know of a center's web."""

    state: Path
    center: Settings = field(default_factory=Settings)
    app_key: str = ""
    marta: OperatorId = NOBODY
    marta_token: str = ""
    luca: OperatorId = NOBODY
    luca_token: str = ""
    node: NodeId = NODE
    database: str = ""
    """A server's address, where several nodes share the journal; empty: a file in the state directory."""
    changes: dict[str, object] = field(default_factory=dict)
    """What the web's settings have that is not as below."""

    @classmethod
    def make(cls, state: Path, center: Settings | None = None, *, database: str = "") -> Place:
        """A new one, with two operators and one user."""
        if database:
            place = cls(state=state, center=center or Settings(), database=database)
            place._make_folders()
            place._add_people()
            return place
        made, file = _with_people()
        place = replace(made, state=state, center=center or Settings(), changes={})
        place._make_folders()
        lay(file, state / "journal.db")
        return place

    def _add_people(self) -> None:
        journal = self.journal()
        registry = Registry(journal)
        self.app_key = registry.issue_app_key("app")
        self.marta = registry.add_operator("Marta Bianchi", "+390200000011", by="test").id
        self.luca = registry.add_operator("Luca Ferri", "+390200000012", by="test").id
        self.marta_token = registry.issue_token(self.marta, by="test")
        self.luca_token = registry.issue_token(self.luca, by="test")
        registry.add_user(
            Person(
                phones=(GIULIA,),
                first_name="Giulia",
                last_name="Rossi",
                notes="Asthma",
                cancel_pin="4711",
                duress_pin="9999",
                devices=("phone-of-giulia",),
            ),
            by="test",
        )
        journal.close()

    def beside(self, state: Path, node: NodeId) -> Place:
        """Another node of the same journal."""
        other = replace(self, state=state, node=node, changes={})
        other._make_folders()
        return other

    def _make_folders(self) -> None:
        for name in ("keys", "logs", "run"):
            (self.state / name).mkdir(parents=True)

    @property
    def url(self) -> str:
        """The journal's address."""
        return self.database or f"sqlite:///{self.state / 'journal.db'}"

    def journal(
        self, notifier: Notifier | None = None, *, clock: Callable[[], Instant] = CLOCK.now_us
    ) -> Journal:
        """The journal, opened; its commits are heard by a web process here."""
        notify = notifier or SocketNotifier(self.state / "run" / "notify")
        # A story is written by whoever tells it: who has an alert is another matter.
        return Journal.open(self.url, node=self.node, clock=clock, notify=notify, shared=False)

    def settings(self, **changes: object) -> WebSettings:
        """For the web. A change is of the web's own, or of `center.toml` by a key's path."""
        both = {**self.changes, **changes}
        own = {name: both.pop(name) for name in tuple(both) if name in WebSettings.__struct_fields__}
        given = WebSettings(
            protocols=PROTOCOLS,
            speaks={"unknown-4": ["it"]},
            node=self.node,
            state=str(self.state),
            journal=self.url,
            anchor_us=CLOCK.anchor_us,
            center=changed(self.center, {"modem": LINES, **both}),
            port=0,
            version="0.1.0",
        )
        return msgspec.structs.replace(given, **own)

    def web(self) -> Web:
        """The parts of a web within this process."""
        self.settings_file()
        return parts(self.settings(), notifier=LocalNotifier())

    def settings_file(self) -> SettingsFile:
        """The shipped one, as of a node that has started with it."""
        state, file = StateDir(self.state), self.state / "center.toml"
        if not file.exists():
            text = (ROOT / "config" / "center.toml").read_text()
            file.write_text(text)
            state.settings_started.write_text(text)
            process = identity(os.getpid())
            assert process is not None
            told = NodeFile(
                process=process,
                boot=boot_id(),
                node=self.node,
                version="0.1.0",
                since_us=0,
                anchor_us=CLOCK.anchor_us,
                config=str(file),
                simulation=None,
                journal=self.url,
            )
            write_json(state.node_file, told)
        return SettingsFile(state)

    def simulated(self) -> None:
        """The node has started with the simulation that is shipped."""
        self.run_as(simulation=str(ROOT / "config" / "simulation.toml"))

    def run_as(self, **given: object) -> None:
        """What the node says of how it was started."""
        self.settings_file()
        state = StateDir(self.state)
        said = read_json(state.node_file, NodeFile)
        assert said is not None
        write_json(state.node_file, msgspec.structs.replace(said, **given))

    def modems(self) -> PluggedIn:
        return PluggedIn(StateDir(self.state), self.settings().center.lines)

    def app(self) -> dict[str, str]:
        """The header of the app."""
        return {"authorization": f"Bearer {self.app_key}"}

    def operator(self) -> dict[str, str]:
        """The header of Marta."""
        return {"authorization": f"Bearer {self.marta_token}"}


def entered(web: Web, action: Action | None = None) -> list[EntryContent]:
    """What is in the audit, oldest first."""
    found = [one.said for one in entries(web.journal)]
    return [one for one in reversed(found) if action is None or one.action == action]


@cache
def _with_people() -> tuple[Place, bytes]:
    """One place and its journal's file, for all others: storing a PIN is slow, and has to be."""
    with tempfile.TemporaryDirectory() as folder:
        made = Place(state=Path(folder))
        made._make_folders()
        made._add_people()
        return made, (made.state / "journal.db").read_bytes()


class WebProcess:
    """The real thing: `python -m center.node.web_alone`. End it with `stop` or `kill`."""

    def __init__(self, place: Place, port: int = 0) -> None:
        file, where = place.state / "settings.json", place.state / "listening"
        where.unlink(missing_ok=True)
        file.write_bytes(msgspec.json.encode(place.settings(port=port)))
        self.stdout = place.state / "stdout"
        with self.stdout.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "center.node.web_alone", str(file), str(where)],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=out,
                stderr=out,
            )

        def listening() -> bool:
            assert self.process.poll() is None, f"the web has ended: {self.stdout.read_text()}"
            return where.exists()

        try:
            wait_until(listening, within_s=60, what="the web listening")
        except BaseException:
            self.kill()
            raise
        self.host, port_text = where.read_text().split()
        self.port = int(port_text)
        self.url = f"http://{self.host}:{self.port}"

    def stop(self) -> int:
        """SIGTERM; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)

    def kill(self) -> None:
        """SIGKILL; again does nothing."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)


class WebThread:
    """The web on a real port, in a thread of this process: starts at once.

    To a page, one that is cut off is as one that was killed, and one that is frozen as one that was stopped.
    """

    def __init__(self, place: Place, port: int = 0) -> None:
        place.settings_file()
        # As it is served in truth, but for the patience with whoever hangs on at the end.
        web = parts(place.settings(), modems=place.modems())
        self._wakes = (web.stopping.set, web.following.wake_all)
        config = configured(build(web), web.clock)
        config.timeout_graceful_shutdown = 1
        self._server = uvicorn.Server(config)
        self._goes_on = threading.Event()
        self._goes_on.set()
        listener = listen("127.0.0.1", port)
        self.port: int = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.run, args=([listener],))
        self._thread.start()
        wait_until(lambda: self._server.started, within_s=20, what="the web listening")

    def stop(self) -> None:
        """End it in order: who waits for news is answered first."""
        self.go_on()
        if self._thread.is_alive():
            for wake in self._wakes:
                self._in_its_loop(wake)
        self._server.should_exit = True
        self._thread.join(20)

    def freeze(self) -> None:
        """Nothing is answered any more; connections are still taken."""
        self._goes_on.clear()
        self._in_its_loop(self._goes_on.wait)

    def go_on(self) -> None:
        """After `freeze`."""
        self._goes_on.set()

    def cut_off(self) -> None:
        """Each connection breaks, no other is taken, and it ends."""

        def cut() -> None:
            for server in self._server.servers:
                server.close()
            for connection in list(self._server.server_state.connections):
                connection.transport.abort()  # type: ignore[union-attr]

        self._in_its_loop(cut)
        self.stop()

    def _in_its_loop(self, work: Callable[[], object]) -> None:
        self._server.servers[0].get_loop().call_soon_threadsafe(work)
