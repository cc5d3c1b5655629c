"""Credit left on a line's SIM: order and result of a request. Data, without an envelope."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from messages.ids import Instant, LineId


class CreditFailure(StrEnum):
    """Reason why the credit is unknown."""

    NOT_SET = "not_set"
    """The settings name no request."""
    BUSY = "busy"
    """The line was not free in time."""
    REFUSED = "refused"
    """The modem or the network refused the request."""
    NO_ANSWER = "no_answer"
    NOT_UNDERSTOOD = "not_understood"
    """The answer does not match the pattern in the settings."""
    INTERRUPTED = "interrupted"
    """The line's process ended meanwhile: the request may have been sent."""


class CreditOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Order to request this line's credit from its network, once."""

    order: str
    line: LineId
    begun_at: Instant


class LineCredit(msgspec.Struct, frozen=True, kw_only=True):
    """State or result of the newest order of the line."""

    order: str
    line: LineId
    begun_at: Instant
    asked_at: Instant | None = None
    """Time of the request to the network."""
    ended_at: Instant | None = None
    """Time of the answer, or of giving up."""
    amount: float | None = None
    """Amount in the network's currency; None if unknown."""
    least: float | None = None
    """Least amount that the settings require."""
    text: str = ""
    """Answer of the network; or the modem's reason for not sending the request."""
    failure: CreditFailure | None = None

    @property
    def low(self) -> bool:
        """True if the amount is below the least required."""
        return self.amount is not None and self.least is not None and self.amount < self.least
