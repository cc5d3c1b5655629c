"""A mixer that joins everybody at once and mixes nothing: a virtual clock leaves no time for sound.

A test says on whose leg a person is heard (`hear`); a clip is over as soon as somebody is there to hear it,
but a question only once the test says so (`question_ends`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from actors.mixer.actor import MixerActor
from actors.mixer.alert_conference import VoiceOfAlert
from media.conference.beat import Tick
from media.conference.clips import ClipSpec
from media.conference.conference import ConferenceStatus, Tap
from media.conference.report import Pace
from media.ports.voice_port import VoicePortSpec
from media.sound.frames import FRAME_SAMPLES
from media.sound.levels import LevelReport
from messages.ids import SECOND, Instant, Role
from messages.lines import WayLevel
from model.alert.folds.dialogue import QUESTION
from model.workers import mixer_of
from runtime.published import readings
from runtime.system.one_process import OneProcess

SILENT_PORTS: set[str] = set()
"""Paths of voice ports from which no sound comes; emptied with every world."""
MISSING_PORTS: set[str] = set()
"""Paths of voice ports that cannot be opened; as well."""
NO_VOICE: set[str] = set()
"""Not empty: nothing here can speak; as well."""


def said_by(leg: str) -> bytes:
    """What somebody in this place says, if a tap listens: every sample is the same, and nobody else's."""
    value = {"user": 100, "psap": 300}.get(leg.rpartition(":")[2], 200)
    return value.to_bytes(2, "little") * FRAME_SAMPLES


class SilentMixer:
    """Who would be joined."""

    def __init__(self) -> None:
        self.members: dict[str, VoicePortSpec] = {}
        self.heard_by: dict[str, frozenset[str]] = {}
        self.played: set[str] = set()
        self.playing: dict[str, ClipSpec] = {}
        self.begun: dict[str, ClipSpec] = {}
        self.sounding: set[str] = set()
        self.heard_of: set[str] = set()
        self.cut: set[str] = set()
        self.silent_ports = SILENT_PORTS
        self.heard: set[str] = set()
        self.digits: dict[str, str] = {}
        self.tap: Tap | None = None
        self.ticks = 0
        self.stands_still = False
        self.handed_over = False

    def set_members(
        self, members: Mapping[str, VoicePortSpec], heard_by: Mapping[str, Collection[str]] | None = None
    ) -> None:
        self.members = dict(members)
        self.heard_by = {leg: frozenset(hearers) for leg, hearers in (heard_by or {}).items()}
        self.heard &= set(members)
        self.digits = {leg: said for leg, said in self.digits.items() if leg in members}

    def set_playing(self, clips: Mapping[str, ClipSpec]) -> None:
        foreign = {clip for clip, spec in clips.items() if spec.begun} - self.heard_of
        cut = (self.sounding - clips.keys()) | foreign
        self.cut |= cut - self.played
        self.played |= cut
        self.playing = dict(clips)
        self.begun.update(clips)
        audible = {clip for clip, spec in clips.items() if not spec.to.isdisjoint(self.members)} - self.played
        self.sounding = {clip for clip in audible if clip.startswith(QUESTION)}
        self.heard_of |= self.sounding
        self.played.update(clip for clip in audible - self.sounding if not clips[clip].every_s)

    def set_tap(self, tap: Tap | None) -> None:
        self.tap = tap

    def hand_over(self) -> None:
        self.handed_over = True

    def levels(self) -> dict[str, LevelReport]:
        return {leg: LevelReport() for leg in self.members}

    def call_levels(self) -> dict[str, tuple[WayLevel, WayLevel]]:
        said, told = WayLevel(ms=1000, voice_ms=500, sound_ms=900, dbfs=-38.0), WayLevel(ms=1000)
        return dict.fromkeys(self.members, (said, told))

    def status(self) -> ConferenceStatus:
        if not self.stands_still:
            self.ticks += 1
        if self.tap is not None:
            self.tap(Tick(self.ticks), {leg: said_by(leg) for leg in self.members})
        return ConferenceStatus(
            running=True,
            handed_over=self.handed_over,
            joined=tuple(leg for leg, spec in self.members.items() if spec.path not in MISSING_PORTS),
            lost={leg: spec.path for leg, spec in self.members.items() if spec.path in MISSING_PORTS},
            heard=frozenset(self.heard),
            digits=dict(self.digits),
            played=frozenset(self.played),
            begun=frozenset(self.heard_of),
            cut=frozenset(self.cut),
            clip_troubles={clip: "no voice" for clip in self.sounding if NO_VOICE},
            pace=Pace(ticks=self.ticks),
            no_sound=frozenset(leg for leg, spec in self.members.items() if spec.path in self.silent_ports),
        )

    def start(self) -> None:
        pass

    def stop(self, wait_s: float = 0.0) -> None:
        self.members.clear()


class SilentMixerActor(MixerActor):
    """The mixer's actor with such conferences."""

    def new_voice(self, on_change: Callable[[], None]) -> VoiceOfAlert:
        return SilentMixer()

    def timer(self, timer: object, now_us: Instant) -> None:
        """Ten times a second a reading is told; where nobody listens to any, it costs a tenth of a world."""
        if (self.env.run / readings.SOCKET).exists():
            super().timer(timer, now_us)
        else:
            self.at(Instant(now_us + SECOND), "levels")

    def voices(self) -> dict[str, SilentMixer]:
        """What is mixed here, by the key of its bridge."""
        found = {one.bridge: one._voice for one in self._conferences.values()}
        return {bridge: voice for bridge, voice in found.items() if isinstance(voice, SilentMixer)}

    def look(self) -> None:
        """As the media thread has it look when something has changed."""
        self._send_changes()

    def let_go(self) -> None:
        """What the kernel closes when this process is killed."""
        for one in vars(self).get("_conferences", {}).values():
            if one._recorder is not None:
                one._recorder.stop(10)  # a thread cannot be killed; what a kill leaves is another test's
        if "_changed" in vars(self):
            self._changed.close()


class MixedVoice:
    """The conference of one worker as its mixer has it now, whichever process that is."""

    def __init__(self, system: OneProcess, worker: str) -> None:
        self._system, self._worker = system, worker

    @property
    def _actor(self) -> SilentMixerActor | None:
        return self._system.actor(Role.MIXER, mixer_of(self._worker), SilentMixerActor)

    @property
    def now(self) -> SilentMixer | None:
        """What is mixed; None where nothing is."""
        return None if self._actor is None else self._actor.voices().get(self._worker)

    def stand_still(self) -> None:
        """As a media thread that hangs in a driver."""
        assert self.now is not None
        self.now.stands_still = True

    @property
    def members(self) -> tuple[str, ...]:
        """The legs whose ports are open."""
        return () if self.now is None else tuple(self.now.members)

    @property
    def heard_by(self) -> dict[str, frozenset[str]]:
        """Who alone hears a leg, for those that not everybody hears."""
        return {} if self.now is None else dict(self.now.heard_by)

    @property
    def unheard(self) -> frozenset[str]:
        """The legs that are muted, as the mixer has them."""
        return frozenset(leg for leg, hearers in self.heard_by.items() if not hearers)

    @property
    def playing(self) -> dict[str, ClipSpec]:
        """What is wished to be played now, by its id."""
        return {} if self.now is None else self.now.playing

    @property
    def begun(self) -> dict[str, ClipSpec]:
        """Everything that was ever to be played in this conference."""
        return {} if self.now is None else self.now.begun

    def has(self, leg: str) -> bool:
        """Whether this leg is in the conference."""
        return leg in self.members

    def hear(self, leg: str, digit: str = "") -> None:
        """Somebody speaks on this leg, or presses a key of the phone."""
        if self.now is not None and leg in self.now.members:
            self.now.heard.add(leg)
            if digit:
                self.now.digits[leg] = self.now.digits.get(leg, "") + digit
            self._look()

    def question_ends(self) -> None:
        """What is being asked has been heard to its end."""
        if self.now is not None:
            assert self.now.sounding
            self.now.played |= self.now.sounding
            self._look()

    def _look(self) -> None:
        assert self._actor is not None
        self._actor.look()
