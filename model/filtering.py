"""Which alerts are to be seen or counted: one filter for the list, the figures and the CSV. Pure."""

from __future__ import annotations

import msgspec

from messages.ids import Channel, Instant, LineId, OperatorId, Outcome
from model.figures import Row


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What is None is not asked for."""

    outcome: Outcome | None = None
    """As corrected, where a supervisor has done so."""
    operator: OperatorId | None = None
    """One of those who had the case."""
    line: LineId | None = None
    channel: Channel | None = None
    """By which it came first."""
    test: bool | None = None
    since_us: Instant | None = None
    until_us: Instant | None = None
    """Received before this."""

    def fits(self, row: Row) -> bool:
        """Whether the alert is one of those."""
        return (
            (self.outcome is None or row.outcome is self.outcome)
            and (self.operator is None or self.operator in row.operators)
            and (self.line is None or self.line in row.lines)
            and (self.channel is None or row.channel is self.channel)
            and (self.test is None or row.test is self.test)
            and (self.since_us is None or row.received_us >= self.since_us)
            and (self.until_us is None or row.received_us < self.until_us)
        )


ALL = Filter()
