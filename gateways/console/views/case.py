"""An alert as sent to the screen, as structs. See docs/api.md.

All times are microseconds UTC and named `_us`; null means not yet. The page has the words.
"""

from __future__ import annotations

import msgspec

from gateways.console.timeline import Entry
from messages.base import Address
from messages.ids import (
    E164,
    Advice,
    AlertId,
    Assurance,
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
    TextFailure,
)
from model.alert.phase import Phase
from model.orders.refusals import Refusal
from model.record import EMPTY, PersonRecord
from model.rules.messages.announcements import QuestionProgress
from model.telling.psap_snapshot import SnapshotChanges


class PersonView(msgspec.Struct, frozen=True, kw_only=True):
    """The user of the alert, as in the registry."""

    first_name: str
    last_name: str = ""
    language: str = ""
    notes: str = ""
    record: PersonRecord = EMPTY
    for_112: PersonRecord = EMPTY
    """Part of the record that 112 may receive."""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


class PositionView(msgspec.Struct, frozen=True, kw_only=True):
    """Position of the user: the newest, or a recent one that is much more accurate
    (`model.alert.case.Case.position`).
    """

    lat: float
    lon: float
    at_us: Instant
    """Time of measurement, never later than `received_us`."""
    accuracy_m: float | None
    source: str
    """Source of the measurement, in the phone's words: `gps`, `wifi`, `cell`, `app`; `aml` for a short
    message.
    """
    channel: Channel
    """Channel of the report. Positions from other channels than the app (`data`) may have a forged sender."""
    received_us: Instant
    address: Address | None = None
    """Address of the position shown, as far as its accuracy allows."""


class PartyView(msgspec.Struct, frozen=True, kw_only=True):
    """A tile. `state` is `idle` before the first call to this party, else the state of the leg."""

    state: str
    number: E164 | None = None
    line: LineId | None = None
    attempt: int = 0
    operator: OperatorId | None = None
    since_us: Instant | None = None
    """Start of the attempt."""
    ringing_us: Instant | None = None
    answered_us: Instant | None = None
    released_us: Instant | None = None
    cause: int | None = None
    """Q.850 cause of the attempt that has ended."""
    reason: str = ""
    """Reason of the center's release (`model.alert.reasons.ReleaseReason`); empty if the center did not hang
    up.
    """
    confirmed: bool = True
    joined: bool = False
    """True if the party is in the conference."""
    parted_us: Instant | None = None
    """Time of the removal from the conference; null before, and once the party has joined again."""
    network: bool = False
    """True if the network holds the conference: no voice of this party reaches the center."""
    muted: bool = False
    """True if the party hears and is not heard."""
    hears: tuple[str, ...] = ()
    """Announcements being played to the party, by name."""
    pressed: str = ""
    """Keys that the party has pressed on the phone."""
    pressed_us: Instant | None = None
    """Time of the last key."""
    no_sound_us: Instant | None = None
    """Start of the digital silence from the party; null while there is sound."""
    unheard_us: Instant | None = None
    """Start of the silence of the modem that joins the party in the network: the center cannot know if the
    party still hears the others. Null while the modem answers.
    """


class StepsView(msgspec.Struct, frozen=True, kw_only=True):
    """Time at which each step of the alert happened first."""

    received_us: Instant
    operator_us: Instant | None
    ringing_us: Instant | None
    answered_us: Instant | None
    """First answer of the user; an answer by a machine does not count."""
    psap_us: Instant | None
    handed_over_us: Instant | None
    spoken_us: Instant | None = None
    """First moment of the user on the line with an operator or with 112."""


class DataView(msgspec.Struct, frozen=True, kw_only=True):
    """Delivery to one of 112's own systems. The newest version is at most either received or refused."""

    target: str
    sent_us: Instant
    """Time just before the first attempt to send the newest version."""
    received_us: Instant | None
    refused_us: Instant | None
    had_us: Instant | None
    """Time of the system's last acceptance of any version."""
    status: int
    reason: str
    """Reason for the refusal of the newest version, in the other system's words."""


class HandOverView(msgspec.Struct, frozen=True, kw_only=True):
    """A request by the operator of the case that another operator take it."""

    by: OperatorId
    to: OperatorId | None
    """The only operator who is called; null if any available operator may take the case."""
    text: str
    since_us: Instant
    called: PartyView
    """The call to the next operator, the furthest of several; `idle` before the first call."""


class TextedView(msgspec.Struct, frozen=True, kw_only=True):
    """Progress of a message as short message."""

    asked_us: Instant
    sent_us: Instant | None
    """Time of acceptance by the network."""
    awaits: bool
    """True if a delivery report can come."""
    waits_us: Instant | None
    """Time of the network's last report that the phone is unreachable and the delivery is retried."""
    delivered_us: Instant | None
    failed_us: Instant | None
    failure: TextFailure | None
    """Reason why the center has given up the message; null if the network did."""


class SaidView(msgspec.Struct, frozen=True, kw_only=True):
    """A message of the dialogue between user and operator."""

    number: int
    id: str
    by: OperatorId
    """Operator who wrote the message; empty for the user."""
    at_us: Instant
    channel: Channel
    text: str
    asks: bool
    """True for a question with the answers yes and no."""
    answer: str
    """`yes` or `no`, once given."""
    answers: int = 0
    """Number of the question that a user's message answers; 0 for none."""
    spoken: QuestionProgress | None = None
    """Progress of a question that the center speaks."""
    language: str = ""
    """Language of the spoken question."""
    softly: bool = False
    heard_us: Instant | None = None
    """Time when the question had been spoken to its end."""
    arrived_us: Instant | None
    """Time of arrival at the other side."""
    read_us: Instant | None
    claimed: bool = False
    """True for a short message, with an unproved sender, to an alert that is proved."""
    texted: TextedView | None = None
    """Progress as short message; null for a message through the app alone, or from the user."""


class FilledView(msgspec.Struct, frozen=True, kw_only=True):
    """Known content of one field of the briefing."""

    text: str
    by: OperatorId
    """Operator who filled in the field; empty for the user."""
    at_us: Instant


class BesideView(msgspec.Struct, frozen=True, kw_only=True):
    """Another alert of the number, with another assurance level."""

    alert: AlertId
    proof: Assurance


class ClaimView(msgspec.Struct, frozen=True, kw_only=True):
    """A message under the user's number from a sender not proved to be the sender of the alert."""

    kind: ClaimKind
    at_us: Instant
    proof: Assurance
    """Assurance level; `device` if another enrolled phone of the number has signed the message."""
    key_enrolled_us: Instant | None
    """Time of the phone's enrolment; set for a signal."""
    silent: bool
    """True if the message requests silence; a claim does not make the alert silent."""
    position: PositionView | None
    text: str
    skipped: int
    """Number of earlier claims that were not kept."""


class CorrectedView(msgspec.Struct, frozen=True, kw_only=True):
    """True outcome of a closed alert, as corrected by a supervisor; statistics count this outcome."""

    by: OperatorId
    at_us: Instant
    outcome: Outcome
    reason: str
    """Reason; empty if erased."""
    own: bool
    """True if the supervisor who corrects had the case as well."""


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as the console shows it. The operator always sees `raised_us`, `phone`, `person`, `position`
    and `channel`.
    """

    alert: AlertId
    seq: int
    """Position of its last event in the journal."""
    version: int
    """Version of the alert; an order states the version that the operator saw."""
    phase: Phase
    test: bool
    silent: bool
    duress: bool
    cancelled: bool
    channel: Channel
    proof: Assurance
    """Assurance level: why the alert counts as sent by the user's phone."""
    doubt: Doubt | None
    """Reason why a signature did not count, or a warning that the sender sends too much."""
    key_enrolled_us: Instant | None
    """Enrolment of the phone that signed the alert; null without a signature."""
    beside: tuple[BesideView, ...]
    claims: tuple[ClaimView, ...]
    """The newest 20 claims, oldest first."""
    raised_us: Instant
    received_us: Instant
    deadline_us: Instant
    phone: E164 | None
    device: str | None
    identified: bool
    """True once the Identifier has reported; an alert without a person is then of an unknown user."""
    person: PersonView | None
    position: PositionView | None
    positions: tuple[PositionView, ...]
    """The newest 50 positions from the phone, oldest first."""
    battery_pct: int | None
    signals: int
    unreadable: int = 0
    """Number of events that the center's version cannot read."""
    unread_texts: int = 0
    """Number of short messages from the user that arrived unreadable."""
    advice: Advice
    rang_us: Instant | None
    """Time of the network's first report that the phone rings."""
    met_us: Instant | None
    """Time when the deadline was met; stops the deadline's clock."""
    reached_us: Instant | None
    """Time at which the user was really reached: by a confirmed answer, the app's report or the
    operator's.
    """
    reached_by: str
    """`answer`, `app`, `voice`, `digit`, `operator`; empty before."""
    missed_us: Instant | None
    presumed_calling_112: str
    wrong_pins: int
    """Number of wrong PINs typed to cancel the alert."""
    cancel_unproved: bool
    """True if a cancellation was requested and the user has no PIN."""
    aloud: bool
    """True if the user of a silent alert is called nevertheless, by an operator's order."""
    dial_withheld: str
    """Reason why this number is not dialled automatically; empty if it is."""
    operator: OperatorId | None
    """Operator on the line, who has the case."""
    reserved: tuple[OperatorId, ...]
    """Operators who are being called for the alert."""
    listener: OperatorId | None
    """Supervisor who listens in, or is being called to listen in."""
    listening: bool
    """True if the listener hears the others."""
    whispering: bool
    """True if the operator of the case hears the listener."""
    hand_over: HandOverView | None
    user: PartyView
    operator_leg: PartyView
    psap: PartyView
    user_hears_nobody: bool
    """True if the user's phone plays no voice; the user is heard as ever."""
    user_hears_operator: bool
    operator_hears_psap: bool
    user_hears_psap: bool
    recorded: bool
    """True if the conference is being recorded now."""
    psap_requested_us: Instant | None
    psap_no_line: str
    """Reason why no line can carry the requested call to 112; empty if a line does."""
    psap_elsewhere_us: Instant | None
    """Time when the operator had called 112 from another phone."""
    psap_told_us: Instant | None
    """Time when 112 first certainly knew of the alert, by the text or by the user; also before the alert was
    reopened.
    """
    broken_us: Instant | None
    """Time when a party of the conversation left between user and 112 was cut off; null once rejoined."""
    broken_party: Party | None
    alone_us: Instant | None = None
    """Time since when the user is on the line without an operator and without 112."""
    reopened_us: Instant | None
    reopen: Refusal | None = None
    """Only in a story: reason why the alert cannot be reopened; null if it can. Elsewhere always null."""
    note: Refusal | None = None
    """Only in a story: reason why the operator cannot add a note; null if it is possible. Elsewhere always
    null.
    """
    contacts_us: Instant | None = None
    """Time of the order to send short messages to the contacts that the user wants informed."""
    contacts: str = ""
    """Names of these contacts."""
    false_alarm_us: Instant | None
    briefing_us: Instant | None
    left_us: Instant | None
    restarted_us: Instant | None
    """Time of the last restart of a part of the center during this alert, which took the alert up again."""
    closed_us: Instant | None
    written_us: Instant | None = None
    """Time of the oldest message from the user that is unread since the end; null if all are read."""
    outcome: Outcome | None
    """Outcome at closing."""
    corrected: CorrectedView | None = None
    erased_us: Instant | None = None
    """Time of the last erasure of personal data."""
    erased: tuple[PersonalKind, ...] = ()
    """Kinds of personal data that are erased for good."""
    steps: StepsView
    timeline: tuple[Entry, ...]
    """Entries, oldest first."""
    data: tuple[DataView, ...] = ()
    """Deliveries to 112's own systems."""
    page_code: str = ""
    """Code with which 112 finds the alert's page; empty if no page was opened."""
    page_viewed_us: Instant | None = None
    """Time of the first view of the page."""
    dialogue: tuple[SaidView, ...] = ()
    """Messages, oldest first."""
    app_reads: bool = False
    """True if the user's app shows the messages."""
    lost_us: Instant | None = None
    """Time when the app counts as lost, as a message has not arrived; null if all have."""
    texts_ordered: bool = False
    """True if messages go by short message although the phone makes a sound for each."""
    briefing: dict[BriefingField, FilledView] = {}
    """Known fields of the briefing for 112."""
    changed: SnapshotChanges | None = None
    """Changes since the briefing was last read to 112; null before the first reading."""
    node: NodeId = NodeId("")
    """Node of the AlertCase; empty before the case is opened. Only this node publishes the `levels`."""
    withheld: bool = False
    """True if the case is redacted: all fields but those of `views.queue` are empty, until the alert is
    opened or the operator is called for it.
    """
