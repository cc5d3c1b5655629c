"""What `modem call --voice` says, in words for whoever has plugged a modem in."""

from __future__ import annotations

from collections.abc import Iterator

from media.sound.frames import RATE_HZ
from media.trial.check import VoiceReport
from messages.trials import Finding


def lines_of(report: VoiceReport) -> Iterator[str]:
    """The figures, then the verdict."""
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
