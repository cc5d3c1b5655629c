"""Who hears whom and what is played and recorded, in `alert-ALERT`."""

from __future__ import annotations

from typing import ClassVar

from messages.base import Message
from messages.ids import BridgeId, Instant, LegId, OperatorId, Party, Unplayed
from messages.rows import ListItem, Sentence, listing


class VoicesWithheld(Message, frozen=True, kw_only=True, tag="voices.withheld"):
    """The user is to hear nobody, and is heard as ever."""

    sentence: ClassVar = Sentence("{by} has the user hear nobody", "{by}: l’utente non sente nessuno")
    listed: ClassVar = listing(ListItem("hush", "wait", "{op}: no voice to {user}"), operator="by")

    by: OperatorId


class VoicesGiven(Message, frozen=True, kw_only=True, tag="voices.given"):
    """The user is to hear the others, also of an alert that is silent."""

    sentence: ClassVar = Sentence(
        "{by} has the user hear the others",
        "{by}: l’utente sente di nuovo gli altri",
    )
    listed: ClassVar = listing(ListItem("voice", "", "{op}: {user} hears again"), operator="by")

    by: OperatorId


class AnnouncementRequested(Message, frozen=True, kw_only=True, tag="announcement.requested"):
    """The operator wants this said to 112 by the center's voice, in place of the operator's own."""

    sentence: ClassVar = Sentence("{by} has 112 told: {what}", "{by} fa dire al 112: {what}")
    listed: ClassVar = listing(
        ListItem("112", "", "{op} has 112 told: {clip}"),
        operator="by",
        reason="what",
    )

    what: str
    """`cannot_speak`"""
    by: OperatorId


class AnnouncementPlayed(Message, frozen=True, kw_only=True, tag="announcement.played"):
    """Something has been played to its end, and is not played again. What repeats has no end."""

    sentence: ClassVar = Sentence("{leg:role} heard {clip:clip}", "{leg} ha sentito {clip:clip}")

    clip: str
    leg: LegId
    """Whose it was; the first of them where there were several."""


class AnnouncementBegun(Message, frozen=True, kw_only=True, tag="announcement.begun"):
    """Something that is to be heard once has begun to be heard: whatever ends it, it is not begun again."""

    sentence: ClassVar = Sentence("{clip:clip} begins to be heard", "comincia l’annuncio: {clip:clip}")

    clip: str
    leg: LegId
    begun_at: Instant
    """By the bridge's clock, as the keys of the phone are."""


class AnnouncementFailed(Message, frozen=True, kw_only=True, tag="announcement.failed"):
    """Something that was to be heard once is not heard, or not to its end, and not played again."""

    sentence: ClassVar = Sentence(
        "{clip:clip} was not heard to its end: {reason}",
        "non sentito fino in fondo: {clip:clip} ({reason})",
    )
    listed: ClassVar = listing(
        ListItem("warn", "wait", "A question was not said: no voice", {"reason": "no_sound"}),
        ListItem("warn", "wait", "A question was cut off"),
        reason="reason",
    )

    clip: str
    leg: LegId
    reason: Unplayed


class BridgeJoined(Message, frozen=True, kw_only=True, tag="bridge.joined"):
    """These legs hear each other."""

    sentence: ClassVar = Sentence("joined: {legs}", "uniti: {legs}")

    bridge: BridgeId
    legs: tuple[LegId, ...]


class CheckHeard(Message, frozen=True, kw_only=True, tag="check.heard"):
    """Of a check: a voice has come over the call to the phone, so that the voice's way is whole."""

    sentence: ClassVar = Sentence("a voice was heard from {leg}", "{leg}: si è sentita una voce")

    leg: LegId


class BridgeLeft(Message, frozen=True, kw_only=True, tag="bridge.left"):
    """These legs are no longer in the conference."""

    sentence: ClassVar = Sentence("left the conference: {legs}", "fuori dalla conferenza: {legs}")

    bridge: BridgeId
    legs: tuple[LegId, ...]


class RecordingStarted(Message, frozen=True, kw_only=True, tag="recording.started"):
    """What is said is being recorded, in this file of the node's `recordings` folder."""

    sentence: ClassVar = Sentence("recorded in {file}", "si registra in {file}")
    listed: ClassVar = listing(ListItem("rec", "", "Recorded: {text}"), text="file")

    file: str
    announce: bool = False
    """Whether the user is to be told."""


class RecordingStopped(Message, frozen=True, kw_only=True, tag="recording.stopped"):
    """What is said is no longer recorded, against the settings, until another file begins."""

    sentence: ClassVar = Sentence("NOT RECORDED any more: {reason}", "NON SI REGISTRA PIÙ: {reason}")
    listed: ClassVar = listing(
        ListItem("warn", "wait", "The recording has stopped; the voice goes on"),
        reason="reason",
    )

    reason: str


class ConferenceBroken(Message, frozen=True, kw_only=True, tag="conference.broken"):
    """User and 112 were left talking, and the call of one of them has ended too soon (case 24).

    The operator's leave is undone by it: the alert is nobody's, and an operator is looked for.
    """

    sentence: ClassVar = Sentence(
        "the call of {party} ended soon after the operator had left",
        "la chiamata [{?party=user}dell’utente|del 112] è finita poco dopo che l’operatore aveva lasciato",
    )
    listed: ClassVar = listing(
        ListItem("warn", "bad", "112’s line dropped after the operator had left", {"party": "psap"}),
        ListItem("warn", "bad", "{User}’s line dropped after the operator had left"),
        party="party",
    )

    party: Party
    """Whose call has ended."""


class ConferenceSettled(Message, frozen=True, kw_only=True, tag="conference.settled"):
    """User and 112, together again after `conference.broken`, have gone on talking without an operator for as
    long as a break is looked for: they are as left as before, and nobody is looked for any more.
    """

    sentence: ClassVar = Sentence(
        "the user and 112 go on talking, and no operator is looked for any more",
        "l’utente e il 112 continuano a parlare; non si cerca più un operatore",
    )
    listed: ClassVar = listing(ListItem("check", "ok", "{User} and 112 are talking again, by themselves"))
