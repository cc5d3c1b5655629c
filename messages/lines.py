"""Messages between actors that need a line and the TrunkPool, and reports of the GsmModems on lines."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from messages.base import NO_GAINS, Gains, Joins, Message
from messages.ids import E164, AlertId, Instant, LegId, LineId, OperatorId, Party, TrunkId

WEAK_DBM: Final = -107
"""Signal strength below which a line is used only if no better one is free (27.007 clause 8.5: +CSQ 3)."""


class RequestLine(Message, frozen=True, kw_only=True, tag="line.request"):
    """Request for a free line for this attempt. The answer reserves nothing: the append at `version` does."""

    alert: AlertId | None = None
    """Alert; None for an operator's shift, see `operator`."""
    leg: LegId
    attempt: int
    party: Party
    emergency: bool = False
    """True: only a line of the emergency trunk."""
    test: bool = False
    """True for a test alert, which never takes the last lines and never preempts."""
    rank: int = 0
    """Rank of the alert in need, 0 first (`model.rules.proof`)."""
    deadline_at: Instant = Instant(0)
    """Deadline of the alert: the earliest is served first."""
    avoid: tuple[LineId, ...] = ()
    """Lines that have just failed this leg; used only if no other is free."""
    held: bool = False
    """True: only the line with a modem that still holds this leg's call, given up without contact."""
    number: E164 | None = None
    """Number of the user to be dialled: the answer also states whether dialling is allowed."""
    ordered: bool = False
    """True if an operator has ordered the call to this number."""
    operator: OperatorId | None = None
    """Operator of a nailed-up call for the whole shift; served after all alerts."""
    callout: str | None = None
    """Callout of the person on duty to be called: never on the last free lines, nor on one to avoid."""


class LineGranted(Message, frozen=True, kw_only=True, tag="line.granted"):
    """This line is available: the leg has the line once `line.seized` is appended to the line's stream at
    this version.
    """

    leg: LegId
    attempt: int
    line: LineId
    trunk: TrunkId
    version: int
    joins: Joins = Joins.HOST


class Lack(StrEnum):
    """Lasting reason why no line can carry a call."""

    NONE = "none"
    """No line of this kind exists."""
    OUT_OF_USE = "out_of_use"
    """No line's modem can carry a call."""
    TAKEN = "taken"
    """All capable lines carry calls that no alert releases."""
    FAILING = "failing"
    """Calls on the capable lines end as soon as they begin."""
    GUARDED = "guarded"
    """The dial guard refuses the number on every line."""


class LineRefused(Message, frozen=True, kw_only=True, tag="line.refused"):
    """No line is free now. The sender repeats its request every second; the pool answers each request, and
    grants a line as soon as a line becomes free.
    """

    leg: LegId
    attempt: int
    reason: str
    withheld: str = ""
    """Reason why the number needs an operator's order (`model.rules.calls.withheld_numbers.NoDialReason`);
    repeating the request is then useless.
    """
    lack: Lack | None = None
    """Set for a call to 112 only; None: a line may be free in a moment."""


class AskLine(Message, frozen=True, kw_only=True, tag="line.ask"):
    """Request for a report of the line: a TrunkPool or a watchdog has just started."""


class PreemptCase(Message, frozen=True, kw_only=True, tag="case.preempt"):
    """A real alert needs the line of this leg, a test's or a listener's: release the line."""

    alert: AlertId
    leg: LegId


class GiveWay(Message, frozen=True, kw_only=True, tag="line.give_way"):
    """A real alert needs this line, which carries an operator's nailed-up call or a call of the center's own,
    and no alert: hang up.
    """

    line: LineId


class LineState(StrEnum):
    """State of a line, which decides if the line can carry a call."""

    STARTING = "starting"
    READY = "ready"
    NO_NETWORK = "no_network"
    NO_VOICE_SERVICE = "no_voice_service"
    """Registered for data only: a call would end at once."""
    NO_SIM = "no_sim"
    PIN_NEEDED = "pin_needed"
    PUK_NEEDED = "puk_needed"
    WRONG_MODEM = "wrong_modem"
    """The configured port has a modem with another IMEI."""
    LOST = "lost"
    FAILING = "failing"
    """Dialled calls fail, or an unowned call does not end: the line is left alone."""
    QUARANTINED = "quarantined"


class VoiceService(StrEnum):
    """Method of voice calls in the present registration."""

    UNKNOWN = "unknown"
    """Unreported by the modem; the line counts as capable."""
    IMS = "ims"
    """VoLTE."""
    CSFB = "csfb"
    """LTE, with a fallback to 2G or 3G for a call (3GPP TS 23.272)."""
    CIRCUIT = "circuit"
    """2G or 3G."""
    NONE = "none"


class LineReport(Message, frozen=True, kw_only=True, tag="line.report"):
    """State of the line, sent at every change and every two seconds."""

    line: LineId
    trunk: TrunkId
    emergency: bool
    state: LineState
    since: Instant
    busy: bool = False
    """True while the modem holds any call, sends an SMS, or waits for a slow SIM."""
    sends_text: bool = False
    """True if busy with an SMS, so that the line is free again within seconds."""
    inbound: bool = True
    """True if inbound calls are expected on the line."""
    joins: Joins = Joins.HOST
    """Method of joining calls; a preliminary value until the modem has identified itself."""
    legs: tuple[LegId, ...] = ()
    """Legs of the calls on the line."""
    worn: bool = False
    """True if its modem's voice is degraded (worn): the line is used last, and soon reset."""
    signal_dbm: int | None = None
    registration: str = ""
    """SIM's state in the network: `home`, `roaming`, `searching`, `denied`, `off`, `unknown`, or empty."""
    service: VoiceService = VoiceService.UNKNOWN
    port: str = ""
    """Present port of the modem."""
    imei: str = ""
    dialect: str = ""
    text: str = ""
    """Fault in words for the person on duty; for a ready line, missing abilities of its firmware."""

    @property
    def usable(self) -> bool:
        """True if the line can carry calls."""
        return self.state is LineState.READY


class WayLevel(msgspec.Struct, frozen=True, kw_only=True):
    """Loudness of one direction of a line in a call."""

    ms: int = 0
    """Duration of the measurement in milliseconds."""
    sound_ms: int = 0
    """Duration without digital silence in milliseconds."""
    voice_ms: int = 0
    """Duration of voice in milliseconds; 0 for noise, tones and silence only."""
    dbfs: float = -100.0
    """Level without pauses (ITU-T P.56), of the voice if present."""
    peak_dbfs: float = -100.0
    clipped: float = 0.0
    """Share of 20 ms frames with a sample within 1 dB of full scale, 0 to 1."""


class LineLevels(msgspec.Struct, frozen=True, kw_only=True):
    """Loudness of a line's last call at its voice port, measured with the line's gains."""

    line: LineId
    at: Instant
    """Time of the last measurement."""
    into: WayLevel = WayLevel()
    """Voice from the line."""
    out: WayLevel = WayLevel()
    """Voice to the line, before the line's own gain."""
    gains: Gains = NO_GAINS


class NodeLines(Message, frozen=True, kw_only=True, tag="node.lines"):
    """State of a node's lines, sent by its TrunkPool to other nodes' every second."""

    reports: tuple[LineReport, ...]
