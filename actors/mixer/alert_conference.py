"""Conference of one alert inside a Mixer: its members, clips and recording, and its reports.

The conference knows the alert's bridge only by the bridge's key; the Mixer sends the reports.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Final, Protocol

from msgspec.structs import replace

from actors.mixer.decider import (
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
)
from media.conference.clips import ClipSpec
from media.conference.conference import ConferenceStatus, Tap
from media.conference.recording import Recorder
from media.conference.report import NOT_RECORDED, Pace, RecordingStatus
from media.ports.open_ports import CLAIMED
from media.ports.voice_port import VoicePortSpec
from media.sound.levels import LevelReport
from media.sound.sound_file import SoundFormat
from messages.bridge import BridgeReport, Recording, SetMembers
from messages.ids import SECOND, AlertId, Instant, LineId
from messages.lines import LineLevels, WayLevel
from messages.readings import LevelReading
from model.settings.storage import RecordingSettings
from runtime.logs import Logger

RECORD_AGAIN_US: Final = Instant(10 * SECOND)
"""Pause between a failed recording and the next one, in microseconds."""
LINE_LEVELS_US: Final = Instant(10 * SECOND)
"""Interval of the notes on call levels of the lines, in microseconds; one more note when a leg leaves."""
STILL_LOOKS: Final = 3
"""Checks without a tick, one second apart, after which the media thread counts as hanging or ended."""


class MediaThreadStalled(Exception):
    """Raised when the media thread has stopped."""


class VoiceOfAlert(Protocol):
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
        """Close all ports so that another conference can continue without a gap."""

    def stop(self, wait_s: float) -> None:
        """Close all ports; wait for them at most so long."""


def exclusive_paths(wish: SetMembers) -> frozenset[str]:
    """Return the paths of the wanted voice ports that one conference has at a time: lines, not headsets."""
    return frozenset(member.voice.path for member in wish.members if member.voice.kind in CLAIMED)


class AlertConference:
    """Conference of one alert."""

    def __init__(
        self,
        alert: AlertId,
        voice: VoiceOfAlert,
        *,
        recordings: Path,
        rules: RecordingSettings,
        own_lines: Collection[LineId],
        on_change: Callable[[], None],
        log: Logger,
        now_us: Instant,
    ) -> None:
        """Start to mix without members. `on_change` is called when the recording has changed."""
        self.alert = alert
        self.bridge = ""
        """Key of the bridge that has sent the members."""
        self.heard_at = now_us
        """Time at which the bridge has last sent the members."""
        self.asked_at = now_us
        """Time at which the bridge was last asked for the members."""
        self.read_at = now_us
        """Time of the last level reading."""
        self._voice = voice
        self._recordings, self._rules = recordings, rules
        self._own_lines = own_lines
        self._on_change = on_change
        self._log = log
        self._state = State()
        self._pace = Pace()
        """Counters of the clock at the last reading."""
        self._still = StallDetector()
        self._faults = 0
        """Ticks that have failed, as last logged."""
        self._recorder: Recorder | None = None
        self._ended: Recorder | None = None
        """Recorder at the end of the conference; it may still write."""
        self._recorded_at = Instant(0)
        """Time at which the recording began."""
        self._missed: frozenset[str] = frozenset()
        """Clips already logged as unplayable."""
        self._levels_noted_at = now_us
        voice.start()

    @property
    def paths(self) -> frozenset[str]:
        """Paths of the wanted voice ports that one conference has at a time."""
        return frozenset() if self._state.wish is None else exclusive_paths(self._state.wish)

    @property
    def handed_over(self) -> bool:
        """True once another conference has the ports."""
        return self._voice.status().handed_over

    def set(self, wish: SetMembers, now_us: Instant) -> list[LineLevels]:
        """Set members, clips and recording; return the levels of the lines that are to be noted: those of a
        leaving leg would be lost.
        """
        noted = self._due_line_levels(wish, now_us)
        self._state = replace(self._state, wish=wish)
        self._voice.set_members(specs(wish), heard_by(wish))
        self._voice.set_playing(clips(wish))
        self._record(wish.recording, now_us)
        return noted

    def hand_over(self) -> None:
        """Release the ports to another conference, at the next tick."""
        self._voice.hand_over()

    def report(self, *, asked: bool, now_us: Instant) -> BridgeReport | None:
        """Return the report that is due; `asked`: after members were sent."""
        status = self._voice.status()
        if status.pace.faults > self._faults:
            self._log.error("the mixer fails", ticks=status.pace.faults, fault=status.pace.last_fault)
        self._faults = status.pace.faults
        for clip in status.clip_troubles.keys() - self._missed:
            self._log.error("the clip cannot be played", clip=clip, reason=status.clip_troubles[clip])
        self._missed = self._missed | status.clip_troubles.keys()
        self._state, report = due_report(
            self._state, status, asked=asked, now_us=now_us, recording=self._recording_status()
        )
        for leg in () if report is None else report.lost:
            self._log.warning("the voice port of the leg is lost", leg=leg, reason=status.lost.get(leg, ""))
        return report

    def reading(self, now_us: Instant) -> LevelReading:
        """Return the present sound levels."""
        self.read_at = now_us
        status = self._voice.status()
        pace, self._pace = pace_between(self._pace, status.pace), status.pace
        return levels(self.alert, self._voice.levels(), status.tones, pace, now_us)

    def check_progress(self) -> None:
        """Raise MediaThreadStalled if the media thread hangs; called once a second."""
        status = self._voice.status()
        self._still = self._still.next(status.pace.ticks)
        if not status.handed_over and self._still.looks >= STILL_LOOKS:
            raise MediaThreadStalled(f"the media thread hangs: no tick since tick {status.pace.ticks}")

    def end(self) -> None:
        """Begin to close the recording and all ports, on other threads; the calls behind the ports stay
        up."""
        self._ended = self._recorder
        try:
            self._end_recording()
        finally:
            self._voice.stop(0.0)

    def wait_ended(self, wait_s: float) -> None:
        """Wait until recording and ports are closed, at most so long."""
        until = time.monotonic() + wait_s
        self._voice.stop(wait_s)
        if self._ended is not None and not self._ended.stop(max(0.0, until - time.monotonic())):
            self._log.warning("the end of the recording cannot be written", file=self._ended.status().file)

    # ------------------------------------------------------------ inside

    def _due_line_levels(self, wish: SetMembers, now_us: Instant) -> list[LineLevels]:
        before = self._state.wish
        if before is None:
            return []
        left = {one.leg for one in before.members} - {one.leg for one in wish.members}
        if not left and now_us - self._levels_noted_at < LINE_LEVELS_US:
            return []
        self._levels_noted_at = now_us
        return line_levels(before, self._voice.call_levels(), self._own_lines, now_us)

    def _record(self, wanted: Recording | None, now_us: Instant) -> None:
        """Record this; after a failure begin another file, following a pause."""
        failed = self._recorder is not None and bool(self._recorder.status().fault)
        if wanted is None or (failed and now_us - self._recorded_at >= RECORD_AGAIN_US):
            self._end_recording()
        if wanted is None:
            return
        if self._recorder is None:
            kind, parties = SoundFormat(self._rules.format), self._rules.tracks
            try:
                self._recorder = Recorder(
                    self._recordings, wanted.file, kind, len(parties), on_change=self._on_change
                )
            except RuntimeError as error:  # no thread: the voice goes on without a recording
                self._log.error("the recording cannot begin", reason=str(error))
                return
            self._recorded_at = now_us
            self._voice.set_tap(self._recorder.tap)
        self._recorder.record(tracks(wanted, self._rules.tracks))

    def _end_recording(self) -> None:
        self._voice.set_tap(None)
        if self._recorder is not None:
            dropped_ms = self._recorder.status().dropped_ms
            if dropped_ms:
                self._log.warning("the recording has a gap", dropped_ms=dropped_ms)
            self._recorder.stop()
            self._recorder = None

    def _recording_status(self) -> RecordingStatus:
        return NOT_RECORDED if self._recorder is None else self._recorder.status()
