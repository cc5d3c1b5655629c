"""Arithmetic of one tick of a conference: input of each port, output to each port.

The module knows legs by name and sound as bytes; no port, no thread, no clock. Any further sound is one more
row of the same tick.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from media.conference.clips import Playing
from media.conference.ear import LegAnalyser, analyse_legs, record_played_frames
from media.conference.jitter import JitterBuffer, JitterStats
from media.ports.rates import WIDE_HZ
from media.sound.frames import RATE_HZ, SILENCE, Samples, stack
from media.sound.levels import LevelReport
from media.sound.mixing import Blend, Wide, comfort, joined
from media.sound.resampling import Bands, Detail
from messages.lines import WayLevel

DUCKED = 10.0 ** (-12.0 / 20.0)
"""Gain of the other legs for a hearer of a clip: still intelligible, without masking the clip."""

Audience = Mapping[str, frozenset[str]]
"""Only hearers of each restricted leg; a leg without an entry is heard by all."""


class _Leg:
    def __init__(self) -> None:
        self.bands: Bands | None = None
        """Filter bank of a leg at 16 kHz; None at 8 kHz."""
        self.buffer = JitterBuffer()
        self.ear = LegAnalyser()
        self.frame = SILENCE
        """Last frame of the leg, at 8 kHz."""
        self._said = SILENCE
        """Last frame of the leg, at its own rate."""
        self.detail: Detail | None = None
        """Part of the last frame above 4 kHz."""
        self.cut = False

    def replace(self) -> None:
        """Start over for another call."""
        self.refill()
        self.ear = LegAnalyser()

    def refill(self) -> None:
        """Start over with another port of the same call."""
        self.buffer = JitterBuffer(rate_hz=RATE_HZ if self.bands is None else WIDE_HZ)
        self.ear.restart_silence()
        self.cut = True

    def set_wide(self, *, wide: bool) -> None:
        """Switch the leg to 16 kHz or 8 kHz from the next frame on."""
        self.bands = Bands() if wide else None
        self.refill()

    def pop(self) -> bytes:
        """Return the next frame at 8 kHz, joined to the end of the last one without a click."""
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
        """Return the output frame at the leg's own rate."""
        return frame if self.bands is None else self.bands.join(frame, missing)


class _UnanalysedTick(NamedTuple):
    """Tick that is still to be analysed."""

    ears: list[LegAnalyser]
    said: Samples
    """Samples, with the legs' rows first."""
    wide: Wide
    frames: list[bytes]
    """Frames of the legs."""
    told: list[bytes]


class ConferenceCore:
    """Legs of one conference. One thread ticks; methods that only read may be called from any thread."""

    def __init__(self) -> None:
        # Replaced, never changed, so that other threads can read without a lock.
        self._legs: dict[str, _Leg] = {}
        self._leaving: dict[str, _Leg] = {}
        self._heard_by: Audience = {}
        self._blend = Blend()
        self._blended: object = None
        self._unheard: _UnanalysedTick | None = None
        self._ticks = 0
        self.changes = 0
        """Counter that grows with every new finding: a person, a digit, a tone, silence."""

    def keep(
        self, legs: Collection[str], heard_by: Audience | None = None, anew: Collection[str] = ()
    ) -> None:
        """Set the legs of the conference; remaining legs are untouched.

        A leg in `anew` has the name of an earlier leg, and is another call.
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
        """Drop the waiting sound of the leg: it now has a new port."""
        self._legs[leg].refill()

    def tick(
        self,
        said: Mapping[str, bytes],
        *,
        wide: Collection[str] = (),
        playing: Sequence[Playing] = (),
        skipped: int = 0,
    ) -> dict[str, bytes]:
        """Return exactly one output frame for each leg, from the input of the legs' ports since the last
        tick.

        `said` holds whole samples of any length, and may lack legs. Legs in `wide` use 16 kHz. A leg without
        hearers still hears the others, and its level is measured. `skipped`: ticks skipped just before.
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
        self._unheard = _UnanalysedTick(
            [leg.ear for leg in legs.values()], rows, exact, frames[: len(legs)], heard
        )
        self._leaving = {}
        return {
            name: leg.heard(comfort(self._ticks) if frame == SILENCE else frame, missing.get(at))
            for at, ((name, leg), frame) in enumerate(zip(legs.items(), heard, strict=True))
        }

    def analyse_input(self) -> None:
        """Analyse the input of the last tick; called after the output, so that all legs have their frames
        first.
        """
        last, self._unheard = self._unheard, None
        if last is None:
            return
        legs = len(last.ears)
        self.changes += analyse_legs(last.ears, last.said[:legs], last.wide[:legs])
        if not all(ear.heard for ear in last.ears):
            record_played_frames(last.ears, stack(last.told).astype(np.float32))
        for ear, said, told in zip(last.ears, last.frames, last.told, strict=True):
            ear.said.hear(said)
            ear.was_told.hear(told)

    def needs_no_input(self) -> bool:
        """Return True if the present speakers would sound in the next tick too, without further input."""
        waiting = {leg.buffer.next_waits for leg in self._legs.values()} - {None}
        return waiting == {True}

    def frames(self) -> dict[str, bytes]:
        """Return the last frame of each leg."""
        return {name: leg.frame for name, leg in self._legs.items()}

    def ears(self) -> dict[str, LegAnalyser]:
        """Return the analyser of each leg's sound."""
        return {name: leg.ear for name, leg in self._legs.items()}

    def levels(self) -> dict[str, LevelReport]:
        """Return the level of each leg."""
        return {name: leg.ear.meter.report() for name, leg in self._legs.items()}

    def call_levels(self) -> dict[str, tuple[WayLevel, WayLevel]]:
        """Return the levels of each leg's call: spoken by the leg, and played to it."""
        return {name: (leg.ear.said.report(), leg.ear.was_told.report()) for name, leg in self._legs.items()}

    def jitter(self) -> dict[str, JitterStats]:
        """Return the arrival statistics of each leg's sound."""
        return {name: leg.buffer.stats() for name, leg in self._legs.items()}

    def _set_gains(self, playing: Sequence[Playing]) -> None:
        """Compute the gains and begin to fade to them, if anything has changed since the last tick."""
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
