"""The node process: starts the carrier, the web and the actor system of a state directory, and watches them.

`securwoman run` becomes `python -m center.node.node …`. The node handles no alert and holds nothing that an
alert needs. The node may be killed at any moment; the next node ends its remaining processes, which it finds
by their mark.

The node has no threads, because the actor system is forked from it, and keeps no journal open, because a fork
must not inherit one. Its blocking calls take milliseconds, except the start and the stop of the actors.
"""

from __future__ import annotations

import argparse
import os
import select
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import msgspec

from application.errors import CenterError, NodeError
from application.listening import listen, unguarded
from application.settings.file import load, loaded, text_of
from application.settings.simulation import simulation, with_simulation
from application.state import run_dir
from application.state.journals import begin_anew, node_name
from application.state.keys import DEMO_TOKEN
from application.state.processes import MARK, ProcessId, end_marked, identity
from application.state.state_dir import Lock, NodeFile, StateDir, boot_id, write_json
from application.version import version
from center import features
from center.node.carrier import Carrier, living
from center.node.clock import ClockWatch, anything_open, clock_for, clock_taken_s
from center.node.launching import LOOK_AGAIN_S, NodeOptions, node_command, raise_limits
from center.node.web_group import WebGroup
from messages.ids import NodeId, Role
from model.settings import Settings
from model.settings.psap import LastResort
from model.setup import Setup
from runtime import pidfd, wall_clock
from runtime.clock import boottime_us
from runtime.environment import AGAIN, DRAINED, DRAINING
from runtime.pidfd import DeathWatch
from runtime.processes import outlives
from runtime.published.file import publish
from runtime.service import Signals, tell_manager
from runtime.terminal import shown

if TYPE_CHECKING:
    from center.node.actors_group import ActorsGroup
    from center.node.certificate import Certificate

LOOK_EVERY_S: Final = 1.0
SOON_S: Final = 0.02
"""Pause between two polls while the web has not answered yet."""
WEB_ANSWERS_WITHIN_S: Final = 30.0
STOPS_WITHIN_S: Final = 4.8
_IN_MEMORY: Final = "unwritten events stay in memory until the next start, but are lost by a reboot"


class Node:
    """A run of the node, from its start to its stop."""

    def __init__(self, options: NodeOptions) -> None:
        """Read the settings, lock the state directory, and end the processes of an earlier node.

        Raises CenterError before any process of this node has started.
        """
        self.options = options
        self.state = StateDir(options.state)
        self.settings = self._settings()
        features.install(self.settings.features_off)
        self.setup: Setup = Setup(
            settings=self.settings, simulated=self.options.simulate is not None, version=version()
        )
        self.name: NodeId = node_name(self.settings)
        self.journal_url = self.settings.journal.url or self.state.journal_url
        run_dir.prepare(self.state)
        self._lock = Lock(self.state)
        for order in (DRAINING, DRAINED, AGAIN):  # orders given to the previous node
            (self.state.run / order).unlink(missing_ok=True)
        try:
            # The processes that carry voices continue until their successors request the voices.
            self.ended = end_marked(self.state.path, spare=outlives)
        except TimeoutError as error:
            raise NodeError(f"processes of an earlier center cannot be ended: {error}") from error
        begin_anew(self.state, self.journal_url)
        self.clock = clock_for(self.state, self.journal_url, self.name)
        taken_s = clock_taken_s(self.state)
        self._clock_watch = ClockWatch(taken_s)
        process = identity(os.getpid())
        if process is None:
            raise NodeError("/proc cannot be read")
        self._file = NodeFile(
            process=process,
            boot=boot_id(),
            node=self.name,
            version=version(),
            since_us=self.clock.now_us(),
            anchor_us=self.clock.anchor_us,
            clock_taken_s=taken_s,
            config=str(options.config),
            simulation=str(options.simulate) if options.simulate is not None else None,
            journal=self.journal_url,
            host=options.host,
            port=options.port,
            join=options.join,
            until_modems=options.until_modems,
        )
        self.carrier: Carrier | None = None
        self.web: WebGroup | None = None
        self.actors: ActorsGroup | None = None
        self.certificate: Certificate | None = None
        self.again = False
        """True if the node has ended in order to restart."""

    def _settings(self) -> Settings:
        self.text = text_of(self.options.config)
        settings = loaded(self.text, self.options.config)
        self.state.create()
        if self.options.simulate is not None:
            settings = with_simulation(settings, simulation(self.options.simulate, self.state.run))
        elif not settings.modem:
            raise NodeError(f"{self.options.config} configures no modem: add [[modem]], or use --simulate")
        http = msgspec.structs.replace(
            settings.http,
            host=self.options.host or settings.http.host,
            port=self.options.port if self.options.port is not None else settings.http.port,
        )
        cluster = msgspec.structs.replace(settings.cluster, join=self.options.join or settings.cluster.join)
        return msgspec.structs.replace(settings, http=http, cluster=cluster)

    # ------------------------------------------------------------ life

    def run(self) -> None:
        """Run from the start to the orderly stop. Raises CenterError if the start fails."""
        try:
            listening = self._listening()
        except CenterError:
            if living(self.state) is None:
                run_dir.remove(self.state)
            self._lock.release()
            raise
        signals = Signals()
        try:
            self._start(listening, signals)
            self._watch(signals, listening)
        finally:
            try:
                self._stop()
            finally:
                listening.close()
                signals.close()
                if not run_dir.remove(self.state):
                    _say(f"securwoman: the disk cannot be written; {_IN_MEMORY}", sys.stderr)
                self._lock.release()

    def _listening(self) -> socket.socket:
        """Open the web's socket, and load a certificate if configured. Raises NodeError."""
        http = self.settings.http
        listening = listen(http.host, http.port)
        try:
            if fault := unguarded(http, listening.getsockname()[0]):
                raise NodeError(fault)
            if http.certificate:
                from center.node.certificate import Certificate

                self.certificate = Certificate(Path(http.certificate), Path(http.key), self.state.served)
        except NodeError:
            listening.close()
            raise
        return listening

    def _start(self, listening: socket.socket, signals: Signals) -> None:
        """Start all parts, in parallel as far as they are independent."""
        raise_limits()
        steps = {"settings": _age_s()}
        if self.options.simulate is not None:
            self.carrier = Carrier(self.state, self.options.simulate)
        publish(self.state.settings_started, self.text.encode())
        self.web = WebGroup(self.state, self.clock, self.name, self.journal_url, self.setup, listening)
        self.web.start()
        self._publish_state()
        # Imported only now, while the others start: the actors' modules take longest.
        from center.node.actors_group import ActorsGroup
        from runtime import logs

        logs.configure(self.state.logs, "node")
        steps["imports"] = _age_s()
        self.actors = ActorsGroup(
            state=self.state.path,
            clock=self.clock,
            node=self.name,
            journal_url=self.journal_url,
            setup=self.setup,
        )
        phones = self._simulated_phones()
        for told in self.actors.first_start(
            self.state, self.settings, simulated_phones=phones, version=version()
        ):
            logs.get("node").warning("the first start prepares the center", told=told)
            _say(f"securwoman: {told}", sys.stderr)
        steps["journal"] = _age_s()
        if self.carrier is not None:
            self.carrier.wait_ready(give_up=lambda: signals.asked_to_stop)
        steps["carrier"] = _age_s()
        if not signals.asked_to_stop:
            self.actors.start()
        if self.setup.settings.announcements.folder:
            self._look_at_announcements()
        steps["actors"] = _age_s()
        self._publish_state()
        # Seconds since the birth of the process: the time that a restart of all actors takes.
        logs.get("node").info("started", **steps)

    def _look_at_announcements(self) -> None:
        """Warn of faulty announcements of the center's own, while an administrator may read the terminal."""
        from application.settings.protocols import named, protocols_of
        from media.conference import sounds
        from runtime import logs

        questions = dict(named(protocols_of(self.settings.protocols.folder)))
        for problem in sounds.problems(
            Path(self.setup.settings.announcements.folder), {*sounds.texts(), *questions}
        ):
            logs.get("node").warning("a custom announcement cannot be used", problem=problem)
            _say(f"securwoman: announcements.folder: {problem}", sys.stderr)

    def _simulated_phones(self) -> tuple[str, ...] | None:
        if self.options.simulate is None:
            return None
        return simulation(self.options.simulate, self.state.run).phones

    def _watch(self, signals: Signals, listening: socket.socket) -> None:
        """Watch all parts until a signal or an order ends the node."""
        from runtime import logs

        assert self.web is not None
        assert self.actors is not None
        deaths = DeathWatch()
        announced = warned = False
        started_s = time.monotonic()
        while not signals.asked_to_stop and not self._drained() and not self._wanted_again():
            now_s = time.monotonic()
            changed = self.web.look(now_s)
            if changed and self.web.process is not None:
                number = self.web.restarts + 1
                self.actors.report_restarted(Role.WEB, number, self.web.process.pid, self.web.cause)
            changed |= self.actors.poll(now_s)
            if self.certificate is not None:
                for alarm in self.certificate.look():
                    logs.get("node").warning(
                        "the certificate at http.certificate needs attention", fault=self.certificate.fault
                    )
                    self.actors.report(alarm)
            changed |= self._look_at_the_clock()
            changed |= self._file.web_standby != self.web.standby
            if self.carrier is not None:
                self.carrier.look(now_s)
            if changed:
                self._publish_state()
            if not announced and self.web.healthy:
                announced = True
                self._announce(listening)
            if not announced and not warned and now_s - started_s > WEB_ANSWERS_WITHIN_S:
                # This is no reason to end: calls are served without the web.
                warned = True
                _say(
                    f"securwoman: the web process does not answer yet; see {self.state.logs / 'web.log'}",
                    sys.stderr,
                )
            tell_manager("WATCHDOG=1")
            for process in self._watched():
                deaths.add(process.pid, process.started)
            suspicious = self.web.suspicious or self.actors.suspicious
            calm_s = LOOK_AGAIN_S if suspicious else LOOK_EVERY_S
            select.select(
                [signals.fileno(), deaths.fileno(), *self.web.wakes], [], [], calm_s if announced else SOON_S
            )
            deaths.dead()
            signals.drain()
        deaths.close()

    def _look_at_the_clock(self) -> bool:
        """Raise or clear the alarm of the wall clock; order a restart after a step while no alert is open.
        Return True if the node's file must be written.
        """
        from runtime import logs

        assert self.actors is not None
        known, ahead_s = wall_clock.facts(), wall_clock.ahead_us(self.clock.anchor_us) / 1e6
        alarms, again = self._clock_watch.look(
            known, ahead_s, lambda: anything_open(self.journal_url, self.state, self.clock, self.name)
        )
        for alarm in alarms:
            self.actors.report(alarm)
        if again:
            logs.get("node").warning("the node restarts to adopt the wall clock", ahead_s=round(ahead_s, 1))
            self._file = msgspec.structs.replace(self._file, clock_taken_s=known.up_s)
            with suppress(OSError):  # on a full disk: retried at the next poll that allows a restart
                publish(self.state.run / AGAIN, b"")
        return again

    def _drained(self) -> bool:
        """Return True if the node was ordered to end once drained, and is drained."""
        draining = self.state.run / DRAINING
        return (self.state.run / DRAINED).exists() and draining.exists() and draining.stat().st_size == 0

    def _wanted_again(self) -> bool:
        """Return True if the web has ordered a restart, and nothing prevents it."""
        if not (self.state.run / AGAIN).exists():
            return False
        from application.settings.restart_check import obstacles

        if found := obstacles(self.state):
            from runtime import logs

            (self.state.run / AGAIN).unlink()
            logs.get("node").error(
                "the node is not restarted: its settings are faulty",
                fault=found[0].reason,
                path=found[0].path,
            )
            return False
        self.again = True
        return True

    def _watched(self) -> Iterator[ProcessId]:
        """Yield the processes that wake the node by their death."""
        if self.web is not None and self.web.process is not None:
            yield self.web.process
        if self.web is not None and self.web.standby is not None:
            yield self.web.standby
        if self.actors is not None:
            yield from self.actors.processes
        if self.carrier is not None:
            yield self.carrier.process

    def _announce(self, listening: socket.socket) -> None:
        host, port = listening.getsockname()[:2]
        shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        scheme = "http" if self.certificate is None else "https"
        address = f"{scheme}://[{shown}]:{port}" if ":" in shown else f"{scheme}://{shown}:{port}"
        if self.certificate is not None:
            # Under a name that is not in the certificate, no browser would open the printed address.
            address = self.settings.http.public_url or address
        _say(f"securWoman is running: {address}/", sys.stdout)
        if self.setup.settings.psap.last_resort is LastResort.PUBLIC:
            text = "psap.last_resort is ON: 112 is dialled on a public line when no emergency line is left"
            _say(text, sys.stdout)
        if self.carrier is not None:
            token = (self.state.keys / DEMO_TOKEN).read_text(encoding="ascii").strip()
            _say(
                f"simulated carrier; the demo operator's console: {address}/console/#token={token}",
                sys.stdout,
            )
        tell_manager(f"READY=1\nSTATUS={address}/")

    def _publish_state(self) -> None:
        """Write the node's file: its identity and its processes."""
        assert self.web is not None
        admin = self.actors.admin if self.actors is not None else None
        self._file = msgspec.structs.replace(
            self._file,
            incarnation=self.actors.incarnation if self.actors is not None else 1,
            admin=admin,
            admin_restarts=self.actors.restarts if self.actors is not None else 0,
            logger_restarts=self.actors.logger_restarts if self.actors is not None else 0,
            web_restarts=self.web.restarts,
            web_standby=self.web.standby,
        )
        try:
            write_json(self.state.node_file, self._file)
        except OSError as error:
            # A full disk must not end the node; readers of the file see the earlier state.
            _say(f"securwoman: {self.state.node_file}: {error.strerror}", sys.stderr)

    def _stop(self) -> None:
        """Stop in order within 5 s, with calls left up: web and actors together, the network last."""
        # A node that restarts remains the service's process: the manager must not consider it as ending.
        tell_manager("WATCHDOG=1" if self.again else "STOPPING=1")
        until_s = time.monotonic() + STOPS_WITHIN_S
        if self.web is not None:
            self.web.ask_to_end()
        if self.actors is not None:
            self.actors.stop()
        if self.web is not None:
            self.web.end(max(0.2, until_s - time.monotonic() - 0.5))
        with suppress(TimeoutError):  # then the next node tries
            end_marked(self.state.path)
        if self.carrier is not None:
            self.carrier.end()
        if self.actors is not None:
            self.actors.report_stopped()


def _age_s() -> float:
    """Return the age of this process in seconds, to the kernel's tick of 10 ms."""
    born_s = pidfd.start_time_of(os.getpid()) / os.sysconf("SC_CLK_TCK")
    return round(boottime_us() / 1_000_000 - born_s, 2)


def _say(text: str, stream: TextIO) -> None:
    """Print the text; ignore failures, such as a stream without a reader."""
    with suppress(OSError):
        print(shown(text), file=stream, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run the node's process. Return its exit code; errors are one sentence on stderr."""
    parser = argparse.ArgumentParser(prog="center.node.node")
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--simulate", type=Path)
    parser.add_argument("--until-modems", action="store_true")
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)
    parser.add_argument("--join", action="append", default=[])
    given = vars(parser.parse_args(arguments))
    options = NodeOptions(**{**given, "join": tuple(given["join"])})
    features.install()
    if os.environ.get(MARK) != str(StateDir(options.state).path):
        # Started by hand: without the mark, the next node would not find the processes left behind.
        argv, environment = node_command(options)
        os.execve(argv[0], argv, environment)
    try:
        node = Node(options)
        node.run()
    except CenterError as error:
        for line in str(error).splitlines():
            _say(f"securwoman: {line}", sys.stderr)
        return error.exit_code
    except Exception as error:  # one line at the terminal, the rest in the log
        from runtime import logs

        logs.get("node").exception("the node fails")
        _say(f"securwoman: internal error: {type(error).__name__}: {error}; see the logs", sys.stderr)
        return 1
    if node.again:
        argv, environment = node_command(_started_again(options))
        os.execve(argv[0], argv, environment)
    return 0


def _started_again(options: NodeOptions) -> NodeOptions:
    """Return the options of the restart: unchanged, but a simulation for missing modems is left out once the
    settings have modems.
    """
    if options.until_modems and load(options.config).modem:
        return replace(options, simulate=None, until_modems=False)
    return options


if __name__ == "__main__":
    sys.exit(main())
