"""Between an AlertCase and its ConferenceBridge.

What is wished is told whole, again and again, so that telling twice changes nothing; what is the case is
reported whole as well. A bridge remembers nothing beyond its own life: its successor is told the same wish.
"""

from __future__ import annotations

import msgspec

from messages.base import Message, VoicePort
from messages.ids import AlertId, BridgeId, CrewId, Instant, LegId, LineId, Unplayed


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One leg in the conference and where its voice is."""

    leg: LegId
    voice: VoicePort
    muted: bool = False
    """Nobody hears it, whatever `heard_by` says."""
    heard_by: tuple[LegId, ...] | None = None
    """The only legs that hear it (a whisper); None: everybody does."""
    line: LineId | None = None
    """Whose voice port it is."""


class Clip(msgspec.Struct, frozen=True, kw_only=True):
    """Something prepared that is played to some of the members.

    It begins when one of those it is for can hear it, waits while none can, and is played once by its id: a
    bridge never begins the same id again. A successor does not know what its predecessor has played, so what
    was reported in `BridgeReport.played` is to be wished no longer.
    """

    id: str
    """Unique within the alert."""
    to: tuple[LegId, ...]
    """Who hears it; whatever else they hear goes on under it, 12 dB lower."""
    names: tuple[str, ...]
    """Clips, one after the other: each a file NAME.LANGUAGE.wav of the announcements' folder."""
    language: str = "it"
    text: str = ""
    """What is to be spoken where a name is `text`."""
    every_s: float = 0.0
    """Begin again so long after its end, for as long as it is wished; 0: once."""
    softly: bool = False
    """To be heard at the ear, and not in the room."""
    once: bool = False
    """Its beginning is reported as well, and a failure."""
    begun: bool = False
    """It was reported as begun: a bridge that does not play it now is not to begin it, but says `cut_off`."""


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be kept of the conference."""

    file: str
    """The first part of its name; the bridge adds a number that is new, and the format."""
    legs: tuple[LegId, ...]
    """Whose voices, for as long as it lasts; at the moment none may be among them."""


class SetMembers(Message, frozen=True, kw_only=True, tag="bridge.set_members"):
    """Exactly these are to hear each other. None: the conference is over and all ports are closed."""

    alert: AlertId
    bridge: BridgeId
    members: tuple[Member, ...]
    playing: tuple[Clip, ...] = ()
    """What is to be played; one that is no longer told ends within 10 ms."""
    recording: Recording | None = None


class Press(msgspec.Struct, frozen=True, kw_only=True):
    """A DTMF digit that was heard."""

    at: Instant
    """When the bridge first knew of it; of one leg's each is later than the one before."""
    digit: str


class BridgeReport(Message, frozen=True, kw_only=True, tag="bridge.report"):
    """Who is joined now, whose port could not be opened or was lost, and what the bridge has heard.

    Said at every change, and in answer to every `SetMembers`.
    """

    bridge: BridgeId
    joined: tuple[LegId, ...]
    lost: tuple[LegId, ...] = ()
    heard: tuple[LegId, ...] = ()
    """On whose leg a person has been heard since it joined: a voice for 300 ms, or a DTMF digit."""
    pressed: dict[LegId, tuple[Press, ...]] = msgspec.field(default_factory=dict)
    """The last DTMF digits of each member, oldest first."""
    no_sound: tuple[LegId, ...] = ()
    """Joined, but now for 3 s or more: nothing comes but digital silence, or the port takes no sound."""
    played: tuple[str, ...] = ()
    """The ids of the clips that have been played to their end. Those that repeat have none."""
    begun: dict[str, Instant] = msgspec.field(default_factory=dict)
    """Of the clips that are to be played `once`: since when each has been heard."""
    unplayed: dict[str, Unplayed] = msgspec.field(default_factory=dict)
    """Of the same: which are not heard, or not to their end, and why. In `played` as well."""
    recording: str = ""
    """The file that is being written; empty before its first sound, and where nothing is recorded."""
    recording_fault: str = ""
    """Why nothing is recorded although it is wished."""


class BridgeReady(Message, frozen=True, kw_only=True, tag="bridge.ready"):
    """The ConferenceBridge of this crew has started and mixes nothing: tell it its members.

    Or, where the envelope names an alert, it has heard nothing of that alert's case for a while: tell it
    whether it is still needed.
    """

    crew: CrewId
