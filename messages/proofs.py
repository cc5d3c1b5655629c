"""The proof of a node by night or on demand: what is tried, how it went, and why it did not go well. Data."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from messages.trials import WayShown


class ProofStep(StrEnum):
    """What is tried."""

    VOICE = "voice"
    """One line calls another of the node's; the subject is `CALLING>CALLED`."""
    EMERGENCY = "emergency"
    """A line of the emergency trunk calls the number that is agreed for tests; the subject is the line."""
    TEXT = "text"
    """A short message goes from one line to another; the subject is `SENDING>RECEIVING`."""
    CREDIT = "credit"
    """What is left on a line's SIM; the subject is the line."""
    CHAIN = "chain"
    """A test alert of the center's own device: intake, case, modem, ring, voice, closed."""
    JOURNAL = "journal"
    """All that the journal holds can be read, and no stream has a gap."""
    AUDIT = "audit"
    """The audit's chain is whole."""
    BACKUP = "backup"
    """The last backup is restored in a corner."""
    CLOCK = "clock"
    CERTIFICATE = "certificate"
    """How many days the web's is good for."""
    DISK = "disk"
    """When it will be full, by what it has grown since the proofs before."""


class StepResult(StrEnum):
    """What came of a step."""

    OK = "ok"
    FAILED = "failed"
    LEFT_OUT = "left_out"
    """It could not be tried, or is not wanted; `why` says which."""
    GAVE_WAY = "gave_way"
    """A real alert came meanwhile; it is tried again once nothing has been open for a while."""


class ProofWhy(StrEnum):
    """Why a step has failed or was left out."""

    NONE = ""
    # Left out.
    EXCLUDED = "excluded"
    """The settings leave it out."""
    NOT_SET = "not_set"
    """The settings name nothing to try it with."""
    NO_OTHER_LINE = "no_other_line"
    """There is none to call, or one of the two has no number in the settings."""
    LINE_DOWN = "line_down"
    """It carries no calls now, of which it has an alarm of its own, or it is out of service."""
    LINE_IN_USE = "line_in_use"
    ANOTHER_NODE = "another_node"
    """One node does it for all."""
    MORNING = "morning"
    """The night was too short."""
    # Failed.
    NOT_CALLED = "not_called"
    """The call did not come to be, or nobody has answered it."""
    NO_PORT = "no_port"
    """A voice port is not known, or cannot be opened."""
    MUTE = "mute"
    """Nothing of what is said to the line is heard at the other end."""
    DEAF = "deaf"
    """Nothing of what the other end says comes from the line."""
    DELAYED = "delayed"
    LOSSY = "lossy"
    """Too much of the voice is missing."""
    FAINT = "faint"
    """Too quiet."""
    NOT_RECEIVED = "not_received"
    """What was sent has not come."""
    NOT_SENT = "not_sent"
    NO_CREDIT = "no_credit"
    """Less than the settings want."""
    NO_ANSWER = "no_answer"
    DAMAGED = "damaged"
    """What was looked at is not whole."""
    MISSING = "missing"
    """What was to be looked at is not there."""
    OLD = "old"
    TOO_SLOW = "too_slow"
    """It was not done within its time."""
    CLOCK_OFF = "clock_off"
    EXPIRES = "expires"
    FULL_SOON = "full_soon"
    DISK = "disk"
    """Nothing can be written to it: it is read-only, or has no room for one more file."""
    TROUBLE = "trouble"
    """It could not be tried; the log says why."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What a step has shown, as `proof.step_ended` has it."""

    result: StepResult
    why: ProofWhy = ProofWhy.NONE
    lines: tuple[str, ...] = ()
    figures: dict[str, float] = msgspec.field(default_factory=dict)
    ways: tuple[WayShown, ...] = ()


class ProofEnd(StrEnum):
    """Why a proof is over."""

    DONE = "done"
    """Each step has been tried, or was left out for a reason."""
    MORNING = "morning"
    """It had to give way for so long that the night was over."""
    ORDERED = "ordered"


class ProofItem(msgspec.Struct, frozen=True, kw_only=True):
    """One step about one subject."""

    step: ProofStep
    subject: str = ""
    """A line, two lines, or nothing: the node."""
