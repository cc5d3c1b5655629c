"""What is said of an alert once it is over, in `inbox-ALERT`: by supervisors, about what was done."""

from __future__ import annotations

from messages.base import Message
from messages.ids import OperatorId, Outcome


class OutcomeCorrected(Message, frozen=True, kw_only=True, tag="outcome.corrected"):
    """The alert has ended otherwise than it was closed; it counts by this, and the first word stays."""

    by: OperatorId
    outcome: Outcome
    reason: str = ""
    """Empty: forgotten."""


class CallReviewed(Message, frozen=True, kw_only=True, tag="call.reviewed"):
    """A supervisor has judged how the operator handled the call: of two that are drawn each month."""

    by: OperatorId
    operator: OperatorId
    """Who was judged."""
    marks: str = ""
    """As `model.review.written` has them; empty: forgotten."""
    text: str = ""
