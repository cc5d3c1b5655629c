"""One alert as the screen is told it, as structs. See docs/api.md.

All times are microseconds UTC and named `_us`; what has not happened is null. Words are the page's.
"""

from __future__ import annotations

import msgspec

from gateways.console.timeline import Entry
from messages.base import Address
from messages.ids import (
    E164,
    Advice,
    AlertId,
    BriefingField,
    Channel,
    ClaimKind,
    Doubt,
    Instant,
    LineId,
    NodeId,
    OperatorId,
    Outcome,
    Party,
    PersonalKind,
    Proof,
    TextFailure,
)
from model.alert.phase import Phase
from model.orders.refusals import Refusal
from model.record import EMPTY, PersonRecord
from model.rules.said.announcing import Progress
from model.telling.told import Changes


class PersonView(msgspec.Struct, frozen=True, kw_only=True):
    """Whose alert it is, as the registry has it."""

    first_name: str
    last_name: str = ""
    language: str = ""
    notes: str = ""
    record: PersonRecord = EMPTY
    for_112: PersonRecord = EMPTY
    """What of it 112 may be told."""

    @property
    def name(self) -> str:
        """The whole name."""
        return f"{self.first_name} {self.last_name}".strip()


class PositionView(msgspec.Struct, frozen=True, kw_only=True):
    """Where the user is, as far as the best of the newest positions says (case 13)."""

    lat: float
    lon: float
    at_us: Instant
    """When it was measured, and never later than when it came."""
    accuracy_m: float | None
    source: str
    """What measured it, in the phone's words: `gps`, `wifi`, `cell`, `app`; `aml`: by a short message."""
    channel: Channel
    """How it came. What did not come from the app (`data`) anybody may have sent under the user's number."""
    received_us: Instant
    address: Address | None = None
    """Of the position that is shown: what may be said of it by name."""


class PartyView(msgspec.Struct, frozen=True, kw_only=True):
    """One tile. `state` is `idle` while nobody has called this party, else the leg's."""

    state: str
    number: E164 | None = None
    line: LineId | None = None
    attempt: int = 0
    operator: OperatorId | None = None
    since_us: Instant | None = None
    """When the attempt began."""
    ringing_us: Instant | None = None
    answered_us: Instant | None = None
    released_us: Instant | None = None
    cause: int | None = None
    """Q.850, of the attempt that has ended."""
    reason: str = ""
    """Why the center hung up (`model.alert.reasons.ReleaseReason`); empty where the center did not."""
    confirmed: bool = True
    joined: bool = False
    """Whether it is in the conference."""
    parted_us: Instant | None = None
    """When it was taken out of the conference; null before, and once it is in it again."""
    network: bool = False
    """The conference is the network's: no voice of this party comes here."""
    muted: bool = False
    """The party hears and is not heard."""
    hears: tuple[str, ...] = ()
    """What is being played to the party, by the names of the announcements."""
    pressed: str = ""
    """The keys of the phone that were heard."""
    pressed_us: Instant | None = None
    """When the last of them was pressed."""
    no_sound_us: Instant | None = None
    """Since when nothing has been heard of the party but digital silence; null: there is sound."""
    unheard_us: Instant | None = None
    """Since when the modem that joins the party in the network has not answered: nobody can know whether the
    party still hears the others. Null: it answers."""


class StepsView(msgspec.Struct, frozen=True, kw_only=True):
    """When each step of the flow was first reached."""

    received_us: Instant
    operator_us: Instant | None
    ringing_us: Instant | None
    answered_us: Instant | None
    """An answer by a machine does not count."""
    psap_us: Instant | None
    handed_over_us: Instant | None
    spoken_us: Instant | None = None
    """When the user was first on the line with an operator, or with 112."""


class DataView(msgspec.Struct, frozen=True, kw_only=True):
    """What one of 112's own systems was sent. Of its newest version at most one of received and refused."""

    target: str
    sent_us: Instant
    """When the newest version was first about to be sent."""
    received_us: Instant | None
    refused_us: Instant | None
    had_us: Instant | None
    """When the system last took any version."""
    status: int
    reason: str
    """Why the newest was refused, in the other system's words."""


class HandOverView(msgspec.Struct, frozen=True, kw_only=True):
    """That the operator who has the case wants another one to take it."""

    by: OperatorId
    to: OperatorId | None
    """This one and no other is called; null: whoever can be had."""
    text: str
    since_us: Instant
    called: PartyView
    """The call to whoever is to take it, the furthest of several; `idle` while nobody is called."""


class TextedView(msgspec.Struct, frozen=True, kw_only=True):
    """A message's way by short message: which of it is known, and since when."""

    asked_us: Instant
    sent_us: Instant | None
    """When the network took it."""
    awaits: bool
    """A report of its delivery can come."""
    waits_us: Instant | None
    """When the network last said that it cannot reach the phone, and goes on trying."""
    delivered_us: Instant | None
    failed_us: Instant | None
    failure: TextFailure | None
    """Why the center gave it up; None: the network did."""


class SaidView(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the dialogue between user and operator."""

    number: int
    id: str
    by: OperatorId
    """Empty: the user."""
    at_us: Instant
    channel: Channel
    text: str
    asks: bool
    """To be answered by yes or no."""
    answer: str
    """`yes` or `no`, once it was given."""
    answers: int = 0
    """The number of the question that a user's message answers; 0: it answers none."""
    spoken: Progress | None = None
    """Of a question that the center speaks: how far it has come."""
    language: str = ""
    """In which language it does so."""
    softly: bool = False
    heard_us: Instant | None = None
    """When it had been spoken to its end."""
    arrived_us: Instant | None
    """When the other side had it."""
    read_us: Instant | None
    claimed: bool = False
    """By a short message, of whose sender nothing is proved, to an alert that is."""
    texted: TextedView | None = None
    """None: it goes by the app alone, or came from the user."""


class FilledView(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one field of the briefing."""

    text: str
    by: OperatorId
    """Empty: the user."""
    at_us: Instant


class BesideView(msgspec.Struct, frozen=True, kw_only=True):
    """Another alert of the same number, which has another proof."""

    alert: AlertId
    proof: Proof


class ClaimView(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent under the number by somebody who has not proved to be the sender of the alert."""

    kind: ClaimKind
    at_us: Instant
    proof: Proof
    """`device`: another enrolled phone of the number has signed it."""
    key_enrolled_us: Instant | None
    """Of a signal: when that phone was enrolled."""
    silent: bool
    """It asks for silence, and does not bring it about."""
    position: PositionView | None
    text: str
    skipped: int
    """How much else came before it that was not kept."""


class CorrectedView(msgspec.Struct, frozen=True, kw_only=True):
    """How a closed alert has ended in truth, as a supervisor says; by this it counts."""

    by: OperatorId
    at_us: Instant
    outcome: Outcome
    reason: str
    """Empty: forgotten."""
    own: bool
    """Who corrects had the case as well."""


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """One alert as the screen shows it. S4's data: `raised_us`, `phone`, `person`, `position`, `channel`."""

    alert: AlertId
    seq: int
    """The journal's place of its last event."""
    version: int
    """The version of the alert; an order says which one the operator saw."""
    phase: Phase
    test: bool
    silent: bool
    duress: bool
    cancelled: bool
    channel: Channel
    proof: Proof
    """By what it counts as the phone's own."""
    doubt: Doubt | None
    """Why a signature did not count, or that its sender sends too much."""
    key_enrolled_us: Instant | None
    """When the phone was enrolled that has signed it; null where none has."""
    beside: tuple[BesideView, ...]
    claims: tuple[ClaimView, ...]
    """Oldest first: the newest 20."""
    raised_us: Instant
    received_us: Instant
    deadline_us: Instant
    phone: E164 | None
    device: str | None
    identified: bool
    """Whether the Identifier has spoken; without a person then, the user is unknown."""
    person: PersonView | None
    position: PositionView | None
    positions: tuple[PositionView, ...]
    """Where the user was, oldest first: the newest 50 that the phone has sent."""
    battery_pct: int | None
    signals: int
    unreadable: int = 0
    """How many of its events the center's version cannot read."""
    unread_texts: int = 0
    """How many of the user's short messages came and could not be read."""
    advice: Advice
    rang_us: Instant | None
    """When the network first said that the phone rings."""
    met_us: Instant | None
    """When the deadline was met; what the clock of the deadline shows."""
    reached_us: Instant | None
    """When the user was reached in truth: by a proved answer, the app's word or the operator's."""
    reached_by: str
    """`answer`, `app`, `voice`, `digit`, `operator`; empty before."""
    missed_us: Instant | None
    presumed_calling_112: str
    wrong_pins: int
    """How often a wrong PIN was typed to cancel it."""
    cancel_unproved: bool
    """Somebody has asked to cancel, and no PIN is set."""
    aloud: bool
    """Silent, and called all the same by an operator's order."""
    dial_withheld: str
    """Why the center does not call the number by itself; empty where it does."""
    operator: OperatorId | None
    """Who is on the line and has the case."""
    reserved: tuple[OperatorId, ...]
    """Whose phones are being called for it."""
    listener: OperatorId | None
    """The supervisor who listens in, or is being called to."""
    listening: bool
    """Whether the listener hears the others."""
    whispering: bool
    """Whether the operator who has the case hears the listener."""
    hand_over: HandOverView | None
    user: PartyView
    operator_leg: PartyView
    psap: PartyView
    user_hears_nobody: bool
    """No voice comes out of the user's phone; the user is heard as ever."""
    user_hears_operator: bool
    operator_hears_psap: bool
    user_hears_psap: bool
    recorded: bool
    """Whether what is said now is being recorded."""
    psap_requested_us: Instant | None
    psap_no_line: str
    """Why no line can carry the call to 112 that is wanted; empty where one does."""
    psap_elsewhere_us: Instant | None
    """When the operator had called 112 from another phone."""
    psap_told_us: Instant | None
    """When 112 was first told of the alert for certain, by the text or by the user; before the alert was
    reopened, too."""
    broken_us: Instant | None
    """When one of those who were left talking was cut off; null once they are together again."""
    broken_party: Party | None
    alone_us: Instant | None = None
    """Since when the user is on the line, and neither an operator has the alert nor 112 is there."""
    reopened_us: Instant | None
    reopen: Refusal | None = None
    """In a story: why the alert cannot be reopened, null where it can. Elsewhere null, and says nothing."""
    note: Refusal | None = None
    """In a story: why the operator cannot add a note, null where that is possible. Elsewhere null."""
    contacts_us: Instant | None = None
    """When short messages to those were asked for whom the user wanted told."""
    contacts: str = ""
    """Their names."""
    false_alarm_us: Instant | None
    briefing_us: Instant | None
    left_us: Instant | None
    restarted_us: Instant | None
    """When a part of the center was last started again in the middle of this alert, and took it up."""
    closed_us: Instant | None
    written_us: Instant | None = None
    """When the user wrote what no operator has read since the end; null where nothing is."""
    outcome: Outcome | None
    """As it was closed."""
    corrected: CorrectedView | None = None
    erased_us: Instant | None = None
    """When something personal was last erased from it."""
    erased: tuple[PersonalKind, ...] = ()
    """What of it is gone for good."""
    steps: StepsView
    timeline: tuple[Entry, ...]
    """Oldest first."""
    data: tuple[DataView, ...] = ()
    """What 112's own systems were sent."""
    page_code: str = ""
    """By which 112 finds the alert's page; empty where none was opened."""
    page_viewed_us: Instant | None = None
    """When it was first looked at."""
    dialogue: tuple[SaidView, ...] = ()
    """Oldest first."""
    app_reads: bool = False
    """Whether the user's app shows what is written."""
    lost_us: Instant | None = None
    """From when on the app counts as lost, as something that was written has not arrived; None: nothing."""
    texts_ordered: bool = False
    """Whether what is written goes by short message though the phone sounds with it."""
    briefing: dict[BriefingField, FilledView] = {}
    """What is known for 112 besides; only what is known."""
    changed: Changes | None = None
    """What is known otherwise than 112 was last read it; null before it was."""
    node: NodeId = NodeId("")
    """Whose AlertCase has it; empty while none has. Its `levels` are told there alone."""
    withheld: bool = False
    """All but what `views.queue` names is empty, until it is opened or the operator is called for it."""
