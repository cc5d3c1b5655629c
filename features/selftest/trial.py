"""A test call on a line: order, state and result. Data, in no envelope."""

from __future__ import annotations

import msgspec

from messages.calls import CallState, OwnCallEnd
from messages.ids import E164, Instant, LegId, LineId, OperatorId
from messages.lines import WayLevel
from messages.trials import Finding, WayShown


class TrialOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Order of a test call."""

    trial: str
    line: LineId
    number: E164
    other: LineId | None = None
    """Line of the center that is called, and is to answer; its number is `number`."""
    caller: E164 | None = None
    """Number of the calling line, by which the other line recognizes the call."""
    by: OperatorId
    """Operator; `PROOF` for the self-test."""
    begun_at: Instant
    up_s: float = 0.0
    """Seconds from the answer to the automatic end; 0: ended on request, or after a minute."""
    stop: bool = False
    answers: bool = False
    """The line does not call: it answers the call from one of the center's own lines."""


class WayNow(msgspec.Struct, frozen=True, kw_only=True):
    """Present audio levels of a line, dBFS."""

    line: LineId
    into: int
    """Incoming audio."""
    out: int
    """Outgoing audio."""


class VoiceShown(msgspec.Struct, frozen=True, kw_only=True):
    """Measured audio of one line's voice."""

    line: LineId
    findings: tuple[Finding, ...] = ()
    proved: bool = False
    """True if voice passed in both directions, as far as measured here."""
    trouble: str = ""
    """Reason that the port could not be opened, in the system's words."""
    seconds: float = 0.0
    into: WayLevel = WayLevel()
    out: WayLevel = WayLevel()
    opened_after_s: float | None = None
    """Seconds from the answer until the modem had switched its voice on."""
    lost_frames: int = 0
    """Missing frames of 20 ms each."""
    longest_pause_ms: int = 0
    echo_db: float | None = None
    """Level of the echo relative to the outgoing audio; None: no echo."""
    better_gain_in_db: float | None = None
    """Proposed setting of the line; None if the present one is good."""


class LineTrial(msgspec.Struct, frozen=True, kw_only=True):
    """State of a test call."""

    trial: str
    line: LineId
    other: LineId | None
    by: OperatorId
    begun_at: Instant
    state: CallState
    ringing_at: Instant | None = None
    answered_at: Instant | None = None
    ended_at: Instant | None = None
    """Time when the line was released."""
    ends: OwnCallEnd | None = None
    cause: int | None = None
    """ITU-T Q.850, as reported by the modem."""
    now: tuple[WayNow, ...] = ()
    voices: tuple[VoiceShown, ...] = ()
    """Result at the end: of the calling line, and of the other line if any."""
    ways: tuple[WayShown, ...] = ()
    """Result at the end for two lines: from the calling line, then from the other."""


def leg_of(trial: str, end: int) -> LegId:
    """Return the leg of the calling line (1) or of the called line (2)."""
    return LegId(f"test-{trial}:{end}")
