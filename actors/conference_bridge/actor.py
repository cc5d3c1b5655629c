"""Process that holds the voice of one alert: the actor controls the members, the media thread mixes.

If the process is killed, the calls stay up: its successor opens the same ports, and the voice continues. A
mixing process outlives the rest of its actor system. Such an orphan sends no reports; it mixes its last
members until the bridge of the next system requests the ports, for ORPHAN_US at most.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import ClassVar, Final, Protocol

from thespian.actors import ActorAddress

from actors.conference_bridge.decider import (
    StallDetector,
    State,
    clips,
    due_report,
    heard_by,
    levels,
    line_levels,
    pace_between,
    specs,
    tracks,
    with_members,
)
from media.conference.clips import ClipSpec
from media.conference.conference import Conference, ConferenceStatus, Tap
from media.conference.priority import raise_process
from media.conference.recording import Recorder
from media.conference.report import NOT_RECORDED, Pace, RecordingStatus
from media.conference.sounds import Sounds
from media.ports.claim import claim
from media.ports.node_port import node_pass
from media.ports.opening import open_port
from media.ports.voice_port import VoicePortSpec
from media.sound.levels import LevelReport
from media.sound.sound_file import SoundFormat
from messages.bridge import BridgeReady, Recording, SetMembers
from messages.envelope import Envelope
from messages.ids import SECOND, Instant, Role, WorkerId
from messages.lines import WayLevel
from model.setup import Setup
from runtime.actor import CenterActor
from runtime.processes import HEIR_ASKS_BY
from runtime.published import line_files, readings
from runtime.threads import Waker

ORPHAN_US: Final = Instant(12 * SECOND)
"""Longest life of an orphan, in microseconds: a restarted center has resumed or ended its alerts by then."""
ALONE_US: Final = Instant(3 * SECOND)
"""Time without members after which the case is contacted, in microseconds; a case sends them each second."""
RECORD_AGAIN_US: Final = Instant(10 * SECOND)
"""Pause between a failed recording and the next one, in microseconds."""
ENDS_WITHIN_S: Final = 2.0
"""Time that a stopping bridge waits for the end of a recording to be written, in seconds."""
LINE_LEVELS_US: Final = Instant(10 * SECOND)
"""Interval of the notes on call levels of the lines, in microseconds; one more note when a leg leaves."""
LEVELS_US: Final = Instant(SECOND // 10)
"""Interval of the level readings, in microseconds."""
STILL_LOOKS: Final = 3
"""Checks without a tick, one second apart, after which the media thread counts as hanging or ended."""


class MediaThreadStalled(Exception):
    """Raised when the media thread has stopped."""


class Mixer(Protocol):
    """Holder of the ports: `media.conference.conference.Conference`, or a double in a test."""

    def set_members(
        self, members: Mapping[str, VoicePortSpec], heard_by: Mapping[str, Collection[str]] | None = None
    ) -> None:
        """Open exactly these ports; `heard_by` limits the hearers of a leg."""

    def set_playing(self, clips: Mapping[str, ClipSpec]) -> None:
        """Play exactly these clips."""

    def set_tap(self, tap: Tap | None) -> None:
        """Call `tap` in every tick with the voice of each leg; None stops the calls."""

    def levels(self) -> dict[str, LevelReport]:
        """Return the level of each leg."""

    def call_levels(self) -> dict[str, tuple[WayLevel, WayLevel]]:
        """Return the levels of each leg's call in both directions."""

    def status(self) -> ConferenceStatus:
        """Return the joined legs and the lost ports."""

    def start(self) -> None:
        """Start to mix."""

    def hand_over(self) -> None:
        """Close all ports so that another bridge can continue without a gap."""

    def stop(self) -> None:
        """Close all ports."""


class ConferenceBridgeActor(CenterActor):
    """Bridge of a worker: mixes the members that its case sends."""

    role: ClassVar[Role] = Role.CONFERENCE_BRIDGE

    def started(self) -> None:
        """Report as ready without any kept state: the case of the worker sends the members."""
        self._state = State()
        self._heard_at = self.now_us()
        self._mixer: Mixer | None = None
        self._pace = Pace()
        """Counters of the clock at the last reading."""
        self._still = StallDetector()
        self._rules = self.env.settings_as(Setup).settings.recording
        self._recorder: Recorder | None = None
        self._recorded_at = Instant(0)
        """Time at which the recording began."""
        self._missed: frozenset[str] = frozenset()
        """Clips already logged as unplayable."""
        self._said_at = Instant(0)
        """Time at which the newest members were sent."""
        self._own_lines = {spec.line for spec in self.env.settings_as(Setup).settings.lines}
        self._levels_noted_at = self._heard_at
        self._admin = self.env.directory.find(Role.ADMIN)
        """Admin process of this process's actor system; None if all actors run in one process."""
        self._changed = Waker()
        self.watch(self._changed.fileno(), self._on_change)
        self.tell(Role.ALERT_CASE, self.key, BridgeReady(worker=WorkerId(self.key)))

    def new_mixer(self, on_change: Callable[[], None]) -> Mixer:
        """Return a new mixer, not yet started."""
        setup = self.env.settings_as(Setup)
        own = Path(setup.settings.announcements.folder) if setup.settings.announcements.folder else None
        sounds = Sounds(own, setup.settings.language, names=setup.settings.announcements.names)
        nodes = self.env.node_voice
        let_in_by = None if nodes is None else node_pass(nodes.secret)
        return Conference(
            on_change=on_change,
            load_sound=sounds.load,
            open_port=partial(
                open_port,
                let_in_by=let_in_by,
                claim=partial(claim, asks_by=HEIR_ASKS_BY),
                locks=self.env.run,
                keeps_wide=True,
            ),
        )

    def stopping(self) -> None:
        """Close the ports; the calls behind them stay up."""
        recorder = self._recorder
        self._end()
        if recorder is not None and not recorder.stop(ENDS_WITHIN_S):
            self.log.warning("the end of the recording cannot be written", file=recorder.status().file)
        self.unwatch(self._changed.fileno())
        self._changed.close()

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """Handle new members from the case."""
        body = envelope.body
        match body:
            case SetMembers() if envelope.at_us < self._said_at:
                # Older members than the last ones are late, and would open ports of ended calls.
                self.log.info("order dropped: newer members were received", message=envelope.id)
            case SetMembers(members=()) if self._state.alert not in (None, body.alert):
                pass  # from a case that has taken over the previous alert of this worker
            case SetMembers():
                self._heard_at, self._said_at = self.now_us(), envelope.at_us
                self._set(body)
            case _:
                super().receive(envelope, sender)

    def tick(self, now_us: Instant) -> None:
        """Report lost and regained ports; contact the case if it has been silent."""
        if self._is_orphan():
            if now_us - self._heard_at >= ORPHAN_US:
                self._die_out("no case has requested the conference")
            return
        self._crash_if_still()
        self._say_joined(asked=False)
        if self.alert is not None and now_us - self._heard_at >= ALONE_US:
            # The end of the conference is sent only once, and open ports would be missing elsewhere.
            self._heard_at = now_us
            self.tell(Role.ALERT_CASE, self.key, BridgeReady(worker=WorkerId(self.key)), self.alert)

    def timer(self, timer: object, now_us: Instant) -> None:
        """Publish a reading of the sound levels. The timer sends it, since the media thread must not
        block.
        """
        alert = self._state.alert
        if self._mixer is not None and alert is not None:
            status = self._mixer.status()
            pace, self._pace = pace_between(self._pace, status.pace), status.pace
            readings.send_reading(
                self.env.run, levels(alert, self._mixer.levels(), status.tones, pace, now_us)
            )
            self.at(Instant(now_us + LEVELS_US), "levels")

    def _set(self, wish: SetMembers) -> None:
        self._note_line_levels(wish)
        self._state = with_members(self._state, wish)
        self.set_alert(self._state.alert)
        if not wish.members:
            self._end()
        else:
            if self._mixer is None:
                # The thread starts here: an idle worker uses no ticks.
                self._mixer = self.new_mixer(self._changed.wake)
                self._mixer.start()
                self.env.processes.to_own_process(raise_process)
                self.env.processes.outlive_group(self, self._mixer.hand_over)
                self._pace, self._still = Pace(), StallDetector()
                self.at(Instant(self.now_us() + LEVELS_US), "levels")
            self._mixer.set_members(specs(wish), heard_by(wish))
            self._mixer.set_playing(clips(wish))
            self._record(self._mixer, wish.recording)
        self._say_joined(asked=True)

    def _note_line_levels(self, wish: SetMembers) -> None:
        """Record the levels of the lines, before the levels of leaving legs are dropped."""
        before, now_us = self._state.wish, self.now_us()
        if self._mixer is None or before is None:
            return
        left = {one.leg for one in before.members} - {one.leg for one in wish.members}
        if left or now_us - self._levels_noted_at >= LINE_LEVELS_US:
            self._levels_noted_at = now_us
            for one in line_levels(before, self._mixer.call_levels(), self._own_lines, now_us):
                line_files.write_levels(self.env.state, one)

    def _record(self, mixer: Mixer, wanted: Recording | None) -> None:
        """Record this; after a failure begin another file, following a pause."""
        now_us = self.now_us()
        failed = self._recorder is not None and bool(self._recorder.status().fault)
        if wanted is None or (failed and now_us - self._recorded_at >= RECORD_AGAIN_US):
            self._end_recording(mixer)
        if wanted is None:
            return
        if self._recorder is None:
            folder = self.env.state / "recordings"
            kind, parties = SoundFormat(self._rules.format), self._rules.tracks
            self._recorder = Recorder(folder, wanted.file, kind, len(parties), on_change=self._changed.wake)
            self._recorded_at = now_us
            mixer.set_tap(self._recorder.tap)
        self._recorder.record(tracks(wanted, self._rules.tracks))

    def _end_recording(self, mixer: Mixer) -> None:
        mixer.set_tap(None)
        if self._recorder is not None:
            dropped_ms = self._recorder.status().dropped_ms
            if dropped_ms:
                self.log.warning("the recording has a gap", dropped_ms=dropped_ms)
            self._recorder.stop()
            self._recorder = None

    def _end(self) -> None:
        if self._mixer is not None:
            self._end_recording(self._mixer)
            self._mixer.stop()
            self._mixer = None
            self.env.processes.end_with_group(self)
            self._missed = frozenset()
            self.cancel("levels")

    def _on_change(self) -> None:
        self._changed.take()
        if self._mixer is not None and self._mixer.status().handed_over:
            self._handed_over()
        else:
            self._say_joined(asked=False)

    def _handed_over(self) -> None:
        """Leave the conference: another bridge has the ports, and the members requested by this bridge's case
        no longer count.
        """
        self.log.info("the voice is handed over", alert=self.alert)
        if self._is_orphan():
            self._die_out("the conference was handed over")
            return
        self._state = State()
        self.set_alert(None)
        self._end()

    def _crash_if_still(self) -> None:
        """Raise MediaThreadStalled if the media thread hangs: it holds the ports, so the process must
        end.
        """
        if self._mixer is None:
            return
        status = self._mixer.status()
        self._still = self._still.next(status.pace.ticks)
        if not status.handed_over and self._still.looks >= STILL_LOOKS:
            raise MediaThreadStalled(f"the media thread hangs: no tick since tick {status.pace.ticks}")

    def _is_orphan(self) -> bool:
        """Return True if the actor system of this process has ended: the next system would receive our
        reports.
        """
        admin = self._admin
        return admin is not None and not self.env.processes.alive(admin.pid, admin.born)

    def _die_out(self, why: str) -> None:
        self.log.warning("an orphan bridge ends", reason=why, alert=self.alert)
        self.stopping()
        self.env.processes.end(self, 0)

    def _say_joined(self, *, asked: bool) -> None:
        if self._is_orphan():
            return
        status = None if self._mixer is None else self._mixer.status()
        if status is not None and status.pace.faults:
            self.log.error("the mixer fails", ticks=status.pace.faults, fault=status.pace.last_fault)
        if status is not None:
            for clip in status.clip_troubles.keys() - self._missed:
                self.log.error("the clip cannot be played", clip=clip, reason=status.clip_troubles[clip])
            self._missed = self._missed | status.clip_troubles.keys()
        recording = self._recording_status()
        self._state, report = due_report(
            self._state, status, asked=asked, now_us=self.now_us(), recording=recording
        )
        if report is not None:
            for leg in report.lost:
                self.log.warning(
                    "the voice port of the leg is lost",
                    leg=leg,
                    reason="" if status is None else status.lost.get(leg, ""),
                )
            alert = None if self._state.wish is None else self._state.wish.alert
            self.tell(Role.ALERT_CASE, self.key, report, alert)

    def _recording_status(self) -> RecordingStatus:
        return NOT_RECORDED if self._recorder is None else self._recorder.status()
