"""State of one alert, computed from the events of its two streams in the journal (`case` and `inbox`): the
basis of every decision of actors and rules.

Only `model.alert.evolve` makes a case. Values that are displayed and decide nothing are in
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
    Assurance,
    BridgeId,
    Channel,
    Check,
    Instant,
    LegId,
    OperatorId,
    Outcome,
    Party,
    UserId,
)
from model import address
from model.alert.leg import Leg
from model.alert.parts import (
    CallsTo112,
    CancelRequests,
    ConflictingAlert,
    Correction,
    DialogueMessage,
    ErasedData,
    FailedCalls,
    HandOver,
    InboundCall,
    InboxEntry,
    KnownOrder,
    KnownPosition,
    LeaveState,
    Listener,
    Matter,
    Owner,
    PsapCall,
    RecordingState,
)
from model.alert.trail import Trail

NOWHERE: Final[Trail[KnownPosition]] = Trail()
_RECENT_US: Final = Instant(120 * SECOND)
TAKES_WITHIN_US: Final = Instant(10 * SECOND)
"""Time in microseconds for which an alert is kept for the operator who has ordered `take`; a repeated `take`
does not extend the time.
"""
OURS_HOLDS_US: Final = Instant(60 * SECOND)
"""Time in microseconds for which a busy user counts as busy with a call of this center that a node without
contact may still hold. A person on a call without sound hangs up earlier; a network ends the call of a modem
without power within half a minute.
"""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """An alert and the center's work on the alert. Times are Instants (microseconds since 1970); None: the
    event has not happened.
    """

    alert: AlertId
    channel: Channel
    received_at: Instant
    raised_at: Instant
    deadline_at: Instant
    phone: E164 | None = None
    """Number on which the user is called."""
    device: str | None = None
    proof: Assurance = Assurance.APP
    """Assurance level of the alert's first signal. It decides which later signals join the alert
    (`model.rules.proof`).
    """
    rank: int = 0
    """Priority by assurance, 0 first (`model.rules.proof.rank_of`)."""
    key: str = ""
    """Enrolled phone that signed the alert; empty if the alert is not signed by a phone."""
    beside: tuple[ConflictingAlert, ...] = ()
    test: bool = False
    check: Check | None = None
    """Extent of the check, if the alert is a check (a test that no operator sees); None for other alerts."""
    silent: bool = False
    positions: Trail[KnownPosition] = NOWHERE
    """Positions in the order of arrival."""
    address_found: Address | None = None
    """Last address found, for whichever position; `address` returns the address that may be used."""

    # user and owner
    identified: bool = False
    """True once the Identifier has answered, with or without a user."""
    user: UserId | None = None
    language: str = ""
    tells: bool = False
    """True if the user has named contacts to be notified when 112 was called."""
    owner: Owner | None = None
    owned_at: Instant | None = None
    """Time at which the owning AlertCase took the alert."""
    returned_at: Instant | None = None
    """Time at which the AlertCase returned the alert; None while owned."""

    # inbox
    inbox_version: int = 0
    unread: tuple[InboxEntry, ...] = ()
    case_version: int = 0

    # orders
    changed: dict[Matter, int] = {}
    """Version of the case at which each subject of orders last changed (`model.alert.folds.orders`)."""
    orders: tuple[KnownOrder, ...] = ()
    """Newest orders that carried an id, to recognise a repeated order."""

    # parties
    legs: dict[LegId, Leg] = {}
    in_vain: dict[Party, FailedCalls] = {}
    calls_on_lost_nodes: dict[LegId, Leg] = {}
    """Attempts that were given up because the node of their line lost contact; dropped once a new attempt is
    answered. If that node comes back, its modem may still hold the calls.
    """
    reserved: tuple[OperatorId, ...] = ()
    """Operators who are reserved for this alert and may be called."""
    tried: tuple[OperatorId, ...] = ()
    """Operators who did not answer in the current search."""
    operator: OperatorId | None = None
    """Operator who has joined the conference and has the case; None without an operator."""
    operator_joined_at: Instant | None = None
    operator_lost_at: Instant | None = None
    unattended_at: Instant | None = None
    """Time at which the case last lost its operator, for any reason; None if the case never had an operator.
    """
    taking: OperatorId | None = None
    """Operator who has requested the case (`take`) and is called next."""
    taking_at: Instant | None = None
    """Time of that request."""
    vouched_at: Instant | None = None
    """Time at which an operator first vouched that the alert is real."""
    asked_holders: dict[AlertId, Instant] = {}
    """Other alerts that were requested to release their operator to this alert, with the time of the last
    request.
    """
    listener: Listener | None = None
    """Supervisor who listens in: never counts as the operator, and decides nothing."""
    had_by: tuple[OperatorId, ...] = ()
    """Operators who have had the case, each once, in the order of arrival."""
    hand_over: HandOver | None = None
    """Hand-over in progress: others are called and the first to join gets the case."""
    bridge: BridgeId | None = None

    recording: RecordingState = RecordingState()

    # the user
    rang_at: Instant | None = None
    """Time at which the network first reported ringing."""
    met_at: Instant | None = None
    """Time at which the deadline was met, by ringing or by an answer as the settings then required."""
    reached_at: Instant | None = None
    """Time at which the user was actually reached: by a confirmed answer, or as the app or an operator
    reported.
    """
    reached_by: str = ""
    """Evidence that the user was reached: `answer`, `app`, `voice`, `digit` or `operator`."""
    user_heard: bool | None = None
    """True if an ended call to the user carried sound; None if no person has answered a call."""
    heard_at: Instant | None = None
    """Check only: time at which a voice was heard over the call."""
    wrong_pins: int = 0
    """Number of wrong PINs entered to cancel the alert."""
    aloud: bool = False
    """True if an operator has ordered a call to the user of a silent alert."""
    dial_withheld: str = ""
    """Reason why the user's number is not dialled automatically; empty if the number is dialled."""
    dial_ordered: bool = False
    """True if an operator has ordered a call to the user's number; `dial_withheld` no longer applies."""
    missed_at: Instant | None = None
    presumed_calling_112: str = ""
    """Reason to presume that the user's phone has dialled 112; empty if none."""
    user_ends: tuple[int, ...] = ()
    """Causes of the user's ended attempts, newest last; -1: dropped after the answer, -2: a machine."""
    inbound_call: InboundCall | None = None
    """The user's own call, which is answered as soon as no other call to the user is up."""
    redial: bool = False
    """True if the operator has ordered a new call to the user, regardless of earlier attempts."""

    # 112 (PSAP)
    psap: PsapCall | None = None
    to_112: CallsTo112 = CallsTo112()

    contacts_at: Instant | None = None
    """Time at which short messages to the user's contacts were requested."""

    # declarations and messages
    false_alarm_at: Instant | None = None
    briefing_at: Instant | None = None
    leave: LeaveState = LeaveState()
    reopened_at: Instant | None = None
    close_at: Instant | None = None
    """Time at which an operator ordered the closing of a finished alert."""
    put_away: bool = False
    """True if the order of `close_at` closed an alert without evidence that it was real."""
    cancelled: bool = False
    """True if cancelled with the right PIN or with the duress PIN."""
    cancel_unproved: bool = False
    """True if the app has requested to cancel and the user has no PIN that could prove the request."""
    duress: bool = False
    cancel_asked: CancelRequests | None = None
    advice: Advice = Advice.WAIT
    has_page: bool = False
    """True if a page with the data of the alert was made for 112 since the alert was last opened."""
    voices: bool | None = None
    """Order of an operator: True if the user hears the others, False if not; None without an order: the
    default of the alert's kind applies.
    """
    dialogue: tuple[DialogueMessage, ...] = ()
    texts_ordered: bool = False
    """True if an operator has ordered that messages are sent by SMS although the user's phone may make a
    sound.
    """
    asked: tuple[str, ...] = ()
    """Announcements ordered by an operator, by the id of the clip: `cannot_speak:1`."""
    played: tuple[str, ...] = ()
    """Ids of the clips that were played to their end and are not repeated."""

    erased: ErasedData | None = None

    closed_at: Instant | None = None
    outcome: Outcome | None = None
    corrected: Correction | None = None
    """Last correction of the outcome since the alert was closed."""

    @property
    def version(self) -> int:
        """Number of events in the alert's two streams."""
        return self.inbox_version + self.case_version

    def of(self, party: Party) -> tuple[Leg, ...]:
        """Return the legs of the party, oldest first."""
        return tuple([leg for leg in self.legs.values() if leg.party is party])

    def active(self, party: Party) -> Leg | None:
        """Return the party's answered leg, else the most advanced leg; None if none is active."""
        found = [leg for leg in self.legs.values() if leg.party is party and leg.active]
        return max(found, key=_progress, default=None)

    def answered(self, party: Party) -> Leg | None:
        """Return the party's leg if the modem reports an answer, confirmed or not, else None."""
        leg = self.active(party)
        return leg if leg is not None and leg.answered else None

    def confirmed_answered(self, party: Party) -> Leg | None:
        """Return the party's leg if its answer is confirmed (`Leg.confirmed_answered`), else None."""
        leg = self.answered(party)
        return leg if leg is not None and leg.confirmed_answered else None

    def has_live_leg(self, operator: OperatorId) -> bool:
        """Return True if a call to this operator is up, or may be up."""
        return any(leg.live for leg in self.of(Party.OPERATOR) if leg.operator == operator)

    def is_busy_with_ours(self, leg: Leg) -> bool:
        """Return True if the call found the user's phone busy and a node without contact may still hold a
        call of this center to that phone.
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
        """True if the center has dialled the user at least once; the user's own calls do not count."""
        return any(leg.call is None for leg in self.of(Party.USER))

    @property
    def operator_leg(self) -> Leg | None:
        """Answered leg of the operator who has the case; None if there is none."""
        for leg in self.of(Party.OPERATOR):
            if leg.operator == self.operator and leg.answered:
                return leg
        return None

    @property
    def listener_leg(self) -> Leg | None:
        """Leg of the listener; None before the listener is called, or once the leg serves another call."""
        if self.listener is None or self.listener.leg is None:
            return None
        leg = self.legs.get(self.listener.leg)
        mine = leg is not None and (leg.party, leg.attempt) == (Party.LISTENER, self.listener.attempt)
        return leg if mine else None

    def taken_for(self, at: Instant) -> OperatorId | None:
        """Return the operator for whom the alert is kept at this moment: the last operator who ordered
        `take`, for TAKES_WITHIN_US; else None.
        """
        return self.taking if at < (self.taking_at or self.received_at) + TAKES_WITHIN_US else None

    @property
    def leaving(self) -> bool:
        """True if the alert is being ended or handed over to 112; no operator is searched any more."""
        return self.false_alarm_at is not None or self.leave.at is not None or self.close_at is not None

    @property
    def told_112_at(self) -> Instant | None:
        """Time at which 112 was first informed for certain: by the briefing, by the user, or on another
        phone. A time before a reopening counts too. None if 112 was not informed.
        """
        calls = self.to_112
        times = (calls.told_before_at, calls.heard_user_at, calls.elsewhere_at, self.briefing_at)
        return min((at for at in times if at is not None), default=None)

    @property
    def awaits_deadline(self) -> bool:
        """True while the deadline is open; False if the deadline passed while the alert was closed."""
        past = self.reopened_at is not None and self.reopened_at >= self.deadline_at
        return self.met_at is None and self.closed_at is None and not past

    @property
    def all_released(self) -> bool:
        """True if no leg holds, or may hold, a call."""
        return not any(leg.live for leg in self.legs.values())

    @property
    def parties_released(self) -> bool:
        """True if no leg holds, or may hold, a call, except a listener's leg: a listener keeps no alert
        open.
        """
        return not any(leg.live for leg in self.legs.values() if leg.party is not Party.LISTENER)

    @property
    def position(self) -> KnownPosition | None:
        """Position to display: the newest, unless its accuracy radius is larger than 50 m and larger than
        three times the best of the last two minutes; then that best position. None without a position.

        Positions from the app take precedence over all others: anyone can send a short message under any
        number, and a wrong position sends help to the wrong place.
        """
        said = [one for one in self.positions if one.channel is Channel.DATA] or list(self.positions)
        if not said:
            return None
        # Of two positions with equal rank the later arrival wins.
        newest = max(reversed(said), key=lambda one: one.rank)
        recent = [one for one in said if one.rank >= newest.rank - _RECENT_US and one.accuracy_m is not None]
        best = min(recent, key=lambda one: one.accuracy_m or 0.0, default=newest)
        if best.accuracy_m is None or newest.accuracy_m is None:
            return newest if newest.accuracy_m is not None or best.accuracy_m is None else best
        return newest if newest.accuracy_m <= max(3 * best.accuracy_m, 50.0) else best

    @property
    def address(self) -> Address | None:
        """Address found for the displayed position; None if no address is known yet, or if the position has
        moved too far from the address.
        """
        shown, found = self.position, self.address_found
        return (
            found
            if shown is not None and found is not None and address.address_still_holds(found, shown)
            else None
        )


def _progress(leg: Leg) -> tuple[bool, bool, bool, int]:
    return (leg.confirmed_answered, leg.answered, leg.ringing_at is not None, leg.since)
