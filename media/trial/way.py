"""Path of a call from one line to another: bursts sent by one line, received by the other; delay, level and
loss. Pure.

Both sounds become envelopes of the sender's tone and are correlated: the best fit is the delay, and a minimum
fit is required. Then each moment with the tone is compared: a moment at less than half the usual level is
lost.

The bursts are made for this measurement: a tone has a known level at each moment, so losses can be counted; a
voice has not. The bursts are no longer than syllables, since noise suppression removes a steady tone. Their
pattern (a maximum length sequence) matches itself at one place only, which gives the delay. The two lines
have different tones, far from each other, from network tones, from digits and from fax tones, and neither is
a harmonic of the other: an echo of one is not taken for the other.

The findings follow from a table of bounds, each with its source.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from media.sound.frames import FULL_SCALE, RATE_HZ, SAMPLE_TYPE, Samples, samples_of
from media.trial.carried import RecordedCall, frames_of, laid_out, on_our_clock
from messages.ids import LineId
from messages.trials import WayFault, WayShown

FEWEST_BURSTS: Final = 8
"""Number of bursts in four seconds of the pattern; with fewer there is no result."""
SAID_LEAST: Final = FULL_SCALE * 10 ** (-40 / 20)
"""Least amplitude of a sent tone: well below that of bursts, and above any rounding."""

DELAYED_MS: Final = 400
"""Delay of one direction at ITU-T G.114's planning limit, in milliseconds; up to 150 is unnoticeable. Two
mobile phones have 200 to 300 from mouth to ear.
"""
UNUSABLE_DELAY_MS: Final = 1000
"""Our own: two parties who start to speak notice a second too late that the other has started, each time."""

GAPS_PERCENT: Final = 5.0
"""Our own: a codec for mobile phones conceals a single lost frame (3GPP TS 26.091); the losses found here
were not concealed, and a busy machine loses some too.
"""
CUT_PERCENT: Final = 10.0
"""Our own: words are lost, and an address cannot be understood."""

FAINT_DB: Final = -14.0
"""Our own: a voice at its nominal −26 dBov would arrive at −40, as soft as a room is loud."""
LOUD_DB: Final = 12.0
"""Our own: raised speech is clipped at full scale."""

USELESS: Final = frozenset((WayFault.UNHEARD, WayFault.UNUSABLE_DELAY, WayFault.CUT))
"""Faults that make a conversation impossible."""


TONES_HZ: Final = (1020.0, 620.0)
"""Tone of the calling line (ITU-T O.6 has this one for tests), and of the called line."""
LEVEL_DBFS: Final = -26.0
"""Level of digitised speech (ITU-T P.56)."""
CHIP_S: Final = 0.12
PATTERN: Final = (1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 0)
_ROOM_DBFS: Final = -65.0
_FADE_S: Final = 0.005
_BEFORE_S: Final = 1.0
"""Silence before the bursts, in seconds: the other port may open later."""
_BETWEEN_S: Final = 0.5


def said_to_be_measured(announcement: bytes, tone_hz: float) -> list[bytes]:
    """Return the frames to send repeatedly, over a soft noise as of a microphone: a voice detector then finds
    a voice in front of a quiet room.
    """
    # The bursts first: in a call of seconds the bursts matter most.
    frames = [
        *frames_of(b"", _BEFORE_S),
        *frames_of(bursts(tone_hz), _BETWEEN_S),
        *frames_of(announcement, 0.0),
    ]
    said = np.stack([samples_of(frame) for frame in frames])
    room = np.random.default_rng(0).normal(0.0, FULL_SCALE * 10 ** (_ROOM_DBFS / 20), said.shape)
    over_it = np.clip(said + np.rint(room), -FULL_SCALE, FULL_SCALE - 1).astype(SAMPLE_TYPE)
    return [frame.tobytes() for frame in over_it]


def bursts(tone_hz: float) -> bytes:
    """Return one pattern of bursts, in the center's sample format."""
    chip = round(CHIP_S * RATE_HZ)
    gate = np.repeat(np.array(PATTERN, dtype=np.float64), chip)
    fade = round(_FADE_S * RATE_HZ)
    # Within the bursts, so that nothing is sent outside of them.
    smooth = np.convolve(gate, np.ones(fade) / fade)[: len(gate)]
    tone = np.sin(2 * np.pi * tone_hz / RATE_HZ * np.arange(len(gate)))
    amplitude = FULL_SCALE * 10 ** (LEVEL_DBFS / 20) * np.sqrt(2.0)
    pcm: bytes = np.rint(amplitude * smooth * tone).astype(SAMPLE_TYPE).tobytes()
    return pcm


STEP: Final = RATE_HZ // 200
"""Samples between two values of an envelope: 5 ms."""
WINDOW: Final = 2 * STEP
"""Window of a value, 10 ms of sound: a lost frame of 20 ms fills it, and the other tone, 400 Hz away,
vanishes.
"""
LATEST_S: Final = 5.0
_EARLIEST_S: Final = 0.02
"""Time by which a frame may be written early, in seconds."""
_FITS: Final = 0.4
"""Least correlation of a fit, of 1. The shifted pattern, noise and another voice reach 0.25."""
_PURE: Final = 0.9
"""Share of the tone in the sound that makes a burst and no announcement."""
_LOST: Final = 0.5
"""Relative level below which a moment is lost; with one half, a lost frame counts with its true length."""
_EDGE: Final = 4
"""Steps omitted at either end of a burst, where codecs and delays smear it."""
_TOGETHER: Final = 4
"""Bursts with a common delay: fewer could not be distinguished from a loss."""
_MOVES: Final = (0, *(sign * steps for steps in range(1, 31) for sign in (1, -1)))
"""Shifts of the delay by up to 150 ms in either direction, the nearest first."""
_TAIL_S: Final = 0.5
"""Time before the end in which a sound may not have arrived, in seconds."""

Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class _Fit(NamedTuple):
    """Best fit of the received envelope to the sent envelope. `late_steps`: delay in steps of STEP samples;
    `how_well`: quality of the fit, compared with `_FITS`.
    """

    late_steps: float
    how_well: float


def path_result(
    speaker: LineId, said: RecordedCall, listener: LineId, heard: RecordedCall, tone_hz: float
) -> WayShown:
    """Return the result for this path of a call, from the sound at the voice ports of both lines."""
    shown = WayShown(speaker=speaker, listener=listener)
    begin_s = max(said.began_s, heard.began_s)
    seconds = min(said.ended_s, heard.ended_s) - begin_s
    if seconds <= 0:
        return shown
    count = int(seconds * RATE_HZ) // STEP * STEP
    spoken = _said(said, begin_s, count)
    tone, whole = envelope(spoken, tone_hz), _loudness(spoken)
    bursts = (tone > _PURE * whole) & (tone > SAID_LEAST)
    came = envelope(on_our_clock(heard.arrivals, samples_of(heard.heard), begin_s, count), tone_hz)
    fit = fitted(np.where(bursts, tone, 0.0), came)
    fits = fit.how_well >= _FITS
    late_s = fit.late_steps * STEP / RATE_HZ if fits else 0.0
    expected = _inner(bursts) & _listened(heard, begin_s, late_s, len(bursts))
    runs = _runs(expected)
    shown = replace(shown, bursts=len(runs))
    if len(runs) < FEWEST_BURSTS:
        return shown
    if not fits:
        return replace(shown, faults=(WayFault.UNHEARD,))
    ratio = _heard_then(came, fit.late_steps, np.where(bursts, tone, 0.0), runs)[expected] / tone[expected]
    gain = float(np.median(ratio[ratio > _LOST * np.percentile(ratio, 75)]))
    there = np.zeros(len(tone), dtype=np.bool_)
    there[expected] = ratio >= _LOST * gain
    return with_faults(
        replace(
            shown,
            heard=sum(bool(there[run].mean() > _LOST) for run in runs),
            level_db=round(20 * float(np.log10(gain)), 1),
            delay_ms=max(0, round(late_s * 1000)),
            lost_percent=round(100 * (1 - float(there[expected].mean())), 1),
        )
    )


def with_faults(shown: WayShown) -> WayShown:
    """Return the result with the faults of its figures."""
    if shown.level_db is None or shown.delay_ms is None or shown.lost_percent is None:
        return shown
    checks = (
        (WayFault.UNUSABLE_DELAY, shown.delay_ms > UNUSABLE_DELAY_MS),
        (WayFault.CUT, shown.lost_percent > CUT_PERCENT),
        (WayFault.FAINT, shown.level_db < FAINT_DB),
        (WayFault.LOUD, shown.level_db > LOUD_DB),
        (
            WayFault.DELAYED,
            DELAYED_MS < shown.delay_ms <= UNUSABLE_DELAY_MS,
        ),
        (WayFault.GAPS, GAPS_PERCENT < shown.lost_percent <= CUT_PERCENT),
    )
    faults = tuple(fault for fault, is_so in checks if is_so)
    return replace(shown, faults=faults, proved=USELESS.isdisjoint(faults))


def envelope(sound: Samples, tone_hz: float) -> Values:
    """Return the amplitude of this tone in the sound, every 5 ms."""
    turning = np.exp(-2j * np.pi * tone_hz / RATE_HZ * np.arange(len(sound)))
    return 2 * np.abs(_averaged(sound * turning))


def fitted(said: Values, heard: Values) -> _Fit:
    """Return the best fit of two envelopes that start together."""
    latest, earliest = round(LATEST_S * RATE_HZ / STEP), round(_EARLIEST_S * RATE_HZ / STEP)
    size = 1 << (len(said) + len(heard) + latest).bit_length()
    spoken, came = said - said.mean(), heard - heard.mean()
    norm = float(np.sqrt((spoken**2).sum() * (came**2).sum()))
    if norm <= 0:
        return _Fit(0.0, 0.0)
    crossed = np.fft.irfft(np.fft.rfft(came, size) * np.fft.rfft(spoken, size).conj(), size) / norm
    lags = np.concatenate((crossed[-earliest:], crossed[:latest]))
    best = int(np.argmax(lags))
    place = float(best - earliest)
    if 0 < best < len(lags) - 1:
        before, at, after = lags[best - 1 : best + 2]
        bend = before - 2 * at + after
        place += 0.0 if bend >= 0 else float(0.5 * (before - after) / bend)
    return _Fit(place, float(lags[best]))


def _heard_then(came: Values, late_steps: float, bursts: Values, runs: list[slice]) -> Values:
    """Return the received envelope at each moment of the bursts. Some bursts are earlier or later than others
    if a buffer on the path has changed its depth during the call.
    """
    steps = np.arange(len(came))
    heard = np.zeros(len(came))
    for first in range(0, len(runs), _TOGETHER):
        some = runs[first : first + _TOGETHER]
        span = np.arange(max(0, some[0].start - _EDGE), min(len(came), some[-1].stop + _EDGE))
        at = span + late_steps
        there = [np.interp(at + moved, steps, came, right=0.0) for moved in _MOVES]
        best = max(there, key=lambda one: float((one * bursts[span]).sum()))
        heard[span] = best
    return heard


def _said(said: RecordedCall, begin_s: float, count: int) -> Samples:
    """Return the outgoing sound from `begin_s` on, on one time line."""
    skipped = round((begin_s - said.began_s) * RATE_HZ)
    found = samples_of(laid_out(said.said))[skipped : skipped + count]
    return np.pad(found, (0, count - len(found)))


def _loudness(sound: Samples) -> Values:
    """Return the amplitude of a tone with the level of the whole sound, every 5 ms."""
    loud: Values = np.sqrt(2 * np.abs(_averaged(sound.astype(np.float64) ** 2)))
    return loud


def _averaged(values: npt.NDArray[np.generic]) -> npt.NDArray[np.complex128]:
    """Return the averages over a window around each step."""
    padded = np.pad(values.astype(np.complex128), (WINDOW // 2, WINDOW))
    sums = np.cumsum(np.concatenate((np.zeros(1, dtype=np.complex128), padded)))
    at = np.arange(0, len(values), STEP)
    means: npt.NDArray[np.complex128] = (sums[at + WINDOW] - sums[at]) / WINDOW
    return means


def _inner(bursts: Mask) -> Mask:
    """Return the bursts without their ends."""
    found = bursts.copy()
    for shift in range(1, _EDGE + 1):
        found[shift:] &= bursts[:-shift]
        found[:-shift] &= bursts[shift:]
        found[:shift] = found[-shift:] = False
    return found


def _listened(heard: RecordedCall, begin_s: float, late_s: float, steps: int) -> Mask:
    """Return True for each step that could be received: while the other port delivered sound, or had to."""
    first_s = heard.arrivals[0].at_s if heard.arrivals else heard.began_s
    at_s = begin_s + late_s + np.arange(steps) * STEP / RATE_HZ
    return (at_s >= first_s) & (at_s <= heard.ended_s - _TAIL_S)


def _runs(mask: Mask) -> list[slice]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [slice(int(begin), int(end)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]
