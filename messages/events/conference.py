"""Conference: voices, announcements and recordings, in `alert-ALERT`."""

from __future__ import annotations

from typing import ClassVar

from messages.base import Message
from messages.ids import BridgeId, Instant, LegId, OperatorId, Party, Unplayed
from messages.rows import ListItem, Sentence, listing


class VoicesWithheld(Message, frozen=True, kw_only=True, tag="voices.withheld"):
    """The user hears no one from now on, and is still heard."""

    sentence: ClassVar = Sentence("{by} has the user hear nobody", "{by}: l’utente non sente nessuno")
    listed: ClassVar = listing(ListItem("hush", "wait", "{op}: no voice to {user}"), operator="by")

    by: OperatorId


class VoicesGiven(Message, frozen=True, kw_only=True, tag="voices.given"):
    """The user hears the others from now on, even in a silent alert."""

    sentence: ClassVar = Sentence(
        "{by} has the user hear the others",
        "{by}: l’utente sente di nuovo gli altri",
    )
    listed: ClassVar = listing(ListItem("voice", "", "{op}: {user} hears again"), operator="by")

    by: OperatorId


class AnnouncementRequested(Message, frozen=True, kw_only=True, tag="announcement.requested"):
    """The operator has ordered an announcement to 112 by the center's voice."""

    sentence: ClassVar = Sentence("{by} has 112 told: {what}", "{by} fa dire al 112: {what}")
    listed: ClassVar = listing(
        ListItem("112", "", "{op} has 112 told: {clip}"),
        operator="by",
        reason="what",
    )

    what: str
    """Name of the announcement, `cannot_speak`."""
    by: OperatorId


class AnnouncementPlayed(Message, frozen=True, kw_only=True, tag="announcement.played"):
    """A clip was played to its end, and is not repeated. Repeating clips have no such event."""

    sentence: ClassVar = Sentence("{leg:role} heard {clip:clip}", "{leg} ha sentito {clip:clip}")

    clip: str
    leg: LegId
    """Leg that heard the clip; the first of several."""


class AnnouncementBegun(Message, frozen=True, kw_only=True, tag="announcement.begun"):
    """A clip that is played once has started: after any interruption it is not started again."""

    sentence: ClassVar = Sentence("{clip:clip} begins to be heard", "comincia l’annuncio: {clip:clip}")

    clip: str
    leg: LegId
    begun_at: Instant
    """Time by the bridge's clock, like the keys of the phone."""


class AnnouncementFailed(Message, frozen=True, kw_only=True, tag="announcement.failed"):
    """A clip that is played once failed or was cut, and is not played again."""

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
    """A voice was heard over the call of a check: the voice path is complete."""

    sentence: ClassVar = Sentence("a voice was heard from {leg}", "{leg}: si è sentita una voce")

    leg: LegId


class BridgeLeft(Message, frozen=True, kw_only=True, tag="bridge.left"):
    """These legs are no longer in the conference."""

    sentence: ClassVar = Sentence("left the conference: {legs}", "fuori dalla conferenza: {legs}")

    bridge: BridgeId
    legs: tuple[LegId, ...]


class RecordingStarted(Message, frozen=True, kw_only=True, tag="recording.started"):
    """A recording has started, in this file of the node's `recordings` folder."""

    sentence: ClassVar = Sentence("recorded in {file}", "si registra in {file}")
    listed: ClassVar = listing(ListItem("rec", "", "Recorded: {text}"), text="file")

    file: str
    announce: bool = False
    """True if the recording is announced to the user."""


class RecordingStopped(Message, frozen=True, kw_only=True, tag="recording.stopped"):
    """The recording has stopped against the settings, until another file begins."""

    sentence: ClassVar = Sentence("NOT RECORDED any more: {reason}", "NON SI REGISTRA PIÙ: {reason}")
    listed: ClassVar = listing(
        ListItem("warn", "wait", "The recording has stopped; the voice goes on"),
        reason="reason",
    )

    reason: str


class ConferenceBroken(Message, frozen=True, kw_only=True, tag="conference.broken"):
    """The operator has left user and 112 in conversation, and the call of one of them has ended too soon.

    The event undoes the operator's leave: the alert is unassigned, and an operator is searched.
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
    """Party of the ended call."""


class ConferenceSettled(Message, frozen=True, kw_only=True, tag="conference.settled"):
    """User and 112, together again after `conference.broken`, have talked without an operator beyond the time
    for a break: the leave is in force again, and the search for an operator ends.
    """

    sentence: ClassVar = Sentence(
        "the user and 112 go on talking, and no operator is looked for any more",
        "l’utente e il 112 continuano a parlare; non si cerca più un operatore",
    )
    listed: ClassVar = listing(ListItem("check", "ok", "{User} and 112 are talking again, by themselves"))
