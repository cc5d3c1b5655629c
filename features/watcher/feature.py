"""Rows that the package adds to the center."""

from __future__ import annotations

from typing import Final

from features.watcher.settings import HeartbeatTarget, WatchedCenter, faults, outside
from messages.ids import Role
from messages.rows import Sentence
from model.alarms.kind import AlarmKind, Priority, Responder, SubjectKind, Wakes, Words
from model.feature import ActorRow, Command, Feature
from model.settings import Settings


def _is_heard_or_hears(settings: Settings) -> bool:
    """Return True if the settings name a watcher of this center, or a center that is watched from here."""
    return bool(HeartbeatTarget.of(settings) or WatchedCenter.of(settings))


WATCHER: Final = Feature(
    name="watcher",
    does=Sentence(
        "Somebody outside learns that the center is well, and phones people when it falls silent",
        "Qualcuno fuori sa che il centro sta bene, e telefona quando tace",
    ),
    actors=(
        ActorRow(
            role=Role.HEARTBEAT_SENDER,
            # Without this actor watchers receive no heartbeat, and rightly raise the alarm.
            cls="features.watcher.actor.HeartbeatSenderActor",
            wanted=_is_heard_or_hears,
        ),
    ),
    alarms=(
        AlarmKind(
            name="center.silent",
            priority=Priority.NOW,
            acts=Responder.MACHINE,
            because="its alerts reach nobody, and there may be nobody else who knows",
            wakes=Wakes.AT_ONCE,
            wakes_because="it cannot wake anybody by itself",
            about=SubjectKind.PART,
            quiet=False,
            it=Words(
                "Centro {s}: silenzio",
                "Il centro {s} non dà segni di vita, o dice che non può servire un allarme",
                "Chiamare chi è lì; controllare alimentazione e rete di quella macchina",
            ),
            en=Words(
                "Centre {s} silent",
                "Centre {s} sends no heartbeat, or reports that it could not serve an alert",
                "Call the staff of that centre; check the machine’s power and network",
            ),
        ),
        AlarmKind(
            name="watcher.silent",
            priority=Priority.LATER,
            acts=Responder.MACHINE,
            because="nothing is lost yet: were this center to die now, nobody would be told",
            wakes=Wakes.MORNING,
            wakes_because="two things would have to fail in one night",
            about=SubjectKind.PART,
            it=Words(
                "{s} non risponde",
                "Chi sorveglia il centro da fuori ({s}) non risponde: "
                "se il centro tacesse, nessuno lo saprebbe",
                "Controllare quella macchina, la rete fino a lì e la chiave in comune",
            ),
            en=Words(
                "{s} does not answer",
                "The outside watcher {s} does not answer: a failure of the centre would go unnoticed",
                "Check that machine, the network to it, and the shared key",
            ),
        ),
        AlarmKind(
            name="watcher.mute",
            priority=Priority.LATER,
            acts=Responder.MACHINE,
            because="it would see this center die, and could wake nobody",
            wakes=Wakes.MORNING,
            wakes_because="two things would have to fail in one night",
            about=SubjectKind.PART,
            it=Words(
                "{s} non può telefonare",
                "Chi sorveglia il centro da fuori ({s}) risponde, ma non potrebbe chiamare nessuno",
                "Controllare il suo modem, la SIM, la rete, e che abbia i reperibili",
            ),
            en=Words(
                "{s} cannot phone",
                "The outside watcher {s} answers, but could not phone any person",
                "Check its modem, its SIM, its network, and its copy of the roster",
            ),
        ),
    ),
    own_checks=(
        "features.watcher.evidence:CHECKS",
        "features.watcher.program.checking:CHECKS",
        "features.watcher.program.checking:OF_CENTER",
    ),
    commands=(
        Command(
            words="watch",
            does="Watch centers from another machine, and phone people when one falls silent.",
            by="features.watcher.commands:watch",
            audit="a program of another machine, which has no audit and shows nobody's data",
        ),
    ),
    settings=(HeartbeatTarget, WatchedCenter),
    faults=faults,
    outside=outside,
    routes=("features.watcher.routes",),
)
