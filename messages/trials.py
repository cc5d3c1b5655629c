"""What a test call shows of lines. Data, of no envelope."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from messages.ids import LineId, OperatorId


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


PROOF: Final = OperatorId("")
"""Who tries a line where no operator does: the nightly proof."""


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
