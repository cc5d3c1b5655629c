"""Table of the kernel's commands, in the form of the features' tables."""

from __future__ import annotations

from typing import Final

from model.feature import Command

_PARTS: Final = "the center's own parts"
GROUPS: Final = {
    "alert": "Raise a test or real alert, and read what became of alerts.",
    "user": "The people who may raise alerts.",
    "operator": "The operators who answer.",
    "key": "The keys by which apps raise alerts.",
    "certificate": "TLS on a network of one's own.",
    "modem": "Modems and their lines.",
    "journal": "The journal: everything that happened.",
}
"""Sentence of `--help`, by the first word of the commands."""
COMMANDS: Final = (
    Command(
        words="run",
        does="Start the center, and stop it in order with Ctrl-C.",
        by="center.commands.run:run",
        audit="it shows where the console is; what changes by it are its settings, which a file holds",
    ),
    Command(
        words="ps",
        does="The processes and actors of the running center.",
        by="center.commands.ps:ps",
        audit=_PARTS,
    ),
    Command(
        words="doctor",
        does="Check everything that a center needs; exit 1 on a failure.",
        by="center.commands.doctor:doctor",
        audit=_PARTS,
    ),
    Command(
        words="alert send",
        does="Raise an alert; the last line is its id.",
        by="center.commands.alert:send",
        audit="an alert that is raised is in the journal, and shows what was typed",
    ),
    Command(
        words="alert list",
        does="The alerts of the journal, newest first.",
        by="center.commands.alert:list_",
        audit="read.list",
    ),
    Command(
        words="alert show",
        does="Where one alert stands.",
        by="center.commands.alert:show",
        audit="read.alert",
    ),
    Command(
        words="alert timeline",
        does="The story of one alert, in seconds since it was received.",
        by="center.commands.alert:timeline",
        audit="read.alert",
    ),
    Command(
        words="alert watch",
        does="What happens to all alerts, as it happens.",
        by="center.commands.alert:watch",
        audit="read.alert",
    ),
    Command(
        words="alert hold",
        does="Keep an alert from being forgotten, until it is released.",
        by="center.commands.alert:hold",
        audit="change.kept",
    ),
    Command(
        words="alert release",
        does="Let an alert be forgotten when its time is over.",
        by="center.commands.alert:release",
        audit="change.kept",
    ),
    Command(
        words="operator remove",
        does="Remove an operator: all that signs on, sessions and shift end.",
        by="center.commands.operator:remove",
        audit="change.staff",
    ),
    Command(
        words="operator first",
        does="A code by which somebody becomes the first admin, once.",
        by="center.commands.operator:first",
        audit="change.key",
    ),
    Command(
        words="operator recover",
        does="A code that signs an operator on once, within a day.",
        by="center.commands.operator:recover",
        audit="change.key",
    ),
    Command(
        words="operator tokens",
        does="Whether an operator has a token, or a new one.",
        by="center.commands.operator:tokens",
        audit="change.key",
    ),
    Command(
        words="operator revoke",
        does="End an operator's token, recovery code and sessions.",
        by="center.commands.operator:revoke",
        audit="change.key",
    ),
    Command(
        words="operator sessions",
        does="Who is signed on, from where and until when.",
        by="center.commands.operator:sessions",
        audit="read.staff",
    ),
    Command(
        words="key list",
        does="The app keys that are valid.",
        by="center.commands.key:list_",
        audit="keys have names, and are no person's",
    ),
    Command(
        words="key issue",
        does="A new app key; the last line is the key.",
        by="center.commands.key:issue",
        audit="change.key",
    ),
    Command(
        words="key revoke",
        does="End the app keys of a name, within a second.",
        by="center.commands.key:revoke",
        audit="change.key",
    ),
    Command(
        words="certificate make",
        does="A certificate for this center, by an authority of its own; again renews it.",
        by="center.commands.certificate:make",
        audit="a file, which is served where the settings name it",
    ),
    Command(
        words="modem list",
        does="Ports, lines, and modems that no line names.",
        by="center.commands.modems.listing:list_",
        audit=_PARTS,
    ),
    Command(
        words="modem probe",
        does="Ask what is at a port, or at every port.",
        by="center.commands.modems.modem:probe",
        audit=_PARTS,
    ),
    Command(
        words="modem trace",
        does="Write down what a modem says, as an AT trace.",
        by="center.commands.modems.modem:trace",
        audit="export",
    ),
    Command(
        words="modem replay",
        does="Read an AT trace and tell the calls in it.",
        by="center.commands.modems.modem:replay",
        audit="a file that somebody has already",
    ),
    Command(
        words="modem call",
        does="Call a number through one modem; never an emergency number.",
        by="center.commands.modems.modem:call",
        audit="the number that was typed",
    ),
    Command(
        words="modem setup",
        does="Set once what a modem keeps in its own memory.",
        by="center.commands.modems.setup:setup",
        audit=_PARTS,
    ),
    Command(
        words="modem credit",
        does="Ask what is left on a line's SIM.",
        by="center.commands.modems.credit:credit",
        audit=_PARTS,
    ),
    Command(
        words="journal verify",
        does="Check the journal; exit 1 when it is damaged.",
        by="center.commands.journal:verify",
        audit="numbers of events",
    ),
    Command(
        words="journal export",
        does="Write events to stdout; no backup.",
        by="center.commands.journal:export",
        audit="export",
    ),
    Command(
        words="journal import",
        does="Take an export into an empty journal.",
        by="center.commands.journal:import_",
        audit="import",
    ),
)
