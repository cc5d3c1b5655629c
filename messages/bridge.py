"""Messages between an AlertCase and its ConferenceBridge, and between bridges and their Mixer.

The desired state is sent whole and repeatedly, so that a repetition changes nothing; the actual state is
reported whole as well. A bridge keeps nothing beyond its own life: its successor receives the same desired
state.
"""

from __future__ import annotations

import msgspec

from messages.base import Message, VoicePort
from messages.ids import AlertId, BridgeId, Instant, LegId, LineId, Unplayed, WorkerId


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A leg in the conference, with its voice port."""

    leg: LegId
    voice: VoicePort
    muted: bool = False
    """True if no party hears the member, regardless of `heard_by`."""
    heard_by: tuple[LegId, ...] | None = None
    """The only legs that hear the member (a whisper); None: all."""
    line: LineId | None = None
    """Line of the voice port."""


class Clip(msgspec.Struct, frozen=True, kw_only=True):
    """A prepared sound, played to some of the members.

    A clip begins when one of its listeners can hear it, waits while none can, and is played once by its id: a
    bridge never begins an id twice. A successor does not know the clips played before: a clip reported in
    `BridgeReport.played` must leave the desired state.
    """

    id: str
    """Unique within the alert."""
    to: tuple[LegId, ...]
    """Legs that hear the clip; all other sound continues under it, 12 dB lower."""
    names: tuple[str, ...]
    """Clips in sequence: each a file NAME.LANGUAGE.wav of the announcements' folder."""
    language: str = "it"
    text: str = ""
    """Text to speak where a name is `text`."""
    every_s: float = 0.0
    """Pause in seconds before a repetition, as long as the clip is desired; 0: play once."""
    softly: bool = False
    """True for a volume heard at the ear, and not in the room."""
    once: bool = False
    """True if the start is reported as well, and a failure."""
    begun: bool = False
    """True if already reported as begun: a bridge that is not playing the clip must report `cut_off` and not
    begin it.
    """


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """Desired recording of the conference."""

    file: str
    """First part of the file's name; the bridge adds a new number and the format."""
    legs: tuple[LegId, ...]
    """Legs to record during the whole recording; possibly none at the moment."""


class SetMembers(Message, frozen=True, kw_only=True, tag="bridge.set_members"):
    """Desired members, who hear each other. No members: the conference is over and all ports are closed."""

    alert: AlertId
    bridge: BridgeId
    members: tuple[Member, ...]
    playing: tuple[Clip, ...] = ()
    """Clips to play; a clip no longer listed ends within 10 ms."""
    recording: Recording | None = None


class Press(msgspec.Struct, frozen=True, kw_only=True):
    """A DTMF digit heard."""

    at: Instant
    """Time at which the Mixer detected the digit; strictly increasing per leg."""
    digit: str


class BridgeReport(Message, frozen=True, kw_only=True, tag="bridge.report"):
    """Members joined, ports that failed to open or were lost, and sounds detected by the Mixer.

    Sent at every change, and in response to every `SetMembers`.
    """

    bridge: BridgeId
    joined: tuple[LegId, ...]
    lost: tuple[LegId, ...] = ()
    heard: tuple[LegId, ...] = ()
    """Legs on which a person was heard since they joined: a voice for 300 ms, or a DTMF digit."""
    pressed: dict[LegId, tuple[Press, ...]] = msgspec.field(default_factory=dict)
    """Last DTMF digits of each member, oldest first."""
    no_sound: tuple[LegId, ...] = ()
    """Joined legs without sound for 3 s: only digital silence arrives, or the port accepts no sound."""
    played: tuple[str, ...] = ()
    """Ids of the clips played to their end, except repeating ones."""
    begun: dict[str, Instant] = msgspec.field(default_factory=dict)
    """Start of playback of each clip that is played `once`."""
    unplayed: dict[str, Unplayed] = msgspec.field(default_factory=dict)
    """Clips of that kind not played, or not to their end, with the reason. Listed in `played` as well."""
    recording: str = ""
    """File being written; empty before its first sound, and without a recording."""
    recording_fault: str = ""
    """Reason why a desired recording is not made."""


class BridgeReady(Message, frozen=True, kw_only=True, tag="bridge.ready"):
    """The ConferenceBridge of this worker has started without members: send its members.

    If the envelope names an alert, the bridge has received nothing from that alert's case for a while:
    state whether it is still needed.
    """

    worker: WorkerId


class MixerReady(Message, frozen=True, kw_only=True, tag="bridge.mixer_ready"):
    """The Mixer of this bridge has started without members: send the members.

    If the envelope names an alert, the Mixer has received nothing for that alert for a while: state whether
    it is still needed.
    """
