"""Operators, lines, modems and alarms as sent to the screen, as structs. See docs/api.md."""

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
    """An operator of the registry."""

    operator: OperatorId
    name: str
    state: ShiftState
    since_us: Instant | None
    reason: str
    alert: AlertId | None
    """Alert that the operator has, or is called for."""
    wrap_up_until_us: Instant | None = None
    """End of the wrap-up: until then the operator is called after all others, unless ready before."""
    line: OperatorLine = OperatorLine.ON_DEMAND
    """Configured voice of the operator."""
    line_state: CallState = CallState.UNKNOWN
    """State of the operator's own line: `answered` stands; `dialling` and `ringing` are in progress; in other
    states the phone is called.
    """
    line_text: str = ""
    """Reason why the own line does not stand."""
    node: NodeId = NodeId("")
    """Node of the operator's shift."""


class LoudnessView(msgspec.Struct, frozen=True, kw_only=True):
    """Levels of a line's last call."""

    at_us: Instant
    into: WayLevel
    """Level from the line, with its gain."""
    out: WayLevel
    says: Loudness
    """Verdict on the level from the line."""
    better_gain_in_db: float | None
    """Better value of the gain setting, in dB; null if the level is good."""


class OutView(msgspec.Struct, frozen=True, kw_only=True):
    """A line that an operator has taken out of service."""

    by: OperatorId
    reason: str
    since_us: Instant


class LineView(msgspec.Struct, frozen=True, kw_only=True):
    """A configured line: its state from the journal (leg, quarantine), and its modem."""

    line: LineId
    trunk: TrunkId
    emergency: bool
    alert: AlertId | None
    party: Party | None
    operator: OperatorId | None
    """Operator of the nailed-up call on the line."""
    tester: OperatorId | None = None
    """Operator who tests the line with a call now."""
    quarantine: str
    """Reason why the line must not be used; empty if it can be used."""
    since_us: Instant | None
    state: LineState | None = None
    """Last report of the modem's actor; null before the first."""
    signal_dbm: int | None = None
    registration: str = ""
    """Registration of the SIM: `home`, `roaming`, `searching`, `denied`, …"""
    service: VoiceService = VoiceService.UNKNOWN
    """Path of a call: `ims` (VoLTE), `csfb` (LTE, back to 2G or 3G for the call), `circuit` (2G, 3G), `none`
    (registered for data alone), `unknown`.
    """
    joins: Joins = Joins.HOST
    """Conference of its calls: `host`, `network` (all on this line, without voice to the center), `none`."""
    node: NodeId | None = None
    """Node of the line if there are several nodes, else null. Data of modems at other nodes are unknown."""
    loudness: LoudnessView | None = None
    """Levels of the last call; null before the first."""
    out: OutView | None = None
    """Removal from service, during which no call begins; null while the line is in service."""


class ModemView(msgspec.Struct, frozen=True, kw_only=True):
    """A modem plugged in at this node and assigned to no line."""

    position: str
    """USB socket, `1-2.3`."""
    name: str
    """Name that the modem reports, else its USB ids."""
    ports: bool
    """True if the modem has ports. A stick that appears as a disk has none, nor has a modem
    without a driver.
    """
    perhaps: list[LineId]
    """Lines that search for their modem, which may be this modem."""


class LevelView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Level of a party."""

    dbfs: int
    """Loudness over about the last 200 ms, −100 to 0 dBFS."""
    voice: bool = False
    silent_ms: int = 0
    """Duration of digital silence, which no microphone produces, in milliseconds."""
    tone: str = ""
    """Tone of a machine on the line: `busy`, `congestion`, `ringing`, `dial`, `fax`."""


class Levels(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="levels", omit_defaults=True):
    """Present levels of the parties of an alert, for the consoles that show the alert. In no journal."""

    alert: AlertId
    user: LevelView | None = None
    operator: LevelView | None = None
    psap: LevelView | None = None


class AlarmView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Alarm of the center itself. `/console/data/alarms.json` has its meaning."""

    alarm: str
    subject: str
    text: str
    since_us: Instant
    seen_us: Instant | None = None
    """Time of the acknowledgement at any console. `seen_by` is the operator who acknowledged."""
    seen_by: OperatorId | None = None
    quiet_us: Instant | None = None
    """End of the shelving: until then the alarm is expected, and calls no person."""
    waits: bool = False
    """True for a line with enough others of its kind left: people on duty are notified in the morning."""


class AlarmOverView(msgspec.Struct, frozen=True, kw_only=True):
    """A cleared alarm that is not acknowledged."""

    alarm: str
    subject: str
    since_us: Instant
    over_us: Instant


class QuietView(msgspec.Struct, frozen=True, kw_only=True):
    """A shelved alarm, for planned work. Empty fields match all alarms, subjects or nodes."""

    alarm: str
    subject: str
    node: NodeId
    until_us: Instant
    by: OperatorId
    reason: str
