"""The process that holds the voice of one alert. The media thread mixes; here is only who takes part.

Killed, it leaves the calls up: its successor opens the same ports, and the voice goes on. While it mixes it
outlives the rest of its actor system. An orphan says nothing any more, and mixes on as it was told last until
the bridge of the next system asks for the ports, ORPHAN_US at the most.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import ClassVar, Final, Protocol

from thespian.actors import ActorAddress

from actors.conference_bridge.decider import (
    State,
    Still,
    clips,
    heard_by,
    kept,
    levels,
    line_levels,
    said,
    specs,
    tracks,
    wished,
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
from messages.ids import SECOND, CrewId, Instant, Role
from messages.lines import WayLevel
from model.setup import Setup
from runtime.actor import CenterActor
from runtime.processes import HEIR_ASKS_BY
from runtime.published import line_files, readings
from runtime.threads import Waker

ORPHAN_US: Final = Instant(12 * SECOND)
"""A center that is started again has taken its alerts up by then, or they are over."""
ALONE_US: Final = Instant(3 * SECOND)
"""A case that is at work tells its wish every second."""
RECORD_AGAIN_US: Final = Instant(10 * SECOND)
"""After a recording has failed, before another is begun."""
ENDS_WITHIN_S: Final = 2.0
"""How long a bridge that is stopped waits for the last of a recording to be written."""
LINE_LEVELS_US: Final = Instant(10 * SECOND)
"""Between two notes of how loud the lines' calls are; one more when somebody leaves."""
LEVELS_US: Final = Instant(SECOND // 10)
"""Between two readings for the meters."""
STILL_LOOKS: Final = 3
"""So many looks, a second apart, have found the voice where it was: its thread hangs, or is over."""


class VoiceStandsStillError(Exception):
    """The media thread does nothing more."""


class Mixer(Protocol):
    """What holds the ports: `media.conference.conference.Conference`, or a test's."""

    def set_members(
        self, members: Mapping[str, VoicePortSpec], heard_by: Mapping[str, Collection[str]] | None = None
    ) -> None:
        """Have exactly these ports open, and these legs heard by those alone."""

    def set_playing(self, clips: Mapping[str, ClipSpec]) -> None:
        """Play exactly these."""

    def set_tap(self, tap: Tap | None) -> None:
        """Have this called in every tick with what each leg has said."""

    def levels(self) -> dict[str, LevelReport]:
        """How loud each leg is."""

    def ways(self) -> dict[str, tuple[WayLevel, WayLevel]]:
        """How loud each leg's call has been, both ways."""

    def status(self) -> ConferenceStatus:
        """Who is joined and whose port is lost."""

    def start(self) -> None:
        """Begin to mix."""

    def hand_over(self) -> None:
        """Close everything, so that another can go on without a gap."""

    def stop(self) -> None:
        """Close everything."""


class ConferenceBridgeActor(CenterActor):
    """A crew's bridge: it mixes whatever its case says."""

    role: ClassVar[Role] = Role.CONFERENCE_BRIDGE

    def started(self) -> None:
        """Nothing is remembered: the case of the crew says who takes part."""
        self._state = State()
        self._heard_at = self.now_us()
        self._mixer: Mixer | None = None
        self._pace = Pace()
        """What was told of the clock last."""
        self._still = Still()
        self._rules = self.env.settings_as(Setup).settings.recording
        self._recorder: Recorder | None = None
        self._recorded_at = Instant(0)
        """When it was begun."""
        self._missed: frozenset[str] = frozenset()
        """Clips of which it has been logged that they cannot be played."""
        self._said_at = Instant(0)
        """When the newest wish was said."""
        self._own_lines = {spec.line for spec in self.env.settings_as(Setup).settings.lines}
        self._levels_noted_at = self._heard_at
        self._admin = self.env.directory.find(Role.ADMIN)
        """The process that our actor system hangs by; None where all is one process."""
        self._changed = Waker()
        self.watch(self._changed.fileno(), self._on_change)
        self.tell(Role.ALERT_CASE, self.key, BridgeReady(crew=CrewId(self.key)))

    def new_mixer(self, on_change: Callable[[], None]) -> Mixer:
        """What holds the ports."""
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
        """The ports are closed; the calls behind them stay up."""
        recorder = self._recorder
        self._end()
        if recorder is not None and not recorder.stop(ENDS_WITHIN_S):
            self.log.warning("the end of a recording was not written", file=recorder.status().file)
        self.unwatch(self._changed.fileno())
        self._changed.close()

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """The case has said who is to hear whom."""
        body = envelope.body
        match body:
            case SetMembers() if envelope.at_us < self._said_at:
                # It comes late, and another was said since: it would open the ports of calls that are over.
                self.log.info("dropped: older members", message=envelope.id)
            case SetMembers(members=()) if self._state.alert not in (None, body.alert):
                pass  # from a case that has taken over what this crew had before
            case SetMembers():
                self._heard_at, self._said_at = self.now_us(), envelope.at_us
                self._set(body)
            case _:
                super().receive(envelope, sender)

    def tick(self, now_us: Instant) -> None:
        """Look whether a port was lost or has come back; ask the case, where it says nothing more."""
        if self._is_orphan():
            if now_us - self._heard_at >= ORPHAN_US:
                self._die_out("nobody has asked for the voice")
            return
        self._crash_if_still()
        self._say_joined(asked=False)
        if self.alert is not None and now_us - self._heard_at >= ALONE_US:
            # That the conference is over is said only once, and ports left open would be missed elsewhere.
            self._heard_at = now_us
            self.tell(Role.ALERT_CASE, self.key, BridgeReady(crew=CrewId(self.key)), self.alert)

    def timer(self, timer: object, now_us: Instant) -> None:
        """The meters' next reading. Said from here, never on the media thread, and to whoever listens."""
        alert = self._state.alert
        if self._mixer is not None and alert is not None:
            status = self._mixer.status()
            pace, self._pace = kept(self._pace, status.pace), status.pace
            readings.tell(self.env.run, levels(alert, self._mixer.levels(), status.tones, pace, now_us))
            self.at(Instant(now_us + LEVELS_US), "levels")

    def _set(self, wish: SetMembers) -> None:
        self._note_line_levels(wish)
        self._state = wished(self._state, wish)
        self.busy_with(self._state.alert)
        if not wish.members:
            self._end()
        else:
            if self._mixer is None:
                # The thread is started only now: a crew that waits costs no ticks.
                self._mixer = self.new_mixer(self._changed.wake)
                self._mixer.start()
                self.env.processes.to_own_process(raise_process)
                self.env.processes.outlive_group(self, self._mixer.hand_over)
                self._pace, self._still = Pace(), Still()
                self.at(Instant(self.now_us() + LEVELS_US), "levels")
            self._mixer.set_members(specs(wish), heard_by(wish))
            self._mixer.set_playing(clips(wish))
            self._record(self._mixer, wish.recording)
        self._say_joined(asked=True)

    def _note_line_levels(self, wish: SetMembers) -> None:
        """Write down how loud the lines are, before what is known of those who leave is forgotten."""
        before, now_us = self._state.wish, self.now_us()
        if self._mixer is None or before is None:
            return
        left = {one.leg for one in before.members} - {one.leg for one in wish.members}
        if left or now_us - self._levels_noted_at >= LINE_LEVELS_US:
            self._levels_noted_at = now_us
            for one in line_levels(before, self._mixer.ways(), self._own_lines, now_us):
                line_files.write_levels(self.env.state, one)

    def _record(self, mixer: Mixer, wanted: Recording | None) -> None:
        """Have this recorded; what has failed is begun anew after a while, in another file."""
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
                self.log.warning("a recording has a gap", dropped_ms=dropped_ms)
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
        """Another bridge has the ports: whatever our case may have said, it is not ours any more."""
        self.log.info("the voice is handed over", alert=self.alert)
        if self._is_orphan():
            self._die_out("it is handed over")
            return
        self._state = State()
        self.busy_with(None)
        self._end()

    def _crash_if_still(self) -> None:
        """What mixes can only be had anew with a process: the one that hangs has the ports."""
        if self._mixer is None:
            return
        status = self._mixer.status()
        self._still = self._still.next(status.pace.ticks)
        if not status.handed_over and self._still.looks >= STILL_LOOKS:
            raise VoiceStandsStillError(f"no tick since number {status.pace.ticks}")

    def _is_orphan(self) -> bool:
        """Whether the actor system that we belong to has ended: what we said would be heard by the next."""
        admin = self._admin
        return admin is not None and not self.env.processes.alive(admin.pid, admin.born)

    def _die_out(self, why: str) -> None:
        self.log.warning("an orphan ends", reason=why, alert=self.alert)
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
                self.log.error("a clip cannot be played", clip=clip, reason=status.clip_troubles[clip])
            self._missed = self._missed | status.clip_troubles.keys()
        recording = self._recording_status()
        self._state, report = said(
            self._state, status, asked=asked, now_us=self.now_us(), recording=recording
        )
        if report is not None:
            for leg in report.lost:
                self.log.warning(
                    "a voice port is lost", leg=leg, reason="" if status is None else status.lost.get(leg, "")
                )
            alert = None if self._state.wish is None else self._state.wish.alert
            self.tell(Role.ALERT_CASE, self.key, report, alert)

    def _recording_status(self) -> RecordingStatus:
        return NOT_RECORDED if self._recorder is None else self._recorder.status()
