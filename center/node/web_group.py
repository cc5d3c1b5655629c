"""The web process as seen by the node: started, probed, restarted and ended; and the standby process, which
has imported all modules and forks the next web on order.

The imports take most of a web's start: a second of processor time, and more on a busy machine. Meanwhile no
alert is accepted. Therefore the imports are made once, and each web is a fork of the standby. The standby
opens nothing, and ends with its node; a web continues without the standby.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from application.listening import BACKLOG, listen
from application.settings.check import metrics_address
from application.state.processes import ProcessId, identity, is_alive, send_signal, wait_ended
from application.state.state_dir import StateDir
from application.version import version
from center.node.launching import Restarts, StoppedWatch, child_environment, log_file
from center.node.probe import Probe
from messages.ids import NodeId
from model.setup import Setup
from runtime import unix_address
from runtime.clock import SystemClock

SETTINGS_NAME: Final = "web-settings.json"
KILLED_WITHIN_S: Final = 5.0
"""Longest wait for the end of a killed web, in seconds: a web that waits for a disk ends later."""


class WebGroup:
    """The web of a node, and its successors after restarts, all on the same listening socket."""

    def __init__(
        self,
        state: StateDir,
        clock: SystemClock,
        node: NodeId,
        journal_url: str,
        setup: Setup,
        listening: socket.socket,
    ) -> None:
        self._state = state
        self._clock = clock
        self._node = node
        self._journal_url = journal_url
        self._listening = listening
        self._settings = setup.settings
        self._local = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        unix_address.take(self._local, state.web_socket, backlog=BACKLOG)
        http = self._settings.http
        self._metrics = listen(*metrics_address(http)) if http.metrics else None
        self._restarts = Restarts()
        self._start_at_s: float | None = None
        self._probe = Probe(state.web_socket)
        self._stopped = StoppedWatch()
        self._standby = WebStandby(self._spawn)
        self.process: ProcessId | None = None
        """The running web; None if none runs."""
        self.cause = ""
        """Reason for the end of the previous web."""

    @property
    def _plain(self) -> tuple[socket.socket, ...]:
        """Sockets without TLS: the local socket, and the socket for metrics."""
        return (self._local,) if self._metrics is None else (self._local, self._metrics)

    @property
    def suspicious(self) -> bool:
        """True if the next poll must be soon."""
        return self._stopped.suspicious or self._standby.suspicious

    @property
    def healthy(self) -> bool:
        """True if the web had answered at the last poll."""
        return self._probe.healthy

    @property
    def restarts(self) -> int:
        """Number of restarts."""
        return self._restarts.count

    @property
    def standby(self) -> ProcessId | None:
        """The standby process; None if none runs."""
        return self._standby.process

    @property
    def wakes(self) -> tuple[int, ...]:
        """Descriptors that become readable when a poll is useful."""
        return self._standby.wakes

    def start(self) -> None:
        """Order a web with the listening socket; a later `look` finds the started web."""
        from application.settings.protocols import named, protocols_of
        from application.state.state_dir import write_json
        from gateways.http.settings import WebSettings
        from media.conference.speaks import languages, speakable

        host, port = self._listening.getsockname()[:2]
        http = self._settings.http
        protocols, voices = protocols_of(self._settings.protocols.folder), languages()
        own = Path(folder) if (folder := self._settings.announcements.folder) else None
        settings = WebSettings(
            node=self._node,
            state=str(self._state.path),
            journal=self._journal_url,
            anchor_us=self._clock.anchor_us,
            center=self._settings,
            protocols=protocols,
            speaks={name: speakable(own, name, question.ask, voices) for name, question in named(protocols)},
            certificate=str(self._state.served) if http.certificate else "",
            metrics=metrics_address(http) if http.metrics else None,
            host=host,
            port=port,
            listen_fd=self._listening.fileno(),
            plain_fds=tuple(one.fileno() for one in self._plain),
            version=version(),
        )
        write_json(self._state.run / SETTINGS_NAME, settings)
        self._standby.ask()
        self._standby.look(time.monotonic())
        self._start_at_s = None
        self._probe.begin_anew()

    def _spawn(self, line: socket.socket) -> subprocess.Popen[bytes]:
        with log_file(self._state, "web") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "center.node.web", "--state", str(self._state)],
                stdin=line.fileno(),
                stdout=log,
                stderr=log,
                cwd="/",
                env=child_environment(self._state.path),
                pass_fds=[one.fileno() for one in (self._listening, *self._plain)],
                start_new_session=True,
            )

    def look(self, now_s: float) -> bool:
        """Probe the web; restart it if it has died, stopped or fallen silent. Return True if a restarted web
        runs now.
        """
        if self._start_at_s is not None and now_s >= self._start_at_s:
            self.start()
        self._standby.look(now_s)
        if self._start_at_s is not None:
            return False
        answered = self._probe.look(now_s)
        if self.process is None:
            self.process = self._standby.begun()
            if self.process is None and not answered:
                self._standby.end()
            return self.process is not None and self._restarts.count > 0
        if not is_alive(self.process):
            self.cause = "died"
        elif self._stopped.look(self.process, now_s):
            self.cause = "stopped"
        elif not answered:
            self.cause = "no answer"
        else:
            return False
        self._kill()
        self._probe.forget()
        self._start_at_s = now_s + self._restarts.died(now_s)
        return self.look(now_s)

    def _kill(self) -> None:
        if self.process is not None and send_signal(self.process, signal.SIGKILL):
            wait_ended([self.process], KILLED_WITHIN_S)
        self.process = None

    def ask_to_end(self) -> None:
        """Order the web to finish its present responses, and to end."""
        self._standby.end()
        self.process = self.process or self._standby.begun()
        if self.process is not None:
            send_signal(self.process, signal.SIGTERM)

    def end(self, within_s: float) -> None:
        """Wait until the web has ended; kill it after `within_s` seconds."""
        self._probe.forget()
        self._standby.end()
        for one in self._plain:
            one.close()
        if self.process is not None:
            wait_ended([self.process], within_s)
            self._kill()
            self._state.web_file.unlink(missing_ok=True)


GO: Final = b"g"
PID_BYTES: Final = 4
"""Length of the message in which a new web reports its pid."""

Start = Callable[[socket.socket], "subprocess.Popen[bytes]"]


class WebStandby:
    """At most one standby process, and the web ordered from it."""

    def __init__(self, start: Start) -> None:
        """`start` starts a standby process with this socket as standard input."""
        self._start = start
        self._child: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._due_s = 0.0
        self._restarts = Restarts()
        self._stopped = StoppedWatch()
        self._asked = False
        self._begun: ProcessId | None = None
        self.process: ProcessId | None = None

    @property
    def wakes(self) -> tuple[int, ...]:
        """Descriptors that become readable when a web has started, or the standby has died."""
        return () if self._line is None else (self._line.fileno(),)

    @property
    def suspicious(self) -> bool:
        """True if the next poll must be soon."""
        return self._stopped.suspicious

    def look(self, now_s: float) -> None:
        """Start a standby if none runs; give up a standby that has died or was stopped."""
        if self._child is not None and (
            self._child.poll() is not None or self._stopped.look(self.process, now_s)
        ):
            self.end()
            self._due_s = now_s + self._restarts.died(now_s)
        if self._child is None and now_s >= self._due_s:
            self._line, theirs = socket.socketpair()
            self._line.setblocking(False)
            with theirs:
                self._child = self._start(theirs)
            self.process = identity(self._child.pid)
            if self._asked:
                self.ask()

    def ask(self) -> None:
        """Order a web from the standby, or from the next standby if none runs."""
        self._asked = True
        if self._line is not None:
            with suppress(OSError):  # the standby has died, which the next poll finds
                self._line.send(GO)

    def begun(self) -> ProcessId | None:
        """Return the ordered web, once; None before it has started."""
        self._read_answer()
        begun, self._begun = self._begun, None
        return begun

    def _read_answer(self) -> None:
        with suppress(OSError):  # nothing yet
            if self._line is not None and (said := self._line.recv(PID_BYTES)):
                pid, self._asked = int.from_bytes(said), False
                # If the web has died meanwhile, a new process with the same pid must not count as the web.
                self._begun = identity(pid) or ProcessId(pid=pid, started=0)

    def end(self) -> None:
        """End the standby."""
        if self._child is None or self._line is None:
            return
        self._child.kill()
        self._child.wait()
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RD)  # ends a web that has not reported its start by now
        self._read_answer()
        self._line.close()
        self._child = self._line = self.process = None
