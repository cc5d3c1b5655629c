"""Self-test (proof) of a node by night or on demand: steps, results and reasons. Data."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from messages.trials import WayShown


class ProofStep(StrEnum):
    """Step of the self-test."""

    VOICE = "voice"
    """A line calls another line of the node; the subject is `CALLING>CALLED`."""
    EMERGENCY = "emergency"
    """A line of the emergency trunk calls the agreed number for tests; the subject is the line."""
    TEXT = "text"
    """An SMS goes from one line to another; the subject is `SENDING>RECEIVING`."""
    CREDIT = "credit"
    """Credit on a line's SIM; the subject is the line."""
    CHAIN = "chain"
    """A test alert of the center's own device: intake, case, modem, ring, voice, closed."""
    JOURNAL = "journal"
    """The whole journal is readable, and no stream has a gap."""
    AUDIT = "audit"
    """The audit's chain is complete."""
    BACKUP = "backup"
    """The last backup is restored to a temporary place."""
    CLOCK = "clock"
    CERTIFICATE = "certificate"
    """Days of validity left of the web's certificate."""
    DISK = "disk"
    """Time until the disk is full, by its growth since earlier self-tests."""


class StepResult(StrEnum):
    """Result of a step."""

    OK = "ok"
    FAILED = "failed"
    LEFT_OUT = "left_out"
    """Impossible, or unwanted; `why` has the reason."""
    GAVE_WAY = "gave_way"
    """A real alert arrived meanwhile; the step is repeated after a while without open alerts."""


class ProofWhy(StrEnum):
    """Reason why a step has failed or was left out."""

    NONE = ""
    # Reasons for leaving out.
    EXCLUDED = "excluded"
    """Excluded by the settings."""
    NOT_SET = "not_set"
    """The settings name nothing to test with."""
    NO_OTHER_LINE = "no_other_line"
    """No other line exists, or one of the two has no number in the settings."""
    LINE_DOWN = "line_down"
    """The line carries no calls now and has its own alarm, or is out of service."""
    LINE_IN_USE = "line_in_use"
    ANOTHER_NODE = "another_node"
    """Another node runs the step for all."""
    MORNING = "morning"
    """The night was too short."""
    # Reasons for a failure.
    NOT_CALLED = "not_called"
    """The call could not be set up, or was not answered."""
    NO_PORT = "no_port"
    """A voice port is unknown, or cannot be opened."""
    MUTE = "mute"
    """No outgoing audio: the other end hears nothing from the line."""
    DEAF = "deaf"
    """No incoming audio: the line receives nothing from the other end."""
    DELAYED = "delayed"
    LOSSY = "lossy"
    """Too much of the voice is missing."""
    FAINT = "faint"
    """Too quiet."""
    NOT_RECEIVED = "not_received"
    """The message sent has not arrived."""
    NOT_SENT = "not_sent"
    NO_CREDIT = "no_credit"
    """Below the least credit of the settings."""
    NO_ANSWER = "no_answer"
    DAMAGED = "damaged"
    """The data checked is damaged."""
    MISSING = "missing"
    """The data to check does not exist."""
    OLD = "old"
    TOO_SLOW = "too_slow"
    """Time limit exceeded."""
    CLOCK_OFF = "clock_off"
    EXPIRES = "expires"
    FULL_SOON = "full_soon"
    DISK = "disk"
    """The disk is not writable: read-only, or full."""
    TROUBLE = "trouble"
    """The step could not be run; the log has the reason."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a step, as in `proof.step_ended`."""

    result: StepResult
    why: ProofWhy = ProofWhy.NONE
    lines: tuple[str, ...] = ()
    figures: dict[str, float] = msgspec.field(default_factory=dict)
    ways: tuple[WayShown, ...] = ()


class ProofEnd(StrEnum):
    """Reason for the end of a self-test."""

    DONE = "done"
    """Each step was run, or left out for a reason."""
    MORNING = "morning"
    """Real alerts interrupted the self-test until the night was over."""
    ORDERED = "ordered"


class ProofItem(msgspec.Struct, frozen=True, kw_only=True):
    """A step with its subject."""

    step: ProofStep
    subject: str = ""
    """A line, two lines, or empty: the node."""
