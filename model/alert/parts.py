"""Parts of a `Case` besides its calls: signals, messages, requests and declarations."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from messages.base import Position
from messages.events import InboxEvent, Spoken
from messages.ids import (
    E164,
    SECOND,
    AlertId,
    Assurance,
    BriefingField,
    Channel,
    ErasureReason,
    Instant,
    LegId,
    LineId,
    NodeId,
    OperatorCommand,
    OperatorId,
    Outcome,
    Party,
    PersonalKind,
    TextFailure,
    Unplayed,
    WorkerId,
)

BELIEVED_US: Final = Instant(600 * SECOND)
"""Longest time before the receipt for which a phone's clock is believed."""


class InboxEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A fact from outside on which the case has not yet acted."""

    version: int
    at: Instant
    event: InboxEvent


class Matter(StrEnum):
    """Matter on which an operator's order rests: a change of the matter makes the order out of date."""

    CALL_TO_112 = "call_to_112"
    """Request for 112: called, called from another phone, or called off."""
    END = "end"
    """End of the alert, ordered or not."""
    OPERATOR = "operator"
    """Operator who has the alert, or is to have it."""
    USERS_CALL = "users_call"
    """Request to call the user, or to call again."""
    USER_DIALLED = "user_dialled"
    """Present or last call of the user's phone."""
    PSAP_DIALLED = "psap_dialled"
    OPERATOR_DIALLED = "operator_dialled"
    LINE = "line"
    """Line on which a party is called."""
    MUTE = "mute"
    LISTENING = "listening"
    VOICES = "voices"
    """Voice output of the user's phone."""
    ANNOUNCEMENT = "announcement"
    WORDS = "words"
    """Messages of the user."""


class KnownOrder(msgspec.Struct, frozen=True):
    """An order with an id, which identifies repetitions."""

    id: str
    command: OperatorCommand
    by: OperatorId


class KnownPosition(Position, frozen=True, kw_only=True):
    """A position as known to the center. Its `at` is never later than its receipt."""

    received_at: Instant
    channel: Channel

    @property
    def rank(self) -> Instant:
        """Time by which positions are ordered: the phone's time if plausible, else the receipt."""
        believed = self.received_at - self.at <= BELIEVED_US
        return self.at if believed else self.received_at


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """AlertCase that owns the alert."""

    node: NodeId
    worker: WorkerId
    incarnation: int


class SmsDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """Delivery of a message by SMS, as far as known."""

    asked_at: Instant
    sent_at: Instant | None = None
    """Time at which the network accepted the SMS."""
    awaits: bool = False
    """True if a delivery report can arrive."""
    waits_at: Instant | None = None
    """Time of the last report that the network cannot reach the phone and keeps trying."""
    delivered_at: Instant | None = None
    failed_at: Instant | None = None
    failure: TextFailure | None = None
    """Reason for which the center gave the SMS up; None: the network did."""


class DialogueMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message of the dialogue between user and operator."""

    number: int
    """Number in the order of arrival, from 1."""
    id: str
    by: OperatorId
    """Author; empty for the user."""
    at: Instant
    channel: Channel
    text: str
    asks: bool
    fills: BriefingField | None = None
    yes: str = ""
    no: str = ""
    """Value for the briefing's field by each answer."""
    answer: str = ""
    """Answer, `yes` or `no`; empty while open."""
    answers: int = 0
    """Number of the question that a user's message answers; 0 if none."""
    spoken: Spoken | None = None
    """Mode in which the center speaks the question on the line; None if not spoken."""
    question: str = ""
    """Name of the question's recording."""
    begun_at: Instant | None = None
    """Start of the playback on the line; `heard_at`: its end."""
    heard_at: Instant | None = None
    unplayed: Unplayed | None = None
    """Reason for a playback that failed or was cut, if known."""
    version: int
    """Version of the alert, as the app counts it, when the message was written; `arrived_version` and
    `read_version`: when it arrived and was read.
    """
    arrived_version: int = 0
    read_version: int = 0
    arrived_at: Instant | None = None
    """Time of arrival at the other side's phone or screen."""
    read_at: Instant | None = None
    texted: SmsDelivery | None = None
    """Delivery by SMS; None if sent by the app alone, or written by the user."""


class InboundCall(msgspec.Struct, frozen=True, kw_only=True):
    """The user's own call, ringing on a line of the center."""

    line: LineId
    call: int


class HandOver(msgspec.Struct, frozen=True, kw_only=True):
    """Request of the operator on the line that another operator take the case."""

    by: OperatorId
    to: OperatorId | None
    """The only operator wanted; None: any available operator."""
    at: Instant
    text: str = ""


class PsapCall(msgspec.Struct, frozen=True, kw_only=True):
    """Present request to call 112. `by`: operator who requested the call; None: the center."""

    by: OperatorId | None
    number: E164
    at: Instant


class ConflictingAlert(msgspec.Struct, frozen=True, kw_only=True):
    """Another alert of this number, with a different assurance level."""

    alert: AlertId
    proof: Assurance


class CallsTo112(msgspec.Struct, frozen=True, kw_only=True):
    """Outcome of the calls to 112, and obstacles in their way."""

    ends: int = 0
    """Number of failed attempts of this request."""
    unasked: int = 0
    """Number of automatic calls to 112 since an operator last had the case."""
    wanted_by: OperatorId | None = None
    """Operator who reopened the alert with an order to call 112 again, until 112 is requested."""
    joined_at: Instant | None = None
    """Time at which 112 was first in the conference."""
    heard_user_at: Instant | None = None
    """Time at which 112 was last in the conference with the user, with sound; machines do not count."""
    no_line: str = ""
    """Reason why no line can carry the requested call to 112; empty if a line can."""
    no_line_at: Instant | None = None
    """Time at which this request first lacked a line, even if a line was found since."""
    elsewhere_at: Instant | None = None
    """Time at which the operator had called 112 from another phone and read the briefing there."""
    told_before_at: Instant | None = None
    """Time at which 112 was first informed for certain, before the alert was reopened."""


class ErasedData(msgspec.Struct, frozen=True, kw_only=True):
    """Personal data that was erased for good."""

    at: Instant
    """Time of the last erasure."""
    kinds: tuple[PersonalKind, ...]
    reason: ErasureReason

    @property
    def person(self) -> bool:
        """True if all data of the person who raised the alert is erased."""
        return self.reason is ErasureReason.PERSON


class LeaveState(msgspec.Struct, frozen=True, kw_only=True):
    """Leave of the operator, and the state of the parties left."""

    at: Instant | None = None
    """Time at which `leave` was ordered."""
    by: OperatorId | None = None
    """Operator who last left the parties, until an operator has the case again."""
    handed_over: bool = False
    """True if user and 112 were left talking; False after a `leave` where only 112 was briefed."""
    together_at: Instant | None = None
    """Time since which user and 112 are in the conference without an operator, left or together again."""
    broken_at: Instant | None = None
    """Time at which the conference broke after the leave; None once user and 112 are together again."""
    broken_party: Party | None = None
    """Party of the call that ended then."""


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """Actual outcome of a closed alert, stated by a supervisor. `Case.outcome` stays as closed."""

    at: Instant
    by: OperatorId
    outcome: Outcome
    reason: str = ""


class RecordingState(msgspec.Struct, frozen=True, kw_only=True):
    """Recording of the conference."""

    files: tuple[str, ...] = ()
    """Files, oldest first."""
    announced: bool = False
    """True if the recording is to be announced to the user, once."""
    fault: str = ""
    """Reason why nothing is recorded although the settings require it; empty if none."""


class CancelRequests(msgspec.Struct, frozen=True, kw_only=True):
    """Requests of the app to cancel since the app last raised the alert, with any PIN."""

    at: Instant
    """Time of the first request."""
    version: int
    """Number of the alert's events at that time; the app receives no later version."""
    right: bool = False
    duress: bool = False
    wrong: int = 0
    """Number of requests with a wrong PIN."""
    unproved: bool = False
    """True if no PIN is set."""


class FailedCalls(msgspec.Struct, frozen=True, kw_only=True):
    """Failed calls to one party in a row (`model.rules.calls.attempts`)."""

    in_a_row: int
    of_line: int
    """Number of the latest consecutive calls that failed because of their lines."""
    began_at: Instant
    """Start of the last call."""


class Listener(msgspec.Struct, frozen=True, kw_only=True):
    """Supervisor who listens in, or is about to."""

    operator: OperatorId
    since: Instant
    """Time of the request to listen."""
    leg: LegId | None = None
    attempt: int = 0
    """Attempt of the listener's call; 0 before the call is made."""
    whispers: bool = False
    """True if only the operator who has the case hears the listener."""
