"""Statements of supervisors about a finished alert, in `inbox-ALERT`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from messages.base import Message
from messages.ids import OperatorId, Outcome, PersonalKind
from messages.rows import ListItem, Sentence, listing


class OutcomeCorrected(Message, frozen=True, kw_only=True, tag="outcome.corrected"):
    """A supervisor has corrected the outcome: the alert counts by it; the first outcome is kept."""

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
    """Reason; empty once erased."""


class CallReviewed(Message, frozen=True, kw_only=True, tag="call.reviewed"):
    """A supervisor has reviewed an operator's handling of the call, one of two drawn each month."""

    sentence: ClassVar = Sentence(
        "{by} has reviewed how {operator} handled the call",
        "{by} ha valutato la chiamata di {operator}",
    )

    by: OperatorId
    operator: OperatorId
    """Operator reviewed."""
    marks: Annotated[str, PersonalKind.WORDS] = ""
    """Marks as in `features.reviews`; empty once erased."""
    text: Annotated[str, PersonalKind.WORDS] = ""
