"""Test of one line's voice, as a bridge uses it: the time until the modem opens the voice, and the sound both
ways; and the report of `modem call --voice`, in words for the person who has plugged in the modem.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from gateways.gsm.driver.events import CallAnswered, CallReleased, Event, VoiceFailed, VoiceReady
from media.conference.sounds import Sounds
from media.ports.opening import open_port
from media.ports.voice_port import VoicePort as OpenPort
from media.ports.voice_port import spec_of
from media.sound.frames import RATE_HZ
from media.trial.carried import Carried, frames_of
from media.trial.check import VoiceReport, examined, judged_whole
from media.trial.probe import VoiceProbe
from messages.trials import Finding

if TYPE_CHECKING:
    from messages.base import VoicePort

PAUSE_S: Final = 2.0


class VoiceTrial:
    """The test of one line, over any number of calls; its port stays open between calls."""

    def __init__(self, port: VoicePort, said: Sequence[bytes]) -> None:
        """`port` has an empty path if no port is known; the modem will report the audio format. `said` are
        the frames to send.
        """
        self._port = port
        self._probe = VoiceProbe(self._open, said)
        self.begin()

    def begin(self) -> None:
        """Reset for a further call."""
        self._answered_s: float | None = None
        self._ready_s: float | None = None
        self._listens = False
        self._carried: Carried | None = None
        self._failed = ""

    def heard(self, event: Event) -> None:
        """Handle a modem event: listen from the answer and the start of the voice until the call is over."""
        match event:
            case CallAnswered():
                self._answered_s = event.at_s
            case VoiceReady() if self._ready_s is None:
                self._ready_s = event.at_s
                self._port = msgspec.structs.replace(
                    self._port, rate_hz=event.rate_hz, frame_bytes=event.frame_bytes, pace=event.pace
                )
            case VoiceFailed(text=text):
                self._failed = text
            case CallReleased():
                self._carried = self._probe.end()
                return
        if self._opened_after_s is not None and self._port.path and not self._listens:
            self._listens = True
            self._probe.begin()

    def report(self, *, answered: bool, tries: int, before: VoiceReport | None) -> VoiceReport:
        """Return the report of the finished call."""
        report = VoiceReport(
            call=1 if before is None else before.call + 1,
            answered=answered,
            path=self._port.path,
            trouble=self._failed or self._probe.trouble,
            opened_after_s=self._opened_after_s,
            tries=tries,
        )
        if self._carried is None:
            return judged_whole(report, before)
        return examined(report, self._carried, gains=self._port.gains, before=before)

    def stop(self) -> None:
        """Close the port."""
        self._probe.stop()

    @property
    def _opened_after_s(self) -> float | None:
        """Seconds from the answer until the modem had opened its voice; None before."""
        if self._ready_s is None or self._answered_s is None:
            return None
        return round(self._ready_s - self._answered_s, 2)

    def _open(self) -> OpenPort:
        return open_port(spec_of(self._port))


def something_to_say() -> list[bytes]:
    """Return the frames of an announcement for any listener, repeated with a pause for an answer."""
    return frames_of(Sounds().load("please_hold", "", "").tobytes(), PAUSE_S)


def lines_of(report: VoiceReport) -> Iterator[str]:
    """Yield the measurements, then the findings."""
    if report.path:
        yield f"call {report.call}: voice at {report.path}"
    if report.opened_after_s is not None:
        first = report.first_sound_after_s
        sound = "" if first is None else f", the first sound {first:.2f} s later"
        yield f"opened {report.opened_after_s:.1f} s after the answer, tries {report.tries}{sound}"
    if report.seconds:
        yield from _figures(report)
    for finding in report.findings:
        yield f"! {_sentence(finding, report)}"
    if report.proved:
        yield "the voice works, as far as can be told from here"


def _figures(report: VoiceReport) -> Iterator[str]:
    yield (
        f"{report.seconds:.0f} s: in {report.in_bytes_s} bytes/s, out {report.out_bytes_s} bytes/s, "
        f"{report.rate_hz} Hz; of {RATE_HZ} samples a second {report.samples_s:.0f} came"
    )
    yield (
        f"frames lost {report.lost_frames}, not taken {report.dropped_frames}, bytes made up for "
        f"{report.realigned}; longest pause {report.longest_pause_ms} ms"
    )
    into, out = report.into, report.out
    yield (
        f"in {into.dbfs:.0f} dBFS (peak {into.peak_dbfs:.0f}, clipped {into.clipped:.1%}, "
        f"voice {into.voice_ms / 1000:.1f} s), out {out.dbfs:.0f} dBFS (peak {out.peak_dbfs:.0f})"
    )
    echo = report.echo
    yield "no echo" if echo is None else f"echo after {echo.delay_ms} ms, {echo.level_db:.0f} dB"
    if report.drift_ppm is None:
        yield "clock: too short to tell"
    else:
        within = report.drift_within_ppm
        yield f"clock {report.drift_ppm:+.0f} ppm (within {within:.0f}) against this machine's"


def _sentence(finding: Finding, report: VoiceReport) -> str:
    match finding:
        case Finding.NOT_ANSWERED:
            return "nobody has answered: of the voice nothing is known"
        case Finding.NO_PORT if not report.path:
            return (
                "no voice port is known: name it (--voice-port), or see docs/hardware.md for what gives one"
            )
        case Finding.NO_PORT:
            return f"the voice port cannot be opened: {report.trouble}"
        case Finding.REFUSED:
            why = f" ({report.trouble})" if report.trouble else ""
            return f"the modem did not switch its voice on{why}: its firmware may be for data alone"
        case Finding.NOTHING:
            return (
                "no byte comes from the voice port: the wrong port, or a PCM port that something else has; "
                "run `securwoman modem setup` and power the modem off and on"
            )
        case Finding.MUTE:
            return (
                "nothing but digital silence comes: the modem's voice goes elsewhere; "
                "see `securwoman modem setup`"
            )
        case Finding.NOISE:
            return (
                "noise as loud as speech comes, and no voice: a dirty PCM port, or another rate than is "
                "believed; `securwoman modem setup`, then power the modem off and on"
            )
        case Finding.RATE:
            return (
                f"{report.samples_s:.0f} samples come a second where {RATE_HZ} should: half speed or double; "
                "set the dialect, or see what it says of 16 kHz"
            )
        case Finding.NOT_TAKEN:
            return f"the modem did not take {report.dropped_frames} frames: who is called hears gaps"
        case Finding.WORN:
            return (
                "worn: the call before this one was good; reset the modem after each call, or try "
                "other firmware"
            )
        case Finding.SHORT:
            return (
                "the call was too short: call a number that stays on the line, for ten seconds at the least"
            )
        case Finding.LATE:
            return (
                f"the voice opened {report.opened_after_s:.0f} s after the answer: the first words are lost"
            )
        case Finding.LOST:
            return (
                f"{report.lost_frames} frames of 20 ms were lost: another socket, cable or hub; no other load"
            )
        case Finding.DRIFT:
            return f"the modem's clock is off by {report.drift_ppm:+.0f} ppm, more than any crystal"
        case Finding.LOUD:
            return f"too loud, cut off in {report.into.clipped:.0%} of the frames{_gain(report)}"
        case Finding.QUIET:
            return f"quiet: {report.into.dbfs:.0f} dBFS{_gain(report)}"
        case Finding.ECHO:
            assert report.echo is not None
            return (
                f"what is said comes back at {report.echo.level_db:.0f} dB after {report.echo.delay_ms} ms: "
                "an echo test does that, a phone on a table too; call another phone to be sure"
            )
        case Finding.NO_VOICE:
            return "nobody has spoken: of the level nothing is known; speak, or call an echo test"


def _gain(report: VoiceReport) -> str:
    gain = report.better_gain_in_db
    return "" if gain is None else f": try gain_in_db = {gain:.0f}"
