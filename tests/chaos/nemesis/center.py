"""A node that is started without waiting, and again as a service manager does it; on modems that are not its
own.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import httpx

from application.state import run_dir
from application.state.processes import ProcessId, is_alive, marked, send_signal, wait_ended
from center.node.launching import child_environment
from messages.ids import NodeId
from runtime.clock import SystemClock
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier
from tests.support.center import Center

PATIENCE_S: Final = 5.0
"""With the web."""
STOPS_WITHIN_S: Final = 20.0
_SOON_S: Final = 0.5
"""After so long a service manager starts what has ended."""


class StruckCenter(Center):
    """See the module. `address`: its web's; `inside`: the words before a command on its machine; `options`:
    of its start.
    """

    def __init__(
        self,
        folder: Path,
        config: Path,
        address: str,
        *,
        name: str,
        journal_url: str = "",
        inside: Sequence[str] = (),
        options: Sequence[str] = (),
    ) -> None:
        super().__init__(folder, "", "--config", str(config), journal_url=journal_url, inside=inside)
        self.name, self.config, self.address = name, config, address
        self.log: Final = config.with_suffix(".log")
        self.http = httpx.Client(base_url=address, timeout=PATIENCE_S)
        self.starts = 0
        self._command = (*inside, sys.executable, "-m", "center.cli", "run", "--state", str(self.state))
        self._command += ("--config", str(config), *options)
        self._lock = threading.Lock()
        self._down_s = _SOON_S
        self._ended_s: float | None = None

    def start(self) -> None:
        """Start it, waiting for nothing."""
        with self.log.open("ab") as log:
            self._node = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=child_environment(None),
                text=True,
            )
        self.starts += 1

    def look_after(self) -> None:
        """What a service manager does: start what has ended, after as long as it is to be down."""
        with self._lock:
            assert self._node is not None
            if self._node.poll() is None:
                return
            self._ended_s = self._ended_s or time.monotonic()
            if time.monotonic() - self._ended_s >= self._down_s:
                self._down_s, self._ended_s = _SOON_S, None
                self.start()

    def end_whole(self, how: str, down_s: float) -> str:
        """End it so; what was wrong about that, if anything. It is started again by `look_after`."""
        assert self._node is not None
        self._down_s = down_s
        if how == "stop":
            begun_s, node = time.monotonic(), self._node
            node.terminate()
            with suppress(subprocess.TimeoutExpired):
                node.wait(STOPS_WITHIN_S)
                return ""
            node.kill()
            return f"SIGTERM: the node has not ended within {time.monotonic() - begun_s:.0f} s"
        if how == "kill":
            self.signal_all(signal.SIGKILL)
        self._node.kill()
        return ""

    def signal_all(self, signum: int) -> None:
        """To every process, the oldest first: those who would start others again."""
        for process in self._processes():
            send_signal(process, signum)

    def _processes(self) -> list[ProcessId]:
        return sorted(marked(self.state.path), key=lambda process: process.started)

    def stop(self) -> None:
        """End it in order, and whatever is left of it."""
        with self._lock:
            if self._node is not None and self._node.poll() is None:
                self._node.terminate()
                try:
                    self._node.wait(STOPS_WITHIN_S)
                except subprocess.TimeoutExpired:
                    self._node.kill()
                    self._node.wait(20)
        left = self._processes()
        for process in left:
            send_signal(process, signal.SIGKILL)
        wait_ended([process for process in left if is_alive(process)], 5.0)
        shutil.rmtree(run_dir.place(self.state), ignore_errors=True)
        self.http.close()

    def answers(self) -> bool:
        """Whether it says that it is ready."""
        with suppress(httpx.TransportError):
            return self.is_ready()
        return False

    def open_journal(self) -> Journal:
        """From outside, held open; of a journal in a file the fallback while that is in use."""
        in_a_file = self.journal_url.startswith("sqlite:")
        return Journal.open(
            self.journal_url,
            node=NodeId("watcher"),
            clock=SystemClock.anchored().now_us,
            notify=LocalNotifier(),
            fallback=self.state.run if in_a_file else None,
        )
