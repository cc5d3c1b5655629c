"""Findings of a test call about lines. Data, without an envelope."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from messages.ids import LineId, OperatorId


class Finding(StrEnum):
    """Fault of a line's voice, or a remarkable finding; the worst come first."""

    NOT_ANSWERED = "not_answered"
    NO_PORT = "no_port"
    """No voice port is known, or the port cannot be opened."""
    REFUSED = "refused"
    """The modem did not switch its voice to the host."""
    NOTHING = "nothing"
    """The port delivers no byte."""
    MUTE = "mute"
    """The port delivers only digital silence."""
    NOISE = "noise"
    """The port delivers noise as loud as speech."""
    RATE = "rate"
    """The port delivers more or fewer samples than expected."""
    NOT_TAKEN = "not_taken"
    """The port does not accept outgoing sound."""
    WORN = "worn"
    """This call was worse than the previous one."""
    SHORT = "short"
    """The call was too short for a judgement."""
    LATE = "late"
    LOST = "lost"
    DRIFT = "drift"
    LOUD = "loud"
    QUIET = "quiet"
    ECHO = "echo"
    NO_VOICE = "no_voice"
    """No party has spoken: the level is unknown."""


class WayFault(StrEnum):
    """Fault of one direction between two lines; the worst come first."""

    UNHEARD = "unheard"
    """Nothing arrived."""
    UNUSABLE_DELAY = "unusable_delay"
    CUT = "cut"
    """Gaps are so long that words are lost."""
    FAINT = "faint"
    LOUD = "loud"
    DELAYED = "delayed"
    GAPS = "gaps"


PROOF: Final = OperatorId("")
"""Tester of a line without an operator: the nightly self-test."""


class WayShown(msgspec.Struct, frozen=True, kw_only=True):
    """Result for the sound from one line to another; see `media.trial.way`."""

    speaker: LineId
    listener: LineId
    bursts: int = 0
    """Number of test sounds sent; 0: the call was too short for a judgement."""
    heard: int = 0
    """Number of test sounds heard."""
    level_db: float | None = None
    """Gain from the sending to the receiving modem's voice port, in dB."""
    delay_ms: int | None = None
    """Delay from one port to the other, in milliseconds, one direction."""
    lost_percent: float | None = None
    """Loss in percent of the expected 20 ms frames."""
    faults: tuple[WayFault, ...] = ()
    proved: bool = False
    """True if two people could have talked in this direction."""
