"""One tick of a conference, as arithmetic: what each port said in, what each is to hear out.

It knows legs by name and sound by bytes; no port, no thread, no clock. Whatever else is to be heard is one
more row of the same tick.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from media.conference.clips import Playing
from media.conference.ear import Ear, listen, remember
from media.conference.jitter import JitterBuffer, JitterStats
from media.ports.rates import WIDE_HZ
from media.sound.frames import RATE_HZ, SILENCE, Samples, stack
from media.sound.levels import LevelReport
from media.sound.mixing import Blend, Wide, comfort, joined
from media.sound.resampling import Bands, Detail
from messages.lines import WayLevel

DUCKED = 10.0 ** (-12.0 / 20.0)
"""How loud the others stay for whoever hears a clip: understood, and not in its way."""

Audience = Mapping[str, frozenset[str]]
"""The only legs that hear a leg, by leg; who is not named is heard by everybody."""


class _Leg:
    def __init__(self) -> None:
        self.bands: Bands | None = None
        """Of a leg that speaks and hears 16 kHz."""
        self.buffer = JitterBuffer()
        self.ear = Ear()
        self.frame = SILENCE
        """What it has said last, at 8 kHz."""
        self._said = SILENCE
        """The same at its own rate."""
        self.detail: Detail | None = None
        """What of the last frame is missing at 8 kHz."""
        self.cut = False

    def replace(self) -> None:
        """Another call."""
        self.refill()
        self.ear = Ear()

    def refill(self) -> None:
        """The same call, through another port."""
        self.buffer = JitterBuffer(rate_hz=RATE_HZ if self.bands is None else WIDE_HZ)
        self.ear.begin_anew()
        self.cut = True

    def set_wide(self, *, wide: bool) -> None:
        """From the next frame on it speaks and hears 16 kHz, or 8."""
        self.bands = Bands() if wide else None
        self.refill()

    def pop(self) -> bytes:
        """The next frame, which begins where the last one has ended."""
        frame = self.buffer.pop()
        switched = len(frame) != len(self._said)
        if not switched and (self.cut or not self.buffer.follows):
            frame = joined(self._said, frame)
        self._said, self.cut = frame, False
        narrow, self.detail = (frame, None) if self.bands is None else self.bands.split(frame)
        if switched:
            narrow, self.detail = joined(self.frame, narrow), None
        self.frame = narrow
        return narrow

    def heard(self, frame: bytes, missing: Detail | None) -> bytes:
        """What it is to hear, at its own rate."""
        return frame if self.bands is None else self.bands.join(frame, missing)


class _Unheard(NamedTuple):
    """A tick that is to be listened to."""

    ears: list[Ear]
    said: Samples
    """The legs' rows first."""
    wide: Wide
    frames: list[bytes]
    """The legs' own."""
    told: list[bytes]


class ConferenceCore:
    """The legs of one conference. One thread ticks; all that only looks may be called from any."""

    def __init__(self) -> None:
        # Replaced, never changed, so that other threads may look without a lock.
        self._legs: dict[str, _Leg] = {}
        self._leaving: dict[str, _Leg] = {}
        self._heard_by: Audience = {}
        self._blend = Blend()
        self._blended: object = None
        self._unheard: _Unheard | None = None
        self._ticks = 0
        self.changes = 0
        """Grows whenever something is heard that has to be known: a person, a digit, a tone, nothing."""

    def keep(
        self, legs: Collection[str], heard_by: Audience | None = None, anew: Collection[str] = ()
    ) -> None:
        """Exactly these are in the conference; those who stay notice nothing.

        Who is `anew` has the name of one who was there before, and is another call.
        """
        self._heard_by = heard_by or {}
        if self._legs.keys() != set(legs) or anew:
            before = self._legs
            self._legs = {leg: before.get(leg) or _Leg() for leg in legs}
            for leg in anew:
                if leg in before:
                    self._legs[leg].replace()
            self._leaving = {leg: one for leg, one in before.items() if leg not in self._legs}
            self._blended = None

    def refill(self, leg: str) -> None:
        """The leg speaks through a new port: what was said through the old one is no longer waited with."""
        self._legs[leg].refill()

    def tick(
        self,
        said: Mapping[str, bytes],
        *,
        wide: Collection[str] = (),
        playing: Sequence[Playing] = (),
        skipped: int = 0,
    ) -> dict[str, bytes]:
        """The frame that each leg is to hear, exactly one each, for what the legs' ports have given since.

        `said` is whole samples of any length, and may miss legs. Who is in `wide` says and hears 16 kHz. Who
        is heard by nobody hears, and the level is still shown. `skipped` is how many ticks were left out just
        before.
        """
        legs, self._ticks = self._legs, self._ticks + 1
        if not legs:
            self._leaving = {}
            return {}
        frames: list[bytes] = []
        for name, leg in legs.items():
            if (name in wide) is not (leg.bands is not None) and name in said:
                leg.set_wide(wide=name in wide)
            if pcm := said.get(name):
                leg.buffer.push(pcm)
            if skipped:
                leg.buffer.skip(skipped)
            frames.append(leg.pop())
        self._set_gains(playing)
        frames += [leg.pop() for leg in self._leaving.values()]
        frames += [clip.frame for clip in playing]
        rows = stack(frames)
        exact = rows.astype(np.float32)
        missing: dict[int, Detail] = {}
        if wide:
            details = [leg.detail for leg in (*legs.values(), *self._leaving.values())]
            missing = self._blend.mix_details(details)
        heard = self._blend.mix(rows, exact)
        self._unheard = _Unheard([leg.ear for leg in legs.values()], rows, exact, frames[: len(legs)], heard)
        self._leaving = {}
        return {
            name: leg.heard(comfort(self._ticks) if frame == SILENCE else frame, missing.get(at))
            for at, ((name, leg), frame) in enumerate(zip(legs.items(), heard, strict=True))
        }

    def listen(self) -> None:
        """Learn from what was said in the last tick; apart from it, so that everybody has the frame first."""
        last, self._unheard = self._unheard, None
        if last is None:
            return
        legs = len(last.ears)
        self.changes += listen(last.ears, last.said[:legs], last.wide[:legs])
        if not all(ear.heard for ear in last.ears):
            remember(last.ears, stack(last.told).astype(np.float32))
        for ear, said, told in zip(last.ears, last.frames, last.told, strict=True):
            ear.said.hear(said)
            ear.was_told.hear(told)

    def lasts(self) -> bool:
        """Whether whoever is heard would be in the next tick, too, though nothing more came in."""
        waiting = {leg.buffer.next_waits for leg in self._legs.values()} - {None}
        return waiting == {True}

    def frames(self) -> dict[str, bytes]:
        """What each leg has said in the last tick, one frame each."""
        return {name: leg.frame for name, leg in self._legs.items()}

    def ears(self) -> dict[str, Ear]:
        """What is known of each leg's sound."""
        return {name: leg.ear for name, leg in self._legs.items()}

    def levels(self) -> dict[str, LevelReport]:
        """How loud each leg is."""
        return {name: leg.ear.meter.report() for name, leg in self._legs.items()}

    def ways(self) -> dict[str, tuple[WayLevel, WayLevel]]:
        """How loud each leg's call has been: what it has said, and what it was told."""
        return {name: (leg.ear.said.report(), leg.ear.was_told.report()) for name, leg in self._legs.items()}

    def jitter(self) -> dict[str, JitterStats]:
        """How each leg's sound arrives."""
        return {name: leg.buffer.stats() for name, leg in self._legs.items()}

    def _set_gains(self, playing: Sequence[Playing]) -> None:
        """Look whether anything is other than in the last tick, and if so begin to fade to it."""
        now = (self._heard_by, self._leaving.keys(), [(clip.clip, clip.to) for clip in playing])
        if now == self._blended:
            return
        self._blended = (self._heard_by, frozenset(self._leaving), now[2])
        legs = tuple(self._legs)
        sources = (*legs, *self._leaving, *(f"clip {clip.clip}" for clip in playing))
        gains: Wide = np.zeros((len(legs), len(sources)), dtype=np.float32)
        for row, hearer in enumerate(legs):
            ducked = DUCKED if any(hearer in clip.to for clip in playing) else 1.0
            for column, source in enumerate(legs):
                audience = self._heard_by.get(source)
                if source != hearer and (audience is None or hearer in audience):
                    gains[row, column] = ducked
            for column, clip in enumerate(playing, len(sources) - len(playing)):
                gains[row, column] = hearer in clip.to
        self._blend.set(legs, sources, gains)
