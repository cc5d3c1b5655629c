"""The data of the screen: what the console's WebSocket carries, as structs. See docs/api.md.

All times are microseconds UTC and named `_us`; what has not happened is null. Words are the page's.
"""

from __future__ import annotations

import msgspec

from gateways.console.map.tiles import Tiles
from gateways.console.protocols import CallProtocol
from gateways.console.timeline import Entry
from gateways.nodes import NodeView
from messages.base import Address, Joins
from messages.calls import CallState
from messages.ids import (
    E164,
    Advice,
    AlertId,
    BriefingField,
    Channel,
    Doubt,
    Instant,
    LineId,
    NodeId,
    OperatorId,
    OperatorLine,
    Outcome,
    Party,
    PersonalKind,
    Proof,
    ShiftState,
    TextFailure,
    TrunkId,
)
from messages.lines import LineState, VoiceService, WayLevel
from model.alert.phase import Phase
from model.alert.told import Changes
from model.loudness import Loudness
from model.orders.refusals import Refusal
from model.record import EMPTY, PersonRecord
from model.rules.spoken import Progress
from store.registry.people import StaffRole


class PersonView(msgspec.Struct, frozen=True, kw_only=True):
    """Whose alert it is, as the registry knows her."""

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
    """Where she is, as far as the best of the newest positions says (case 13)."""

    lat: float
    lon: float
    at_us: Instant
    """When it was measured, and never later than when it came."""
    accuracy_m: float | None
    source: str
    """What measured it, in the phone's words: `gps`, `wifi`, `cell`, `app`; `aml`: by a short message."""
    channel: Channel
    """How it came. What did not come from the app (`data`) anybody may have sent under her number."""
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
    confirmed: bool = True
    joined: bool = False
    """Whether it is in the conference."""
    network: bool = False
    """The conference is the network's: no voice of this party comes here."""
    muted: bool = False
    """She hears and is not heard."""
    hears: tuple[str, ...] = ()
    """What is being played to her, by the names of the announcements."""
    pressed: str = ""
    """The keys of the phone that were heard."""
    pressed_us: Instant | None = None
    """When the last of them was pressed."""
    no_sound_us: Instant | None = None
    """Since when nothing has been heard of her but digital silence; null: there is sound."""


class StepsView(msgspec.Struct, frozen=True, kw_only=True):
    """When each step of the flow was first reached."""

    received_us: Instant
    operator_us: Instant | None
    ringing_us: Instant | None
    answered_us: Instant | None
    psap_us: Instant | None
    handed_over_us: Instant | None


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
    """She and no other is called; null: whoever can be had."""
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
    beside: tuple[BesideView, ...]
    raised_us: Instant
    received_us: Instant
    deadline_us: Instant
    phone: E164 | None
    device: str | None
    identified: bool
    """Whether the Identifier has spoken; without a person then, she is unknown."""
    person: PersonView | None
    position: PositionView | None
    positions: tuple[PositionView, ...]
    """Where she was, oldest first: the newest 50 that her phone has sent."""
    battery_pct: int | None
    signals: int
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
    """Whether she hears the others."""
    whispering: bool
    """Whether the operator who has the case hears her."""
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
    broken_us: Instant | None
    """When one of those who were left talking was cut off; null once they are together again."""
    broken_party: Party | None
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
    """What the queue does not need is left out, until the case is opened or the operator called for it."""


class OperatorView(msgspec.Struct, frozen=True, kw_only=True):
    """One operator of the registry."""

    operator: OperatorId
    name: str
    state: ShiftState
    since_us: Instant | None
    reason: str
    alert: AlertId | None
    """What she is on, or called for."""
    wrap_up_until_us: Instant | None = None
    """So long she is called after all others, unless she says before that she is ready."""
    line: OperatorLine = OperatorLine.ON_DEMAND
    """How she is meant to be reached."""
    line_state: CallState = CallState.UNKNOWN
    """Of a line of her own: `answered`, it stands; `dialling`, `ringing`: it will; else it is her phone."""
    line_text: str = ""
    """Why it does not stand."""
    node: NodeId = NodeId("")
    """Where her shift is."""


class LoudnessView(msgspec.Struct, frozen=True, kw_only=True):
    """How loud a line's last call was."""

    at_us: Instant
    into: WayLevel
    """What came from the line, with its gain."""
    out: WayLevel
    says: Loudness
    """Of what came from the line."""
    better_gain_in_db: float | None
    """What the setting might be; null where it is well."""


class OutView(msgspec.Struct, frozen=True, kw_only=True):
    """A line that somebody has taken out of service."""

    by: OperatorId
    reason: str
    since_us: Instant


class LineView(msgspec.Struct, frozen=True, kw_only=True):
    """One configured line: what the journal says of it (a held leg, a quarantine), and its modem."""

    line: LineId
    trunk: TrunkId
    emergency: bool
    alert: AlertId | None
    party: Party | None
    operator: OperatorId | None
    """Whose call is nailed up on it."""
    tester: OperatorId | None = None
    """Who tries it with a call now."""
    quarantine: str
    """Why it is not to be used; empty when it can be."""
    since_us: Instant | None
    state: LineState | None = None
    """As its modem's actor has said last; null until it has."""
    signal_dbm: int | None = None
    registration: str = ""
    """How the network knows its SIM: `home`, `roaming`, `searching`, `denied`, …"""
    service: VoiceService = VoiceService.UNKNOWN
    """Which way a call would go: `ims` (VoLTE), `csfb` (LTE, back to 2G or 3G for it), `circuit` (2G, 3G),
    `none` (registered for data alone), `unknown`."""
    joins: Joins = Joins.HOST
    """How it joins its calls: `host`, `network` (all on this one line, no voice comes here), `none`."""
    node: NodeId | None = None
    """Whose it is, where there are several nodes: of another one's modem nothing is told. Else null."""
    loudness: LoudnessView | None = None
    """Null before its first call."""
    out: OutView | None = None
    """Null while it is in service: no call begins on one that was taken out."""


class ModemView(msgspec.Struct, frozen=True, kw_only=True):
    """A modem that is plugged in at this node, and that no line names."""

    position: str
    """Its USB socket, `1-2.3`."""
    name: str
    """What it calls itself; else its USB ids."""
    ports: bool
    """Whether it shows any: a stick that shows itself as a disk has none, nor has one without a driver."""
    perhaps: list[LineId]
    """The lines that look for their modem: it may be theirs."""


class LevelView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How loud one party is."""

    dbfs: int
    """Loudness over about the last 200 ms, −100 to 0."""
    voice: bool = False
    silent_ms: int = 0
    """How long there has been digital silence, which no microphone gives."""
    tone: str = ""
    """What a machine says on the line: `busy`, `congestion`, `ringing`, `dial`, `fax`."""


class Levels(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="levels", omit_defaults=True):
    """How loud the parties of an alert are now, told to whoever has it on the screen. Of no journal."""

    alert: AlertId
    user: LevelView | None = None
    operator: LevelView | None = None
    psap: LevelView | None = None


class AlarmView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something wrong with the center itself. What it means is in `/console/data/alarms.json`."""

    alarm: str
    subject: str
    text: str
    since_us: Instant
    seen_us: Instant | None = None
    """When an operator has acknowledged it, at any console; and who."""
    seen_by: OperatorId | None = None
    quiet_us: Instant | None = None
    """Until then it is expected, and calls nobody."""


class AlarmOverView(msgspec.Struct, frozen=True, kw_only=True):
    """It was wrong, is no more, and nobody has seen it."""

    alarm: str
    subject: str
    since_us: Instant
    over_us: Instant


class QuietView(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept quiet for planned work. Empty: all that may be."""

    alarm: str
    subject: str
    node: NodeId
    until_us: Instant
    by: OperatorId
    reason: str


class MeView(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed on here."""

    operator: OperatorId
    name: str
    number: E164 | None
    role: StaffRole
    """As it was when the connection began; what it allows is asked again at each use."""


class MapView(msgspec.Struct, frozen=True, kw_only=True):
    """The pictures of the map that this center hands out."""

    attribution: str
    min_zoom: int
    max_zoom: int


class CenterView(msgspec.Struct, frozen=True, kw_only=True):
    """What the screen has to know of the settings."""

    version: str
    deadline_s: float
    no_answer_s: float
    met_by: str
    psap_number: str
    psap_live: bool
    duress: str
    operator_line: str
    """How operators are reached: `on_demand`, `nailed_up`, or `headset`, the voice in the browser."""
    map: MapView | None
    """None: the page draws what it has itself."""
    protocols: tuple[CallProtocol, ...] = ()
    language: str = "it"
    """The center's own."""
    speaks: dict[str, list[str]] = {}
    """In which languages each question can be spoken, by its name: `violence-3`."""


class EventView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event of the journal, as an export shows it."""

    seq: int
    stream: str
    version: int
    type: str
    at_us: Instant
    alert: AlertId | None = None
    data: msgspec.Raw = msgspec.Raw(b"{}")


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="snapshot"):
    """Everything, as of `seq`. The first message of a connection that resumes nothing."""

    seq: int
    now_us: Instant
    center: CenterView
    me: MeView
    cases: list[msgspec.Raw]
    """CaseView of each open alert, and of those closed lately."""
    allowed: dict[AlertId, dict[str, Refusal | None]]
    """For each alert, for each command: null when it is allowed to me now, else the reason why not."""
    operators: list[OperatorView]
    lines: list[LineView]
    alarms: list[AlarmView]
    alarms_over: list[AlarmOverView]
    quiet: list[QuietView]
    modems: list[ModemView]
    open: int
    """How many alerts are open; more than there are `cases` in a storm."""
    watching: dict[AlertId, list[OperatorId]]
    """Who has which alert on the screen in full."""


class Events(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="events", omit_defaults=True):
    """What has happened since the last message, and everything that it changed, as of `seq`."""

    seq: int
    now_us: Instant
    open: int
    events: list[msgspec.Raw] = []
    """EventView of each, in the journal's order; of others' cases that are not opened without its data."""
    cases: list[msgspec.Raw] = []
    """CaseView of each alert that changed; it replaces what was known of it."""
    allowed: dict[AlertId, dict[str, Refusal | None]] = {}
    gone: list[AlertId] = []
    """Closed alerts that are no longer shown."""
    operators: list[OperatorView] | None = None
    lines: list[LineView] | None = None
    alarms: list[AlarmView] | None = None
    alarms_over: list[AlarmOverView] | None = None
    alarms_changed: list[AlarmView] = []
    """In place of `alarms`, where they were asked for by `?changes=alarms`: what is new or another, and which
    are there no more; so of those that are over."""
    alarms_gone: list[tuple[str, str]] = []
    over_changed: list[AlarmOverView] = []
    over_gone: list[tuple[str, str]] = []
    quiet: list[QuietView] | None = None
    modems: list[ModemView] | None = None
    watching: dict[AlertId, list[OperatorId]] | None = None


class NodesTold(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="nodes"):
    """The nodes, where there are several: after the first message, and when anything of it is new."""

    nodes: tuple[NodeView, ...]
    """The one that this console is connected to first."""
    ticket: str
    """By which she goes on at another one, should this one be lost; empty where she cannot."""


def map_view(tiles: Tiles) -> MapView:
    """What the page has to know of them."""
    return MapView(attribution=tiles.attribution, min_zoom=tiles.min_zoom, max_zoom=tiles.max_zoom)
