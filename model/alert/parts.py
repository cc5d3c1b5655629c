"""What one alert is made of besides its calls: what came in, was said, asked and given. Parts of a `Case`."""

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
    BriefingField,
    Channel,
    CrewId,
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
    Proof,
    TextFailure,
    Unplayed,
)

BELIEVED_US: Final = Instant(600 * SECOND)
"""How long before its receipt something can have happened by a phone's clock that is believed."""


class InboxEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A fact from outside that the case has not yet acted upon."""

    version: int
    at: Instant
    event: InboxEvent


class Matter(StrEnum):
    """A matter on which an operator's order rests: the order is out of date once it has changed."""

    CALL_TO_112 = "call_to_112"
    """Whether 112 is asked for: called, called from another phone, or called off."""
    END = "end"
    """Whether the alert is being ended, or goes on."""
    OPERATOR = "operator"
    """Who has the alert, or is to have it."""
    USERS_CALL = "users_call"
    """The user is to be called, or called again."""
    USER_DIALLED = "user_dialled"
    """The call that the user's phone is in, or was in last."""
    PSAP_DIALLED = "psap_dialled"
    OPERATOR_DIALLED = "operator_dialled"
    LINE = "line"
    """On which line a party is called."""
    MUTE = "mute"
    LISTENING = "listening"
    VOICES = "voices"
    """Whether a voice comes out of the user's phone."""
    ANNOUNCEMENT = "announcement"
    WORDS = "words"
    """What the user has written."""


class KnownOrder(msgspec.Struct, frozen=True):
    """An order with an id of its own, by which it is known again."""

    id: str
    command: OperatorCommand
    by: OperatorId


class KnownPosition(Position, frozen=True, kw_only=True):
    """A position as the center has come to know it. Its `at` is never later than its receipt."""

    received_at: Instant
    channel: Channel

    @property
    def rank(self) -> Instant:
        """The moment by which it is newer or older than others: as the phone says, where that can be so."""
        believed = self.received_at - self.at <= BELIEVED_US
        return self.at if believed else self.received_at


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """The AlertCase that has the alert."""

    node: NodeId
    crew: CrewId
    incarnation: int


class Texted(msgspec.Struct, frozen=True, kw_only=True):
    """A message's way by short message, as far as is known."""

    asked_at: Instant
    sent_at: Instant | None = None
    """When the network took it."""
    awaits: bool = False
    """A report of its delivery can come."""
    waits_at: Instant | None = None
    """When the network last said that it cannot reach the phone, and goes on trying."""
    delivered_at: Instant | None = None
    failed_at: Instant | None = None
    failure: TextFailure | None = None
    """Why the center gave it up; None: the network did."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the dialogue between user and operator."""

    number: int
    """From 1, as they came."""
    id: str
    by: OperatorId
    """Empty: the user."""
    at: Instant
    channel: Channel
    text: str
    asks: bool
    fills: BriefingField | None = None
    yes: str = ""
    no: str = ""
    """What is known by each answer."""
    answer: str = ""
    """`yes` or `no`, once it was given."""
    answers: int = 0
    """The number of the question that a user's message answers; 0: it answers none."""
    spoken: Spoken | None = None
    """How the center asks it on the line; None: it does not."""
    question: str = ""
    """The name of its recording."""
    begun_at: Instant | None = None
    """Since when it was heard on the line, and when it had been to its end."""
    heard_at: Instant | None = None
    unplayed: Unplayed | None = None
    """Why it was not heard, or not to its end, where that is known."""
    version: int
    """Of the alert, as the app counts it, when it was said; the others when it had arrived, and was read."""
    arrived_version: int = 0
    read_version: int = 0
    arrived_at: Instant | None = None
    """When the other side's phone or screen had it."""
    read_at: Instant | None = None
    texted: Texted | None = None
    """None: it goes by the app alone, or came from the user."""


class InboundCall(msgspec.Struct, frozen=True, kw_only=True):
    """The user's own call, ringing on one of our lines (S2)."""

    line: LineId
    call: int


class HandOver(msgspec.Struct, frozen=True, kw_only=True):
    """The standing wish of the operator on the line that another one take the case."""

    by: OperatorId
    to: OperatorId | None
    """This one and no other; None: whoever can be had."""
    at: Instant
    text: str = ""


class PsapCall(msgspec.Struct, frozen=True, kw_only=True):
    """The standing request to call 112."""

    by: OperatorId | None
    number: E164
    at: Instant


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """Another alert of the same number, with another proof."""

    alert: AlertId
    proof: Proof


class CallsTo112(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of the calls to 112, and what stands in their way."""

    ends: int = 0
    """Attempts at this request that failed."""
    unasked: int = 0
    """How often 112 was called by itself since an operator last had the case."""
    wanted_by: OperatorId | None = None
    """Who has reopened the alert and wants 112 again, until it is asked for."""
    joined_at: Instant | None = None
    """When 112 was first in the conference."""
    heard_user_at: Instant | None = None
    """When it last was there together with the user, whose call had sound; no machine is the user."""
    no_line: str = ""
    """Why no line can carry the call to 112 that is wanted; empty where one does."""
    no_line_at: Instant | None = None
    """When that was first so for this request, whatever came of it since."""
    elsewhere_at: Instant | None = None
    """When the operator had called 112 from another phone, and had read the briefing there."""
    told_before_at: Instant | None = None
    """When 112 was first told of the alert for certain, before the alert was reopened."""


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """What is personal and gone for good."""

    at: Instant
    """The last time that something went."""
    kinds: tuple[PersonalKind, ...]
    reason: ErasureReason

    @property
    def person(self) -> bool:
        """Whether nothing more is known of whoever raised the alert."""
        return self.reason is ErasureReason.PERSON


class Leave(msgspec.Struct, frozen=True, kw_only=True):
    """The operator's leaving of the others, and what became of them."""

    at: Instant | None = None
    """When `leave` was ordered."""
    by: OperatorId | None = None
    """Who has left them last, until an operator has the case again."""
    handed_over: bool = False
    """User and 112 were left talking; False after `leave` where 112 alone was briefed."""
    together_at: Instant | None = None
    """Since when user and 112 have been in the conference without an operator: left, or together again."""
    broken_at: Instant | None = None
    """When the conference broke that the operator had left; None once user and 112 are together again."""
    broken_party: Party | None = None
    """Whose call ended then."""


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """How a closed alert has ended in truth, as a supervisor says. `Case.outcome` stays as it was closed."""

    at: Instant
    by: OperatorId
    outcome: Outcome
    reason: str = ""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is recorded of the conference."""

    files: tuple[str, ...] = ()
    """Oldest first."""
    announced: bool = False
    """Whether the user is to be told, once."""
    fault: str = ""
    """Why nothing is recorded now against the settings; empty where there is no such reason."""


class CancelAsked(msgspec.Struct, frozen=True, kw_only=True):
    """The app has asked to cancel since the alert was last raised from it, with whichever PIN (case 19)."""

    at: Instant
    """The first time."""
    version: int
    """How many events the alert had then; the app is told of no later one."""
    right: bool = False
    duress: bool = False
    wrong: int = 0
    """How often with a PIN that is neither."""
    unproved: bool = False
    """Where no PIN is set."""


class InVain(msgspec.Struct, frozen=True, kw_only=True):
    """Calls to one party that came to nothing, one after another (`model.rules.calls.attempts`)."""

    in_a_row: int
    of_line: int
    """So many of the last ones because of their lines."""
    began_at: Instant
    """When the last one was begun."""


class Listener(msgspec.Struct, frozen=True, kw_only=True):
    """A supervisor who listens in, or is about to."""

    operator: OperatorId
    since: Instant
    """When the listener asked for it."""
    leg: LegId | None = None
    attempt: int = 0
    """The listener's call; none before it is made."""
    whispers: bool = False
    """The listener is heard by the operator who has the case, and by nobody else."""
