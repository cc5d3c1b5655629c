"""Voice of a line in one call: figures, and findings as an enum. Pure.

The sentences are in `center.modems.voice_trial`.

Echo: delay and level of outgoing sound that comes back. The outgoing sound is a voice, with dominant low
tones. So both sounds are whitened by it before correlation (a regularised division of spectra). The best fit
is the delay; the level is the share of that voice in the other sound by least squares.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np

from media.sound.frames import FRAME_BYTES, FRAMES_PER_S, RATE_HZ, SAMPLE_BYTES, Samples, samples_of
from media.sound.levels import ActiveLevel
from media.trial.carried import RecordedCall, flow_of, laid_out, on_our_clock
from media.trial.way import path_result
from messages.base import NO_GAINS, Gains
from messages.ids import LineId
from messages.lines import WayLevel
from messages.trials import Finding
from model.loudness import Loudness, better_gain_in_db, loudness_of

LATEST_MS: Final = 1000
_STANDS_OUT: Final = 8.0
"""Required peak relative to the RMS: of eight thousand chance values the highest is four times the RMS."""
_AROUND: Final = 8
"""Samples on either side of the delay to which filters may move the best fit."""
_FLOOR: Final = 0.01


class Echo(msgspec.Struct, frozen=True, kw_only=True):
    """Echo of the outgoing voice."""

    delay_ms: int
    level_db: float
    """Level relative to the outgoing sound, in dB."""


def echo_of(said: Samples, heard: Samples) -> Echo | None:
    """Return the echo within a second; None if there is none. Both sounds start together, at 8 kHz."""
    latest = LATEST_MS * RATE_HZ // 1000
    if len(said) < latest or len(heard) < latest or not said.any() or not heard.any():
        return None
    size = 1 << (len(said) + len(heard)).bit_length()
    spoken = np.fft.rfft(said.astype(np.float64), size)
    came = np.fft.rfft(heard.astype(np.float64), size)
    power = np.abs(spoken) ** 2
    crossed = came * spoken.conj()
    fit = np.fft.irfft(crossed / (power + _FLOOR * power.mean()), size)[:latest]
    delay = int(np.argmax(np.abs(fit)))
    rest = np.delete(fit, np.arange(max(0, delay - _AROUND), min(latest, delay + _AROUND + 1)))
    if abs(fit[delay]) < _STANDS_OUT * float(np.sqrt((rest**2).mean())):
        return None
    products = np.abs(np.fft.irfft(crossed, size)[max(0, delay - _AROUND) : delay + _AROUND + 1])
    gain = float(products.max()) / float((said.astype(np.float64) ** 2).sum())
    return Echo(delay_ms=round(delay * 1000 / RATE_HZ), level_db=round(20 * float(np.log10(gain)), 1))


LATE_S: Final = 3.0
"""Delay of a voice after the answer that has cost a sentence, in seconds."""
_RATE_OFF: Final = 0.05
_DRIFT_PPM: Final = 300.0
"""Clock error beyond that of crystals, in ppm (ITU-T G.811 and the modems' data sheets have 50 and less)."""
_LOST_SHARE: Final = 0.005
_DROPPED_SHARE: Final = 0.02
_ECHO_DB: Final = -35.0
_NOISE_DBFS: Final = -30.0
"""Level of noise as loud as speech, without a voice, in dBFS."""
_SHORTEST_S: Final = 3.0


BROKEN: Final = frozenset(list(Finding)[: list(Finding).index(Finding.SHORT) + 1])
"""Findings that leave the line's voice unproved."""


class VoiceReport(msgspec.Struct, frozen=True, kw_only=True):
    """Voice of one call."""

    call: int
    """Number of the call: the first or the second."""
    answered: bool
    path: str = ""
    trouble: str = ""
    """Reason for a port that could not be opened, in the words of the system or the modem."""
    opened_after_s: float | None = None
    """Time from the answer until the modem had switched its voice on, in seconds; negative if before."""
    tries: int = 0
    first_sound_after_s: float | None = None
    """Time from then until the first byte, in seconds."""
    seconds: float = 0.0
    """Duration of the measurement."""
    in_bytes_s: int = 0
    """Bytes read in a second, in the modem's own format."""
    out_bytes_s: int = 0
    rate_hz: int = RATE_HZ
    """Rate of the modem's voice in Hz, as measured by the port."""
    samples_s: float = 0.0
    """Received samples a second; nominally 8000."""
    lost_frames: int = 0
    longest_pause_ms: int = 0
    dropped_frames: int = 0
    realigned: int = 0
    into: WayLevel = WayLevel()
    out: WayLevel = WayLevel()
    better_gain_in_db: float | None = None
    echo: Echo | None = None
    drift_ppm: float | None = None
    drift_within_ppm: float = 0.0
    findings: tuple[Finding, ...] = ()

    @property
    def proved(self) -> bool:
        """True if the line has carried a voice in both directions, as far as measurable here."""
        return BROKEN.isdisjoint(self.findings)


def with_measurements(
    report: VoiceReport,
    carried: RecordedCall,
    *,
    gains: Gains = NO_GAINS,
    before: VoiceReport | None = None,
    tone_hz: float | None = None,
) -> VoiceReport:
    """Return the report with all measurements and findings. `before`: the previous call.

    `tone_hz`: tone of the outgoing bursts. Bursts also measure an echo while the other end sends bursts.
    """
    seconds = max(carried.ended_s - carried.began_s, 1e-9)
    flow = flow_of(carried.arrivals)
    heard, said = samples_of(carried.heard), laid_out(carried.said)
    aligned = on_our_clock(carried.arrivals, heard, carried.began_s, len(said) // SAMPLE_BYTES)
    into, out = ActiveLevel(), ActiveLevel()
    into.hear_all(carried.heard)
    out.hear_all(said)
    first = carried.arrivals[0].at_s - carried.began_s if carried.arrivals else None
    found = msgspec.structs.replace(
        report,
        seconds=round(seconds, 1),
        in_bytes_s=round(carried.read_bytes / seconds),
        out_bytes_s=round(carried.written_frames * FRAME_BYTES * carried.rate_hz / RATE_HZ / seconds),
        first_sound_after_s=None if first is None else round(first, 2),
        rate_hz=carried.rate_hz,
        samples_s=flow.rate_hz,
        lost_frames=flow.lost_frames,
        longest_pause_ms=flow.longest_pause_ms,
        dropped_frames=carried.dropped_frames,
        realigned=carried.realigned,
        into=into.report(),
        out=out.report(),
        better_gain_in_db=better_gain_in_db(into.report(), gains),
        echo=echo_of(samples_of(said), aligned) if tone_hz is None else _echo(carried, tone_hz),
        drift_ppm=flow.ppm,
        drift_within_ppm=flow.ppm_within,
    )
    return with_findings(found, before)


def _echo(carried: RecordedCall, tone_hz: float) -> Echo | None:
    """Return the echo of the outgoing bursts."""
    own = path_result(LineId(""), carried, LineId(""), carried, tone_hz)
    if own.delay_ms is None or own.level_db is None:
        return None
    return Echo(delay_ms=own.delay_ms, level_db=own.level_db)


def with_findings(report: VoiceReport, before: VoiceReport | None = None) -> VoiceReport:
    """Return the report with the findings of its figures."""
    found = set(_findings(report))
    if (
        before is not None
        and before.proved
        and not found.isdisjoint(BROKEN - {Finding.SHORT, Finding.NOT_ANSWERED})
    ):
        found.add(Finding.WORN)
    return msgspec.structs.replace(report, findings=tuple(one for one in Finding if one in found))


def _findings(report: VoiceReport) -> list[Finding]:
    if not report.answered:
        return [Finding.NOT_ANSWERED]
    if not report.path or (report.trouble and report.opened_after_s is not None and not report.seconds):
        return [Finding.NO_PORT]
    if report.opened_after_s is None:
        return [Finding.REFUSED]
    late = [Finding.LATE] if report.opened_after_s > LATE_S else []
    if report.seconds < _SHORTEST_S:
        return [Finding.SHORT, *late]
    if not report.in_bytes_s:
        return [Finding.NOTHING, *late]
    frames = report.seconds * FRAMES_PER_S
    checks = (
        (Finding.RATE, abs(report.samples_s - RATE_HZ) > _RATE_OFF * RATE_HZ),
        (Finding.NOT_TAKEN, report.dropped_frames > _DROPPED_SHARE * frames),
        (Finding.LOST, report.lost_frames > _LOST_SHARE * frames),
        (Finding.DRIFT, report.drift_ppm is not None and abs(report.drift_ppm) > _DRIFT_PPM),
        (Finding.ECHO, report.echo is not None and report.echo.level_db > _ECHO_DB),
    )
    return [*_loudness(report.into), *late, *(one for one, is_so in checks if is_so)]


def _loudness(into: WayLevel) -> list[Finding]:
    match loudness_of(into):
        case Loudness.NO_SOUND:
            return [Finding.MUTE]
        case _ if not into.voice_ms and into.dbfs > _NOISE_DBFS:
            return [Finding.NOISE]
        case Loudness.NO_VOICE:
            return [Finding.NO_VOICE]
        case Loudness.QUIET:
            return [Finding.QUIET]
        case Loudness.LOUD:
            return [Finding.LOUD]
        case _:
            return []
