"""Rows that the package adds to the center."""

from __future__ import annotations

from typing import Final

from features.psap_data.settings import DataTarget, faults, simulated
from messages.ids import OperatorCommand, Role
from messages.rows import Sentence
from model.alarms.kind import AlarmKind, Priority, Responder, SubjectKind, Wakes, Words
from model.feature import ActorRow, Feature
from model.settings import Settings


def _sends(settings: Settings) -> bool:
    """Return True if the settings name a system of 112 that receives messages."""
    return any(not target.is_feed for target in DataTarget.of(settings))


PSAP_DATA: Final = Feature(
    name="psap_data",
    does=Sentence(
        "112 reads an alert on a page, and its own systems are sent it",
        "Il 112 legge un allarme su una pagina, e i suoi sistemi lo ricevono",
    ),
    actors=(ActorRow(role=Role.DATA_SENDER, cls="features.psap_data.actor.DataSenderActor", wanted=_sends),),
    alarms=(
        AlarmKind(
            name="data.refused",
            priority=Priority.SOON,
            acts=Responder.MACHINE,
            because="112 is told by voice meanwhile; what was agreed is the machine's to mend",
            wakes=Wakes.MORNING,
            wakes_because="112 is told by voice all night, and who has agreed on it sleeps",
            about=SubjectKind.PART,
            it=Words(
                "{s}: dati rifiutati",
                "Il sistema {s} del 112 rifiuta i dati degli allarmi",
                "Informare il 112 a voce; controllare accordi, certificato e chiave",
            ),
            en=Words(
                "{s}: data refused",
                "112’s system {s} refuses the data of alerts",
                "Inform 112 by voice; check the agreement, the certificate and the key",
            ),
        ),
        AlarmKind(
            name="data.away",
            priority=Priority.SOON,
            acts=Responder.SUPERVISOR,
            because="112 is told by voice meanwhile; a call to 112’s own support tells whether it is theirs",
            wakes=Wakes.MORNING,
            wakes_because="112 is told by voice all night, and it is tried on",
            about=SubjectKind.PART,
            it=Words(
                "{s} non riceve dati",
                "Il sistema {s} del 112 non risponde da un minuto: si continua a tentare",
                "Informare il 112 a voce; se dura, sentire chi lo gestisce",
            ),
            en=Words(
                "{s}: no data taken",
                "112’s system {s} has not answered for a minute: the center retries",
                "Inform 112 by voice; if this lasts, ask the operator of that system",
            ),
        ),
    ),
    checks=("features.psap_data.checks:CHECKS",),
    settings=(DataTarget,),
    faults=faults,
    loaded="features.psap_data.settings:loaded",
    simulated=simulated,
    orders=frozenset({OperatorCommand.OPEN_PAGE}),
    rehearsed=("features.psap_data.as_html:load",),
    routes=("features.psap_data.page", "features.psap_data.feed"),
)
