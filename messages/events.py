"""The events of the journal: what happened, in the past tense, never changed once written.

An alert has two streams. `inbox-ALERT` holds facts from outside, appended by whoever receives
them; `alert-ALERT` holds what its AlertCase decided and what the legs reported. The other
streams (`number-…`, `operator-…`, `line-…`, `text-…`, `node-…`, `user-…`) are named at their events.
"""

from __future__ import annotations

from messages.base import Address, Joins, Message, Position, VoicePort
from messages.ids import (
    E164,
    Advice,
    AlertId,
    BridgeId,
    BriefingField,
    Channel,
    CrewId,
    Doubt,
    ErasureReason,
    Instant,
    LegId,
    LineId,
    NodeId,
    OperatorCommand,
    OperatorId,
    OperatorLine,
    Outcome,
    Party,
    PersonalKind,
    Proof,
    ShiftState,
    TextFailure,
    TextPurpose,
    TrunkId,
    UserId,
)

# ---------------------------------------------------------------- inbox-ALERT


class AlertReceived(Message, frozen=True, kw_only=True, tag="alert.received"):
    """An alert has come in and is durable; the first event of every inbox."""

    channel: Channel
    raised_at: Instant
    """When it was raised, by the phone's corrected clock; the receipt where that is unknown."""
    received_at: Instant
    deadline_at: Instant
    """When the app calls 112 by itself: never later than the receipt plus `deadline.seconds`."""
    phone: E164 | None = None
    device: str | None = None
    position: Position | None = None
    test: bool = False
    silent: bool = False
    battery_pct: int | None = None
    line: LineId | None = None
    """The line on which the user's own call stands (S2)."""
    call: int | None = None
    """That call's number in its modem."""
    proof: Proof | None = None
    """None in what is older than proofs: see `model.rules.proof`."""
    key: str = ""
    """The enrolled device that has signed it; empty below `device`."""
    doubt: Doubt | None = None


class AlertSignalAdded(Message, frozen=True, kw_only=True, tag="alert.signal_added"):
    """The same event was signalled again, by whatever channel; kept, and no second case made."""

    channel: Channel
    received_at: Instant
    raised_at: Instant
    phone: E164 | None = None
    device: str | None = None
    position: Position | None = None
    silent: bool = False
    battery_pct: int | None = None
    line: LineId | None = None
    call: int | None = None
    proof: Proof | None = None
    key: str = ""
    doubt: Doubt | None = None


class AlertBeside(Message, frozen=True, kw_only=True, tag="alert.beside"):
    """Another alert of the same number is open that has another proof: neither is merged into the other."""

    alert: AlertId
    proof: Proof
    """The other one's."""


class PositionUpdated(Message, frozen=True, kw_only=True, tag="position.updated"):
    """One more position of the user."""

    position: Position | None = None
    """None: forgotten."""


class AddressFound(Message, frozen=True, kw_only=True, tag="address.found"):
    """Where the user's position is, by name: what the operator was shown and may have read to 112."""

    address: Address | None = None
    """None: forgotten."""


class AlertCancelled(Message, frozen=True, kw_only=True, tag="alert.cancelled"):
    """The app says that the alert was a mistake; with the duress PIN it only seems to."""

    duress: bool = False


class PinRefused(Message, frozen=True, kw_only=True, tag="pin.wrong"):
    """A wrong PIN was typed to cancel the alert: perhaps somebody else has the phone (case 19)."""


class RingingSeen(Message, frozen=True, kw_only=True, tag="ringing.seen"):
    """The app says that the phone rings, or has rung, with the center's call."""


class CommandGiven(Message, frozen=True, kw_only=True, tag="command.given"):
    """An operator has ordered something; the case decides what comes of it."""

    command: OperatorCommand
    by: OperatorId
    text: str = ""
    to: OperatorId | None = None
    """Whom she hands the case over to; none: to whoever can be had."""
    party: Party | None = None
    """Who is to be called on another line; none: whoever is without sound. Or into whose call a digit goes;
    none: 112's."""
    digit: str = ""
    """The key that she has pressed, with `send_digit`."""
    what: str = ""
    """What is to be announced; empty: `cannot_speak`."""


class NoteAdded(Message, frozen=True, kw_only=True, tag="note.added"):
    """An operator has written something down, or the user has, in a short message."""

    by: OperatorId
    """Empty: the user herself."""
    text: str = ""


class DialogueSaid(Message, frozen=True, kw_only=True, tag="dialogue.said"):
    """User or operator has written to the other. Messages of an alert are numbered from 1 as they come."""

    id: str
    """The writer's own: the same again is no other message."""
    by: OperatorId = OperatorId("")
    """Empty: the user."""
    channel: Channel = Channel.DATA
    """How it came, or is to go; `voice`: the operator has asked it on the line."""
    text: str = ""
    asks: bool = False
    """It is to be answered by yes or no."""
    answers: int = 0
    """Of the user's: the number of the question that it answers by `yes` or `no`; 0: none."""
    fills: BriefingField | None = None
    """Which field of the briefing the answer fills, and with what."""
    yes: str = ""
    no: str = ""


class DialogueSeen(Message, frozen=True, kw_only=True, tag="dialogue.seen"):
    """All messages of the other side up to this number have arrived, or were read."""

    by: OperatorId = OperatorId("")
    """Who has seen them; empty: the user's phone."""
    upto: int
    read: bool = False
    """They were on a screen that somebody looks at; else they have only arrived."""


class BriefingFilled(Message, frozen=True, kw_only=True, tag="briefing.filled"):
    """What is known of one field of the briefing, in place of what was known before."""

    field: BriefingField
    text: str = ""
    """Empty: nothing is known of it any more."""
    by: OperatorId = OperatorId("")
    """Empty: the user."""


class PageOpened(Message, frozen=True, kw_only=True, tag="page.opened"):
    """What 112 is told stands on a page as well, for whoever has the code."""

    by: OperatorId
    code: str = ""


class PageViewed(Message, frozen=True, kw_only=True, tag="page.viewed"):
    """The page was looked at from an address from which it had not been before."""

    origin: str
    """An IP address, 112's."""


class RecordingDeleted(Message, frozen=True, kw_only=True, tag="recording.deleted"):
    """A recording of this alert is deleted."""

    file: str
    reason: str
    """`retention`, or `erased` with the data of the person."""


class AlertHeld(Message, frozen=True, kw_only=True, tag="alert.held"):
    """Nothing of this alert is forgotten until `alert.hold_ended`: a court has asked for it, say."""

    by: str
    reason: str = ""


class AlertHoldEnded(Message, frozen=True, kw_only=True, tag="alert.hold_ended"):
    """The alert is kept no longer than others are."""

    by: str


class AlertErased(Message, frozen=True, kw_only=True, tag="alert.erased"):
    """What is personal in this alert's events is gone for good: the keys of these kinds are destroyed."""

    by: str
    """Empty: its time was over."""
    kinds: tuple[PersonalKind, ...]
    reason: ErasureReason


class DeadlineMissed(Message, frozen=True, kw_only=True, tag="deadline.missed"):
    """The deadline has passed with the user not reached (S11). Said by the DeadlineWatchdog."""


class AdviceChanged(Message, frozen=True, kw_only=True, tag="advice.changed"):
    """The app has to be told something else. Said by the DeadlineWatchdog in the inbox, or by the case."""

    advice: Advice
    reason: str = ""


# ---------------------------------------------------------------- alert-ALERT


class CaseOpened(Message, frozen=True, kw_only=True, tag="case.opened"):
    """An AlertCase has taken the alert; whoever opened it before has lost it with this event."""

    node: NodeId
    crew: CrewId
    incarnation: int


class InboxRead(Message, frozen=True, kw_only=True, tag="inbox.read"):
    """The inbox has been acted upon up to and including this version of it."""

    upto: int


class CommandRefused(Message, frozen=True, kw_only=True, tag="command.refused"):
    """A command came to the case when it no longer allowed it."""

    command: OperatorCommand
    by: OperatorId
    reason: str


class UserIdentified(Message, frozen=True, kw_only=True, tag="user.identified"):
    """The person is known (S3)."""

    user: UserId
    phone: E164 | None = None
    """The number to call her on, where the alert came without one."""
    language: str = ""


class UserUnknown(Message, frozen=True, kw_only=True, tag="user.unknown"):
    """Nobody in the registry fits. Full service all the same."""


class OperatorReserved(Message, frozen=True, kw_only=True, tag="operator.reserved"):
    """An operator is this alert's and no other's; in her own stream too, whose version makes it so."""

    operator: OperatorId
    alert: AlertId
    number: E164 | None = None
    mode: OperatorLine = OperatorLine.ON_DEMAND


class OperatorNotAnswering(Message, frozen=True, kw_only=True, tag="operator.not_answering"):
    """The operator's phone rang for the time allowed, or failed. Her reservation ends with it."""

    operator: OperatorId


class OperatorJoined(Message, frozen=True, kw_only=True, tag="operator.joined"):
    """The operator is on the line and has the case."""

    operator: OperatorId
    leg: LegId


class OperatorLeft(Message, frozen=True, kw_only=True, tag="operator.left"):
    """The operator has nothing more to do with the case: she left it, lost it or was not needed.

    Where she had it and her part is done, in her own stream too: her wrap-up begins with it.
    """

    operator: OperatorId
    reason: str = ""
    alert: AlertId | None = None
    """In her own stream: which one it was."""


class TakeRequested(Message, frozen=True, kw_only=True, tag="take.requested"):
    """An operator takes the case herself; she is to be called, nobody else."""

    by: OperatorId


class ListenRequested(Message, frozen=True, kw_only=True, tag="listen.requested"):
    """A supervisor listens in: her phone is to be called, and she is heard by nobody."""

    by: OperatorId


class ListenerLeft(Message, frozen=True, kw_only=True, tag="listener.left"):
    """She listens no more, or did not come to it. Her reservation, made with her call, ends with this."""

    operator: OperatorId
    reason: str = ""


class HandOverRequested(Message, frozen=True, kw_only=True, tag="hand_over.requested"):
    """The operator on the line wants another one to take the case. Until that one is joined it stays hers."""

    by: OperatorId
    to: OperatorId | None = None
    """This one and no other is called; none: whoever can be had."""
    text: str = ""


class HandOverEnded(Message, frozen=True, kw_only=True, tag="hand_over.ended"):
    """Nobody has taken the case over, and nobody is called for it any more: it stays whose it was."""

    reason: str
    """`withdrawn`, `no answer`, `nobody` (was free), `no line`."""


class WhisperBegun(Message, frozen=True, kw_only=True, tag="whisper.begun"):
    """Whoever listens in is heard by the operator who has the case, and by nobody else."""

    by: OperatorId


class WhisperEnded(Message, frozen=True, kw_only=True, tag="whisper.ended"):
    """She is heard by nobody again."""

    by: OperatorId


class LegOriginating(Message, frozen=True, kw_only=True, tag="leg.originating"):
    """A party is being called: everything needed to find the call again after a crash."""

    leg: LegId
    party: Party
    number: E164 | None = None
    line: LineId
    attempt: int
    trunk: TrunkId | None = None
    operator: OperatorId | None = None
    emergency: bool = False
    call: int | None = None
    """The modem's number of an inbound call that becomes this leg by being answered."""
    joins: Joins = Joins.HOST
    """How the line joins its calls."""


class LegRinging(Message, frozen=True, kw_only=True, tag="leg.ringing"):
    """The party's phone is ringing."""

    leg: LegId
    attempt: int


class LegAnswered(Message, frozen=True, kw_only=True, tag="leg.answered"):
    """The party, or a machine of hers, has answered."""

    leg: LegId
    attempt: int
    voice: VoicePort | None = None
    confirmed: bool = True
    """False where signalling alone does not prove that somebody answered."""
    joins: Joins = Joins.HOST
    """How the line joins its calls, by its modem's own word."""


class LegConfirmed(Message, frozen=True, kw_only=True, tag="leg.confirmed"):
    """Somebody is on a line that was called answered without proof (`leg.answered`, `confirmed` false)."""

    leg: LegId
    attempt: int
    by: str
    """`voice` or `digit`: heard on it; `word`: an operator has said so, or done what says so; `network`: it
    has joined the call with another, as it does only with what is answered."""


class LegVoiceReady(Message, frozen=True, kw_only=True, tag="leg.voice_ready"):
    """The voice of an answered leg is to be had here; said where that was not known at the answer."""

    leg: LegId
    attempt: int
    voice: VoicePort


class LegReleasing(Message, frozen=True, kw_only=True, tag="leg.releasing"):
    """The case has decided to hang up."""

    leg: LegId
    attempt: int
    reason: str = ""


class LegReleased(Message, frozen=True, kw_only=True, tag="leg.released"):
    """The leg is gone, whoever hung up."""

    leg: LegId
    attempt: int
    cause: int
    """ITU-T Q.850; above 127 see HangupCause."""


class LegAdopted(Message, frozen=True, kw_only=True, tag="leg.adopted"):
    """A call that a modem held through a restart was taken over, not redialled."""

    leg: LegId
    attempt: int


class LegMuted(Message, frozen=True, kw_only=True, tag="leg.muted"):
    """The operator hears and is not heard, until `leg.unmuted` or the end of this attempt."""

    leg: LegId
    attempt: int
    by: OperatorId


class LegUnmuted(Message, frozen=True, kw_only=True, tag="leg.unmuted"):
    """The operator is heard again."""

    leg: LegId
    attempt: int
    by: OperatorId


class VoicesWithheld(Message, frozen=True, kw_only=True, tag="voices.withheld"):
    """The user is to hear nobody, and is heard as ever."""

    by: OperatorId


class VoicesGiven(Message, frozen=True, kw_only=True, tag="voices.given"):
    """The user is to hear the others, also of an alert that is silent."""

    by: OperatorId


class LegDigit(Message, frozen=True, kw_only=True, tag="leg.digit"):
    """The operator has pressed a key for this party's voice menu: a DTMF digit goes into the call, once."""

    leg: LegId
    attempt: int
    digit: str
    by: OperatorId


class LegPressed(Message, frozen=True, kw_only=True, tag="leg.pressed"):
    """The party has pressed a key of the phone: a DTMF digit was heard."""

    leg: LegId
    attempt: int
    digit: str = ""
    pressed_at: Instant


class LegSoundLost(Message, frozen=True, kw_only=True, tag="leg.sound_lost"):
    """The party is on the line, and for 3 s nothing has come but digital silence, or nothing was taken.

    Said once, until `leg.sound_back` or the end of this attempt.
    """

    leg: LegId
    attempt: int
    line: LineId


class LegSoundBack(Message, frozen=True, kw_only=True, tag="leg.sound_back"):
    """For a second there has been sound again."""

    leg: LegId
    attempt: int


class AnotherLineRequested(Message, frozen=True, kw_only=True, tag="another_line.requested"):
    """The operator wants this party hung up and called again at once, on another line."""

    by: OperatorId
    party: Party


class UserRang(Message, frozen=True, kw_only=True, tag="user.rang"):
    """The network has said for the first time that the user's phone rings; that is no proof of a person."""

    meets_deadline: bool = True
    """Whether that meets the deadline (S11), by the policy of the moment."""


class UserReached(Message, frozen=True, kw_only=True, tag="user.reached"):
    """The callback has reached the user: a proved answer, or somebody's word; it meets the deadline (S11)."""

    met_by: str
    """`answered` or `inbound`; `ringing` stands in older journals for what is `user.rang` now."""
    by: str = ""
    """Who says so: `answer` (signalling), `app`, `voice`, `digit` (heard on the line), `operator`; empty in
    older journals."""


class CallAloudRequested(Message, frozen=True, kw_only=True, tag="call_aloud.requested"):
    """The operator wants the user of a silent alert called, which the phone may let be heard."""

    by: OperatorId


class DialWithheld(Message, frozen=True, kw_only=True, tag="dial.withheld"):
    """The center does not call the user's number by itself: an operator has to want it."""

    number: E164 | None = None
    reason: str
    """Of the dial policy."""


class UserPresumedCallingPsap(Message, frozen=True, kw_only=True, tag="user.presumed_calling_112"):
    """Her line is busy again, or her deadline has passed: her phone has probably dialled 112."""

    reason: str


class MachineMarked(Message, frozen=True, kw_only=True, tag="machine.marked"):
    """The operator has heard a machine on the user's leg; it counts as no answer."""

    by: OperatorId


class RedialRequested(Message, frozen=True, kw_only=True, tag="redial.requested"):
    """The operator wants the user called again."""

    by: OperatorId


class AnnouncementRequested(Message, frozen=True, kw_only=True, tag="announcement.requested"):
    """The operator wants this said to 112, as she cannot or need not say it herself."""

    what: str
    """`cannot_speak`"""
    by: OperatorId


class AnnouncementPlayed(Message, frozen=True, kw_only=True, tag="announcement.played"):
    """Something has been played to its end, and is not played again. What repeats has no end."""

    clip: str
    leg: LegId
    """Whose it was; the first of them where there were several."""


class BridgeJoined(Message, frozen=True, kw_only=True, tag="bridge.joined"):
    """These legs hear each other."""

    bridge: BridgeId
    legs: tuple[LegId, ...]


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


class PsapRequested(Message, frozen=True, kw_only=True, tag="psap.requested"):
    """112 is to be called for this alert (S8)."""

    by: OperatorId | None
    number: E164


class PsapLineLacking(Message, frozen=True, kw_only=True, tag="psap.no_line"):
    """112 is wanted, and no line can carry the call. It is tried on; the next `leg.originating` ends this, or
    the next call that rings, where calls have failed."""

    reason: str
    """`none`, `out_of_use`, `taken`, `failing` or `guarded` (`messages.lines.Lack`)."""


class PsapCalledElsewhere(Message, frozen=True, kw_only=True, tag="psap.called_elsewhere"):
    """The operator has called 112 from another phone and has read the briefing there."""

    by: OperatorId


class PsapWithdrawn(Message, frozen=True, kw_only=True, tag="psap.withdrawn"):
    """112 is not to be called after all."""

    by: OperatorId


class PsapJoined(Message, frozen=True, kw_only=True, tag="psap.joined"):
    """112 is in the conference."""

    leg: LegId


class FalseAlarmDeclared(Message, frozen=True, kw_only=True, tag="false_alarm.declared"):
    """The operator has heard from the user that it was a mistake (S7)."""

    by: OperatorId
    text: str = ""


class BriefingGiven(Message, frozen=True, kw_only=True, tag="briefing.given"):
    """The operator has told 112 everything known (S10)."""

    by: OperatorId


class LeaveRequested(Message, frozen=True, kw_only=True, tag="leave.requested"):
    """The operator leaves the conference (S9)."""

    by: OperatorId
    handed_over: bool = True
    """User and 112 go on talking; False where 112 alone was briefed and everything ends (S10)."""


class CloseRequested(Message, frozen=True, kw_only=True, tag="close.requested"):
    """The operator closes what is over."""

    by: OperatorId


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


class AlertReopened(Message, frozen=True, kw_only=True, tag="alert.reopened"):
    """A closed alert goes on: an operator is looked for, the user is called again.

    It stands in the inbox: who has closed the alert has let go of it, and the alert is nobody's yet.
    """

    by: OperatorId
    psap: bool = False
    """Whether 112 is to be called again as well."""


class AlertClosed(Message, frozen=True, kw_only=True, tag="alert.closed"):
    """Nothing more is done for this alert; all its legs are released."""

    outcome: Outcome


# ------------------------------------------------------- number-REFERENCE, device-REFERENCE (table `alias`)


class NumberRaised(Message, frozen=True, kw_only=True, tag="number.alert_raised"):
    """The latest alert of one number; its version decides who was first (case 1)."""

    alert: AlertId


# ------------------------------------------------------------------ page-DIGEST (of the code)


class PageNamed(Message, frozen=True, kw_only=True, tag="page.named"):
    """Of which alert the page with this code is."""

    alert: AlertId


# ---------------------------------------------------------------- operator-OPERATOR


class ShiftChanged(Message, frozen=True, kw_only=True, tag="operator.shift_changed"):
    """What the operator, or her silence, has made of her shift."""

    operator: OperatorId
    state: ShiftState
    reason: str = ""


class WrapUpEnded(Message, frozen=True, kw_only=True, tag="operator.wrap_up_ended"):
    """She is ready for the next alert before the time for her notes is over."""

    operator: OperatorId


# ---------------------------------------------------------------- line-LINE


class LineSeized(Message, frozen=True, kw_only=True, tag="line.seized"):
    """The line is this leg's until `leg.released`; its version decides who was first.

    Or it is a call's that is nailed up for an operator's shift, until the next one of this kind: that one
    names no leg where the call has ended, and the line is nobody's.
    """

    line: LineId
    alert: AlertId | None = None
    leg: LegId
    attempt: int
    operator: OperatorId | None = None
    """Whose shift it is, where it is no alert's."""


class LineQuarantined(Message, frozen=True, kw_only=True, tag="line.quarantined"):
    """The line is not to be used: its modem is dead, mute or unwilling."""

    line: LineId
    reason: str


class LineReturned(Message, frozen=True, kw_only=True, tag="line.returned"):
    """The line can be used again."""

    line: LineId


# ---------------------------------------------------------------- text-TEXT


class TextAsked(Message, frozen=True, kw_only=True, tag="text.asked"):
    """The center is to send a short message. Its words are not here, but in a row that goes with its end."""

    to: E164 = E164("")
    """In older journals; it stands with the words now."""
    purpose: TextPurpose
    expires_at: Instant
    """Afterwards it is of no use, and is not sent."""


class TextSending(Message, frozen=True, kw_only=True, tag="text.sending"):
    """This line is about to send it; from here on no other does, whatever becomes of it."""

    line: LineId


class TextSent(Message, frozen=True, kw_only=True, tag="text.sent"):
    """The network has taken it."""

    line: LineId
    reference: int | None = None
    """The network's, of its last part (3GPP TS 23.040 TP-Message-Reference)."""


class TextFailed(Message, frozen=True, kw_only=True, tag="text.failed"):
    """It is given up."""

    cause: TextFailure
    line: LineId | None = None
    """Which was to send it; none: it never came to that."""
    text: str = ""
    """What the modem has said (`+CMS ERROR: 38`, 3GPP TS 27.005 clause 3.2.5)."""


# ---------------------------------------------------------------- node-NODE


class NodeStarted(Message, frozen=True, kw_only=True, tag="node.started"):
    """The node has begun, with whatever an earlier one left being ended."""

    version: str
    pid: int


class NodeStopped(Message, frozen=True, kw_only=True, tag="node.stopped"):
    """The node has ended in order."""


class ActorStarted(Message, frozen=True, kw_only=True, tag="actor.started"):
    """A start after a death, or of the whole group."""

    role: str
    key: str
    incarnation: int
    pid: int
    cause: str = ""


class AlarmRaised(Message, frozen=True, kw_only=True, tag="alarm.raised"):
    """Something a person on duty has to know."""

    alarm: str
    """What is wrong, as a short permanent name: `line.lost`, `no_operator`, …"""
    subject: str
    text: str


class AlarmCleared(Message, frozen=True, kw_only=True, tag="alarm.cleared"):
    """It is over."""

    alarm: str
    subject: str
    text: str = ""
    """What came of it, in words."""


# ---------------------------------------------------------------- user-USER


class PersonalDataChanged(Message, frozen=True, kw_only=True, tag="user.data_changed"):
    """Somebody wrote, imported or erased a person's data."""

    by: str
    what: str


class PersonalDataRead(Message, frozen=True, kw_only=True, tag="user.data_read"):
    """Somebody saw a person's data."""

    by: str
    why: str


InboxEvent = (
    AlertReceived
    | AlertSignalAdded
    | AlertBeside
    | PositionUpdated
    | AddressFound
    | AlertCancelled
    | PinRefused
    | RingingSeen
    | CommandGiven
    | AlertReopened
    | NoteAdded
    | DialogueSaid
    | DialogueSeen
    | BriefingFilled
    | PageOpened
    | PageViewed
    | RecordingDeleted
    | AlertHeld
    | AlertHoldEnded
    | AlertErased
    | DeadlineMissed
    | AdviceChanged
)

CaseEvent = (
    CaseOpened
    | InboxRead
    | CommandRefused
    | UserIdentified
    | UserUnknown
    | OperatorReserved
    | OperatorNotAnswering
    | OperatorJoined
    | OperatorLeft
    | TakeRequested
    | ListenRequested
    | ListenerLeft
    | WhisperBegun
    | WhisperEnded
    | HandOverRequested
    | HandOverEnded
    | LegOriginating
    | LegRinging
    | LegAnswered
    | LegConfirmed
    | LegVoiceReady
    | LegReleasing
    | LegReleased
    | LegAdopted
    | LegMuted
    | LegUnmuted
    | VoicesWithheld
    | VoicesGiven
    | LegDigit
    | LegPressed
    | LegSoundLost
    | LegSoundBack
    | AnotherLineRequested
    | UserRang
    | UserReached
    | CallAloudRequested
    | DialWithheld
    | UserPresumedCallingPsap
    | MachineMarked
    | AnnouncementRequested
    | AnnouncementPlayed
    | RedialRequested
    | BridgeJoined
    | BridgeLeft
    | RecordingStarted
    | RecordingStopped
    | PsapRequested
    | PsapLineLacking
    | PsapCalledElsewhere
    | PsapWithdrawn
    | PsapJoined
    | FalseAlarmDeclared
    | BriefingGiven
    | LeaveRequested
    | CloseRequested
    | ConferenceBroken
    | ConferenceSettled
    | AlertClosed
)

OtherEvent = (
    NumberRaised
    | PageNamed
    | ShiftChanged
    | WrapUpEnded
    | LineSeized
    | LineQuarantined
    | LineReturned
    | TextAsked
    | TextSending
    | TextSent
    | TextFailed
    | NodeStarted
    | NodeStopped
    | ActorStarted
    | AlarmRaised
    | AlarmCleared
    | PersonalDataChanged
    | PersonalDataRead
)

Event = InboxEvent | CaseEvent | OtherEvent
