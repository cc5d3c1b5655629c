"""Between those who need a line and the TrunkPool, and from the GsmModems about their lines."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from messages.base import NO_GAINS, Gains, Joins, Message
from messages.ids import E164, AlertId, Instant, LegId, LineId, OperatorId, Party, TrunkId

WEAK_DBM: Final = -107
"""Below this a line is used only when there is no better one (27.007 clause 8.5: +CSQ 3)."""


class RequestLine(Message, frozen=True, kw_only=True, tag="line.request"):
    """Name a free line for this attempt. The answer holds nothing: the append at `version` does."""

    alert: AlertId | None = None
    """None: for an operator's shift, see `operator`."""
    leg: LegId
    attempt: int
    party: Party
    emergency: bool = False
    """A line of the emergency trunk and no other (S8)."""
    test: bool = False
    """A test alert: it may never take the last lines, nor pre-empt."""
    rank: int = 0
    """How far behind others the alert comes in need (`model.rules.proof`)."""
    deadline_at: Instant = Instant(0)
    """The alert's deadline: the earliest is served first."""
    avoid: tuple[LineId, ...] = ()
    """Lines that have just failed this leg; used only when there is no other."""
    held: bool = False
    """Only the line whose modem still holds this leg's call, which was given up unheard."""
    number: E164 | None = None
    """The user's, who is to be dialled: whether it may be is part of the answer."""
    ordered: bool = False
    """An operator has ordered the call to this number."""
    operator: OperatorId | None = None
    """Whose call is to be nailed up on it, for the whole shift; served after all alerts."""
    callout: str | None = None
    """Because of which somebody on duty is to be called: never on the last lines that are free, nor on one to
    avoid.
    """


class LineGranted(Message, frozen=True, kw_only=True, tag="line.granted"):
    """This line can be had by appending `line.seized` to its stream at this version."""

    leg: LegId
    attempt: int
    line: LineId
    trunk: TrunkId
    version: int
    joins: Joins = Joins.HOST


class Lack(StrEnum):
    """Why no line can carry a call, where that does not pass by itself in a moment."""

    NONE = "none"
    """There is no line of this kind."""
    OUT_OF_USE = "out_of_use"
    """No line's modem can carry a call."""
    TAKEN = "taken"
    """Calls that nobody gives up are on all that could."""
    FAILING = "failing"
    """Calls on those that could end as soon as they begin."""
    GUARDED = "guarded"
    """The dial guard lets the number pass on none."""


class LineRefused(Message, frozen=True, kw_only=True, tag="line.refused"):
    """There is no line now. The pool says so again or grants when one comes free; ask again each second."""

    leg: LegId
    attempt: int
    reason: str
    withheld: str = ""
    """Why the number is not called at all without an operator's order
    (`model.rules.calls.withheld_numbers.Withheld`); then there is no use in asking again."""
    lack: Lack | None = None
    """Said of a call to 112 alone; None: there may be a line in a moment."""


class AskLine(Message, frozen=True, kw_only=True, tag="line.ask"):
    """A TrunkPool has started and knows of no line: report yours."""


class PreemptCase(Message, frozen=True, kw_only=True, tag="case.preempt"):
    """A real alert needs this test call's line (case 9): release it."""

    alert: AlertId
    leg: LegId


class GiveWay(Message, frozen=True, kw_only=True, tag="line.give_way"):
    """A real alert needs this line, on which no alert stands, but an operator is nailed up, or a call of the
    center's own is: hang up.
    """

    line: LineId


class LineState(StrEnum):
    """Whether a line can carry a call."""

    STARTING = "starting"
    READY = "ready"
    NO_NETWORK = "no_network"
    NO_VOICE_SERVICE = "no_voice_service"
    """It is registered for data alone: a call would be over at once."""
    NO_SIM = "no_sim"
    PIN_NEEDED = "pin_needed"
    PUK_NEEDED = "puk_needed"
    WRONG_MODEM = "wrong_modem"
    """The port that it is configured for has a modem with another IMEI."""
    LOST = "lost"
    FAILING = "failing"
    """What is dialled on it comes to nothing, or a call that is nobody's does not end: it is left alone."""
    QUARANTINED = "quarantined"


class VoiceService(StrEnum):
    """How a call would go where a line is registered."""

    UNKNOWN = "unknown"
    """The modem does not tell; such a line counts as able."""
    IMS = "ims"
    """VoLTE."""
    CSFB = "csfb"
    """It is in LTE, and falls back to 2G or 3G for a call (3GPP TS 23.272)."""
    CIRCUIT = "circuit"
    """It is in 2G or 3G."""
    NONE = "none"


class LineReport(Message, frozen=True, kw_only=True, tag="line.report"):
    """How the line is, said at every change and every second."""

    line: LineId
    trunk: TrunkId
    emergency: bool
    state: LineState
    since: Instant
    busy: bool = False
    """Whether the modem holds any call, sends a text, or waits for a slow SIM."""
    sends_text: bool = False
    """Whether it is a text, so that the line is free again within seconds."""
    inbound: bool = True
    """Whether inbound calls are expected here."""
    joins: Joins = Joins.HOST
    """How it joins its calls; as far as is known, where the modem has not said yet what it is."""
    legs: tuple[LegId, ...] = ()
    """Whose calls it holds."""
    worn: bool = False
    """Whether its modem's voice is worn: it is used when there is no better line, and soon reset."""
    signal_dbm: int | None = None
    registration: str = ""
    """How the network knows its SIM: `home`, `roaming`, `searching`, `denied`, `off`, `unknown`; or empty."""
    service: VoiceService = VoiceService.UNKNOWN
    port: str = ""
    """Where its modem is now."""
    imei: str = ""
    dialect: str = ""
    text: str = ""
    """What is wrong, in words for the person on duty; of a line that is ready, what its firmware lacks."""

    @property
    def usable(self) -> bool:
        """Whether the line can carry calls."""
        return self.state is LineState.READY


class WayLevel(msgspec.Struct, frozen=True, kw_only=True):
    """How loud one way of a line was in a call."""

    ms: int = 0
    """How long it was listened to."""
    sound_ms: int = 0
    """How much of it was no digital silence."""
    voice_ms: int = 0
    """How much of it was voice; 0 where there was nothing but noise, tones and silence."""
    dbfs: float = -100.0
    """Its level without its pauses (ITU-T P.56), of voice where there was any."""
    peak_dbfs: float = -100.0
    clipped: float = 0.0
    """In how many of its frames of 20 ms a sample was within 1 dB of full scale, 0 to 1."""


class LineLevels(msgspec.Struct, frozen=True, kw_only=True):
    """How loud a line's last call was at its voice port, as it was heard with the line's gains."""

    line: LineId
    at: Instant
    """When it was looked at last."""
    into: WayLevel = WayLevel()
    """What came from the line."""
    out: WayLevel = WayLevel()
    """What the line was given, before its own gain."""
    gains: Gains = NO_GAINS


class NodeLines(Message, frozen=True, kw_only=True, tag="node.lines"):
    """From one node's TrunkPool to another's, every second: how its lines are."""

    reports: tuple[LineReport, ...]
