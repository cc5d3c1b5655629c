"""Voice of a tested line: opened as a bridge would, an announcement is played, all audio is measured.

If two lines are on the call, each also plays tones by which the other measures their path
(`media.trial.way`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from features.selftest.trial import VoiceShown
from media.conference.sounds import Sounds
from media.ports.opening import open_port
from media.ports.voice_port import VoicePort as Port
from media.ports.voice_port import spec_of
from media.trial.carried import RecordedCall, frames_of
from media.trial.check import VoiceReport, with_findings, with_measurements
from media.trial.probe import VoiceProbe
from media.trial.way import TONES_HZ, path_result, said_to_be_measured
from messages.base import VoicePort
from messages.ids import SECOND, Instant, LineId
from messages.trials import WayShown

PAUSE_S: Final = 2.0
SAID: Final = ("please_hold", "user_on_the_line")
"""Announcements of the calling and the called line: equal ones would sound like an echo."""


class LineVoice:
    """Voice of one line, in one call."""

    def __init__(
        self, sounds: Sounds, said: str, answered_at: Instant | None, tone_hz: float | None = None
    ) -> None:
        """`tone_hz`: frequency of the tone bursts; None if the called party is a person."""
        announcement = sounds.load(said, "", "").tobytes()
        if tone_hz is None:
            self._said = frames_of(announcement, PAUSE_S)
        else:
            self._said = said_to_be_measured(announcement, tone_hz)
        self._answered_at, self._tone_hz = answered_at, tone_hz
        self._port: VoicePort | None = None
        self._probe: VoiceProbe | None = None
        self._opened_after_s = 0.0
        self.carried: RecordedCall | None = None
        """Measured audio, after the call; None if the port was not open."""

    def begin(self, port: VoicePort, now_us: Instant) -> None:
        """Open the port and start; a second call does nothing."""
        if self._probe is not None:
            return
        self._port = port
        self._opened_after_s = round((now_us - (self._answered_at or now_us)) / SECOND, 2)
        self._probe = VoiceProbe(self._open, self._said)
        self._probe.begin()

    def levels(self) -> tuple[int, int] | None:
        """Return the present levels of incoming and outgoing audio, in dBFS; None before `begin`."""
        return None if self._probe is None else self._probe.levels()

    def hush(self) -> None:
        """Stop measuring: audio during the end of the call says nothing of the line."""
        if self._probe is not None and self.carried is None:
            self.carried = self._probe.end()

    def end(self) -> VoiceReport:
        """Return the report of the call. Waits for the port to be closed."""
        answered = self._answered_at is not None
        if self._probe is None or self._port is None:
            return with_findings(VoiceReport(call=1, answered=answered))
        self.hush()
        self._probe.stop()
        report = VoiceReport(
            call=1,
            answered=answered,
            path=self._port.path,
            trouble=self._probe.trouble,
            opened_after_s=self._opened_after_s,
        )
        if self.carried is None:
            return with_findings(report)
        return with_measurements(report, self.carried, gains=self._port.gains, tone_hz=self._tone_hz)

    def _open(self) -> Port:
        assert self._port is not None
        return open_port(spec_of(self._port))


def shown_of(line: LineId, report: VoiceReport) -> VoiceShown:
    """Convert the report for display."""
    return VoiceShown(
        line=line,
        findings=report.findings,
        proved=report.proved,
        trouble=report.trouble,
        seconds=report.seconds,
        into=report.into,
        out=report.out,
        opened_after_s=report.opened_after_s,
        lost_frames=report.lost_frames,
        longest_pause_ms=report.longest_pause_ms,
        echo_db=None if report.echo is None else round(report.echo.level_db, 1),
        better_gain_in_db=report.better_gain_in_db,
    )


def ways_of(lines: Sequence[LineId], carried: Sequence[RecordedCall | None]) -> tuple[WayShown, ...]:
    """Return the paths from the calling line to the other, and back. `carried`: audio at both ports. A port
    that was not open has no audio, and its paths have no result.
    """
    if len(lines) < 2:
        return ()
    (one, two), (here, there) = lines, carried
    if here is None or there is None:
        return (WayShown(speaker=one, listener=two), WayShown(speaker=two, listener=one))
    return (path_result(one, here, two, there, TONES_HZ[0]), path_result(two, there, one, here, TONES_HZ[1]))
