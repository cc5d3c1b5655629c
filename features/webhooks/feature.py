"""Rows that the package adds to the center."""

from __future__ import annotations

from typing import Final

from features.webhooks.events import EndNotTold, EndTold
from features.webhooks.settings import WebhookSettings, faults
from messages.rows import Sentence
from model.alarms.kind import AlarmKind, Priority, Responder, SubjectKind, Wakes, Words
from model.feature import ActorRow, Feature

WEBHOOKS: Final = Feature(
    name="webhooks",
    does=Sentence(
        "Each alert that has ended is posted to an address, signed",
        "Ogni allarme concluso si invia a un indirizzo, firmato",
    ),
    actors=(
        ActorRow(
            cls="features.webhooks.actor.WebhooksActor",
            wanted=lambda settings: bool(WebhookSettings.of(settings).url),
        ),
    ),
    alarms=(
        AlarmKind(
            name="webhook.away",
            priority=Priority.LATER,
            acts=Responder.MACHINE,
            because="no alert waits for it, and it is tried on for three days",
            wakes=Wakes.MORNING,
            wakes_because="no user in danger is worse off",
            about=SubjectKind.PART,
            it=Words(
                "{s} non riceve",
                "Da dieci minuti {s} non riceve gli allarmi conclusi: si continua a tentare",
                "Controllare rete, certificato e chiave, o chiedere a chi gestisce quel sistema",
            ),
            en=Words(
                "{s} takes nothing",
                "{s} has not accepted ended alerts for ten minutes: the center retries",
                "Check network, certificate and key, or ask the operator of that system",
            ),
        ),
    ),
    checks=("features.webhooks.checks:CHECKS",),
    events=(EndTold, EndNotTold),
    settings=(WebhookSettings,),
    faults=faults,
)
