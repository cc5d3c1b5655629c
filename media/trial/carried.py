"""Sound at a voice port in one call, kept for analysis after the call; its rate, clock error, losses, and the
time of each sample. Pure arithmetic: arrivals in.

Sound is late by chance and never early. So the least late arrival of each half second shows the progress of
the sound. A loss is a lasting step down from one half second to the next, and the slope of these points is
the clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from media.sound.frames import FRAME_BYTES, FRAME_MS, RATE_HZ, SILENCE, Samples

WINDOW_S: Final = 0.5
_STEP_S: Final = 0.015
"""Step that counts as a loss, in seconds, for a 20 ms frame; a clock that is 1000 ppm off moves by 0.5 ms in
a window.
"""
_SETTLES_S: Final = 0.5
"""Time at the start that is ignored, in seconds: early sound may have waited for the port to open."""
_FEWEST_WINDOWS: Final = 4
_RATE_OFF: Final = 0.03
"""Relative distance from 8 kHz beyond which the rate is a different one, not a clock error."""


class Arrival(NamedTuple):
    """Samples that arrived at one time."""

    at_s: float
    samples: int


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """Statistics of sound that should have 8000 samples a second."""

    seconds: float = 0.0
    """Time from the first arrival to the last."""
    rate_hz: float = 0.0
    """Samples a second."""
    lost_frames: int = 0
    longest_pause_ms: int = 0
    """Longest time without an arrival."""
    ppm: float | None = None
    """Lead of the sender's clock over the host's clock, in ppm; None if the sound was too short to measure
    it.
    """
    ppm_within: float = 0.0
    """Uncertainty of `ppm` (two standard errors)."""


class _Point(NamedTuple):
    """Least late arrival of a window."""

    at_s: float
    sample: int

    @property
    def ahead_s(self) -> float:
        return self.sample / RATE_HZ - self.at_s


class _Clock(NamedTuple):
    """Lead of the sound over the host's clock, as a straight line with a step at every loss. `ppm`: slope of
    the line; `within`: uncertainty of the slope, in ppm; `lost_s`: sum of the steps, in seconds.
    """

    ppm: float
    within: float
    ahead_s: list[float]
    """Lead at each point, in seconds."""
    lost_s: float


def flow_of(arrivals: Sequence[Arrival]) -> Flow:
    """Return the statistics of arrivals in order."""
    if len(arrivals) < 2:
        return Flow()
    first = arrivals[0]
    seconds = arrivals[-1].at_s - first.at_s
    pauses = (after.at_s - before.at_s for before, after in pairwise(arrivals))
    # The first arrival was spoken before the measured time.
    samples = sum(one.samples for one in arrivals) - first.samples
    rate_hz = samples / seconds if seconds > 0 else 0.0
    points = _points(arrivals)
    clock = _clock(points)
    lost_s = 0.0 if clock is None else clock.lost_s
    # A different rate is no loss: the steps then have no meaning.
    if abs(rate_hz + lost_s / max(seconds, 1e-9) * RATE_HZ - RATE_HZ) > _RATE_OFF * RATE_HZ:
        clock, lost_s = None, 0.0
    return Flow(
        seconds=round(seconds, 3),
        rate_hz=round(rate_hz, 1),
        lost_frames=round(lost_s * 1000 / FRAME_MS),
        longest_pause_ms=round(max(pauses) * 1000),
        ppm=None if clock is None else round(clock.ppm, 1),
        ppm_within=0.0 if clock is None else round(clock.within, 1),
    )


def on_our_clock(arrivals: Sequence[Arrival], sound: Samples, start_s: float, samples: int) -> Samples:
    """Return `samples` samples at 8 kHz from `start_s` on by the host's clock; silence where there is no
    sound.
    """
    points = _points(arrivals)
    if not len(sound) or not points:
        return np.zeros(samples, dtype=np.int16)
    if (clock := _clock(points)) is not None:
        points = [
            _Point(one.at_s, round((one.at_s + ahead_s) * RATE_HZ))
            for one, ahead_s in zip(points, clock.ahead_s, strict=True)
        ]
    begin = _Point(points[0].at_s - points[0].sample / RATE_HZ, 0)
    end = points[-1]
    rest = len(sound) - end.sample
    known = [begin, *points, _Point(end.at_s + rest / RATE_HZ, len(sound))]
    at = start_s + np.arange(samples) / RATE_HZ
    place = np.interp(at, [one.at_s for one in known], [one.sample for one in known], left=-1, right=-1)
    heard: npt.NDArray[np.float64] = np.interp(place, np.arange(len(sound)), sound)
    heard[place < 0] = 0
    return np.rint(heard).astype(np.int16)


def _points(arrivals: Sequence[Arrival]) -> list[_Point]:
    """Return one point a window, without the first half second."""
    found: list[_Point] = []
    sample, window = 0, 0
    for one in arrivals:
        sample += one.samples
        point = _Point(one.at_s, sample)
        number = int((one.at_s - arrivals[0].at_s - _SETTLES_S) / WINDOW_S)
        if one.at_s - arrivals[0].at_s < _SETTLES_S:
            continue
        if not found or number > window:
            found.append(point)
            window = number
        elif point.ahead_s > found[-1].ahead_s:
            found[-1] = point
    return found


def _clock(points: Sequence[_Point]) -> _Clock | None:
    """Return the best fit of line and steps; None for too few points."""
    ahead = np.array([one.ahead_s for one in points])
    steps = np.flatnonzero(np.abs(np.diff(ahead)) >= _STEP_S) + 1
    free = len(points) - 2 - len(steps)
    if free < max(_FEWEST_WINDOWS, len(steps)):
        return None
    at = np.array([one.at_s for one in points])
    at -= at.mean()
    after = (np.arange(len(points))[:, None] >= steps[None, :]).astype(np.float64)
    of = np.column_stack((np.ones_like(at), at, after))
    found, *_ = np.linalg.lstsq(of, ahead, rcond=None)
    fitted = of @ found
    error = np.sqrt(((ahead - fitted) ** 2).sum() / free * np.linalg.pinv(of.T @ of)[1, 1])
    lost_s = max(0.0, -float(found[2:].sum()))
    return _Clock(float(found[1]) * 1e6, float(2 * error) * 1e6, fitted.tolist(), lost_s)


class RecordedCall(msgspec.Struct, frozen=True, kw_only=True):
    """Sound at a voice port in one call. Times of one clock, in seconds."""

    began_s: float
    """Start of listening and of the first outgoing frame."""
    ended_s: float
    arrivals: Sequence[Arrival] = ()
    heard: bytes = b""
    """Received sound, at 8 kHz."""
    said: Sequence[tuple[int, bytes]] = ()
    """Outgoing frames, each with its number since the start."""
    rate_hz: int = RATE_HZ
    """Rate of the modem, in Hz."""
    read_bytes: int = 0
    """Bytes in the modem's own format."""
    written_frames: int = 0
    dropped_frames: int = 0
    realigned: int = 0


def laid_out(said: Sequence[tuple[int, bytes]]) -> bytes:
    """Return the outgoing frames on one time line."""
    frames = [SILENCE] * (said[-1][0] + 1) if said else []
    for number, frame in said:
        frames[number] = frame
    return b"".join(frames)


def frames_of(pcm: bytes, pause_s: float) -> list[bytes]:
    """Return a sound as whole frames, followed by a pause."""
    whole = pcm.ljust(-(-len(pcm) // FRAME_BYTES) * FRAME_BYTES, b"\0")
    frames = [whole[at : at + FRAME_BYTES] for at in range(0, len(whole), FRAME_BYTES)]
    return frames + [SILENCE] * round(pause_s * 50)
