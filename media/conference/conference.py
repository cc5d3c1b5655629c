"""A conference: every 20 ms all ports are read, mixed N−1, and each is written exactly one frame.

One daemon thread does this, and does nothing that can wait: opening and closing happen elsewhere, nothing
is logged, and a port that is lost costs the others not a sample. Whoever owns the conference tells it the
members again and again (`set_members` changes nothing when nothing has changed) and reads `status`. What a
leg is, and why it is there, is not known here.
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
"""How long a stop waits for the thread and for drivers that close slowly."""


Tap = Callable[[Tick, Mapping[str, bytes]], None]
"""Gets one frame of 320 bytes for each leg in each tick."""


class Clock(Protocol):
    """What the media thread goes by."""

    def start(self) -> None:
        """The first tick is now."""
        ...

    def wait(self) -> Tick:
        """Return when the next tick is due."""
        ...

    def now_us(self) -> int:
        """Its time, for measuring a tick's length."""
        ...


class ConferenceStatus(Presence, frozen=True, kw_only=True):
    """How a conference is."""

    running: bool
    """The media thread is there; it may still stand still, which the ticks of `pace` tell."""
    handed_over: bool
    """It has ended because it was asked to hand over."""
    pace: Pace


class _Taker(NamedTuple):
    """Whether a port takes the frames that it is given; looked at once a second."""

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
    """Loads nothing: whoever plays clips says where their sounds are."""
    raise FileNotFoundError(f"{name}.{language}")


class Conference:
    """The voice of one alert's conference. All methods may be called from any thread."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        open_port: OpenPort = open_port,
        load_sound: LoadSound = no_sounds,
        spawn: Spawn | None = None,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        """Nothing runs before `start`.

        `on_change` is called on the media thread, within a tick of any change of `status` (joined, lost,
        heard, played): it may set a flag or write to an eventfd, and must not wait. `spawn` runs what may
        wait: opening, closing, and `load_sound`, which gives the sounds of clips.
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

    # -- who takes part

    def join(self, leg: str, port: VoicePort) -> None:
        """The leg takes part through this open port from the next tick on; the conference will close it."""
        self._roster.offer(leg, port)

    def leave(self, leg: str) -> None:
        """The leg is out from the next tick on, and its port closed. Nothing happens if it is not there."""
        self._roster.drop(leg)
        self._close_departed_if_idle()

    def set_members(
        self, members: Mapping[str, VoicePortSpec], heard_by: Mapping[str, Collection[str]] | None = None
    ) -> None:
        """Exactly these legs take part: opens what is missing, closes what is gone, leaves alone what stays.

        Who is named in `heard_by` is heard by these legs alone (by none: muted), from the first frame on and
        through a loss of the port; who is not is heard by everybody.

        Returns at once; `status` and `on_change` say what came of it. A port that is missing or lost is tried
        again every 200 ms (a socket: 40 ms) for as long as its leg is a member.
        """
        self._roster.reconcile(members, heard_by or {})
        self._close_departed_if_idle()

    def set_playing(self, clips: Mapping[str, ClipSpec]) -> None:
        """Exactly these clips are played, each once by its id (see `ClipSpec.every_s`), when it can be heard.

        Returns at once. `status` says which are over: those are not begun again, however often they are told.
        """
        self._playlist.reconcile(clips)

    def set_tap(self, tap: Tap | None) -> None:
        """Have this called at the end of every tick with what each leg has said, muted ones included.

        It is called on the media thread: it must not wait.
        """
        self._tap = tap

    # -- how it is

    def levels(self) -> dict[str, LevelReport]:
        """How loud each leg is."""
        return self._core.levels()

    def ways(self) -> dict[str, tuple[WayLevel, WayLevel]]:
        """How loud each leg's call has been, both ways: what it has said, and what it was told."""
        return self._core.ways()

    def jitter(self) -> dict[str, JitterStats]:
        """How each leg's sound arrives."""
        return self._core.jitter()

    def counters(self) -> dict[str, PortCounters]:
        """What each open port has carried."""
        return {leg: port.counters() for leg, port in self._roster.ports().items()}

    def status(self) -> ConferenceStatus:
        """Who is joined, who is lost, what is heard and played, and whether the clock is kept."""
        ports = self._roster.ports()
        joined = tuple(ports)
        # What was found a second ago may be of the port of the call before.
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
        """Begin to tick; nothing happens if it does already."""
        if self._thread is None:
            self._pace = Pace()
            self._stopping = threading.Event()
            self._thread = threading.Thread(
                target=self._run, args=(self._stopping,), name="conference", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """End the thread and close all ports; takes about 20 ms, at most half a second. It ends no call."""
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
        """Let whoever opens these ports next go on without a gap; returns at once.

        From the next tick on nothing is read: it waits for the heir. What was read before is played to its
        end, a frame or two; then the ports are closed, and nothing is mixed any more.
        """
        self._handing = True

    def turn(self, tick: Tick) -> None:
        """Do one tick now. The thread calls this; so may whoever has not started it."""
        handing = self._handing
        self._roster.close_departed()  # what left since the last tick is used by none
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
                    # What waits was read at another rate than it was spoken at.
                    self._core.refill(one.leg)
            except Exception as error:  # whatever a port does, only its own leg may suffer; `lost` says why
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
        # From here on the voice is out: whatever goes wrong below, nobody's ear misses it.
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
        """Once a second: which ports have taken no frame for three seconds, although each tick gave one."""
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
        if self._thread is None:  # else the thread does it, once it has let go
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
