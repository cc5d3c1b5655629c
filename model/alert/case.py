"""The state of one alert, as its two streams of the journal tell it: what actors and rules decide by.

Made by `model.alert.evolve` alone. What is shown of an alert and decides nothing stands in
`model.telling.sheet`.
"""

from __future__ import annotations

from typing import Final

import msgspec

from messages.base import Address, HangupCause
from messages.ids import (
    E164,
    SECOND,
    Advice,
    AlertId,
    BridgeId,
    Channel,
    Check,
    Instant,
    LegId,
    OperatorId,
    Outcome,
    Party,
    Proof,
    UserId,
)
from model import address
from model.alert.leg import Leg
from model.alert.parts import (
    Beside,
    CallsTo112,
    CancelAsked,
    Correction,
    Erased,
    HandOver,
    InboundCall,
    InboxEntry,
    InVain,
    Kept,
    KnownOrder,
    KnownPosition,
    Leave,
    Listener,
    Matter,
    Owner,
    PsapCall,
    Said,
)
from model.alert.trail import Trail

NOWHERE: Final[Trail[KnownPosition]] = Trail()
_RECENT_US: Final = Instant(120 * SECOND)
TAKES_WITHIN_US: Final = Instant(10 * SECOND)
OURS_HOLDS_US: Final = Instant(60 * SECOND)
"""So long the user is believed to be busy with a call that a node which is not heard may hold: whoever hears
nothing hangs up before, and a network ends the call of a modem without power within half a minute."""
"""So long an alert is kept for an operator who takes it. A repeated `take` does not renew the time."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One alert and the work on it. Times are Instants; None means that it has not happened."""

    alert: AlertId
    channel: Channel
    received_at: Instant
    raised_at: Instant
    deadline_at: Instant
    phone: E164 | None = None
    """The number to call the user on."""
    device: str | None = None
    proof: Proof = Proof.APP
    """Of its first signal; those of the others are no higher and no lower than it can take."""
    rank: int = 0
    """How far behind others it comes in need (`model.rules.proof`)."""
    key: str = ""
    """The enrolled device that has signed it; empty below `device`."""
    beside: tuple[Beside, ...] = ()
    test: bool = False
    check: Check | None = None
    """It is a test that no operator is called for, and goes so far."""
    silent: bool = False
    positions: Trail[KnownPosition] = NOWHERE
    """In the order in which they came."""
    address_found: Address | None = None
    """The last that was found, of whichever position; see `address`."""

    # who and whose
    identified: bool = False
    """The Identifier has spoken, whether it knew the user or not."""
    user: UserId | None = None
    language: str = ""
    tells: bool = False
    """Whether the user has named somebody who is to be told when 112 was called."""
    owner: Owner | None = None
    owned_at: Instant | None = None
    """When the AlertCase that has it took it up."""
    returned_at: Instant | None = None
    """When its AlertCase gave it back; None while one has it."""

    # the inbox
    inbox_version: int = 0
    unread: tuple[InboxEntry, ...] = ()
    case_version: int = 0

    # orders
    changed: dict[Matter, int] = {}
    """The version at which each matter last changed (`model.alert.folds.orders`)."""
    orders: tuple[KnownOrder, ...] = ()
    """The newest orders that have an id."""

    # parties
    legs: dict[LegId, Leg] = {}
    in_vain: dict[Party, InVain] = {}
    calls_on_lost_nodes: dict[LegId, Leg] = {}
    """Attempts as they were, with the time at which each was given up because nothing was heard of the line's
    node, until one is answered again. Should the node come back, its modem may still hold their calls."""
    reserved: tuple[OperatorId, ...] = ()
    """Operators who are this alert's and no other's now."""
    tried: tuple[OperatorId, ...] = ()
    """Operators who did not answer in this search."""
    operator: OperatorId | None = None
    """Who is on the line and has the case."""
    operator_joined_at: Instant | None = None
    operator_lost_at: Instant | None = None
    unattended_at: Instant | None = None
    """Last moment at which the case lost its operator, for any reason; None: it never had one to lose."""
    taking: OperatorId | None = None
    """Who has asked for the case and is to be called."""
    taking_at: Instant | None = None
    """When it was asked for."""
    vouched_at: Instant | None = None
    """When an operator last said that the alert is real."""
    asked_holders: dict[AlertId, Instant] = {}
    """Alerts that were asked for their operator, and when last."""
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
    """When the deadline was met (S11), by ringing or by an answer, as the settings of that moment had it."""
    reached_at: Instant | None = None
    """When the user was reached in truth: by a proved answer, the app's word or the operator's."""
    reached_by: str = ""
    """`answer`, `app`, `voice`, `digit` or `operator`."""
    user_heard: bool | None = None
    """True where one of the ended calls to the user gave a sound; None: no person has answered one."""
    heard_at: Instant | None = None
    """Of a check: when a voice was heard over the call."""
    wrong_pins: int = 0
    """How often a wrong PIN was typed to cancel the alert."""
    aloud: bool = False
    """Silent, and to be called all the same: an operator has ordered it."""
    dial_withheld: str = ""
    """Why the center does not call the number by itself; empty where it does."""
    dial_ordered: bool = False
    """An operator has ordered the call to the user's number: no setting is asked any more."""
    missed_at: Instant | None = None
    presumed_calling_112: str = ""
    """Why the user's phone has probably dialled 112; empty while there is no reason to think so."""
    user_ends: tuple[int, ...] = ()
    """The causes of the user's ended attempts, newest last; a drop after the answer is -1, a machine -2."""
    inbound_call: InboundCall | None = None
    """To be answered as soon as nothing else of ours is up to the user."""
    redial: bool = False
    """The operator wants the user called, whatever was before."""

    # 112
    psap: PsapCall | None = None
    to_112: CallsTo112 = CallsTo112()

    contacts_at: Instant | None = None
    """When short messages to those were asked for whom the user wanted told."""

    # what was said
    false_alarm_at: Instant | None = None
    briefing_at: Instant | None = None
    leave: Leave = Leave()
    reopened_at: Instant | None = None
    close_at: Instant | None = None
    """When an operator ordered the end of what is over."""
    put_away: bool = False
    """That end was ordered of an alert that nothing speaks for."""
    cancelled: bool = False
    """With the right PIN, or with the duress PIN."""
    cancel_unproved: bool = False
    """Somebody has asked to cancel, and the user has no PIN that could prove who."""
    duress: bool = False
    cancel_asked: CancelAsked | None = None
    advice: Advice = Advice.WAIT
    has_page: bool = False
    """112 was given a page, since the alert was opened last."""
    voices: bool | None = None
    """Whether an operator has ordered that the user hear the others; None: as the alert's kind has it."""
    dialogue: tuple[Said, ...] = ()
    texts_ordered: bool = False
    """An operator has ordered that what is written may go by short message, though the phone sounds."""
    asked: tuple[str, ...] = ()
    """What an operator has had played, each by the id of its clip: `cannot_speak:1`."""
    played: tuple[str, ...] = ()
    """The ids of the clips that have been played to their end, and are not to be played again."""

    erased: Erased | None = None

    closed_at: Instant | None = None
    outcome: Outcome | None = None
    corrected: Correction | None = None
    """The last one, since the alert was closed."""

    @property
    def version(self) -> int:
        """The number of events in the alert's two streams."""
        return self.inbox_version + self.case_version

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

    def is_busy_with_ours(self, leg: Leg) -> bool:
        """Return True where the call found the user's phone busy, and a node that is not heard may still hold
        a call of this center to that phone.
        """
        if leg.party is not Party.USER or leg.cause != HangupCause.BUSY or leg.was_answered:
            return False
        return any(
            leg.since < (before.released_at or before.since) + OURS_HOLDS_US
            for before in self.calls_on_lost_nodes.values()
            if before.party is Party.USER
        )

    @property
    def user_was_dialled(self) -> bool:
        """Whether the center has called the user; a call of the user's own is none of those."""
        return any(leg.call is None for leg in self.of(Party.USER))

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

    def taken_for(self, at: Instant) -> OperatorId | None:
        """The operator for whom the alert is kept at this moment: the one who has ordered `take` last."""
        return self.taking if at < (self.taking_at or self.received_at) + TAKES_WITHIN_US else None

    @property
    def leaving(self) -> bool:
        """Whether everything is being ended, or handed over: no operator is looked for any more."""
        return self.false_alarm_at is not None or self.leave.at is not None or self.close_at is not None

    @property
    def told_112_at(self) -> Instant | None:
        """When 112 was first told for certain: by the text, or by the user; before a reopening, too."""
        calls = self.to_112
        times = (calls.told_before_at, calls.heard_user_at, calls.elsewhere_at, self.briefing_at)
        return min((at for at in times if at is not None), default=None)

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

        What the app has said goes before all that came otherwise: anybody can send a short message under any
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
