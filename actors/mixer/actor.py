"""Process that holds the voices of up to ten alerts: one media thread mixes their conferences in turn.

A conference alone in a process would cost three to five times as much (docs/decisions/0164). Members come
from the ConferenceBridge of each alert; reports return to it. If the process is killed, the calls stay up:
the bridges send the members to its successor, which opens the same ports. A mixing process outlives the rest
of its actor system. Such an orphan sends no reports; it mixes its last members until the mixers of the next
system request the ports, for ORPHAN_US at most.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import ClassVar, Final

from thespian.actors import ActorAddress

from actors.mixer.alert_conference import (
    AlertConference,
    MediaThreadStalled,
    VoiceOfAlert,
    exclusive_paths,
)
from media.conference.conference import Conference
from media.conference.mixing_thread import MixingThread
from media.conference.priority import raise_process
from media.conference.sounds import Sounds
from media.ports.claim import claim
from media.ports.node_port import node_pass
from media.ports.open_ports import OpenPorts
from media.ports.opening import open_port
from media.ports.voice_port import VoicePort, VoicePortSpec
from messages.bridge import BridgeReport, MixerReady, SetMembers
from messages.envelope import Envelope
from messages.ids import SECOND, AlertId, Instant, Role
from model.setup import Setup
from model.workers import workers_of
from runtime.actor import CenterActor
from runtime.processes import HEIR_ASKS_BY
from runtime.published import line_files, readings
from runtime.threads import Waker

ORPHAN_US: Final = Instant(12 * SECOND)
"""Longest life of an orphan, in microseconds: a restarted center has resumed or ended its alerts by then."""
ALONE_US: Final = Instant(3 * SECOND)
"""Time without members after which the bridge is contacted, in microseconds; it sends them every second or
two.
"""
GONE_US: Final = Instant(90 * SECOND)
"""Time without members after which a conference without a bridge ends, in microseconds: longer than the pause
of an actor that has died repeatedly.
"""
FAILS_US: Final = Instant(10 * SECOND)
"""Time within which faults of two conferences count as one of the process, in microseconds."""
ENDS_WITHIN_S: Final = 1.5
"""Time that a stopping mixer waits for the ends of recordings to be written, in seconds: less than the
Supervisor waits.
"""
LEVELS_US: Final = Instant(SECOND // 10)
"""Interval of the level readings of an alert that a console shows, in microseconds."""
UNSHOWN_US: Final = Instant(5 * SECOND)
"""Interval of the other readings, in microseconds: the metrics count their late ticks."""


class MixerActor(CenterActor):
    """Mixer of ten workers: mixes the members that their bridges send."""

    role: ClassVar[Role] = Role.MIXER

    def started(self) -> None:
        """Report as ready without any kept state: the bridges send the members."""
        setup = self.env.settings_as(Setup)
        self._conferences: dict[AlertId, AlertConference] = {}
        self._failed: dict[AlertId, Instant] = {}
        """Time of the last fault of each conference that has failed lately."""
        self._heard_at = self.now_us()
        self._rules = setup.settings.recording
        self._own_lines = {spec.line for spec in setup.settings.lines}
        self._thread = MixingThread()
        self._ports = OpenPorts(self._port_opener())
        own = setup.settings.announcements.folder
        self._sounds = Sounds(
            Path(own) if own else None, setup.settings.language, names=setup.settings.announcements.names
        )
        self._admin = self.env.directory.find(Role.ADMIN)
        """Admin process of this process's actor system; None if all actors run in one process."""
        self._changed = Waker()
        self.watch(self._changed.fileno(), self._on_change)
        for worker in workers_of(self.key):
            self.tell(Role.CONFERENCE_BRIDGE, worker, MixerReady())

    def new_voice(self, on_change: Callable[[], None]) -> VoiceOfAlert:
        """Return a new conference, not yet started."""
        return Conference(
            thread=self._thread, on_change=on_change, load_sound=self._sounds.load, open_port=self._ports.open
        )

    def stopping(self) -> None:
        """Close the ports; the calls behind them stay up."""
        ending = tuple(self._conferences.values())
        for conference in ending:
            self._end(conference)
        until = time.monotonic() + ENDS_WITHIN_S
        for conference in ending:
            conference.wait_ended(max(0.0, until - time.monotonic()))
        self.unwatch(self._changed.fileno())
        self._changed.close()

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """Handle new members from a bridge."""
        match envelope.body:
            case SetMembers() as wish:
                self._heard_at = self.now_us()
                self._set(wish, envelope.key)
            case _:
                super().receive(envelope, sender)

    def tick(self, now_us: Instant) -> None:
        """Report lost and regained ports; contact bridges that have been silent."""
        if self._is_orphan():
            if now_us - self._heard_at >= ORPHAN_US:
                self._die_out("no bridge has requested a conference")
            return
        for conference in tuple(self._conferences.values()):
            with self._isolated(conference.alert):
                conference.check_progress()
                self._send_report(conference, asked=False)
                self._ask_bridge(conference, now_us)

    def _ask_bridge(self, conference: AlertConference, now_us: Instant) -> None:
        """Contact a bridge that has been silent: the end of a conference is sent only once, and open ports
        would be missing elsewhere.
        """
        if now_us - max(conference.heard_at, conference.asked_at) < ALONE_US:
            return
        conference.asked_at = now_us
        asked = self.tell(Role.CONFERENCE_BRIDGE, conference.bridge, MixerReady(), conference.alert)
        if not asked and now_us - conference.heard_at >= GONE_US:
            self.log.warning("a conference without a bridge ends", alert=conference.alert)
            self._end(conference)

    def timer(self, timer: object, now_us: Instant) -> None:
        """Publish readings of the sound levels. The timer sends them, since the media thread must not
        block.
        """
        shown = readings.shown_alerts(self.env.run)
        for conference in tuple(self._conferences.values()):
            if conference.alert in shown or now_us - conference.read_at >= UNSHOWN_US:
                with self._isolated(conference.alert):
                    readings.send_reading(self.env.run, conference.reading(now_us))
        if self._conferences:
            self.at(Instant(now_us + LEVELS_US), "levels")

    # ------------------------------------------------------------ members

    def _set(self, wish: SetMembers, bridge: str) -> None:
        with self._isolated(wish.alert):
            conference = self._conferences.get(wish.alert)
            if conference is not None and conference.handed_over:
                self._end(conference)
                conference = None
            if wish.members:
                self._make_way(wish, bridge)
                conference = conference or self._begin(wish.alert)
                conference.bridge = bridge
                self._set_members(conference, wish)
                self._send_report(conference, asked=True)
                return
            if conference is not None and conference.bridge == bridge:
                self._set_members(conference, wish)
                self._end(conference)
        # The end that is meant for a bridge is not that of another one, which has taken over the alert.
        self.tell(Role.CONFERENCE_BRIDGE, bridge, BridgeReport(bridge=wish.bridge, joined=()), wish.alert)

    def _set_members(self, conference: AlertConference, wish: SetMembers) -> None:
        now_us = self.now_us()
        conference.heard_at = now_us
        for one in conference.set(wish, now_us):
            line_files.write_levels(self.env.state, one)

    def _make_way(self, wish: SetMembers, bridge: str) -> None:
        """End the previous conference of this bridge, and free the lines that another conference still has:
        the end of either may have been lost.
        """
        paths = exclusive_paths(wish)
        for other in tuple(self._conferences.values()):
            if other.alert == wish.alert:
                continue
            if other.bridge == bridge:
                self._end(other)
            elif not paths.isdisjoint(other.paths):
                other.hand_over()

    def _begin(self, alert: AlertId) -> AlertConference:
        first = not self._conferences
        conference = AlertConference(
            alert,
            self.new_voice(self._changed.wake),
            recordings=self.env.state / "recordings",
            rules=self._rules,
            own_lines=self._own_lines,
            on_change=self._changed.wake,
            log=self.log.bind(alert=alert),
            now_us=self.now_us(),
        )
        self._conferences[alert] = conference
        if first:
            # Only a process that mixes has the priority, and outlives its system: an idle one uses no ticks.
            self.env.processes.to_own_process(raise_process)
            self.env.processes.outlive_group(self, self._thread.look_for_heirs)
            self.at(Instant(self.now_us() + LEVELS_US), "levels")
        return conference

    def _end(self, conference: AlertConference) -> None:
        self._conferences.pop(conference.alert, None)
        if not self._conferences:
            self.env.processes.end_with_group(self)
            self.cancel("levels")
        try:
            # The late ticks since the last reading count, too.
            readings.send_reading(self.env.run, conference.reading(self.now_us()))
        finally:
            conference.end()

    # ------------------------------------------------------------ changes and reports

    def _on_change(self) -> None:
        self._changed.take()
        self._send_changes()

    def _send_changes(self) -> None:
        orphan = self._is_orphan()
        for conference in tuple(self._conferences.values()):
            with self._isolated(conference.alert):
                if not conference.handed_over:
                    self._send_report(conference, asked=False, orphan=orphan)
                    continue
                self.log.info("the voice is handed over", alert=conference.alert)
                self._end(conference)
                if orphan and not self._conferences:
                    conference.wait_ended(ENDS_WITHIN_S)
                    self._die_out("the conferences were handed over")

    def _send_report(self, conference: AlertConference, *, asked: bool, orphan: bool | None = None) -> None:
        if self._is_orphan() if orphan is None else orphan:
            return
        report = conference.report(asked=asked, now_us=self.now_us())
        if report is not None:
            self.tell(Role.CONFERENCE_BRIDGE, conference.bridge, report, conference.alert)

    @contextmanager
    def _isolated(self, alert: AlertId) -> Iterator[None]:
        """End the alert's conference if its handling fails: the others in this process must not be silenced
        for it. Its bridge sends the members again within a second. What fails for two alerts is the process's
        fault.
        """
        try:
            yield
        except MediaThreadStalled:
            raise
        except Exception:
            now_us = self.now_us()
            recent = {one: at for one, at in self._failed.items() if now_us - at < FAILS_US}
            self._failed = {**recent, alert: now_us}
            if len(self._failed) > 1:
                raise
            self.log.exception("a conference fails, and is begun again", alert=alert)
            conference = self._conferences.get(alert)
            if conference is not None:
                with suppress(Exception):  # the fault may be in the conference's end
                    self._end(conference)

    # ------------------------------------------------------------ this process

    def _is_orphan(self) -> bool:
        """Return True if the actor system of this process has ended: the next system would receive our
        reports.
        """
        admin = self._admin
        return admin is not None and not self.env.processes.alive(admin.pid, admin.born)

    def _die_out(self, why: str) -> None:
        self.log.warning("an orphan mixer ends", reason=why, alerts=len(self._conferences))
        self.stopping()
        self.env.processes.end(self, 0)

    def _port_opener(self) -> Callable[[VoicePortSpec], VoicePort]:
        nodes = self.env.node_voice
        return partial(
            open_port,
            let_in_by=None if nodes is None else node_pass(nodes.secret),
            claim=partial(claim, asks_by=HEIR_ASKS_BY),
            locks=self.env.run,
            keeps_wide=True,
        )
