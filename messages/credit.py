"""What is left on a line's SIM: how it is asked for, and what came of it. Data, of no envelope."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from messages.ids import Instant, LineId


class CreditFailure(StrEnum):
    """Why it is not known."""

    NOT_SET = "not_set"
    """The settings do not say how it is asked."""
    BUSY = "busy"
    """The line was not free in time."""
    REFUSED = "refused"
    """The modem or the network did not take the question."""
    NO_ANSWER = "no_answer"
    NOT_UNDERSTOOD = "not_understood"
    """What came is not of the pattern in the settings."""
    INTERRUPTED = "interrupted"
    """The line's process ended meanwhile: it may have been asked."""


class CreditOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted: that this line's network be asked, once."""

    order: str
    line: LineId
    begun_at: Instant


class LineCredit(msgspec.Struct, frozen=True, kw_only=True):
    """How it goes, or went; of the newest order of the line."""

    order: str
    line: LineId
    begun_at: Instant
    asked_at: Instant | None = None
    """When the network was asked."""
    ended_at: Instant | None = None
    """When it was answered, or given up."""
    amount: float | None = None
    """In whichever currency the network says; None: not known."""
    least: float | None = None
    """What the settings want to be left."""
    text: str = ""
    """What the network has said; or the modem, of why it does not ask."""
    failure: CreditFailure | None = None

    @property
    def low(self) -> bool:
        """Whether less is left than the settings want."""
        return self.amount is not None and self.least is not None and self.amount < self.least
