"""Who hears whom and what is played and recorded, in `alert-ALERT`."""

from __future__ import annotations

from messages.base import Message
from messages.ids import BridgeId, Instant, LegId, OperatorId, Party, Unplayed


class VoicesWithheld(Message, frozen=True, kw_only=True, tag="voices.withheld"):
    """The user is to hear nobody, and is heard as ever."""

    by: OperatorId


class VoicesGiven(Message, frozen=True, kw_only=True, tag="voices.given"):
    """The user is to hear the others, also of an alert that is silent."""

    by: OperatorId


class AnnouncementRequested(Message, frozen=True, kw_only=True, tag="announcement.requested"):
    """The operator wants this said to 112 by the center's voice, in place of the operator's own."""

    what: str
    """`cannot_speak`"""
    by: OperatorId


class AnnouncementPlayed(Message, frozen=True, kw_only=True, tag="announcement.played"):
    """Something has been played to its end, and is not played again. What repeats has no end."""

    clip: str
    leg: LegId
    """Whose it was; the first of them where there were several."""


class AnnouncementBegun(Message, frozen=True, kw_only=True, tag="announcement.begun"):
    """Something that is to be heard once has begun to be heard: whatever ends it, it is not begun again."""

    clip: str
    leg: LegId
    begun_at: Instant
    """By the bridge's clock, as the keys of the phone are."""


class AnnouncementFailed(Message, frozen=True, kw_only=True, tag="announcement.failed"):
    """Something that was to be heard once is not heard, or not to its end, and not played again."""

    clip: str
    leg: LegId
    reason: Unplayed


class BridgeJoined(Message, frozen=True, kw_only=True, tag="bridge.joined"):
    """These legs hear each other."""

    bridge: BridgeId
    legs: tuple[LegId, ...]


class CheckHeard(Message, frozen=True, kw_only=True, tag="check.heard"):
    """Of a check: a voice has come over the call to the phone, so that the voice's way is whole."""

    leg: LegId


class BridgeLeft(Message, frozen=True, kw_only=True, tag="bridge.left"):
    """These legs are no longer in the conference."""

    bridge: BridgeId
    legs: tuple[LegId, ...]


class RecordingStarted(Message, frozen=True, kw_only=True, tag="recording.started"):
    """What is said is being recorded, in this file of the node's `recordings` folder."""

    file: str
    announce: bool = False
    """Whether the user is to be told."""


class RecordingStopped(Message, frozen=True, kw_only=True, tag="recording.stopped"):
    """What is said is no longer recorded, against the settings, until another file begins."""

    reason: str


class ConferenceBroken(Message, frozen=True, kw_only=True, tag="conference.broken"):
    """User and 112 were left talking, and the call of one of them has ended too soon (case 24).

    The operator's leave is undone by it: the alert is nobody's, and an operator is looked for.
    """

    party: Party
    """Whose call has ended."""


class ConferenceSettled(Message, frozen=True, kw_only=True, tag="conference.settled"):
    """User and 112, together again after `conference.broken`, have gone on talking without an operator for as
    long as a break is looked for: they are as left as before, and nobody is looked for any more.
    """
