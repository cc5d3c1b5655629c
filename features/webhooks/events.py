"""Results of webhooks, in `feature-webhooks.NODE`."""

from __future__ import annotations

from typing import ClassVar

from messages.base import FeatureEvent
from messages.ids import AlertId
from messages.rows import Sentence


class EndTold(FeatureEvent, frozen=True, kw_only=True, tag="webhook.told"):
    """The end of an alert was posted and accepted."""

    sentence: ClassVar = Sentence("the end of {alert} was posted", "la fine di {alert} è stata inviata")

    alert: AlertId
    version: int
    """Version of the case's stream at the end: a reopened alert ends again."""


class EndNotTold(FeatureEvent, frozen=True, kw_only=True, tag="webhook.not_told"):
    """The end of an alert was refused, or failed for three days, and is dropped."""

    sentence: ClassVar = Sentence(
        "the end of {alert} was not taken: {reason}", "la fine di {alert} non è stata ricevuta: {reason}"
    )

    not_personal: ClassVar = {"reason": "the status of an answer, or the kind of a failure"}

    alert: AlertId
    version: int
    reason: str
    """Reason, without the text of the answer."""
