"""Rows that the package adds to the center."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from messages.ids import Role
from messages.rows import Sentence
from model.alarms.kind import AlarmKind, Priority, Responder, SubjectKind, Wakes, Words
from model.feature import ActorRow, Command, Feature, StartStep
from model.first_run import Need
from model.settings import Settings
from model.settings.monitoring import MailTls


def _names_people(settings: Settings) -> bool:
    return bool(settings.duty.person)


def _mail_faults(settings: Settings) -> Iterator[str]:
    """Yield contradictions between the settings of mail."""
    smtp = settings.duty.smtp
    if smtp.host and not smtp.sender:
        yield "duty.smtp.sender: needed with duty.smtp.host: set the sender's address"
    if bool(smtp.user) != bool(smtp.password_file):
        given, missing = ("user", "password_file") if smtp.user else ("password_file", "user")
        yield f"duty.smtp.{given}: needs {missing} as well"
    if smtp.password_file and smtp.tls is MailTls.NONE:
        yield 'duty.smtp.password_file: the password would be sent unencrypted; set tls = "starttls"'
    if not smtp.host and (smtp.user or smtp.sender):
        yield "duty.smtp.host: needed with duty.smtp.user or duty.smtp.sender"


DUTY: Final = Feature(
    name="duty",
    does=Sentence(
        "Notifications and calls about faults of the center to people on duty, until one takes the callout",
        "I reperibili sono avvisati di ciò che non va nel centro, e chiamati finché uno non se ne occupa",
    ),
    actors=(ActorRow(role=Role.DUTY_CALLER, cls="features.duty.actor.DutyCallerActor"),),
    alarms=(
        AlarmKind(
            name="duty.nobody",
            priority=Priority.SOON,
            acts=Responder.SUPERVISOR,
            because="people on duty do not answer, and the operator at the console can act or reach a person",
            wakes=Wakes.NEVER,
            wakes_because="all who could be woken have been called, and are called again",
            about=SubjectKind.PART,
            it=Words(
                "Nessun reperibile risponde",
                "Tutti i reperibili sono stati chiamati e nessuno se ne occupa: si continua a chiamare",
                "Prenderlo in carico con R tra gli avvisi (tasto 4), o trovare qualcuno per telefono",
            ),
            en=Words(
                "Nobody on duty answers",
                "All people on duty were called, and no one has taken the alarm: they are called again",
                "Take the alarm with R in the alarms (4), or reach a person by phone",
            ),
        ),
        AlarmKind(
            name="duty.no_way",
            priority=Priority.SOON,
            acts=Responder.SUPERVISOR,
            because="people who are away do not learn of the fault, and the operator at the console does",
            wakes=Wakes.NEVER,
            wakes_because="there is no way by which anybody could be",
            about=SubjectKind.PART,
            it=Words(
                "Reperibili: nessuna via",
                "Chi è reperibile non si può chiamare: mancano i recapiti, o una linea libera per farlo",
                "Avvisare a voce; completare i recapiti in Reperibilità, guardare le linee",
            ),
            en=Words(
                "On duty: no way",
                "The people on duty cannot be called: they have no number, or no line is free for it",
                "Notify them by phone; complete their numbers under On duty, and check the lines",
            ),
        ),
        AlarmKind(
            name="duty.unreadable",
            priority=Priority.SOON,
            acts=Responder.SUPERVISOR,
            because="who stands in what cannot be read is not called, and the next alarm may be theirs",
            wakes=Wakes.AT_ONCE,
            wakes_because="those who can still be read are called, and have to know that others are not",
            about=SubjectKind.PART,
            it=Words(
                "Turni: illeggibili",
                "Una parte dei turni di reperibilità non si legge: chi vi figura non viene chiamato",
                "Aprire la pagina dei reperibili, completare ciò che manca e salvare",
            ),
            en=Words(
                "On duty: unreadable",
                "A part of the roster cannot be read: the people in it are not called",
                "Open the page On duty, complete the missing entries and save",
            ),
        ),
    ),
    at_start=(StartStep(by="features.duty.roster_file:first_roster", wanted=_names_people),),
    checks=("features.duty.checks:CHECKS",),
    commands=(
        Command(
            words="duty list",
            does="List the people on duty, in calling order, then the others of the roster.",
            by="features.duty.commands:list_",
            audit="read.staff",
        ),
        Command(
            words="duty export",
            does="Write the roster to stdout, as a file to edit.",
            by="features.duty.commands:export",
            audit="export",
        ),
        Command(
            words="duty import",
            does="Import the roster from a file of duty export; show the changes first.",
            by="features.duty.commands:import_",
            audit="change.staff",
        ),
        Command(
            words="duty test",
            does="Send a test to people on duty, by each of their channels; exit 1 if one fails.",
            by="features.duty.test_command:check_channels",
            audit="change.staff",
        ),
    ),
    command_groups={"duty": "Show, edit and test the roster of people on duty for the center."},
    faults=_mail_faults,
    needs={Need.DUTY: "features.duty.verification:is_roster_verified"},
    pages=Path(__file__).parent / "pages",
    routes=("features.duty.routes",),
)
