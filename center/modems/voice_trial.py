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
from media.trial.carried import RecordedCall, frames_of
from media.trial.check import VoiceReport, with_findings, with_measurements
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
        self._carried: RecordedCall | None = None
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
            return with_findings(report, before)
        return with_measurements(report, self._carried, gains=self._port.gains, before=before)

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


def test_speech() -> list[bytes]:
    """Return the frames of an announcement for any listener, repeated with a pause for an answer."""
    return frames_of(Sounds().load("please_hold", "", "").tobytes(), PAUSE_S)


def lines_of(report: VoiceReport) -> Iterator[str]:
    """Yield the measurements, then the findings."""
    if report.path:
        yield f"call {report.call}: voice at {report.path}"
    if report.opened_after_s is not None:
        first = report.first_sound_after_s
        sound = "" if first is None else f", the first sound {first:.2f} s later"
        yield f"opened {report.opened_after_s:.1f} s after the answer, attempts {report.tries}{sound}"
    if report.seconds:
        yield from _figures(report)
    for finding in report.findings:
        yield f"! {_sentence(finding, report)}"
    if report.proved:
        yield "the voice works: no fault was measured at this end"


def _figures(report: VoiceReport) -> Iterator[str]:
    yield (
        f"{report.seconds:.0f} s: in {report.in_bytes_s} bytes/s, out {report.out_bytes_s} bytes/s, "
        f"{report.rate_hz} Hz; {report.samples_s:.0f} of {RATE_HZ} samples a second were received"
    )
    yield (
        f"frames lost {report.lost_frames}, not accepted by the modem {report.dropped_frames}, bytes "
        f"replaced {report.realigned}; longest pause {report.longest_pause_ms} ms"
    )
    into, out = report.into, report.out
    yield (
        f"in {into.dbfs:.0f} dBFS (peak {into.peak_dbfs:.0f}, clipped {into.clipped:.1%}, "
        f"voice {into.voice_ms / 1000:.1f} s), out {out.dbfs:.0f} dBFS (peak {out.peak_dbfs:.0f})"
    )
    echo = report.echo
    yield "no echo" if echo is None else f"echo after {echo.delay_ms} ms, {echo.level_db:.0f} dB"
    if report.drift_ppm is None:
        yield "clock: the call was too short to measure"
    else:
        within = report.drift_within_ppm
        yield f"clock {report.drift_ppm:+.0f} ppm (within {within:.0f}) against this machine's"


def _sentence(finding: Finding, report: VoiceReport) -> str:
    match finding:
        case Finding.NOT_ANSWERED:
            return "the call was not answered: the voice was not tested; call a number that answers"
        case Finding.NO_PORT if not report.path:
            return (
                "no voice port is known: name the port with --voice-port, or see docs/hardware.md for "
                "modems with a voice port"
            )
        case Finding.NO_PORT:
            return f"the voice port cannot be opened: {report.trouble}"
        case Finding.REFUSED:
            why = f" ({report.trouble})" if report.trouble else ""
            return f"the modem did not switch audio on{why}: check that its firmware supports voice"
        case Finding.NOTHING:
            return (
                "no byte comes from the voice port: the port is wrong, or another program has the PCM port; "
                "run `securwoman modem setup`, then switch the modem off and on"
            )
        case Finding.MUTE:
            return (
                "only digital silence comes from the voice port: the modem routes its audio elsewhere; "
                "run `securwoman modem setup`"
            )
        case Finding.NOISE:
            return (
                "noise as loud as speech comes, and no voice: the PCM port is misaligned, or its sample rate "
                "is wrong; run `securwoman modem setup`, then switch the modem off and on"
            )
        case Finding.RATE:
            return (
                f"{report.samples_s:.0f} samples a second are received in place of {RATE_HZ}: half or double "
                "speed; set the dialect, or check its rate of 16 kHz"
            )
        case Finding.NOT_TAKEN:
            return f"the modem did not accept {report.dropped_frames} frames: the called party hears gaps"
        case Finding.WORN:
            return (
                "degraded: the previous call was good; have the modem reset after each call, or try "
                "another firmware"
            )
        case Finding.SHORT:
            return "the call was too short: call a number that stays on the line for at least ten seconds"
        case Finding.LATE:
            return (
                f"the voice opened {report.opened_after_s:.0f} s after the answer: the first words are lost"
            )
        case Finding.LOST:
            return (
                f"{report.lost_frames} frames of 20 ms were lost: use another USB socket, cable or hub, and "
                "stop other programs"
            )
        case Finding.DRIFT:
            return f"the modem's clock is off by {report.drift_ppm:+.0f} ppm: replace the modem"
        case Finding.LOUD:
            return f"too loud: clipped in {report.into.clipped:.0%} of the frames{_gain(report)}"
        case Finding.QUIET:
            return f"too quiet: {report.into.dbfs:.0f} dBFS{_gain(report)}"
        case Finding.ECHO:
            assert report.echo is not None
            return (
                f"an echo returns at {report.echo.level_db:.0f} dB after {report.echo.delay_ms} ms: normal "
                "for an echo test or a phone on a table; call another phone to exclude a fault"
            )
        case Finding.NO_VOICE:
            return "no speech was received: speak into the phone, or call an echo test"


def _gain(report: VoiceReport) -> str:
    gain = report.better_gain_in_db
    return "" if gain is None else f": try gain_in_db = {gain:.0f}"
