"""Conference: every 20 ms all ports are read, each leg gets the mix of the other legs (N−1), and exactly one
frame is written to each port.

One thread (`mixing_thread`) reads, mixes and writes, and never blocks: ports are opened and closed on other
threads, nothing is logged, and a lost port costs the other ports no sample. The owner of the conference calls
`set_members` repeatedly (an unchanged set has no effect) and reads `status`. A leg is only a name here:
whether the leg is the user, an operator or 112 makes no difference.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec

from media.conference.beat import Tick
from media.conference.clips import ClipSpec
from media.conference.core import ConferenceCore
from media.conference.ear import NO_SOUND_MS
from media.conference.jitter import JitterStats
from media.conference.mixing_thread import Clock, MixingThread
from media.conference.playlist import LoadSound, Playlist
from media.conference.priority import spawn
from media.conference.report import Pace, Presence
from media.conference.roster import OpenPort, Present, Roster, Spawn
from media.ports.opening import open_port
from media.ports.voice_port import PortCounters, VoicePort, VoicePortSpec
from media.sound.frames import FRAMES_PER_S, Samples
from media.sound.levels import LevelReport
from messages.lines import WayLevel

_STOP_S = 0.5
"""Time that a stop waits for the thread and for drivers that close slowly, in seconds."""


Tap = Callable[[Tick, Mapping[str, bytes]], None]
"""Receiver of one frame for each leg in each tick: 20 ms, 8 kHz mono s16le, 320 bytes."""


class ConferenceStatus(Presence, frozen=True, kw_only=True):
    """State of a conference: its legs and their sound, its thread, and the accuracy of the ticks."""

    running: bool
    """True while the conference gets its ticks; `pace.ticks` grows while the media thread makes progress."""
    handed_over: bool
    """True once `hand_over` has been carried out: the ports are closed for their next opener."""
    pace: Pace


class _AcceptanceCheck(NamedTuple):
    """Check whether a port accepts the frames written to the port; runs once a second."""

    port: VoicePort | None = None
    written: int = 0
    for_s: int = 0

    def next(self, port: VoicePort) -> _AcceptanceCheck:
        written = port.counters().written_frames
        same = port is self.port and written == self.written
        return _AcceptanceCheck(port, written, self.for_s + 1 if same else 0)

    def refuses_at(self, port: VoicePort | None) -> bool:
        return port is self.port and self.for_s * 1000 >= NO_SOUND_MS


def no_sounds(name: str, language: str, text: str) -> Samples:
    """Raise FileNotFoundError: the default of `load_sound`, for a conference without clips."""
    raise FileNotFoundError(f"{name}.{language}")


class Conference:
    """Voice of one alert's conference. Legs are named by their ids. All methods may be called from any
    thread, except `turn`: only one thread may run ticks.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        thread: MixingThread | None = None,
        open_port: OpenPort = open_port,
        load_sound: LoadSound = no_sounds,
        spawn: Spawn | None = None,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        """Prepare the conference; nothing runs before `start`.

        `thread`: media thread shared with other conferences; None: a thread of its own, which runs by
        `clock`. `on_change` is called on the media thread within a tick of any change of `status` (joined,
        lost, heard, played): the callback may set a flag or write to an eventfd, and must not block. `spawn`
        runs blocking work on another thread: the opening and closing of ports, and `load_sound`, which loads
        the sounds of clips.
        """
        self._thread = thread or MixingThread(clock)
        self._helpers: set[threading.Event] = set()
        self._spawn = spawn or self._spawn_thread
        self._roster = Roster(open_port, self._spawn)
        self._playlist = Playlist(load_sound, self._spawn)
        self._core = ConferenceCore()
        self._takers: dict[str, _AcceptanceCheck] = {}
        self._refusing: frozenset[str] = frozenset()
        self._looked_at = 0
        self._tap: Tap | None = None
        self._on_change = on_change
        self._changes_told = (0, 0, 0, self._refusing, False)
        self._started = False
        self._first: int | None = None
        """Number of the thread's tick that was the first of this conference."""
        self._handing = self._handed_over = False
        self._pace = Pace()

    # -- members

    def join(self, leg: str, port: VoicePort) -> None:
        """Add the leg with this open port from the next tick on. The conference owns the port and closes
        it.
        """
        self._roster.offer(leg, port)

    def leave(self, leg: str) -> None:
        """Remove the leg from the next tick on and close its port; no effect for an unknown leg."""
        self._roster.drop(leg)
        self._close_departed_if_idle()

    def set_members(
        self, members: Mapping[str, VoicePortSpec], heard_by: Mapping[str, Collection[str]] | None = None
    ) -> None:
        """Set the legs and their ports: open missing ports, close the ports of removed legs, keep all others.

        `heard_by`: for each leg, the legs that may hear that leg (none: muted); the limit holds from the
        first frame on, and also after the port was lost and opened again. A leg without an entry is heard
        by all. Return at once; `status` and `on_change` report the results. A missing or lost port is
        retried every 200 ms (a socket: 40 ms) while its leg is a member.
        """
        self._roster.reconcile(members, heard_by or {})
        self._close_departed_if_idle()

    def set_playing(self, clips: Mapping[str, ClipSpec]) -> None:
        """Set the clips to play, by their ids; a clip that is missing in `clips` is faded out.

        Each clip begins as soon as one of its hearers is joined, and is played once or repeatedly
        (`ClipSpec.every_s`). Return at once. `status` lists the clips that are over: a repeated request does
        not begin such a clip again.
        """
        self._playlist.reconcile(clips)

    def set_tap(self, tap: Tap | None) -> None:
        """Call `tap` at the end of every tick with the frame spoken by each leg, including muted legs.

        The call is made on the media thread and must not block. None removes the tap.
        """
        self._tap = tap

    # -- state

    def levels(self) -> dict[str, LevelReport]:
        """Return the present sound level of each leg, in dBFS."""
        return self._core.levels()

    def call_levels(self) -> dict[str, tuple[WayLevel, WayLevel]]:
        """Return two levels for each leg, measured since it joined: of the sound spoken by the leg, and of
        the sound played to the leg.
        """
        return self._core.call_levels()

    def jitter(self) -> dict[str, JitterStats]:
        """Return the statistics of each leg's jitter buffer since the leg joined."""
        return self._core.jitter()

    def counters(self) -> dict[str, PortCounters]:
        """Return the counters of bytes and frames of each leg's open port."""
        return {leg: port.counters() for leg, port in self._roster.ports().items()}

    def status(self) -> ConferenceStatus:
        """Return the state: joined and lost legs, sound, clips, and accuracy of the ticks."""
        ports = self._roster.ports()
        joined = tuple(ports)
        # A check of a second ago may be about the port of the previous call.
        refused = {leg for leg in joined if self._takers.get(leg, _AcceptanceCheck()).refuses_at(ports[leg])}
        ears = self._core.ears()
        return ConferenceStatus(
            running=self._thread.runs(self),
            handed_over=self._handed_over,
            joined=joined,
            lost=self._roster.lost(),
            heard=frozenset(leg for leg, ear in ears.items() if ear.heard),
            digits={leg: ear.digits for leg, ear in ears.items() if ear.digits},
            no_sound=frozenset(
                leg for leg in joined if leg in refused or (leg in ears and ears[leg].no_sound)
            ),
            begun=self._playlist.begun,
            played=self._playlist.played,
            cut=self._playlist.cut,
            tones={leg: ear.tone for leg, ear in ears.items() if ear.tone},
            clip_troubles=self._playlist.troubles(),
            pace=msgspec.structs.replace(self._pace),
        )

    # -- the thread

    def start(self) -> None:
        """Start the ticks; no effect while they run."""
        if not self._started:
            self._started, self._first, self._pace = True, None, Pace()
            self._thread.add(self)

    def stop(self, wait_s: float = _STOP_S) -> None:
        """End the ticks and close all ports: mostly within 20 ms. The legs' calls stay up. `wait_s`: longest
        wait for a running tick, and for drivers that close slowly.
        """
        until = time.monotonic() + wait_s
        self._roster.reconcile({}, {})
        if self._thread.remove(self, wait_s):
            self._roster.close_departed()
        self._started = False
        for done in tuple(self._helpers):
            done.wait(max(0.0, until - time.monotonic()))

    def hand_over(self) -> None:
        """Release the ports to another process, which continues without a gap; return at once.

        From the next tick on no port is read: arriving sound waits in the ports for the other process. Sound
        read before is played to its end, one or two frames; then the ports are closed, and the ticks end
        (`status().handed_over`).
        """
        self._handing = True

    def run(self, tick: Tick, clock: Clock, priority: str, *, heir_asks: bool) -> None:
        """Run one tick of the media thread, and count it. Ticks are numbered from the first one of this
        conference. Raises nothing. `heir_asks`: hand over if another process waits for a port.
        """
        pace, began_us = self._pace, clock.now_us()
        if self._first is None:
            self._first, tick = tick.number, tick._replace(skipped=0)
        own = tick._replace(number=tick.number - self._first)
        try:
            if heir_asks and any(port.is_wanted() for port in self._roster.ports().values()):
                self.hand_over()
            self.turn(own)
        except Exception as error:  # an error in a tick must not end the voice: see `Pace.faults`
            pace.faults += 1
            pace.last_fault = repr(error)
        pace.priority = priority
        pace.count(
            position=own.position,
            skipped=own.skipped,
            late_us=own.late_us,
            took_us=clock.now_us() - began_us,
        )

    def release(self) -> None:
        """Close the ports after the last tick, which a `stop` may not have waited for."""
        self._roster.close_departed()

    def turn(self, tick: Tick) -> None:
        """Run one tick now. Called by the media thread, or by the owner of a conference that was not
        started.
        """
        handing = self._handing
        self._roster.close_departed()  # ports that left since the last tick are unused
        legs, present, anew, heard_by = self._roster.turn(tick.number)
        self._core.keep(legs, heard_by, anew)
        said: dict[str, bytes] = {}
        for one in present:
            if one.fresh:
                self._core.refill(one.leg)
            rate_hz = one.port.rate_hz
            try:
                said[one.leg] = b"" if handing else one.port.read()
                if one.port.rate_hz != rate_hz:
                    # The buffered sound was read at the wrong rate: the port has just measured its true rate.
                    self._core.refill(one.leg)
            except Exception as error:  # a fault must affect only its own leg; `lost` reports it
                self._roster.lose(one, error, tick.number)
        playing = self._playlist.turn(said)
        wide = {one.leg for one in present if one.port.wide}
        heard = self._core.tick(said, wide=wide, playing=playing, skipped=tick.skipped)
        for one in present:
            if one.leg in said:
                try:
                    one.port.write(heard[one.leg])
                except Exception as error:  # a fault must affect only its own leg
                    self._roster.lose(one, error, tick.number)
        if handing and not self._core.needs_no_input():
            self._hand_over_now()
        # All frames are written: an error below interrupts no voice.
        self._core.analyse_input()
        if tick.number - self._looked_at >= FRAMES_PER_S:
            self._looked_at = tick.number
            self._check_acceptance(present)
        self._tell_changes()
        if self._tap is not None:
            self._tap(tick, self._core.frames())

    def _hand_over_now(self) -> None:
        self._handed_over = True
        self._roster.reconcile({}, {})
        self._roster.close_departed()
        self._thread.remove(self)

    def _check_acceptance(self, present: Sequence[Present]) -> None:
        """Find the ports that have accepted no frame for three seconds although each tick wrote a frame; runs
        once a second.
        """
        takers = {one.leg: self._takers.get(one.leg, _AcceptanceCheck()).next(one.port) for one in present}
        self._takers = takers
        self._refusing = frozenset(leg for leg, taker in takers.items() if taker.refuses_at(taker.port))

    def _tell_changes(self) -> None:
        changes = (
            self._roster.changes,
            self._core.changes,
            self._playlist.changes,
            self._refusing,
            self._handed_over,
        )
        if self._on_change is not None and self._changes_told != changes:
            self._changes_told = changes
            self._on_change()

    def _close_departed_if_idle(self) -> None:
        if not self._started:  # else the thread closes the ports, after their last use
            self._roster.close_departed()

    def _spawn_thread(self, work: Callable[[], None]) -> None:
        done = threading.Event()

        def run() -> None:
            try:
                work()
            finally:
                self._helpers.discard(done)
                done.set()

        self._helpers.add(done)
        try:
            spawn(run)
        except RuntimeError:
            self._helpers.discard(done)
            raise
