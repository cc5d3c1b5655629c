"""What of the bursts that one line has said was heard by another: whether at all, how loud, how late, and how
much of it is missing. Pure.

Both are made envelopes of the speaker's tone, and laid over each other: where they fit best is the delay, and
fit they must. From there on each moment in which the tone was said is looked at: what is softer there by half
than it mostly is has been lost.

The bursts are what one line says to another to be measured: of a tone, or an announcement. A tone's level is
known at each moment, so that what is missing of it can be counted; of a voice it cannot.
The bursts are no longer than syllables, since what takes noise away takes a steady tone for noise, and their
pattern (a maximum length sequence) is like itself at one place only, so that it tells how late it is. The two
lines have tones of their own, far from each other, from those of networks, of digits and of fax machines, and
neither is a harmonic of the other: what comes back of the own one is not taken for the other's.

What the figures mean is a table of bounds, with where they are from.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from media.sound.frames import FULL_SCALE, RATE_HZ, SAMPLE_TYPE, Samples, samples_of
from media.trial.carried import Carried, frames_of, laid_out, on_our_clock
from messages.ids import LineId
from messages.trials import WayFault, WayShown

FEWEST_BURSTS: Final = 8
"""As many as a pattern has within four seconds; of fewer nothing is said."""
SAID_LEAST: Final = FULL_SCALE * 10 ** (-40 / 20)
"""The amplitude of what counts as said: well below what bursts have, and above all rounding."""

DELAYED_MS: Final = 400
"""One way: ITU-T G.114 wants no network to be planned with more; up to 150 nobody notices anything. Two
mobile phones have 200 to 300 from mouth to ear."""
UNUSABLE_DELAY_MS: Final = 1000
"""Our own: two who begin to speak know a second too late that the other has begun, each time."""

GAPS_PERCENT: Final = 5.0
"""Our own: a codec for mobile phones hides a frame that is lost by itself (3GPP TS 26.091); what is found
here was not hidden, and a machine that is busy loses some, too."""
CUT_PERCENT: Final = 10.0
"""Our own: words are lost, and an address cannot be told."""

FAINT_DB: Final = -14.0
"""Our own: a voice at its nominal −26 dBov would arrive at −40, as soft as a room is loud."""
LOUD_DB: Final = 12.0
"""Our own: whoever speaks up is cut off at full scale."""

USELESS: Final = frozenset((WayFault.UNHEARD, WayFault.UNUSABLE_DELAY, WayFault.CUT))
"""With one of these two people could not have talked."""


TONES_HZ: Final = (1020.0, 620.0)
"""Of the calling line (ITU-T O.6 has this one for tests), and of the one that is called."""
LEVEL_DBFS: Final = -26.0
"""As speech is digitised (ITU-T P.56)."""
CHIP_S: Final = 0.12
PATTERN: Final = (1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 0)
_ROOM_DBFS: Final = -65.0
_FADE_S: Final = 0.005
_BEFORE_S: Final = 1.0
"""The other port may open a little later."""
_BETWEEN_S: Final = 0.5


def said_to_be_measured(announcement: bytes, tone_hz: float) -> list[bytes]:
    """Frames that are said again and again: over a soft noise, as a microphone gives it, so that whoever
    looks for a voice in them finds one in front of a quiet room.
    """
    # The bursts first: of a call of seconds they are what counts.
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
    """The pattern once, in the center's sample format."""
    chip = round(CHIP_S * RATE_HZ)
    gate = np.repeat(np.array(PATTERN, dtype=np.float64), chip)
    fade = round(_FADE_S * RATE_HZ)
    # Within the bursts, so that nothing is said outside of them.
    smooth = np.convolve(gate, np.ones(fade) / fade)[: len(gate)]
    tone = np.sin(2 * np.pi * tone_hz / RATE_HZ * np.arange(len(gate)))
    amplitude = FULL_SCALE * 10 ** (LEVEL_DBFS / 20) * np.sqrt(2.0)
    pcm: bytes = np.rint(amplitude * smooth * tone).astype(SAMPLE_TYPE).tobytes()
    return pcm


STEP: Final = RATE_HZ // 200
"""An envelope's value each 5 ms,"""
WINDOW: Final = 2 * STEP
"""of 10 ms of sound: a lost frame of 20 ms fills it, and the other tone, 400 Hz away, is nothing in it."""
LATEST_S: Final = 5.0
_EARLIEST_S: Final = 0.02
"""A frame may be written a little before its time."""
_FITS: Final = 0.4
"""How well they must fit, of 1. The pattern shifted, noise and another's voice reach 0.25."""
_PURE: Final = 0.9
"""What so much of is the tone is a burst, and no announcement."""
_LOST: Final = 0.5
"""What is softer by half: of a lost frame, that is as long as it is."""
_EDGE: Final = 4
"""Steps that a burst is left out of at its ends, where codecs and delays smear it."""
_TOGETHER: Final = 4
"""Bursts that are as late as each other: of fewer, it could not be told from something lost."""
_MOVES: Final = (0, *(sign * steps for steps in range(1, 31) for sign in (1, -1)))
"""By 150 ms either way, the nearest first."""
_TAIL_S: Final = 0.5
"""What was said last may not have arrived when the call ended."""

Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class _Fit(NamedTuple):
    """Where the heard envelope fits the said one."""

    late_steps: float
    how_well: float


def way_of(speaker: LineId, said: Carried, listener: LineId, heard: Carried, tone_hz: float) -> WayShown:
    """This way of a call, from what passed at the voice ports of its two lines."""
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
    return judged(
        replace(
            shown,
            heard=sum(bool(there[run].mean() > _LOST) for run in runs),
            level_db=round(20 * float(np.log10(gain)), 1),
            delay_ms=max(0, round(late_s * 1000)),
            lost_percent=round(100 * (1 - float(there[expected].mean())), 1),
        )
    )


def judged(shown: WayShown) -> WayShown:
    """With what its figures mean."""
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
    """How loud this tone is in it: the amplitude, each 5 ms."""
    turning = np.exp(-2j * np.pi * tone_hz / RATE_HZ * np.arange(len(sound)))
    return 2 * np.abs(_averaged(sound * turning))


def fitted(said: Values, heard: Values) -> _Fit:
    """Of two envelopes that begin at the same time."""
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
    """What was heard of each moment of the bursts: where a buffer on the way has come to hold more or less in
    the middle of the call, some bursts are a little earlier or later than the others.
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


def _said(said: Carried, begin_s: float, count: int) -> Samples:
    """What was said from then on, on one line of time."""
    skipped = round((begin_s - said.began_s) * RATE_HZ)
    found = samples_of(laid_out(said.said))[skipped : skipped + count]
    return np.pad(found, (0, count - len(found)))


def _loudness(sound: Samples) -> Values:
    """The amplitude of a tone that is as loud as all of it, each 5 ms."""
    loud: Values = np.sqrt(2 * np.abs(_averaged(sound.astype(np.float64) ** 2)))
    return loud


def _averaged(values: npt.NDArray[np.generic]) -> npt.NDArray[np.complex128]:
    """Over a window around each step."""
    padded = np.pad(values.astype(np.complex128), (WINDOW // 2, WINDOW))
    sums = np.cumsum(np.concatenate((np.zeros(1, dtype=np.complex128), padded)))
    at = np.arange(0, len(values), STEP)
    means: npt.NDArray[np.complex128] = (sums[at + WINDOW] - sums[at]) / WINDOW
    return means


def _inner(bursts: Mask) -> Mask:
    """Bursts without their ends."""
    found = bursts.copy()
    for shift in range(1, _EDGE + 1):
        found[shift:] &= bursts[:-shift]
        found[:-shift] &= bursts[shift:]
        found[:shift] = found[-shift:] = False
    return found


def _listened(heard: Carried, begin_s: float, late_s: float, steps: int) -> Mask:
    """When what was said could be heard: while the other port gave anything, or was to give it."""
    first_s = heard.arrivals[0].at_s if heard.arrivals else heard.began_s
    at_s = begin_s + late_s + np.arange(steps) * STEP / RATE_HZ
    return (at_s >= first_s) & (at_s <= heard.ended_s - _TAIL_S)


def _runs(mask: Mask) -> list[slice]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [slice(int(begin), int(end)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]
