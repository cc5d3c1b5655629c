"""A test call on a line: what is wanted, how it goes, and what it has shown. Data, of no envelope."""

from __future__ import annotations

import msgspec

from messages.calls import CallState, OwnCallEnd
from messages.ids import E164, Instant, LegId, LineId, OperatorId
from messages.lines import WayLevel
from messages.trials import Finding, WayShown


class TrialOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted."""

    trial: str
    line: LineId
    number: E164
    other: LineId | None = None
    """The line of the center's that is called, and is to answer; its number is `number`."""
    caller: E164 | None = None
    """Of the calling line, by which the other one knows the call."""
    by: OperatorId
    """`PROOF`: nobody in particular."""
    begun_at: Instant
    up_s: float = 0.0
    """So long after the answer it ends by itself; 0: when that is ordered, or after a minute."""
    stop: bool = False
    answers: bool = False
    """It calls nobody, and answers the call that one of the center's own lines makes to this one."""


class WayNow(msgspec.Struct, frozen=True, kw_only=True):
    """How loud a line is at this moment, dBFS."""

    line: LineId
    into: int
    """What comes from the line."""
    out: int
    """What is said to it."""


class VoiceShown(msgspec.Struct, frozen=True, kw_only=True):
    """What the call has shown of one line's voice."""

    line: LineId
    findings: tuple[Finding, ...] = ()
    proved: bool = False
    """Whether it has carried a voice both ways, as far as can be told from here."""
    trouble: str = ""
    """Why its port could not be opened, in the system's words."""
    seconds: float = 0.0
    into: WayLevel = WayLevel()
    out: WayLevel = WayLevel()
    opened_after_s: float | None = None
    """From the answer until the modem had switched its voice on."""
    lost_frames: int = 0
    """Of 20 ms each, of what should have come."""
    longest_pause_ms: int = 0
    echo_db: float | None = None
    """How loud what was said came back, beside what was said; None: not heard again."""
    better_gain_in_db: float | None = None
    """What the line's setting might be; None where it is well."""


class LineTrial(msgspec.Struct, frozen=True, kw_only=True):
    """How it goes, or went."""

    trial: str
    line: LineId
    other: LineId | None
    by: OperatorId
    begun_at: Instant
    state: CallState
    ringing_at: Instant | None = None
    answered_at: Instant | None = None
    ended_at: Instant | None = None
    """When the line was nobody's again."""
    ends: OwnCallEnd | None = None
    cause: int | None = None
    """ITU-T Q.850, as the modem has it."""
    now: tuple[WayNow, ...] = ()
    voices: tuple[VoiceShown, ...] = ()
    """At the end: of the calling line, and of the other where there was one."""
    ways: tuple[WayShown, ...] = ()
    """At the end, where two lines were on it: from the calling one, then from the other."""


def leg_of(trial: str, end: int) -> LegId:
    """The leg of the calling line (1) or of the one that is called (2)."""
    return LegId(f"test-{trial}:{end}")
