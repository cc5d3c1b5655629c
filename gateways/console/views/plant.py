"""Operators, lines, modems and alarms as the screen is told them, as structs. See docs/api.md."""

from __future__ import annotations

import msgspec

from messages.base import Joins
from messages.calls import CallState
from messages.ids import (
    AlertId,
    Instant,
    LineId,
    NodeId,
    OperatorId,
    OperatorLine,
    Party,
    ShiftState,
    TrunkId,
)
from messages.lines import LineState, VoiceService, WayLevel
from model.loudness import Loudness


class OperatorView(msgspec.Struct, frozen=True, kw_only=True):
    """One operator of the registry."""

    operator: OperatorId
    name: str
    state: ShiftState
    since_us: Instant | None
    reason: str
    alert: AlertId | None
    """What the operator is on, or called for."""
    wrap_up_until_us: Instant | None = None
    """So long the operator is called after all others, unless ready before."""
    line: OperatorLine = OperatorLine.ON_DEMAND
    """How the operator is meant to be reached."""
    line_state: CallState = CallState.UNKNOWN
    """Of an own line: `answered`, it stands; `dialling`, `ringing`: it will; else it is the phone."""
    line_text: str = ""
    """Why it does not stand."""
    node: NodeId = NodeId("")
    """Where the operator's shift is."""


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
    waits: bool = False
    """Of a line: enough of its kind are left, and those on duty read of it in the morning."""


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
