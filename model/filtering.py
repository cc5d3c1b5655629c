"""Filter of alerts, for the list, the statistics and the CSV alike. Pure."""

from __future__ import annotations

import msgspec

from messages.ids import Channel, Instant, LineId, OperatorId, Outcome
from model.figures import AlertRow


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Filter criteria; None matches every alert."""

    outcome: Outcome | None = None
    """Outcome, as corrected by a supervisor if so."""
    operator: OperatorId | None = None
    """Operator who had the case, among others or alone."""
    line: LineId | None = None
    channel: Channel | None = None
    """Channel of the first signal."""
    test: bool | None = None
    since_us: Instant | None = None
    until_us: Instant | None = None
    """Exclusive end of the time of receipt."""

    def fits(self, row: AlertRow) -> bool:
        """Return True if the alert matches."""
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
