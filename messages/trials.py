"""A test call on a line: what is wanted, how it goes, and what it has shown. Data, of no envelope."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from messages.calls import CallState, OwnCallEnd
from messages.ids import E164, Instant, LegId, LineId, OperatorId
from messages.lines import WayLevel


class Finding(StrEnum):
    """What is wrong with a line's voice, or worth knowing; the worst come first."""

    NOT_ANSWERED = "not_answered"
    NO_PORT = "no_port"
    """No voice port is known, or it cannot be opened."""
    REFUSED = "refused"
    """The modem did not switch its voice to the host."""
    NOTHING = "nothing"
    """The port gives no byte."""
    MUTE = "mute"
    """It gives digital silence and nothing else."""
    NOISE = "noise"
    """It gives something as loud as speech that is none."""
    RATE = "rate"
    """It gives more or fewer samples than it should."""
    NOT_TAKEN = "not_taken"
    """It does not take what is said to it."""
    WORN = "worn"
    """This call was worse than the one before it."""
    SHORT = "short"
    """The call was too short to tell."""
    LATE = "late"
    LOST = "lost"
    DRIFT = "drift"
    LOUD = "loud"
    QUIET = "quiet"
    ECHO = "echo"
    NO_VOICE = "no_voice"
    """Nobody has spoken: of the level nothing is known."""


class WayFault(StrEnum):
    """What is wrong with one way between two lines; the worst come first."""

    UNHEARD = "unheard"
    """Nothing of what was said arrived."""
    UNUSABLE_DELAY = "unusable_delay"
    CUT = "cut"
    """So much is missing that words are lost."""
    FAINT = "faint"
    LOUD = "loud"
    DELAYED = "delayed"
    GAPS = "gaps"


class Side(StrEnum):
    """Of a modem's voice."""

    OUT = "out"
    """What is said to it does not leave it."""
    IN = "in"
    """What comes to it is not handed on."""


PROOF: Final = OperatorId("")
"""Who tries a line where no operator does: the nightly proof."""


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


class WayShown(msgspec.Struct, frozen=True, kw_only=True):
    """What came of what one line said to another; see `media.trial.way`."""

    speaker: LineId
    listener: LineId
    bursts: int = 0
    """How often something was said that was to be heard; 0: the call was too short to tell."""
    heard: int = 0
    """How often it was."""
    level_db: float | None = None
    """How much louder it arrived than it was said, both at the modems' voice ports."""
    delay_ms: int | None = None
    """From one port to the other: one way."""
    lost_percent: float | None = None
    """Of what should have arrived, in frames of 20 ms."""
    faults: tuple[WayFault, ...] = ()
    proved: bool = False
    """Whether two people could have talked this way."""


class Blame(msgspec.Struct, frozen=True, kw_only=True):
    """Which modem is at fault, as far as several calls can tell."""

    line: LineId
    side: Side
    fault: WayFault
    """The gravest of its kind that its ways have shown."""
    sure: bool
    """The modem at the other end of such a way is cleared, by another way through it; otherwise it may be
    that one's."""


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
