"""What is said of an alert once it is over, in `inbox-ALERT`: by supervisors, about what was done."""

from __future__ import annotations

from typing import Annotated, ClassVar

from messages.base import Message
from messages.ids import OperatorId, Outcome, PersonalKind
from messages.rows import ListItem, Sentence, listing


class OutcomeCorrected(Message, frozen=True, kw_only=True, tag="outcome.corrected"):
    """The alert has ended otherwise than it was closed; it counts by this, and the first word stays."""

    sentence: ClassVar = Sentence(
        "{by} corrects the outcome to {outcome}: [{reason}|(erased)]",
        "{by} corregge l’esito in «{outcome}»: [{reason}|(cancellato)]",
    )
    listed: ClassVar = listing(
        ListItem("check", "wait", "{op} corrects the outcome: {outcome}{because}"),
        operator="by",
        outcome="outcome",
        text="reason",
    )

    by: OperatorId
    outcome: Outcome
    reason: Annotated[str, PersonalKind.WORDS] = ""
    """Empty: forgotten."""


class CallReviewed(Message, frozen=True, kw_only=True, tag="call.reviewed"):
    """A supervisor has judged how the operator handled the call: of two that are drawn each month."""

    sentence: ClassVar = Sentence(
        "{by} has reviewed how {operator} handled the call",
        "{by} ha valutato la chiamata di {operator}",
    )

    by: OperatorId
    operator: OperatorId
    """Who was judged."""
    marks: Annotated[str, PersonalKind.WORDS] = ""
    """As `features.reviews` has them; empty: forgotten."""
    text: Annotated[str, PersonalKind.WORDS] = ""
