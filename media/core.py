"""One tick of a conference, as arithmetic: what each port said in, what each is to hear out.

It knows legs by name and sound by bytes; no port, no thread, no clock. Whatever else is to be heard or kept
(an announcement, a recording) is one more row of the same tick.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from media.frames import SILENCE, stack
from media.jitter import JitterBuffer, JitterStats
from media.levels import LevelMeter, LevelReport, measure
from media.mixing import mix_minus_own


class _Leg:
    def __init__(self) -> None:
        self.buffer = JitterBuffer()
        self.meter = LevelMeter()


class ConferenceCore:
    """The legs of one conference. One thread ticks; `levels` and `jitter` may be called from any."""

    def __init__(self) -> None:
        # Replaced, never changed, so that other threads may look without a lock.
        self._legs: dict[str, _Leg] = {}

    def keep(self, legs: Collection[str]) -> None:
        """Exactly these are in the conference; those who stay notice nothing."""
        if self._legs.keys() != set(legs):
            self._legs = {leg: self._legs.get(leg) or _Leg() for leg in legs}

    def refill(self, leg: str) -> None:
        """The leg speaks through a new port: what was said through the old one is no longer waited with."""
        self._legs[leg].buffer = JitterBuffer()

    def tick(
        self, said: Mapping[str, bytes], *, muted: Collection[str] = (), skipped: int = 0
    ) -> dict[str, bytes]:
        """The frame that each leg is to hear, exactly one each, for what the legs' ports have given since.

        `said` is whole samples of any length, and may miss legs. A muted leg is not heard, but hears, and its
        level is still shown. `skipped` is how many ticks were left out just before.
        """
        if not self._legs:
            return {}
        frames: list[bytes] = []
        for name, leg in self._legs.items():
            if pcm := said.get(name):
                leg.buffer.push(pcm)
            if skipped:
                leg.buffer.skip(skipped)
            frames.append(leg.buffer.pop())
        rows = stack(frames)
        for leg, loudness in zip(self._legs.values(), measure(rows), strict=True):
            leg.meter.update(loudness)
        if muted:
            rows = stack([SILENCE if leg in muted else f for leg, f in zip(self._legs, frames, strict=True)])
        return dict(zip(self._legs, mix_minus_own(rows), strict=True))

    def levels(self) -> dict[str, LevelReport]:
        """How loud each leg is."""
        return {name: leg.meter.report() for name, leg in self._legs.items()}

    def jitter(self) -> dict[str, JitterStats]:
        """How each leg's sound arrives."""
        return {name: leg.buffer.stats() for name, leg in self._legs.items()}
