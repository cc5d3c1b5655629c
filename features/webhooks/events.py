"""What became of telling of an alert's end: in `feature-webhooks.NODE`."""

from __future__ import annotations

from typing import ClassVar

from messages.base import FeatureEvent
from messages.ids import AlertId
from messages.rows import Sentence


class EndTold(FeatureEvent, frozen=True, kw_only=True, tag="webhook.told"):
    """It was taken."""

    sentence: ClassVar = Sentence("the end of {alert} was posted", "la fine di {alert} è stata inviata")

    alert: AlertId
    version: int
    """Of the case's stream, at which it ended: an alert that is reopened ends again."""


class EndNotTold(FeatureEvent, frozen=True, kw_only=True, tag="webhook.not_told"):
    """It was refused, or nobody took it in three days: it is tried no more."""

    sentence: ClassVar = Sentence(
        "the end of {alert} was not taken: {reason}", "la fine di {alert} non è stata ricevuta: {reason}"
    )

    not_personal: ClassVar = {"reason": "the status of an answer, or the kind of a failure"}

    alert: AlertId
    version: int
    reason: str
    """Without a word of the answer."""
