"""Conference: every 20 ms all ports are read, mixed N−1, and exactly one frame is written to each.

One daemon thread does this without ever waiting: opening and closing run elsewhere, nothing is logged, and a
lost port costs the others no sample. The owner of the conference sets the members repeatedly (`set_members`
changes nothing without news) and reads `status`. The purpose of a leg is not known here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from media.conference.beat import Beat, Tick
from media.conference.clips import ClipSpec
from media.conference.core import ConferenceCore
from media.conference.ear import NO_SOUND_MS
from media.conference.jitter import JitterStats
from media.conference.playlist import LoadSound, Playlist
from media.conference.priority import Rank, raise_thread, share_interpreter, spawn
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
"""Receiver of one frame of 320 bytes for each leg in each tick."""


class Clock(Protocol):
    """Clock of the media thread."""

    def start(self) -> None:
        """Start the ticks with the first tick now."""
        ...

    def wait(self) -> Tick:
        """Return the next tick when due."""
        ...

    def now_us(self) -> int:
        """Return the clock's time, to measure the length of a tick."""
        ...


class ConferenceStatus(Presence, frozen=True, kw_only=True):
    """State of a conference."""

    running: bool
    """True if the media thread exists; the ticks of `pace` show if it advances."""
    handed_over: bool
    """True if the conference has ended by a request to hand over."""
    pace: Pace


class _Taker(NamedTuple):
    """Check if a port accepts the frames written to it; runs once a second."""

    port: VoicePort | None = None
    written: int = 0
    for_s: int = 0

    def next(self, port: VoicePort) -> _Taker:
        written = port.counters().written_frames
        same = port is self.port and written == self.written
        return _Taker(port, written, self.for_s + 1 if same else 0)

    def refuses_at(self, port: VoicePort | None) -> bool:
        return port is self.port and self.for_s * 1000 >= NO_SOUND_MS


def no_sounds(name: str, language: str, text: str) -> Samples:
    """Raise FileNotFoundError: the default for a conference without clips."""
    raise FileNotFoundError(f"{name}.{language}")


class Conference:
    """Voice of one alert's conference. All methods may be called from any thread."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        open_port: OpenPort = open_port,
        load_sound: LoadSound = no_sounds,
        spawn: Spawn | None = None,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        """Prepare the conference; nothing runs before `start`.

        `on_change` is called on the media thread within a tick of any change of `status` (joined, lost,
        heard, played): it may set a flag or write to an eventfd, and must not wait. `spawn` runs blocking
        work: opening, closing, and `load_sound`, which loads the sounds of clips.
        """
        self._clock: Clock = clock or Beat()
        self._helpers: set[threading.Event] = set()
        self._spawn = spawn or self._spawn_thread
        self._roster = Roster(open_port, self._spawn)
        self._playlist = Playlist(load_sound, self._spawn)
        self._core = ConferenceCore()
        self._takers: dict[str, _Taker] = {}
        self._refusing: frozenset[str] = frozenset()
        self._looked_at = 0
        self._tap: Tap | None = None
        self._on_change = on_change
        self._changes_told = (0, 0, 0, self._refusing, False)
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._handing = self._handed_over = False
        self._pace = Pace()

    # -- members

    def join(self, leg: str, port: VoicePort) -> None:
        """Add the leg through this open port from the next tick on; the conference will close the port."""
        self._roster.offer(leg, port)

    def leave(self, leg: str) -> None:
        """Remove the leg from the next tick on and close its port; no effect if absent."""
        self._roster.drop(leg)
        self._close_departed_if_idle()

    def set_members(
        self, members: Mapping[str, VoicePortSpec], heard_by: Mapping[str, Collection[str]] | None = None
    ) -> None:
        """Set the members: open missing ports, close those of absent legs, and keep the others untouched.

        `heard_by` limits the hearers of a leg (none: muted), from the first frame on and through a loss of
        the port; a leg without an entry is heard by all. Return at once; `status` and `on_change` report the
        results. A missing or lost port is retried every 200 ms (a socket: 40 ms) while its leg is a member.
        """
        self._roster.reconcile(members, heard_by or {})
        self._close_departed_if_idle()

    def set_playing(self, clips: Mapping[str, ClipSpec]) -> None:
        """Play exactly these clips, each once by its id (see `ClipSpec.every_s`), when it can be heard.

        Return at once. `status` lists the clips that are over: a repeated request does not begin them again.
        """
        self._playlist.reconcile(clips)

    def set_tap(self, tap: Tap | None) -> None:
        """Call `tap` at the end of every tick with the voice of each leg, muted ones included.

        The call is made on the media thread and must not wait.
        """
        self._tap = tap

    # -- state

    def levels(self) -> dict[str, LevelReport]:
        """Return the level of each leg."""
        return self._core.levels()

    def ways(self) -> dict[str, tuple[WayLevel, WayLevel]]:
        """Return the levels of each leg's call in both directions: spoken by the leg, and played to it."""
        return self._core.ways()

    def jitter(self) -> dict[str, JitterStats]:
        """Return the arrival statistics of each leg's sound."""
        return self._core.jitter()

    def counters(self) -> dict[str, PortCounters]:
        """Return the counters of each open port."""
        return {leg: port.counters() for leg, port in self._roster.ports().items()}

    def status(self) -> ConferenceStatus:
        """Return the state: joined and lost legs, sound and clips, and accuracy of the clock."""
        ports = self._roster.ports()
        joined = tuple(ports)
        # A check of a second ago may be about the port of the previous call.
        refused = {leg for leg in joined if self._takers.get(leg, _Taker()).refuses_at(ports[leg])}
        ears = self._core.ears()
        return ConferenceStatus(
            running=self._thread is not None and self._thread.is_alive(),
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
        """Start to tick; no effect while running."""
        if self._thread is None:
            self._pace = Pace()
            self._stopping = threading.Event()
            self._thread = threading.Thread(
                target=self._run, args=(self._stopping,), name="conference", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """End the thread and close all ports, within about 20 ms, at most half a second. No call ends."""
        until = time.monotonic() + _STOP_S
        self._roster.reconcile({}, {})
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(_STOP_S)
        if self._thread is None or not self._thread.is_alive():
            self._roster.close_departed()
        self._thread = None
        for done in tuple(self._helpers):
            done.wait(max(0.0, until - time.monotonic()))

    def hand_over(self) -> None:
        """Let the next opener of these ports continue without a gap; return at once.

        From the next tick on nothing is read: the data wait for the successor. Data read before are played to
        their end, a frame or two; then the ports are closed, and mixing ends.
        """
        self._handing = True

    def turn(self, tick: Tick) -> None:
        """Run one tick now; called by the thread, or by the owner of a conference that is not started."""
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
                    # Waiting sound was read at another rate than that of the speech.
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
                except Exception as error:  # as above
                    self._roster.lose(one, error, tick.number)
        if handing and not self._core.lasts():
            self._hand_over_now()
        # The frames are written: a fault below interrupts no voice.
        self._core.listen()
        if tick.number - self._looked_at >= FRAMES_PER_S:
            self._looked_at = tick.number
            self._look_who_takes(present)
        self._tell_changes()
        if self._tap is not None:
            self._tap(tick, self._core.frames())

    def _hand_over_now(self) -> None:
        self._handed_over = True
        self._stopping.set()
        self._roster.reconcile({}, {})
        self._roster.close_departed()

    def _look_who_takes(self, present: Sequence[Present]) -> None:
        """Find the ports, once a second, that have accepted no frame for three seconds though each tick wrote
        one.
        """
        takers = {one.leg: self._takers.get(one.leg, _Taker()).next(one.port) for one in present}
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

    def _run(self, stopping: threading.Event) -> None:
        pace = self._pace
        share_interpreter()
        pace.priority = raise_thread(Rank.VOICE)
        self._clock.start()
        while not stopping.is_set():
            tick = self._clock.wait()
            began_us = self._clock.now_us()
            try:
                self.turn(tick)
            except Exception as error:  # a fault of ours in one tick must not end the voice; it is reported
                pace.faults += 1
                pace.last_fault = repr(error)
            took_us = self._clock.now_us() - began_us
            pace.count(position=tick.position, skipped=tick.skipped, late_us=tick.late_us, took_us=took_us)

    def _close_departed_if_idle(self) -> None:
        if self._thread is None:  # else the thread does it, after its last use
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
