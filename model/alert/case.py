"""The state of one alert, as its two streams of the journal tell it. Made by `model.alert.evolve` alone."""

from __future__ import annotations

from typing import Final

import msgspec

from messages.base import Address, Position
from messages.events import InboxEvent, Spoken
from messages.ids import (
    E164,
    SECOND,
    Advice,
    AlertId,
    BridgeId,
    BriefingField,
    Channel,
    CrewId,
    DataKind,
    Doubt,
    ErasureReason,
    Instant,
    LegId,
    LineId,
    NodeId,
    OperatorId,
    Outcome,
    Party,
    PersonalKind,
    Proof,
    TextFailure,
    Unplayed,
    UserId,
)
from model import address
from model.alert.leg import Leg
from model.alert.told import Told

BELIEVED_US: Final = Instant(600 * SECOND)
"""How long before its receipt something can have happened by a phone's clock that is believed."""
_RECENT_US: Final = Instant(120 * SECOND)


class InboxEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A fact from outside that the case has not yet acted upon."""

    version: int
    at: Instant
    event: InboxEvent


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


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator wrote down."""

    by: OperatorId
    at: Instant
    text: str


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


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one field of the briefing."""

    text: str
    by: OperatorId
    """Empty: the user."""
    at: Instant


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """The page for 112's call-taker."""

    code: str
    """Empty once it is erased."""
    at: Instant
    by: OperatorId
    viewed_from: tuple[str, ...] = ()
    """Addresses, in the order in which they came first."""
    viewed_at: Instant | None = None
    """When it was first looked at."""


class InboundCall(msgspec.Struct, frozen=True, kw_only=True):
    """The user's own call, ringing on one of our lines (S2)."""

    line: LineId
    call: int


class HandOver(msgspec.Struct, frozen=True, kw_only=True):
    """The standing wish of the operator on the line that another one take the case."""

    by: OperatorId
    to: OperatorId | None
    """She and no other; None: whoever can be had."""
    at: Instant
    text: str = ""


class PsapCall(msgspec.Struct, frozen=True, kw_only=True):
    """The standing request to call 112."""

    by: OperatorId | None
    number: E164
    at: Instant


class GivenData(msgspec.Struct, frozen=True, kw_only=True):
    """What one of 112's own systems was sent of the alert."""

    version: int
    """The newest that was begun."""
    kind: DataKind
    digest: str
    at: Instant
    """When it was first about to be sent."""
    receipt: str = ""
    received_at: Instant | None = None
    """When the newest was taken; None: it was not yet, or never."""
    refused_at: Instant | None = None
    status: int = 0
    reason: str = ""
    """Why the newest was refused."""
    may_have: tuple[tuple[int, Instant], ...] = ()
    """Versions that the target has, or may have, each with when it was begun: the last that it has for
    certain, and what came after it."""
    had_at: Instant | None = None
    """When it last took any."""


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
    no_line: str = ""
    """Why no line can carry the call to 112 that is wanted; empty where one does."""
    no_line_at: Instant | None = None
    """When that was first so for this request, whatever came of it since."""
    elsewhere_at: Instant | None = None
    """When the operator had called 112 from another phone, and had read the briefing there."""


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


class InVain(msgspec.Struct, frozen=True, kw_only=True):
    """Calls to one party that came to nothing, one after another (`model.rules.pauses`)."""

    in_a_row: int
    of_line: int
    """So many of the last ones because of their lines."""
    began_at: Instant
    """When the last one was begun."""


class Listener(msgspec.Struct, frozen=True, kw_only=True):
    """A supervisor who listens in, or is about to."""

    operator: OperatorId
    since: Instant
    """When she asked for it."""
    leg: LegId | None = None
    attempt: int = 0
    """Her call; none before it is made."""
    whispers: bool = False
    """She is heard by the operator who has the case, and by nobody else."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One alert and the work on it. Times are Instants; None means that it has not happened."""

    alert: AlertId
    channel: Channel
    received_at: Instant
    raised_at: Instant
    deadline_at: Instant
    phone: E164 | None = None
    """The number to call her on."""
    device: str | None = None
    proof: Proof = Proof.APP
    """Of its first signal; those of the others are no higher and no lower than it can take."""
    doubt: Doubt | None = None
    """Why it was not proved, though it was to be."""
    rank: int = 0
    """How far behind others it comes in need (`model.rules.proof`)."""
    keys: tuple[str, ...] = ()
    """The enrolled devices that have signed its signals."""
    beside: tuple[Beside, ...] = ()
    test: bool = False
    silent: bool = False
    battery_pct: int | None = None
    positions: tuple[KnownPosition, ...] = ()
    """In the order in which they came."""
    address_found: Address | None = None
    """The last that was found, of whichever position; see `address`."""
    signals: int = 1
    """How often, over all channels, the alert was raised."""

    # who and whose
    identified: bool = False
    """The Identifier has spoken, whether it knew her or not."""
    user: UserId | None = None
    language: str = ""
    tells: bool = False
    """Whether the user has named somebody who is to be told when 112 was called."""
    owner: Owner | None = None
    owned_at: Instant | None = None
    """When the AlertCase that has it took it up."""
    restarts: int = 0
    """How often another AlertCase has taken the alert over."""

    # the inbox
    inbox_version: int = 0
    inbox_handled: int = 0
    unread: tuple[InboxEntry, ...] = ()
    case_version: int = 0

    # parties
    legs: dict[LegId, Leg] = {}
    in_vain: dict[Party, InVain] = {}
    calls_on_lost_nodes: dict[LegId, Leg] = {}
    """As they were: attempts that were given up because nothing was heard of their line's node, until one is
    answered again. Should the node come back, its modem may still hold their calls."""
    reserved: tuple[OperatorId, ...] = ()
    """Operators who are this alert's and no other's now."""
    tried: tuple[OperatorId, ...] = ()
    """Operators who did not answer in this search."""
    operator: OperatorId | None = None
    """Who is on the line and has the case."""
    operator_joined_at: Instant | None = None
    operator_lost_at: Instant | None = None
    operator_left_at: Instant | None = None
    """When she left by her own will: her work is done."""
    taking: OperatorId | None = None
    """Who has asked for the case herself and is to be called."""
    taking_at: Instant | None = None
    """When she asked for it."""
    listener: Listener | None = None
    """Never the operator, and of no weight in what is decided."""
    had_by: tuple[OperatorId, ...] = ()
    """Who has had it, each once, in the order in which they came."""
    hand_over: HandOver | None = None
    """Others are being called, and the first who is joined has the case. Until then it is whose it was."""
    bridge: BridgeId | None = None

    recording: Kept = Kept()

    # the user
    rang_at: Instant | None = None
    """When the network first said that the phone rings."""
    met_at: Instant | None = None
    """When the deadline was met (S11), by ringing or by an answer, as the policy of that moment had it."""
    reached_at: Instant | None = None
    """When the user was reached in truth: by a proved answer, the app's word or the operator's."""
    reached_by: str = ""
    """`answer`, `app`, `voice`, `digit` or `operator`."""
    wrong_pins: int = 0
    """How often a wrong PIN was typed to cancel the alert."""
    aloud: bool = False
    """Silent, and to be called all the same: an operator has ordered it."""
    dial_withheld: str = ""
    """Why the center does not call the number by itself; empty where it does."""
    dial_ordered: bool = False
    """An operator has ordered the call to the user's number: no policy is asked any more."""
    missed_at: Instant | None = None
    presumed_calling_112: str = ""
    """Why her phone has probably dialled 112; empty while there is no reason to think so."""
    user_ends: tuple[int, ...] = ()
    """The causes of her attempts that ended, newest last; a drop after the answer is -1, a machine -2."""
    inbound_call: InboundCall | None = None
    """To be answered as soon as nothing else of ours is up to her."""
    redial: bool = False
    """The operator wants her called, whatever was before."""

    # 112
    psap: PsapCall | None = None
    to_112: CallsTo112 = CallsTo112()
    data: dict[str, GivenData] = {}
    """What 112's own systems were sent, by target."""

    contacts_at: Instant | None = None
    """When short messages to those were asked for whom the user wanted told."""
    contacts: str = ""
    """Their names."""

    # what was said
    false_alarm_at: Instant | None = None
    briefing_at: Instant | None = None
    leave: Leave = Leave()
    reopened_at: Instant | None = None
    close_at: Instant | None = None
    """When an operator ordered the end of what is over."""
    cancelled: bool = False
    duress: bool = False
    cancel_asked: CancelAsked | None = None
    advice: Advice = Advice.WAIT
    notes: tuple[Note, ...] = ()
    page: Page | None = None
    voices: bool | None = None
    """Whether an operator has ordered that the user hear the others; None: as the alert's kind has it."""
    dialogue: tuple[Said, ...] = ()
    texts_ordered: bool = False
    """An operator has ordered that what is written may go by short message, though the phone sounds."""
    briefing: dict[BriefingField, Filled] = {}
    """Only what is known."""
    briefed: Told | None = None
    """What 112 knew when an operator last said that it was read the text."""
    asked: tuple[str, ...] = ()
    """What an operator has had played, each by the id of its clip: `cannot_speak:1`."""
    played: tuple[str, ...] = ()
    """The ids of the clips that have been played to their end, and are not to be played again."""

    held: str = ""
    """Why nothing of it may be forgotten; empty where nothing keeps it."""
    erased: Erased | None = None

    closed_at: Instant | None = None
    outcome: Outcome | None = None
    corrected: Correction | None = None
    """The last one, since the alert was closed."""

    def of(self, party: Party) -> tuple[Leg, ...]:
        """The party's legs, oldest place first."""
        return tuple([leg for leg in self.legs.values() if leg.party is party])

    def active(self, party: Party) -> Leg | None:
        """The party's leg that is answered, or else the furthest one; none if nothing is under way."""
        found = [leg for leg in self.legs.values() if leg.party is party and leg.active]
        return max(found, key=_progress, default=None)

    def answered(self, party: Party) -> Leg | None:
        """The party's leg that is answered, as far as its modem can tell."""
        leg = self.active(party)
        return leg if leg is not None and leg.answered else None

    def confirmed_answered(self, party: Party) -> Leg | None:
        """The party's leg with somebody on the line for certain."""
        leg = self.answered(party)
        return leg if leg is not None and leg.confirmed_answered else None

    def has_live_leg(self, operator: OperatorId) -> bool:
        """Whether a call to this operator is up, or may be."""
        return any(leg.live for leg in self.of(Party.OPERATOR) if leg.operator == operator)

    @property
    def operator_leg(self) -> Leg | None:
        """The leg of the operator who has the case."""
        for leg in self.of(Party.OPERATOR):
            if leg.operator == self.operator and leg.answered:
                return leg
        return None

    @property
    def listener_leg(self) -> Leg | None:
        """The call of whoever listens in; none before it is made, or once another has its place."""
        if self.listener is None or self.listener.leg is None:
            return None
        leg = self.legs.get(self.listener.leg)
        mine = leg is not None and (leg.party, leg.attempt) == (Party.LISTENER, self.listener.attempt)
        return leg if mine else None

    @property
    def leaving(self) -> bool:
        """Whether everything is being ended, or handed over: no operator is looked for any more."""
        return self.false_alarm_at is not None or self.leave.at is not None or self.close_at is not None

    @property
    def awaits_deadline(self) -> bool:
        """Whether the deadline is still to be met. Not where it passed while the alert was closed."""
        past = self.reopened_at is not None and self.reopened_at >= self.deadline_at
        return self.met_at is None and self.closed_at is None and not past

    @property
    def all_released(self) -> bool:
        """Whether no leg holds, or may hold, a call."""
        return not any(leg.live for leg in self.legs.values())

    @property
    def parties_released(self) -> bool:
        """The same of everybody who talks: a listener keeps nothing open."""
        return not any(leg.live for leg in self.legs.values() if leg.party is not Party.LISTENER)

    @property
    def position(self) -> KnownPosition | None:
        """The one to show: the newest, unless much worse than the best of the last two minutes (case 13).

        What the app has said goes before all that came otherwise: anybody can send a short message under her
        number, and a wrong place sends help to the wrong place.
        """
        said = [one for one in self.positions if one.channel is Channel.DATA] or list(self.positions)
        if not said:
            return None
        # Of two with the same moment the one that came later.
        newest = max(reversed(said), key=lambda one: one.rank)
        recent = [one for one in said if one.rank >= newest.rank - _RECENT_US and one.accuracy_m is not None]
        best = min(recent, key=lambda one: one.accuracy_m or 0.0, default=newest)
        if best.accuracy_m is None or newest.accuracy_m is None:
            return newest if newest.accuracy_m is not None or best.accuracy_m is None else best
        return newest if newest.accuracy_m <= max(3 * best.accuracy_m, 50.0) else best

    @property
    def address(self) -> Address | None:
        """What may be said of the position to show by name; None where nothing is sure, or known yet."""
        shown, found = self.position, self.address_found
        return found if shown is not None and found is not None and address.holds(found, shown) else None


def _progress(leg: Leg) -> tuple[bool, bool, bool, int]:
    return (leg.confirmed_answered, leg.answered, leg.ringing_at is not None, leg.since)
